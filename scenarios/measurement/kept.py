"""Hourly reads kept while a season runs, for the tables of ``scenarios.measurement``; off unless asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.meter import hourly_kwh
from simulator.season import Treatment
from simulator.world import Lives, World

Hourly = NDArray[np.float32]


@dataclass
class KeptReads:
    """Hourly energy by local day, perfect meters.

    Attributes
    ----------
    none : (homes, days of the clock, 24) [kWh] of all homes, never offered anything
    treated : one (joined homes, days of the clock, 24) [kWh] for each treatment; history is ``none``'s
    """

    world: World
    none: Hourly
    treated: list[Hourly] = field(default_factory=list)

    @classmethod
    def empty(cls, world: World, homes: int) -> KeptReads:
        """Nothing lived yet, of so many homes."""
        return cls(world, np.full((homes, world.clock.days, 24), np.nan, np.float32))

    def everyone(self, day: int, lives: Lives) -> None:
        """Keep one day of all homes."""
        self.none[:, day] = self._hourly(day, lives)

    def season_day(self, day: int, lives: Lives, treatments: Sequence[Treatment]) -> None:
        """Keep one day of the event season, of all homes and of every treated copy."""
        self.everyone(day, lives)
        if not self.treated:
            self.treated = [np.full((len(t.rows), *self.none.shape[1:]), np.nan, np.float32) for t in treatments]
        for kept, treatment in zip(self.treated, treatments, strict=True):
            kept[:, day] = self._hourly(day, treatment.lives)

    def begin_treated(self, rows: Sequence[NDArray[np.int64]]) -> None:
        """Room for the copies of these homes, with the history of everyone's own."""
        self.treated = [self.none[r] for r in rows]

    def _hourly(self, day: int, lives: Lives) -> Hourly:
        clock = self.world.clock
        return hourly_kwh(lives.load_wh.astype(np.float64), clock.local_quarter[clock.slice(day)])
