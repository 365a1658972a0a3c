"""Homes that live the season once more, alone: proof that no arm, worker or neighbour touched the counterfactual."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.events import Calendar
from simulator.world import Lives, World


class Witness:
    """The first, the middle and the last home of a world, as the season saw them and as they live it alone.

    Of no homes there are no witnesses.
    """

    def __init__(self, world: World, start: NDArray[np.void]) -> None:
        self._world = world
        last = len(start) - 1
        self._rows = np.unique([0, len(start) // 2, last]) if last >= 0 else np.empty(0, np.int64)
        self._start = start[self._rows].copy()
        self._seen: list[NDArray[np.int32]] = []

    def saw(self, everyone: Lives) -> None:
        """One day of the season as all homes lived it."""
        self._seen.append(everyone.load_wh[self._rows].copy())

    def differing(self, calendar: Calendar) -> int:
        """Quarter-hours of the season in which the homes, alone, have another load [Wh]."""
        alone, first = Lives(self._world, self._start.copy()), self._world.first_event_day
        wrong = 0
        for day, seen in enumerate(self._seen, start=first):
            alone.day(day, calendar.window_on(day))
            wrong += int((alone.load_wh != seen).sum())
        return wrong
