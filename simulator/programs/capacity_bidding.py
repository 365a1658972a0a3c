"""Capacity bidding: a home, through an aggregator, commits kW for events; shortfall costs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.programs.base import Floats, Program


@dataclass(frozen=True, kw_only=True)
class CapacityBidding(Program):
    """Offer: ``usd_per_kwh`` up to the committed energy of an event, less ``penalty_usd_per_kwh`` on shortfall.

    ``committed_kw`` is one figure for all homes, the aggregator's mean; delivery is judged against the home's own
    baseline, as a rebate's is, and a home never owes more than the event could have paid.
    """

    kind: ClassVar[str] = "capacity_bidding"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"peak_time_rebate", "critical_peak_pricing"})
    usd_per_kwh: float = 1.5
    committed_kw: float = 0.5
    penalty_usd_per_kwh: float = 0.5
    event_hours: float = 3.0
    usual_usd_per_kwh: float = 0.15

    def believed_event_usd(self, homes: NDArray[np.void], window_hours: float, cut: float) -> Floats:
        """At most what the commitment can pay, less the penalty for what it would fall short by."""
        kwh = np.asarray(homes["typical_kw"] * window_hours * cut, dtype=np.float64)
        return self._pay(kwh, window_hours)

    def _pay(self, delivered_kwh: Floats, hours: float) -> Floats:
        committed = self.committed_kw * hours
        delivered = np.clip(delivered_kwh, 0.0, committed)
        due = self.usd_per_kwh * delivered - self.penalty_usd_per_kwh * (committed - delivered)
        return np.asarray(np.maximum(due, -self.usd_per_kwh * committed))

    def payment_usd(self, baseline_kwh: Floats, metered_kwh: Floats) -> Floats:
        """Pay and penalty of one event; a home without a baseline is left out of the settlement."""
        paid = self._pay(np.nan_to_num(baseline_kwh - metered_kwh, nan=0.0), self.event_hours)
        return np.where(np.isnan(baseline_kwh) | np.isnan(metered_kwh), 0.0, paid)

    def commands(self) -> Mapping[str, float]:
        """People act, for a reward on top of what a kWh costs."""
        return {"asks": 1.0, "price_ratio": (self.usual_usd_per_kwh + self.usd_per_kwh) / self.usual_usd_per_kwh}

    def describe(self) -> str:
        """For the report."""
        pay, owe = self.usd_per_kwh, self.penalty_usd_per_kwh
        return f"{self.committed_kw:g} kW are committed at USD {pay:g} per kWh, shortfall costs USD {owe:g} per kWh"
