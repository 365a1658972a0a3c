"""One replication's world: homes, weather, clock, dice; and living a day in it."""

from __future__ import annotations

from dataclasses import dataclass

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
        world = self.world
        quarter, t_out, ghi = world.day_arrays(day)
        self._intervals = len(quarter)
        i0, i1 = part if part is not None else (0, len(quarter))
        live_days(
            self.homes, self._rows, world.behaviour, world.seed, world.replication,
            world.clock.date(day).toordinal(), int(world.clock.weekday[day]), bool(world.clock.is_workday[day]),
            quarter, t_out, ghi, window[0], window[1], i0, i1, self._load_wh, self.use_kwh, self.event_kwh,
            self.indoor,
        )  # fmt: skip

    @property
    def load_wh(self) -> NDArray[np.int32]:
        """Load of the day just lived, (homes, intervals) [Wh]."""
        return self._load_wh[:, : self._intervals]
