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
    def empty(cls, world: World) -> KeptReads:
        """Nothing lived yet."""
        return cls(world, np.full((len(world.population), world.clock.days, 24), np.nan, np.float32))

    def shard(self, piece: slice) -> KeptReads:
        """The reads of some consecutive homes; what is kept of all homes lands here as well."""
        return KeptReads(self.world, self.none[piece], [])

    def join(self, shards: Sequence[KeptReads]) -> None:
        """Take over the treated copies of consecutive shards."""
        self.treated = [np.concatenate(same) for same in zip(*(shard.treated for shard in shards), strict=True)]

    def everyone(self, day: int, lives: Lives) -> None:
        """Keep one day of all homes."""
        self.none[:, day] = self._hourly(day, lives)

    def season_day(self, day: int, lives: Lives, treatments: Sequence[Treatment]) -> None:
        """Keep one day of the event season, of all homes and of every treated copy."""
        self.everyone(day, lives)
        if not self.treated:
            self.treated = [self.none[t.rows].copy() for t in treatments]
        for kept, treatment in zip(self.treated, treatments, strict=True):
            kept[:, day] = self._hourly(day, treatment.lives)

    def _hourly(self, day: int, lives: Lives) -> Hourly:
        clock = self.world.clock
        return hourly_kwh(lives.load_wh.astype(np.float64), clock.local_quarter[clock.slice(day)])
