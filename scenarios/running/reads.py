"""Interval reads and end uses of chosen homes: lived again alone, by key, instead of being kept.

A home's record and dice are its own, so the sample lived alone is the sample of the run, to the watt-hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.running.worlds import build_world
from scenarios.schema.scenario import Scenario
from simulator.fields import USES
from simulator.keyed_random import Purpose, uniforms
from simulator.meter import ESTIMATED, GOOD_METERS, MISSING, MeterRules, read_day
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
    scenario: Scenario, rules: MeterRules, world: World, day: int, lives: Lives, before: NDArray[np.int32] | None
) -> pd.DataFrame:
    wh, step = lives.load_wh, scenario.outputs.read_minutes // 15
    quality = np.zeros(wh.shape, np.uint8)
    ids = lives.homes["household"]
    ordinal = world.clock.date(day).toordinal()
    shown = read_day(wh, ids, world.seed, world.replication, ordinal, rules, before, quality)
    reads = shown.reshape(len(ids), -1, step).sum(axis=2)
    codes = quality.reshape(len(ids), -1, step)
    worst = np.where((codes == MISSING).any(axis=2), MISSING, np.where((codes == ESTIMATED).any(axis=2), ESTIMATED, 0))
    stamps = np.tile(world.clock.utc()[world.clock.slice(day)][::step], (len(ids), 1))
    if wh.shape[1] == 100 and rules is not GOOD_METERS:
        _stamp_twice(stamps, step, scenario.meters.duplicate_hour_fraction, ids, world)
    return pd.DataFrame(
        {
            "premise_id": np.repeat([f"H{i:07d}" for i in ids], stamps.shape[1]),
            "start_utc": stamps.ravel(),
            "kwh": reads.ravel() / 1e3,
            "quality": QUALITY[worst.ravel()],
        }
    )


def _stamp_twice(
    stamps: NDArray[np.datetime64], step: int, fraction: float, ids: NDArray[np.int64], world: World
) -> None:
    """Meters that keep wall-clock time stamp the hour that autumn repeats like the one before it."""
    alike = np.array([uniforms(world.seed, int(i), 0, 1, Purpose.METER_CLOCK)[0] for i in ids]) < fraction
    per_hour = 4 // step
    steps = range(per_hour, stamps.shape[1])
    second = next(k for k in steps if _repeated(world, stamps[0, k], stamps[0, k - per_hour]))
    stamps[alike, second : second + per_hour] -= np.timedelta64(1, "h")


def _repeated(world: World, now: np.datetime64, before: np.datetime64) -> bool:
    hours = [pd.Timestamp(t).tz_localize("UTC").tz_convert(world.clock.zone).hour for t in (now, before)]
    return hours[0] == hours[1]


def write_reads(scenario: Scenario, path: Path) -> None:
    """``reads.parquet``: history and season of replication 0 without any programme, written day by day.

    Where registers misbehave silently, ``reads_true.parquet`` beside it holds what they should have shown.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    world, rules = _world_of(scenario), scenario.meters.rules()
    files = {path: rules}
    if rules.misreads or scenario.meters.duplicate_hour_fraction > 0.0:
        files[path.with_name("reads_true.parquet")] = GOOD_METERS
    before: NDArray[np.int32] | None = None
    with ExitStack() as open_files:
        writers: dict[Path, pq.ParquetWriter] = {}
        for day, lives in _days(scenario, world):
            for file, shown_by in files.items():
                frame = _day_of_reads(scenario, shown_by, world, day, lives, before)
                table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
                if file not in writers:
                    writers[file] = open_files.enter_context(pq.ParquetWriter(file, table.schema, compression="zstd"))
                writers[file].write_table(table)
            before = lives.load_wh.copy()
