"""Time of use: the same dear window every workday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock, quarter_of
from simulator.events import Calendar
from simulator.programs.base import Floats, Signal
from simulator.programs.prices import PriceProgram


@dataclass(frozen=True, kw_only=True)
class TimeOfUse(PriceProgram):
    """Offer: a standing tariff; acting on it is a matter of every workday and needs no notice."""

    kind: ClassVar[str] = "time_of_use"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"critical_peak_pricing", "dynamic_tou"})
    peak_usd_per_kwh: float = 0.30
    window_local: str = "16:00-19:00"

    @property
    def window_hours(self) -> float:
        """Length of the dear window [hours]."""
        begins, ends = (quarter_of(clock) for clock in self.window_local.split("-"))
        return 0.25 * (ends - begins)

    def believed_event_usd(self, homes: NDArray[np.void], window_hours: float, cut: float) -> Floats:
        """One workday's, over the tariff's own window."""
        return super().believed_event_usd(homes, self.window_hours, cut)

    def season_usd(self, homes: NDArray[np.void], window_hours: float, cut: float, events: int) -> Floats:
        """Every workday counts, whatever events there are."""
        return super().season_usd(homes, self.window_hours, cut, round(self.season_days * 5.0 / 7.0))

    def signals(self, calendar: Calendar, clock: Clock, first_day: int, behaviour: np.void) -> dict[int, Signal]:
        """Every workday from the season's start."""
        begins, ends = self.window_local.split("-")
        terms = self.terms(behaviour, 24.0, routine=1.0)
        return {
            day: Signal(clock.window(day, begins, ends), terms)
            for day in range(first_day, clock.days)
            if clock.is_workday[day]
        }

    def describe(self) -> str:
        """For the report."""
        dear, cheap = self.peak_usd_per_kwh, self.other_usd_per_kwh
        return f"a kWh costs {dear:g} at {self.window_local} on workdays and {cheap:g} otherwise"
