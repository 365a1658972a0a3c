"""Same-day baseline: the event window filled in from the hours around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.baselines.history import NO_ADJUSTMENT_HOURS, NO_EVENT_READS, Estimate, EventWindow, MeterHistory


@dataclass(frozen=True)
class SameDay:
    """Mean of some hours before and after the event, with a buffer beside it (PJM 3 + 2, skipping 1 h each).

    Needs no history, and takes pre-cooling and rebound for usual demand.
    """

    name: str
    title: str
    source: str
    before_hours: float = 3.0
    after_hours: float = 2.0
    skip_hours: float = 1.0

    def estimate(self, history: MeterHistory, event: EventWindow) -> Estimate:
        """Baseline of every home, the same in every slot of the window [kWh]."""
        per_hour = history.slots_per_hour
        skip = round(self.skip_hours * per_hour)
        first = max(0, event.first - skip - round(self.before_hours * per_hour))
        last = min(history.kwh.shape[2], event.last + skip + round(self.after_hours * per_hour))
        before, after = np.arange(first, event.first - skip), np.arange(event.last + skip, last)
        slots = np.concatenate([before, after])
        if not len(slots):
            return Estimate.refused(history.homes, len(event.slots), NO_ADJUSTMENT_HOURS)
        reads = history.on(event.day, slots)
        missing = np.isnan(reads).any(axis=1)
        level = np.where(missing, np.nan, reads.mean(axis=1))
        kwh = np.repeat(level[:, None], len(event.slots), axis=1)
        return Estimate.of(kwh, np.where(missing, NO_EVENT_READS, 0))
