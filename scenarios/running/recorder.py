"""Sums kept while the season runs: loads by arm, end uses by arm and segment; nothing per interval per home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fields import USES
from simulator.season import Treatment
from simulator.sums import add_rows
from simulator.world import Lives, World

Wh = NDArray[np.int64]


@dataclass(frozen=True)
class Member:
    """An arm's share of one treatment: which of its homes the arm enrolled, (treated homes,) bool."""

    treatment: int
    chosen: NDArray[np.bool_]


@dataclass
class ArmSums:
    """What one arm's season adds to the counterfactual; zero rows are exact equality."""

    load_wh: Wh  # (intervals,)
    use_kwh: NDArray[np.float64]  # (days, segments, uses)
    event_kwh: NDArray[np.float64]
    comfort_kh: float = 0.0


class Recorder:
    """Accumulates a season for the counterfactual and the arms; exact in the order of days."""

    def __init__(self, world: World, arms: Sequence[str], members: dict[str, list[Member]],
                 segment: NDArray[np.int64]) -> None:  # fmt: skip
        self.world, self.members = world, members
        clock = world.clock
        self.origin = int(clock.first[world.first_event_day])
        self.intervals = clock.intervals - self.origin
        self.days = clock.days - world.first_event_day
        self.segment, self.segments = segment, int(segment.max()) + 1 if len(segment) else 1
        self.none_wh = np.zeros(self.intervals, np.int64)
        shape = (self.days, self.segments, len(USES))
        self.none_use, self.none_event = np.zeros(shape), np.zeros(shape)
        self.indoor = np.zeros((self.days, 2))
        self.arms = {a: ArmSums(np.zeros(self.intervals, np.int64), np.zeros(shape), np.zeros(shape)) for a in arms}

    def _at(self, day: int) -> slice:
        at = self.world.clock.slice(day)
        return slice(at.start - self.origin, at.stop - self.origin)

    def counterfactual(self, day: int, everyone: Lives) -> None:
        """Add one day of all homes without any programme."""
        d = day - self.world.first_event_day
        self.none_wh[self._at(day)] = everyone.load_wh.sum(axis=0, dtype=np.int64)
        add_rows(self.none_use[d], self.segment, everyone.use_kwh)
        add_rows(self.none_event[d], self.segment, everyone.event_kwh)
        self.indoor[d] = everyone.indoor.mean(axis=0)

    def treated(self, day: int, everyone: Lives, treatments: Sequence[Treatment]) -> None:
        """Add what the treated homes did differently, to each arm that enrolled them."""
        d, at = day - self.world.first_event_day, self._at(day)
        for index, treatment in enumerate(treatments):
            rows = treatment.rows
            extra_wh = treatment.lives.load_wh.astype(np.int64) - everyone.load_wh[rows]
            extra_use = treatment.lives.use_kwh - everyone.use_kwh[rows]
            extra_event = treatment.lives.event_kwh - everyone.event_kwh[rows]
            segment = self.segment[rows]
            for arm, sums in self.arms.items():
                for member in self.members.get(arm, []):
                    if member.treatment == index and member.chosen.any():
                        pick = member.chosen
                        sums.load_wh[at] += extra_wh[pick].sum(axis=0)
                        add_rows(sums.use_kwh[d], segment[pick], extra_use[pick])
                        add_rows(sums.event_kwh[d], segment[pick], extra_event[pick])
