"""Critical peak pricing: a high price in announced event windows, a discount in all other hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulator.programs.prices import PriceProgram


@dataclass(frozen=True, kw_only=True)
class CriticalPeakPricing(PriceProgram):
    """Offer: a tariff whose window is dear on event days only; people are told beforehand."""

    kind: ClassVar[str] = "critical_peak_pricing"
    exclusive_with: ClassVar[frozenset[str]] = frozenset(
        {"peak_time_rebate", "time_of_use", "dynamic_tou", "capacity_bidding"}
    )

    def describe(self) -> str:
        """For the report."""
        return f"a kWh costs {self.peak_usd_per_kwh:g} in events and {self.other_usd_per_kwh:g} otherwise"
