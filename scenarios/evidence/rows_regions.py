"""Rows 7 to 9: end uses of US homes, a hot summer's heating and cooling, Sydney's evenings against temperature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.evidence.facts import SEEDS, Fact, within
from scenarios.evidence.london import reference_folder
from scenarios.evidence.region_year import HotDays, RegionYear, hot_days, region_year

Array = NDArray[np.float64]

#: Our four US regions as stand-ins for all US homes, from the homes of RECS 2015 by climate region (HC1.6, millions:
#: cold 42.5, mixed-humid 33.5, hot-humid 22.8, mixed-dry/hot-dry 12.7, of which Mountain South 4.3; HC1.8). The
#: mixed-humid zone, which no region of ours represents, counts two thirds as cold and one third as hot-humid, about
#: where its cooling degree days lie between theirs; the marine zone (6.7) is left out.
US_WEIGHTS = {
    "us_cold": (42.5 + 33.5 * 2 / 3) / 111.5,
    "us_hot_humid": (22.8 + 33.5 / 3) / 111.5,
    "us_hot_dry": 4.3 / 111.5,
    "us_inland_california": (12.7 - 4.3) / 111.5,
}
RECS = "EIA RECS 2020"
SUMMER = (6, 7, 8)


def us_mean(of: Callable[[RegionYear], float], seed: int) -> float:
    """A figure per home over US homes, by ``US_WEIGHTS``."""
    return sum(weight * of(region_year(name, seed=seed)) for name, weight in US_WEIGHTS.items())


def _fact(row: int, name: str, target: float, tolerance: float, found: list[float], role: str, source: str) -> Fact:
    mean = float(np.mean(found))
    return Fact(row, name, target, tolerance, mean, None, role, source, min(found), max(found))


def row_7() -> list[Fact]:
    """End-use shares and ownership, regions weighted to US homes."""

    def whole(year: RegionYear) -> float:
        return sum(year.annual_kwh().values())

    def share(use: str) -> list[float]:
        return [us_mean(lambda year: year.annual_kwh()[use], seed) / us_mean(whole, seed) for seed in SEEDS]

    def central(year: RegionYear) -> float:
        homes = year.population.homes
        return float(np.mean((homes["ac_thermal_kw"] > 0) & (homes["ac_floor_fraction"] >= 1.0)))

    def tank(year: RegionYear) -> float:
        return float(np.mean(year.population.homes["tank_litres"] > 0))

    total = [us_mean(whole, seed) for seed in SEEDS]
    return [
        _fact(7, "US homes: share of air conditioning", 0.19, 0.03, share("air_conditioner"), "fitted", RECS),
        _fact(7, "US homes: share of space heating", 0.12, 0.03, share("space_heater"), "fitted", RECS),
        _fact(7, "US homes: share of water heating", 0.12, 0.03, share("water_heater"), "predicted", RECS),
        _fact(7, "US homes: with central air conditioning", 0.67, 0.03, [us_mean(central, s) for s in SEEDS], "related",
              RECS),
        _fact(7, "US homes: with electric water heating", 0.46, 0.03, [us_mean(tank, s) for s in SEEDS], "related",
              RECS),
        _fact(7, "US homes: energy [kWh/year]", 10_500, np.inf, total, "related", RECS),
    ]  # fmt: skip


def row_8() -> list[Fact]:
    """Share of heating and cooling, fans included, in June to August, Austin-like homes."""
    found = [
        region_year("us_hot_humid", seed=seed).share("air_conditioner", "space_heater", "fans", months=SUMMER)
        for seed in SEEDS
    ]
    name = "Austin: share of cooling and heating in summer"
    return [_fact(8, name, 0.67, 0.10, found, "fitted", "Pecan Street, 2014")]


#: Measured weather of a year, and of a typical year, among the reference data.
WEATHER_YEARS = {
    "Austin 2018": ("us_hot_humid", "austin_travis_amy2018.epw"),
    "typical Phoenix": ("us_hot_dry", "phoenix_az_psmv3_60_tmy.csv"),
}


def weather_year(name: str, seed: int, homes: int = 500) -> RegionYear | None:
    """A region's homes in one of ``WEATHER_YEARS``, or None where the reference data is absent."""
    region, file = WEATHER_YEARS[name]
    path = reference_folder() / "weather" / file
    return region_year(region, homes=homes, seed=seed, weather_file=path) if path.is_file() else None


