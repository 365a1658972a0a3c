"""Control-group baselines: what similar homes that were not called did during the event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.baselines.day_matching import last_usable
from analysis.baselines.history import (
    IS_CONTROL,
    NO_CONTROL,
    TOO_FEW_DAYS,
    Estimate,
    EventWindow,
    Floats,
    Ints,
    Mask,
    MeterHistory,
)

BLOCK = 2048  # homes whose distances to all controls are held at once


@dataclass(frozen=True)
class ControlGroup:
    """Own recent days, moved by how the controls' event day differs from *their* recent days.

    A difference-in-differences: ``own past mean + (controls' event day - controls' past mean)``, over the last
    ``days`` eligible days. With ``nearest`` the controls of a home are the homes with the nearest profile over
    those days (kWh by slot), and controls themselves are refused: matching everyone with everyone takes the time
    and is of no use. Without it all controls are taken, which is unbiased where control was drawn by lot; a control
    leaves itself out. Of more than ``most_controls`` that were read in the event an even sample is searched.
    """

    name: str
    title: str
    source: str
    nearest: int | None = None
    days: int = 10
    fewest: int = 5
    lookback_days: int | None = None
    most_controls: int = 2000

    def estimate(self, history: MeterHistory, event: EventWindow) -> Estimate:
        """Baseline of every home in every slot of the event window [kWh]."""
        slots = event.slots
        if history.control is None or not history.control.any():
            return Estimate.refused(history.homes, len(slots), NO_CONTROL)
        order = history.days_before(event.day, self.lookback_days)
        today = history.on(event.day, slots)
        read = history.control & ~np.isnan(today).any(axis=1)
        if self.nearest is not None:
            return self._matched(history, order, slots, today, read)
        past, found = self._profiles(history, order, slots)
        fit = read & (found >= self.fewest)
        pool = np.flatnonzero(fit)
        if len(pool) < 2:
            return Estimate.refused(history.homes, len(slots), NO_CONTROL)
        shift = self._all(today[pool] - past[pool], pool, fit)
        return Estimate.of(past + shift, np.where(found < self.fewest, TOO_FEW_DAYS, 0))

    def _matched(self, history: MeterHistory, order: Ints, slots: Ints, today: Floats, read: Mask) -> Estimate:
        """By the nearest controls; only the called homes and the sampled controls are profiled."""
        assert history.control is not None
        assert self.nearest is not None
        every = np.arange(history.kwh.shape[2])
        pool = np.flatnonzero(read)
        pool = pool[:: max(1, -(-len(pool) // self.most_controls))]
        theirs, days = self._profiles(history.rows(pool), order, every)
        pool, theirs = pool[days >= self.fewest], theirs[days >= self.fewest]
        if len(pool) < self.nearest:
            return Estimate.refused(history.homes, len(slots), NO_CONTROL)
        rows = np.flatnonzero(~history.control)
        profile, found = self._profiles(history.rows(rows), order, every)
        baseline = np.zeros((history.homes, len(slots)))
        baseline[rows] = profile[:, slots] + self._nearest(profile, theirs, today[pool] - theirs[:, slots])
        refusal = np.full(history.homes, IS_CONTROL, dtype=np.int64)
        refusal[rows] = np.where(found < self.fewest, TOO_FEW_DAYS, 0)
        return Estimate.of(baseline, refusal)

    def _profiles(self, history: MeterHistory, order: Ints, slots: Ints) -> tuple[Floats, Ints]:
        """Mean of each home's last usable days, (homes, slots), and how many there were."""
        at, found = last_usable(history, order, slots, self.days)
        if not len(order):
            return np.zeros((history.homes, len(slots))), found
        total = np.zeros((history.homes, len(slots)))
        rows = np.arange(history.homes)
        for column in range(at.shape[1]):
            day, used = order[np.maximum(at[:, column], 0)], at[:, column] >= 0
            reads = history.kwh[rows, day][:, slots]
            total += np.where(used[:, None], reads, 0.0)
        return total / np.maximum(found, 1)[:, None], found

    @staticmethod
    def _all(moved: Floats, pool: Ints, fit: Mask) -> Floats:
        """Mean movement of the controls; a control leaves itself out."""
        mean = moved.mean(axis=0)
        shift = np.tile(mean, (len(fit), 1))
        n = len(pool)
        shift[pool] = (n * mean - moved) / (n - 1)
        return shift

    def _nearest(self, profile: Floats, pool: Floats, moved: Floats) -> Floats:
        """Mean movement of each home's nearest controls by Euclidean distance of profiles."""
        assert self.nearest is not None
        theirs = pool.astype(np.float32)
        size = (theirs**2).sum(axis=1)
        shift = np.empty((len(profile), moved.shape[1]))
        for start in range(0, len(profile), BLOCK):
            own = profile[start : start + BLOCK].astype(np.float32)
            distance = size - 2.0 * (own @ theirs.T)
            best = np.argpartition(distance, self.nearest - 1, axis=1)[:, : self.nearest]
            shift[start : start + BLOCK] = moved[best].mean(axis=1)
        return shift
