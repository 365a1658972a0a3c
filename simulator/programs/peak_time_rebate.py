"""Peak-time rebate: people are asked to cut, and paid per kWh below an estimated baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from simulator.programs.base import Program

BASELINE_WORDS = {"10_in_10": "10-in-10", "high_5_of_10": "high-5-of-10"}


@dataclass(frozen=True, kw_only=True)
class PeakTimeRebate(Program):
    """Offer: ``usd_per_kwh`` for each kWh below the household's own baseline in the event window.

    ``usual_usd_per_kwh`` is what people compare the reward with; ``tech`` lets smart thermostats follow.
    """

    kind: ClassVar[str] = "peak_time_rebate"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"critical_peak_pricing", "capacity_bidding"})
    usd_per_kwh: float = 1.25
    usual_usd_per_kwh: float = 0.15
    tech: bool = False
    tech_offset_degc: float = 2.0

    def commands(self) -> Mapping[str, float]:
        """People act, for a reward on top of what a kWh costs."""
        ratio = (self.usual_usd_per_kwh + self.usd_per_kwh) / self.usual_usd_per_kwh
        return {"asks": 1.0, "price_ratio": ratio, "tech": float(self.tech), "offset_k": self.tech_offset_degc}

    def describe(self) -> str:
        """For the report."""
        rule = BASELINE_WORDS.get(self.baseline, self.baseline.replace("_", "-"))
        return f"USD {self.usd_per_kwh:g} per kWh below the home's {rule} baseline in events"
