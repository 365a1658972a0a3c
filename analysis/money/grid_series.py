"""Hourly price, net load and marginal CO2 of a grid: from a file, or a synthetic year with a duck's neck.

The synthetic series are *not* a market model. They have the features that decide when flexible load is worth something:
a trough of net load at solar noon, a steep ramp into the evening, prices and emissions that rise with net load, and hot
(or cold) days that are dear.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from drsim.errors import DataError, Problem, ScenarioError

Floats = NDArray[np.float64]
HOURS = 24


@dataclass(frozen=True, eq=False)
class GridSeries:
    """Hourly series by local day, each (days, 24).

    Attributes
    ----------
    price_usd_per_kwh : wholesale energy price
    co2_kg_per_kwh : marginal emissions
    net_load_fraction : load less sun and wind, as a share of the highest
    curtailed : bool, hours in which sun or wind is turned down (price at or below zero)
    """

    price_usd_per_kwh: Floats
    co2_kg_per_kwh: Floats
    net_load_fraction: Floats

    @property
    def curtailed(self) -> NDArray[np.bool_]:
        """(days, 24) hours with renewable energy to spare."""
        return np.asarray(self.price_usd_per_kwh <= 0.0)


@dataclass(frozen=True)
class SyntheticGrid:
    """Levels of the synthetic series; the shapes are fixed.

    ``solar_share`` is solar output at noon over the highest load. ``price_mean_usd_per_kwh`` is the price at mean net
    load, ``price_steepness`` how many e-foldings the price rises from mean to highest net load. Below
    ``must_run_fraction`` of the highest net load, sun is turned down: the price is just below zero.
    """

    solar_share: float = 0.45
    price_mean_usd_per_kwh: float = 0.045
    price_steepness: float = 2.0
    co2_mean_kg_per_kwh: float = 0.45
    must_run_fraction: float = 0.25


def synthetic(outdoor_degc: Floats, workday: NDArray[np.bool_], levels: SyntheticGrid) -> GridSeries:
    """From the region's own weather, (days, 24) outdoor degC, and day types."""
    hour = np.arange(HOURS)
    shape = 0.62 + 0.12 * np.exp(-(((hour - 8.5) / 2.5) ** 2)) + 0.2 * np.exp(-(((hour - 18.5) / 3.2) ** 2))
    load = shape[None, :] * np.where(workday, 1.0, 0.93)[:, None]
    load = load + 0.016 * np.maximum(0.0, outdoor_degc - 22.0) + 0.010 * np.maximum(0.0, 12.0 - outdoor_degc)
    sun = np.maximum(0.0, np.cos((hour - 12.75) / 13.0 * np.pi)) * ((hour > 5) & (hour < 20))
    net = load - levels.solar_share * load.max() * sun[None, :]
    net = net / net.max()
    middle, span = float(net.mean()), float(1.0 - net.mean())
    price = levels.price_mean_usd_per_kwh * np.exp(levels.price_steepness * (net - middle) / span)
    spare = levels.must_run_fraction  # below it there is more sun than load wants
    price = np.where(net <= spare, -0.005, price)
    rising = np.clip((net - spare) / (1.0 - spare), 0.0, 1.0)
    co2 = levels.co2_mean_kg_per_kwh * np.where(net <= spare, 0.0, 0.5 + rising)
    return GridSeries(price, co2, net)


def from_file(path: str | Path, zone: str, dates: list[object], levels: SyntheticGrid) -> GridSeries:
    """From a CSV with ``start_utc`` and any of ``price_usd_per_kwh``, ``co2_kg_per_kwh``, ``net_load_mw``.

    A missing price or emission is made from net load as in :func:`synthetic`; hours that the file lacks are filled
    with the mean of their hour of the day. A file of another year is laid on by month, day and hour.

    Raises
    ------
    ScenarioError
        No such file (exit code 2).
    DataError
        Not such a table, a cell that is no number, an hour of the day that no row of the season has, or no value above
        zero (exit code 3).
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(Problem("market.file", f'"{path}", and there is no such file'))
    try:
        table = pd.read_csv(path, encoding="utf-8-sig")
        stamps = pd.to_datetime(table["start_utc"], utc=True).dt.tz_convert(zone)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise DataError(f"{path}: expected a CSV with start_utc and price_usd_per_kwh or net_load_mw") from error
    found = {name: _grid(path, stamps, table[name], dates) for name in COLUMNS if name in table.columns}
    if "price_usd_per_kwh" not in found and "net_load_mw" not in found:
        raise DataError(f"{path}: has {', '.join(map(str, table.columns))}; expected price_usd_per_kwh or net_load_mw")
    basis = found.get("net_load_mw", found.get("price_usd_per_kwh"))
    assert basis is not None
    if not basis.max() > 0.0:
        raise DataError(f"{path}: no hour of the season is above zero; expected net load in MW, or prices in USD/kWh")
    net = basis / basis.max()
    span = max(1e-9, float(1.0 - net.mean()))
    made = levels.price_mean_usd_per_kwh * np.exp(levels.price_steepness * (net - net.mean()) / span)
    co2 = levels.co2_mean_kg_per_kwh * (0.5 + np.clip(net, 0.0, 1.0))
    return GridSeries(found.get("price_usd_per_kwh", made), found.get("co2_kg_per_kwh", co2), net)


COLUMNS = ("price_usd_per_kwh", "co2_kg_per_kwh", "net_load_mw")


MOST = 1e9  # no price, emission or net load [USD/kWh, kg/kWh, MW] is larger


def _grid(path: Path, stamps: pd.Series, values: pd.Series, dates: list[object]) -> Floats:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(values.notna().to_numpy() & ~(np.abs(numbers) < MOST))
    if len(wrong):
        held = str(values.iloc[wrong[0]])[:60]
        raise DataError(f"{path}: {values.name} holds {held!r} in data row {wrong[0] + 1}; expected a number")
    keys = pd.MultiIndex.from_arrays([stamps.dt.month, stamps.dt.day, stamps.dt.hour])
    by_hour = pd.Series(numbers, index=keys).groupby(level=[0, 1, 2]).mean()
    days = pd.DatetimeIndex(pd.to_datetime(pd.Series(dates)))
    wanted = [(d.month, d.day, h) for d in days for h in range(HOURS)]
    grid = by_hour.reindex(pd.MultiIndex.from_tuples(wanted)).to_numpy(dtype=float).reshape(len(days), HOURS)
    unknown = np.flatnonzero(np.isnan(grid).all(axis=0))
    if len(unknown):
        said = f"no {values.name} at {unknown[0]:02d} h on any day of the season, {days[0]:%d %B} to {days[-1]:%d %B}"
        raise DataError(f"{path}: has {said} ({len(unknown)} such hours); expected hourly values of the season")
    usual = np.nanmean(grid, axis=0)
    return np.asarray(np.where(np.isnan(grid), usual[None, :], grid))
