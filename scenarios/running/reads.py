"""Interval reads and end uses of chosen homes: lived again alone, by key, instead of being kept.

A home's record and dice are its own, so the sample lived alone is the sample of the run, to the watt-hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.running.worlds import build_world
from scenarios.schema.scenario import Scenario
from simulator.fields import USES
from simulator.meter import ESTIMATED, MISSING, metered_wh, read_quality
from simulator.population import Population
from simulator.world import Lives, World

QUALITY = np.array(["valid", "estimated", "missing"])


def _chosen(scenario: Scenario, world: World) -> NDArray[np.int64]:
    n = len(world.population)
    if scenario.outputs.reads == "all":
        return np.arange(n)
    return np.arange(min(n, scenario.outputs.sample_homes))


def _world_of(scenario: Scenario) -> World:
    """Replication 0 with only the chosen homes in it."""
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
    world = _world_of(small)
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


def _day_of_reads(
    scenario: Scenario, world: World, day: int, lives: Lives, before: NDArray[np.int32] | None
) -> pd.DataFrame:
    wh, step = lives.load_wh, scenario.outputs.read_minutes // 15
    quality = np.zeros(wh.shape, np.uint8)
    ids = lives.homes["household"]
    read_quality(
        ids, world.seed, world.replication, world.clock.date(day).toordinal(), scenario.meters.gap_fraction,
        scenario.meters.estimated_fraction, quality,
    )  # fmt: skip
    reads = metered_wh(wh, quality, before).reshape(len(ids), -1, step).sum(axis=2)
    codes = quality.reshape(len(ids), -1, step)
    worst = np.where((codes == MISSING).any(axis=2), MISSING, np.where((codes == ESTIMATED).any(axis=2), ESTIMATED, 0))
    start = world.clock.utc()[world.clock.slice(day)][::step]
    return pd.DataFrame(
        {
            "premise_id": np.repeat([f"H{i:07d}" for i in ids], len(start)),
            "start_utc": np.tile(start, len(ids)),
            "kwh": reads.ravel() / 1e3,
            "quality": QUALITY[worst.ravel()],
        }
    )


def write_reads(scenario: Scenario, path: Path) -> None:
    """``reads.parquet``: history and season of replication 0 without any programme, written day by day."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    world = _world_of(scenario)
    before: NDArray[np.int32] | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for day, lives in _days(scenario, world):
            frame = _day_of_reads(scenario, world, day, lives, before)
            table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            before = lives.load_wh.copy()
    finally:
        if writer is not None:
            writer.close()
