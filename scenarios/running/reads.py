"""Chosen homes lived again alone, by key, instead of being kept: whose reads are wanted, and their end uses.

A home's record and dice are its own, so the sample lived alone is the sample of the run, to the watt-hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.running.worlds import build_world
from scenarios.schema.scenario import Scenario
from simulator.fields import USES
from simulator.population import Population
from simulator.world import Lives, World

#: Fewest homes that a scenario may have.
LEAST_HOMES = 20


def _chosen(scenario: Scenario, world: World) -> NDArray[np.int64]:
    n = len(world.population)
    if scenario.outputs.reads == "all":
        return np.arange(n)
    return np.arange(min(n, scenario.outputs.sample_homes))


def chosen_world(scenario: Scenario) -> World:
    """Replication 0 with only the chosen homes in it; a home does not depend on how many are drawn beside it."""
    if scenario.outputs.reads != "all" and scenario.reads_path is None:
        fewest = max(LEAST_HOMES, min(scenario.population.households, scenario.outputs.sample_homes))
        scenario = scenario.with_({"population.households": fewest})
    world = build_world(scenario, 0)
    homes = world.population.homes[_chosen(scenario, world)].copy()
    return replace(world, population=Population(world.population.region, homes))


def _days(scenario: Scenario, world: World) -> Iterator[tuple[int, Lives]]:
    lives = Lives(world, world.population.homes)
    for day in range(world.clock.days):
        lives.day(day)
        yield day, lives


def sample_end_use(scenario: Scenario) -> pd.DataFrame:
    """Daily energy by end use of the sample homes without any programme, event season, replication 0."""
    small = scenario.with_({"outputs.reads": "sample"}) if scenario.outputs.reads == "all" else scenario
    world = chosen_world(small)
    ids = world.population.homes["household"]
    if not len(ids):
        return pd.DataFrame()
    parts = []
    for day, lives in _days(small, world):
        if day < world.first_event_day:
            continue
        parts.append(
            pd.DataFrame(
                {
                    "arm": "none",
                    "day": world.clock.date(day).isoformat(),
                    "household": np.repeat(ids, len(USES)),
                    "end_use": np.tile(USES, len(ids)),
                    "kwh": lives.use_kwh.ravel(),
                    "runtime_fraction": np.where(
                        np.tile(USES, len(ids)) == "air_conditioner", np.repeat(lives.indoor[:, 1], len(USES)), np.nan
                    ),
                    "indoor_degc_mean": np.repeat(lives.indoor[:, 0], len(USES)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
