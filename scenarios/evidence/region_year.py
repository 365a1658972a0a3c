"""A year of a region's homes without programmes: end uses, hourly load and the weather it met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.climate import load_climate
from simulator.fields import USES
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import Population, sample
from simulator.weather import Weather, generate
from simulator.weather_files import read_weather_file
from simulator.world import Lives, World

Array = NDArray[np.float64]
WARM_UP_DAYS = 14
SOURCES = ("solar_panels", "battery")  # end uses of the meter, but not of energy


@dataclass(frozen=True)
class RegionYear:
    """Means per home of a simulated calendar year.

    Attributes
    ----------
    population : the homes.
    day_use_kwh : (days, uses) energy by end use and local day, mean over homes [kWh].
    hourly_kw : (days, 24) mean load by local clock hour [kW]; hours that a clock change skips are NaN.
    hourly_degc : (days, 24) mean outdoor temperature of those hours [degC].
    month, weekday : (days,) calendar of the days; weekday 0 is Monday.
    """

    population: Population
    day_use_kwh: Array
    hourly_kw: Array
    hourly_degc: Array
    month: NDArray[np.int64]
    weekday: NDArray[np.int64]
    weather_source: str

    def annual_kwh(self) -> dict[str, float]:
        """Energy used in the year by end use, mean over homes [kWh]; what panels give is not a use."""
        total = dict(zip(USES, self.day_use_kwh.sum(axis=0).tolist(), strict=True))
        return {use: kwh for use, kwh in total.items() if use not in SOURCES}

    def share(self, *uses: str, months: tuple[int, ...] = tuple(range(1, 13))) -> float:
        """Share of the energy used in ``months`` that ``uses`` take."""
        rows = dict(zip(USES, self.day_use_kwh[np.isin(self.month, months)].sum(axis=0).tolist(), strict=True))
        return float(sum(rows[use] for use in uses) / sum(kwh for use, kwh in rows.items() if use not in SOURCES))


@dataclass(frozen=True)
class HotDays:
    """Load of a mean home on a year's ten hottest days, and how the evening rises with heat.

    Attributes
    ----------
    highest_degc : mean of the ten days' highest hours [degC].
    evening_kw : mean load, 16-19 h [kW].
    peak_hour : local hour of the mean day's peak; ``season_peak_hour`` : of the year's highest hour.
    slope_kw_per_k : of the load at 16-20 h on the temperature then, days above 26 degC [kW/K].
    """

    highest_degc: float
    evening_kw: float
    peak_hour: int
    season_peak_hour: int
    slope_kw_per_k: float


def hot_days(year: RegionYear) -> HotDays:
    """The hot days of a year."""
    top = np.nanmax(year.hourly_degc, axis=1)
    hottest = np.argsort(-top)[:10]
    load = year.hourly_kw[hottest].mean(axis=0)
    warm = top > 26.0
    evening_degc, evening_kw = (table[warm][:, 16:20].mean(axis=1) for table in (year.hourly_degc, year.hourly_kw))
    summer = year.hourly_kw[np.isin(year.month, (6, 7, 8, 9))]
    return HotDays(
        float(top[hottest].mean()), float(load[16:19].mean()), int(load.argmax()), int(np.nanargmax(summer) % 24),
        float(np.polyfit(evening_degc, evening_kw, 1)[0]),
    )  # fmt: skip


@cache
def region_year(
    region_name: str, homes: int = 500, seed: int = 1, year: int = 2018, weather_file: Path | None = None,
    changed: tuple[tuple[str, float], ...] = (),
) -> RegionYear:  # fmt: skip
    """Live a calendar year in a region, in drawn weather or that of a file; ``changed`` sets parameters."""
    region = load_region(region_name, dict(changed))
    start = date.fromordinal(date(year, 1, 1).toordinal() - WARM_UP_DAYS)
    clock = Clock(start, date(year, 12, 31), region.zone, region.country)
    behaviour = load_behaviour()
    weather = _weather(region.climate, clock, seed, weather_file)
    population = sample(region, behaviour, homes, seed, 0)
    world = World(population, clock, weather, behaviour_record(behaviour), seed, 0, WARM_UP_DAYS)
    lives = Lives(world, population.homes.copy())
    use, load, degc = [], [], []
    for day in range(clock.days):
        lives.day(day)
        if day < WARM_UP_DAYS:
            continue
        hour = clock.local_quarter[clock.slice(day)] // 4
        use.append(lives.use_kwh.mean(axis=0))
        load.append(_by_hour(lives.load_wh.mean(axis=0) / 250.0, hour))
        degc.append(_by_hour(weather.t_out_degc[clock.slice(day)], hour))
    days = [clock.date(day) for day in range(WARM_UP_DAYS, clock.days)]
    return RegionYear(
        population, np.array(use), np.array(load), np.array(degc), np.array([d.month for d in days]),
        np.array([d.weekday() for d in days]), weather.source,
    )  # fmt: skip


def _weather(climate: str, clock: Clock, seed: int, file: Path | None) -> Weather:
    return generate(load_climate(climate), clock, seed, 0) if file is None else read_weather_file(file, clock)


def _by_hour(values: NDArray[np.floating], hour: NDArray[np.integer]) -> Array:
    count = np.bincount(hour, minlength=24)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(hour, weights=values, minlength=24) / np.where(count, count, np.nan))
