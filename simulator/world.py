"""One replication's world: homes, weather, clock, dice; and living a day in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.day import MAX_INTERVALS, N_USES, live_days
from simulator.population import Population
from simulator.weather import Weather


@dataclass(frozen=True)
class World:
    """Everything that all arms of a replication share.

    ``clock`` covers history and event season; ``first_event_day`` is where the season starts.
    """

    population: Population
    clock: Clock
    weather: Weather
    behaviour: np.void
    seed: int
    replication: int
    first_event_day: int

    def day_arrays(self, day: int) -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
        """Local quarter-hours, outdoor temperature and irradiance of a day, each (intervals,)."""
        at = self.clock.slice(day)
        return self.clock.local_quarter[at], self.weather.t_out_degc[at], self.weather.ghi_w_per_m2[at]


LEAST_HOMES_PER_THREAD = 2000
_threads = 1


def use_threads(threads: int) -> None:
    """How many threads a day of many homes may use in this process; never changes a result."""
    global _threads
    _threads = max(1, threads)


class Lives:
    """A set of household records that live day after day in a world.

    After :meth:`day`, ``load_wh`` (homes, intervals) [Wh], ``use_kwh`` and ``event_kwh`` (homes, uses)
    and ``indoor`` (homes, 2) hold that day; they are overwritten by the next.
    """

    def __init__(self, world: World, homes: NDArray[np.void]) -> None:
        self.world, self.homes = world, homes
        n = len(homes)
        self._rows = np.arange(n, dtype=np.int64)
        self._load_wh = np.zeros((n, MAX_INTERVALS), np.int32)
        self.use_kwh = np.zeros((n, N_USES))
        self.event_kwh = np.zeros((n, N_USES))
        self.indoor = np.zeros((n, 2))
        self._intervals = 96

    def day(self, day: int, window: tuple[int, int] = (0, 0), part: tuple[int, int] | None = None) -> None:
        """Live one local day, or the quarter-hours ``part`` of it."""
        quarter = self.world.day_arrays(day)[0]
        self._intervals = len(quarter)
        i0, i1 = part if part is not None else (0, len(quarter))
        threads = min(_threads, len(self.homes) // LEAST_HOMES_PER_THREAD)
        if threads <= 1:
            self._live(day, window, i0, i1, slice(None))
            return
        edges = np.linspace(0, len(self.homes), threads + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:  # the compiled day holds no lock; homes are independent
            pieces = [slice(int(a), int(b)) for a, b in pairwise(edges)]
            list(pool.map(lambda piece: self._live(day, window, i0, i1, piece), pieces))

    def _live(self, day: int, window: tuple[int, int], i0: int, i1: int, piece: slice) -> None:
        world, clock = self.world, self.world.clock
        quarter, t_out, ghi = world.day_arrays(day)
        live_days(
            self.homes, self._rows[piece], world.behaviour, world.seed, world.replication,
            clock.date(day).toordinal(), int(clock.weekday[day]), bool(clock.is_workday[day]),
            quarter, t_out, ghi, window[0], window[1], i0, i1, self._load_wh[piece], self.use_kwh[piece],
            self.event_kwh[piece], self.indoor[piece],
        )  # fmt: skip

    @property
    def load_wh(self) -> NDArray[np.int32]:
        """Load of the day just lived, (homes, intervals) [Wh]."""
        return self._load_wh[:, : self._intervals]
