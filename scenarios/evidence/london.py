"""A year of London-like homes, simulated and real."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from drsim.clock import Clock
from scenarios.evidence.meters import Meters
from simulator.climate import load_climate
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.weather import generate
from simulator.world import Lives, World

YEAR = 2013


def reference_folder() -> Path:
    """Where real data for checks may lie; nothing needs it."""
    return Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data"))


@cache
def simulated_year(homes: int = 400, seed: int = 1, region_name: str = "uk_london") -> Meters:
    """Half-hourly demand of simulated homes over calendar 2013, no programme, perfect meters."""
    from datetime import date

    region = load_region(region_name)
    clock = Clock(date(YEAR - 1, 12, 1), date(YEAR, 12, 31), region.zone, region.country)
    behaviour = load_behaviour()
    weather = generate(load_climate(region.climate), clock, seed, 0)
    population = sample(region, behaviour, homes, seed, 0)
    world = World(population, clock, weather, behaviour_record(behaviour), seed, 0, 31)
    lives = Lives(world, population.homes)
    kept = []
    for day in range(clock.days):
        lives.day(day)
        if day >= world.first_event_day:  # December warms the houses up
            kept.append(lives.load_wh.reshape(homes, -1, 2).sum(axis=2) / 500.0)
    kw = np.concatenate(kept, axis=1).astype(np.float32)
    start = pd.Timestamp(clock.utc()[clock.first[31]]).tz_localize("UTC")
    return Meters.of(kw, pd.date_range(start, periods=kw.shape[1], freq="30min"), region.zone)


@cache
def real_year() -> Meters | None:
    """Standard-tariff London homes of 2013, or None where the reference data is absent."""
    folder = reference_folder() / "lcl"
    try:
        table = pd.read_parquet(folder / "lcl_2013_wh.parquet")
        homes = pd.read_csv(folder / "households.csv")
    except (OSError, ImportError):
        return None
    name = homes.columns[0]
    standard = [c for c in homes.loc[homes["tariff"] == "Std", name] if c in table.columns]
    kw = (table[standard].astype("float32").to_numpy().T / 500.0).astype(np.float32)
    kw[kw < 0] = np.nan
    index = pd.DatetimeIndex(table.index)
    return Meters.of(kw, index.tz_localize("UTC") if index.tz is None else index, "Europe/London")
