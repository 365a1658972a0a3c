"""Sums kept while the season runs: loads by arm, end uses by arm and segment; nothing per interval per home.

Everything is summed in whole numbers, so the homes of several shards add up to the same in any order.
"""

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
#: Sums over homes keep this many whole parts of a kWh, or of a degree.
PARTS = 1e6


@dataclass(frozen=True)
class Member:
    """An arm's share of one treatment: which of its homes the arm enrolled, (treated homes,) bool."""

    treatment: int
    chosen: NDArray[np.bool_]


@dataclass
class UseSums:
    """Load [Wh], and end uses by day and segment in whole ``PARTS`` of a kWh, summed over homes."""

    load_wh: Wh  # (intervals,)
    use_parts: Wh  # (days, segments, uses)
    event_parts: Wh

    @classmethod
    def zeros(cls, intervals: int, shape: tuple[int, int, int]) -> UseSums:
        """Nothing lived yet."""
        return cls(np.zeros(intervals, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    @property
    def use_kwh(self) -> NDArray[np.float64]:
        """(days, segments, uses) [kWh]."""
        return self.use_parts / PARTS

    @property
    def event_kwh(self) -> NDArray[np.float64]:
        """The same inside event windows."""
        return self.event_parts / PARTS


class Recorder:
    """Accumulates a season of some homes, for the counterfactual and the arms.

    ``segment`` (homes,) numbers each home's segment, below ``segments``; ``members`` are positions among these homes.
    In ``arms``, zero rows are exact equality with the counterfactual.
    """

    def __init__(self, world: World, arms: Sequence[str], members: dict[str, list[Member]],
                 segment: NDArray[np.int64], segments: int) -> None:  # fmt: skip
        self.world, self.members = world, members
        clock = world.clock
        self.origin = int(clock.first[world.first_event_day])
        self.intervals = clock.intervals - self.origin
        self.days = clock.days - world.first_event_day
        self.segment, self.segments = segment, segments
        shape = (self.days, self.segments, len(USES))
        self.none = UseSums.zeros(self.intervals, shape)
        self.arms = {arm: UseSums.zeros(self.intervals, shape) for arm in arms}
        self._indoor_parts = np.zeros((self.days, 2), np.int64)

    @property
    def none_wh(self) -> Wh:
        """Load of all homes without any programme, (intervals,) [Wh]."""
        return self.none.load_wh

    @property
    def indoor(self) -> NDArray[np.float64]:
        """Mean over homes of indoor temperature [degC] and share of quarter-hours that cooled, (days, 2)."""
        return self._indoor_parts / (PARTS * max(1, len(self.segment)))

    def sums(self) -> list[Wh]:
        """All that is recorded, as arrays to be added to those of other homes."""
        every = [self.none, *self.arms.values()]
        return [self._indoor_parts, *(a for s in every for a in (s.load_wh, s.use_parts, s.event_parts))]

    def add(self, sums: Sequence[Wh]) -> None:
        """Add the :meth:`sums` of some of these homes."""
        for mine, theirs in zip(self.sums(), sums, strict=True):
            mine += theirs

    def _at(self, day: int) -> slice:
        at = self.world.clock.slice(day)
        return slice(at.start - self.origin, at.stop - self.origin)

    def counterfactual(self, day: int, everyone: Lives) -> None:
        """Add one day of the homes without any programme."""
        d = day - self.world.first_event_day
        self.none.load_wh[self._at(day)] = everyone.load_wh.sum(axis=0, dtype=np.int64)
        add_rows(self.none.use_parts[d], self.segment, everyone.use_kwh, PARTS)
        add_rows(self.none.event_parts[d], self.segment, everyone.event_kwh, PARTS)
        self._indoor_parts[d] = np.rint(PARTS * everyone.indoor).astype(np.int64).sum(axis=0)

    def treated(self, day: int, everyone: Lives, treatments: Sequence[Treatment]) -> None:
        """Add what the treated homes did differently, to each arm that enrolled them."""
        d, at = day - self.world.first_event_day, self._at(day)
        for index, treatment in enumerate(treatments):
            rows = treatment.rows
            if not len(rows):
                continue
            extra_wh = treatment.lives.load_wh.astype(np.int64) - everyone.load_wh[rows]
            extra_use = treatment.lives.use_kwh - everyone.use_kwh[rows]
            extra_event = treatment.lives.event_kwh - everyone.event_kwh[rows]
            segment = self.segment[rows]
            for arm, sums in self.arms.items():
                for member in self.members.get(arm, []):
                    if member.treatment == index and member.chosen.any():
                        pick = member.chosen
                        sums.load_wh[at] += extra_wh[pick].sum(axis=0)
                        add_rows(sums.use_parts[d], segment[pick], extra_use[pick], PARTS)
                        add_rows(sums.event_parts[d], segment[pick], extra_event[pick], PARTS)