def row_20() -> list[Fact]:
    """Summers of real weather: level, hour and steepness of the hot days; no facts without the weather files."""
    facts = []
    for name in WEATHER_YEARS:
        years = [weather_year(name, seed) for seed in SEEDS]
        hot = [hot_days(year) for year in years if year is not None]
        figures: dict[str, tuple[float, float, Callable[[HotDays], float], str]] = {
            "hour of the hottest ten days' peak": (16, 19, lambda day: day.peak_hour, "related"),
            "kW per home on them, 16-19 h": (3.0, 4.5, lambda day: day.evening_kw, "related"),
            "kW/K, 16-20 h": (0.08, 0.15, lambda day: day.slope_kw_per_k, "related"),
        }
        for what, (low, high, of, role) in figures.items():
            found = [of(day) for day in hot]
            if found:
                fact = within(20, f"{name}: {what}", low, high, float(np.mean(found)), role, "recalled, unverified")
                facts.append(replace(fact, low=min(found), high=max(found)))
    return facts


# ---- Sydney ----

#: Lower edge of each bin [degC], and the mean kW per home of 300 homes with panels, 20-22 h, November to March.
SYDNEY = ((-np.inf, 0.80), (18.0, 0.80), (20.0, 0.82), (22.0, 0.88), (24.0, 0.97), (26.0, 1.18))
SYDNEY_END = 28.0
#: 95 % bootstrap interval of the slope over 24-30 degC, resampling evenings [kW/K].
SYDNEY_SLOPE = (0.084, 0.173)
AUSGRID = "Ausgrid solar homes, 300 Sydney homes, 2010-13"
#: The metered homes have panels: houses, nearly all owner-occupied, more of them with air conditioning; no batteries.
SOLAR_HOMES = (
    ("dwelling.flat_share", 0.02), ("dwelling.terraced_share", 0.05), ("dwelling.semi_detached_share", 0.08),
    ("dwelling.detached_share", 0.85), ("household.owner_share", 0.95), ("ac.share", 0.72), ("pv.share", 1.0),
    ("battery.share_of_pv", 0.0),
)  # fmt: skip
SYDNEY_YEARS = (2011, 2012, 2013)


def sydney_evenings(seed: int) -> tuple[Array, Array]:
    """Outdoor temperature [degC] and mean load [kW] of simulated hours, 20-22 h, November to March."""
    degc, kw = [], []
    for year in SYDNEY_YEARS:
        lived = region_year("au_sydney", homes=300, seed=seed, year=year, changed=SOLAR_HOMES)
        evenings = np.isin(lived.month, (11, 12, 1, 2, 3))
        degc.append(lived.hourly_degc[evenings][:, 20:22].ravel())
        kw.append(lived.hourly_kw[evenings][:, 20:22].ravel())
    return np.concatenate(degc), np.concatenate(kw)


def real_evenings() -> tuple[Array, Array] | None:
    """The same of the metered homes, or None where the reference data is absent."""
    file = reference_folder() / "ausgrid" / "ausgrid300_netload_weather_30min.csv"
    try:
        table = pd.read_csv(file, parse_dates=["datetime"])
    except OSError:
        return None
    at = table["datetime"].dt
    rows = table[at.month.isin([11, 12, 1, 2, 3]) & at.hour.isin([20, 21])]
    return rows["air_temperature_in_degrees_c"].to_numpy(float), rows["netload_kW"].to_numpy(float) / 300.0


def bins(degc: Array, kw: Array) -> list[float]:
    """Mean load in each bin of ``SYDNEY``."""
    edges = [*(low for low, _ in SYDNEY), SYDNEY_END]
    return [float(kw[(degc >= a) & (degc < b)].mean()) for a, b in pairwise(edges)]


def slope(degc: Array, kw: Array) -> float:
    """Least-squares slope over 24-30 degC [kW/K]."""
    inside = (degc >= 24.0) & (degc < 30.0)
    return float(np.polyfit(degc[inside], kw[inside], 1)[0])


def row_9() -> list[Fact]:
    """Evening load against outdoor temperature, homes with panels in Sydney."""
    drawn = [sydney_evenings(seed) for seed in SEEDS]
    real = real_evenings()
    by_bin = np.array([bins(*evenings) for evenings in drawn])
    measured = [None] * len(SYDNEY) if real is None else bins(*real)
    facts = []
    for at, (low, target) in enumerate(SYDNEY):
        high = SYDNEY[at + 1][0] if at + 1 < len(SYDNEY) else SYDNEY_END
        name = f"Sydney evening kW at {'under' if at == 0 else f'{low:g} to'} {high:g} degC"
        fact = _fact(9, name, target, 0.15 * target, by_bin[:, at].tolist(), "fitted", AUSGRID)
        facts.append(replace(fact, real=measured[at]))
    slopes = [slope(*evenings) for evenings in drawn]
    middle, half = 0.5 * sum(SYDNEY_SLOPE), 0.5 * (SYDNEY_SLOPE[1] - SYDNEY_SLOPE[0])
    steep = _fact(9, "Sydney evening slope, 24 to 30 degC [kW/K]", middle, half, slopes, "fitted", AUSGRID)
    return [*facts, replace(steep, real=None if real is None else slope(*real))]
