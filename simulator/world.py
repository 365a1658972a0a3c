"""One replication's world: homes, weather, clock, dice; and living a day in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.adding_up import N_USES
from simulator.climate import load_climate
from simulator.day import live_days, live_tile
from simulator.fields import AIR_CONDITIONER, FANS, SPACE_HEATER
from simulator.outdoor import outdoor_table
from simulator.population import Population
from simulator.roofs import panels_kw_per_kw
from simulator.tile import COOLING, FANNING, HEATING, MAX_INTERVALS, ROOM, SIZE, row_of
from simulator.walls import sunlit_rows
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

    def outdoor(self, day: int) -> NDArray[np.float64]:
        """The day's weather and what it means for equipment, see ``outdoor.outdoor_table``."""
        if day not in self._skies:
            _, t_out, ghi = self.day_arrays(day)
            at = self.clock.slice(day)
            self._skies[day] = outdoor_table(t_out, ghi, self._sunlit[:, at], self._roofs[:, at])
        return self._skies[day]

    def with_dice(self, replication: int) -> World:
        """The same homes and weather under the dice of another replication."""
        other = replace(self, replication=replication)
        other.__dict__.update(_skies=self._skies, _roofs=self._roofs, _sunlit=self._sunlit)
        return other

    def elsewhere(self) -> World:
        """The same world for a task in another process, without its homes and with nothing worked out yet.

        One home stays: the sky's tables cover roofs where any home has panels.
        """
        homes = self.population.homes
        with_panels = int(np.argmax(homes["pv_kw"] > 0.0))
        return replace(self, population=replace(self.population, homes=homes[with_panels : with_panels + 1].copy()))

    @cached_property
    def _skies(self) -> dict[int, NDArray[np.float64]]:
        """Days' tables once they are known; shards and dice share them."""
        return {}

    @cached_property
    def _sunlit(self) -> NDArray[np.float64]:
        """The sun on the homes' walls, see ``walls.sunlit_rows``."""
        place = load_climate(self.population.region.climate)
        return sunlit_rows(place.latitude_deg, place.longitude_deg, self._middle(), self.weather.ghi_w_per_m2)

    def _middle(self) -> NDArray[np.datetime64]:
        """Middle of each interval of the clock, UTC."""
        return self.clock.utc() + np.timedelta64(450, "s")

    @cached_property
    def _roofs(self) -> NDArray[np.float64]:
        """Output of solar panels per rated kW, (orientations, intervals of the clock); none without panels."""
        if not (self.population.homes["pv_kw"] > 0.0).any():
            return np.zeros((0, len(self.weather.t_out_degc)))
        place = load_climate(self.population.region.climate)
        return panels_kw_per_kw(
            place.latitude_deg, place.longitude_deg, self._middle(), self.weather.ghi_w_per_m2, self.weather.t_out_degc
        )


class Lives:
    """A set of household records that live day after day in a world.

    After :meth:`day`, ``load_wh`` (homes, intervals) [Wh], ``use_kwh`` and ``event_kwh`` (homes, uses)
    and ``indoor`` (homes, 2) hold that day; they are overwritten by the next.
    """

    def __init__(self, world: World, homes: NDArray[np.void]) -> None:
        self.world, self.homes = world, homes
        n = len(homes)
        self._load_wh = np.zeros((n, MAX_INTERVALS), np.int32)
        self.use_kwh = np.zeros((n, N_USES))
        self.event_kwh = np.zeros((n, N_USES))
        self.indoor = np.zeros((n, 2))
        self._intervals = 96

    def day(self, day: int, window: tuple[int, int] = (0, 0), part: tuple[int, int] | None = None) -> None:
        """Live one local day, or the quarter-hours ``part`` of it."""
        sky = self.world.outdoor(day)
        self._intervals = sky.shape[1]
        i0, i1 = part if part is not None else (0, self._intervals)
        world, clock = self.world, self.world.clock
        live_days(
            self.homes, world.behaviour, world.seed, world.replication,
            clock.date(day).toordinal(), int(clock.weekday[day]), bool(clock.is_workday[day]),
            clock.local_quarter[clock.slice(day)], sky, window[0], window[1], i0, i1, self._load_wh,
            self.use_kwh, self.event_kwh, self.indoor,
        )  # fmt: skip

    @property
    def load_wh(self) -> NDArray[np.int32]:
        """Load of the day just lived, (homes, intervals) [Wh]."""
        return self._load_wh[:, : self._intervals]


@dataclass(frozen=True)
class HomeDay:
    """One home's day: ``use_kw`` (uses, intervals) [kW], ``t_in_degc`` and ``occupied`` (intervals,)."""

    use_kw: NDArray[np.float64]
    t_in_degc: NDArray[np.float32]
    occupied: NDArray[np.uint8]


def live_home(world: World, home: NDArray[np.void], day: int, window: tuple[int, int] = (0, 0)) -> HomeDay:
    """Live one local day with one home, a record array of shape (1,) that carries on its state.

    The same compiled functions as the loop over many homes, with a tile of one, and its every row kept.
    """
    clock, sky = world.clock, world.outdoor(day)
    n = sky.shape[1]
    use_kw, used = np.zeros((N_USES, n)), np.zeros(N_USES, np.bool_)
    own, w, occupied = np.zeros((2, n)), np.zeros(SIZE), np.zeros((1, n), np.int64)
    load_wh, indoor = np.zeros((1, n), np.int32), np.zeros((1, 2))
    use_kwh, event_kwh = np.zeros((1, N_USES)), np.zeros((1, N_USES))
    live_tile(
        home, world.behaviour, world.seed, world.replication, clock.date(day).toordinal(), int(clock.weekday[day]),
        bool(clock.is_workday[day]), clock.local_quarter[clock.slice(day)].astype(np.int64), sky, window[0], window[1],
        0, use_kw, used, own, w, occupied, load_wh, use_kwh, event_kwh, indoor,
    )  # fmt: skip
    for use, row in ((AIR_CONDITIONER, COOLING), (SPACE_HEATER, HEATING), (FANS, FANNING)):
        use_kw[use] = row_of(w, row, 0, n)
    return HomeDay(use_kw, row_of(w, ROOM, 0, n).astype(np.float32), occupied[0].astype(np.uint8))
