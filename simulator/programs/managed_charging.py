"""Managed charging: the operator holds back vehicle charging in the window; owners may override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.events import Calendar
from simulator.programs.base import Program, Signal


@dataclass(frozen=True, kw_only=True)
class ManagedCharging(Program):
    """Offer: a season's incentive for control of the charger, in events or (``every_day``) in one daily window."""

    kind: ClassVar[str] = "managed_charging"
    withheld_fraction: float = 1.0
    every_day: bool = False

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Homes with a vehicle charger."""
        return np.asarray(homes["ev_kw"] > 0)

    def commands(self) -> Mapping[str, float]:
        """A device acts; standing control hardly tires."""
        return {"device": 1.0, "ev_curtail": self.withheld_fraction, "routine": float(self.every_day)}

    def signals(self, calendar: Calendar, clock: Clock, first_day: int, behaviour: np.void) -> dict[int, Signal]:
        """Events, or the event window of every day."""
        if not self.every_day:
            return super().signals(calendar, clock, first_day, behaviour)
        terms, rule = self.terms(behaviour, calendar.rule.notice_hours), calendar.rule
        return {
            day: Signal(clock.window(day, rule.window_from, rule.window_to), terms)
            for day in range(first_day, clock.days)
        }

    def describe(self) -> str:
        """For the report."""
        when = "every day in the event window" if self.every_day else "in events"
        return f"{self.withheld_fraction:.0%} of vehicle charging is held back {when}"
