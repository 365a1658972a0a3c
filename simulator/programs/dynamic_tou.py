"""Dynamic time of use, as in the London trial: High and Low blocks announced a day ahead, Normal otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.events import Calendar
from simulator.programs.base import Floats, Signal
from simulator.programs.prices import PriceProgram


@dataclass(frozen=True, kw_only=True)
class DynamicTou(PriceProgram):
    """Offer: ``peak`` price in High blocks, ``low`` in Low blocks, ``other`` (Normal) the rest of the time.

    High blocks are the events of the calendar, or all blocks are listed in ``blocks``; with ``low_every_days`` a Low
    block is called every so many days in ``low_window``. One block a day:
    where both fall on a day, the High block is the day's signal.
    """

    kind: ClassVar[str] = "dynamic_tou"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"critical_peak_pricing", "time_of_use"})
    low_usd_per_kwh: float = 0.05
    low_every_days: int = 0
    low_window: str = "23:00-24:00"
    blocks: tuple[tuple[int, int, int, bool], ...] = ()

    def signals(self, calendar: Calendar, clock: Clock, first_day: int, behaviour: np.void) -> dict[int, Signal]:
        """High blocks are the calendar's events, or all blocks are listed: (ordinal, from, to, high)."""
        high = self.terms(behaviour, calendar.rule.notice_hours)
        ratio = self.low_usd_per_kwh / self.other_usd_per_kwh
        low = self.terms(behaviour, calendar.rule.notice_hours, price_ratio=ratio)
        found = {day: Signal(w, high) for day, w in zip(calendar.days, calendar.windows, strict=True)}
        for ordinal, begin, end, dear in self.blocks:
            day = ordinal - clock.start.toordinal()
            if first_day <= day < clock.days and (dear or day not in found):
                found[day] = Signal((begin, end), high if dear else low)
        if self.low_every_days > 0:
            begins, ends = self.low_window.split("-")
            for day in range(first_day, clock.days, self.low_every_days):
                found.setdefault(day, Signal(clock.window(day, begins, ends), low))
        return found

    def tariff_usd(self, load_kwh: Floats, priced: NDArray[np.bool_], signal: Signal | None) -> Floats:
        """As any price, with the Low price in a Low block."""
        inside, outside = load_kwh[:, priced].sum(axis=1), load_kwh[:, ~priced].sum(axis=1)
        low = signal is not None and signal.terms["price_ratio"] < 1.0
        price = self.low_usd_per_kwh if low else self.peak_usd_per_kwh
        usual = self.usual_usd_per_kwh
        return np.asarray(inside * (price - usual) + outside * (self.other_usd_per_kwh - usual))

    def describe(self) -> str:
        """For the report."""
        prices = (self.peak_usd_per_kwh, self.other_usd_per_kwh, self.low_usd_per_kwh)
        return "a kWh costs {:g} in High, {:g} in Normal and {:g} in Low blocks".format(*prices)
