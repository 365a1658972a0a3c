"""Interval reads on demand: ``reads.parquet``, history and season of replication 0 without any programme.

A sample is one file. All homes are a folder, one file for each month and shard of homes
(``reads.parquet/month=2024-07/shard-00003.parquet``) with one row group a day, so that a query of some days or homes
reads little else. Both are written day by day while the homes live; nothing waits in memory.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.running.reads import chosen_world
from scenarios.running.shards import each, shards
from scenarios.schema.scenario import Scenario
from simulator.keyed_random import Purpose, uniforms
from simulator.meter import ESTIMATED, GOOD_METERS, MISSING, MeterRules, read_day
from simulator.world import Lives, World

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

QUALITY = ("valid", "estimated", "missing")


def write_reads(scenario: Scenario, path: Path) -> None:
    """Write ``path``; where registers misbehave silently, ``reads_true.parquet`` beside it has what they hide."""
    world, rules = chosen_world(scenario), scenario.meters.rules()
    wanted = {path: rules}
    if rules.misreads or scenario.meters.duplicate_hour_fraction > 0.0:
        wanted[path.with_name("reads_true.parquet")] = GOOD_METERS
    homes, in_parts = world.population.homes, scenario.outputs.reads == "all"

    def live(numbered: tuple[int, slice]) -> None:
        number, piece = numbered
        lives = Lives(world, homes[piece])
        before: NDArray[np.int32] | None = None
        with ExitStack() as opened:
            files = {where: opened.enter_context(ReadsFile(where, number if in_parts else None)) for where in wanted}
            for day in range(world.clock.days):
                lives.day(day)
                for where, shown_by in wanted.items():
                    table = day_of_reads(scenario, shown_by, world, day, lives, before)
                    files[where].write(f"{world.clock.date(day):%Y-%m}", table)
                before = lives.load_wh.copy()

    each(live, list(enumerate(shards(len(homes), together=not in_parts))))


class ReadsFile:
    """One shard's reads: a file, or with a shard ``number`` one file a month in a folder of this name."""

    def __init__(self, path: Path, number: int | None) -> None:
        self._path, self._number, self._month = path, number, ""
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> ReadsFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        if self._writer is not None:
            self._writer.close()

    def write(self, month: str, table: pa.Table) -> None:
        """Add one day as a row group."""
        if self._writer is None or (self._number is not None and month != self._month):
            self.__exit__(None, None, None)
            self._month, self._writer = month, _open(self._place(month), table.schema)
        self._writer.write_table(table)

    def _place(self, month: str) -> Path:
        if self._number is None:
            return self._path
        folder = self._path / f"month={month}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"shard-{self._number:05d}.parquet"


def _open(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Plain columns to every reader; only time has statistics, for nothing else lets a query skip a row group."""
    import pyarrow.parquet as pq

    options: dict[str, Any] = {"store_schema": False, "write_statistics": ["start_utc"], "compression": "zstd"}
    return pq.ParquetWriter(path, schema, **options)


def day_of_reads(
    scenario: Scenario, rules: MeterRules, world: World, day: int, lives: Lives, before: NDArray[np.int32] | None
) -> pa.Table:  # fmt: skip
    """One day's reads of all homes of ``lives``: premise_id, start_utc, kwh (null where missing), quality.

    Names, times and codes are held once and pointed to: as text they would cost more than the reads.
    """
    import pyarrow as pa

    wh, step = lives.load_wh, scenario.outputs.read_minutes // 15
    quality = np.zeros(wh.shape, np.uint8)
    ids = lives.homes["household"]
    ordinal = world.clock.date(day).toordinal()
    shown = read_day(wh, ids, world.seed, world.replication, ordinal, rules, before, quality)
    reads = shown.reshape(len(ids), -1, step).sum(axis=2)
    codes = quality.reshape(len(ids), -1, step)
    worst = np.where((codes == MISSING).any(axis=2), MISSING, np.where((codes == ESTIMATED).any(axis=2), ESTIMATED, 0))
    starts = world.clock.utc()[world.clock.slice(day)][::step]
    place = np.tile(np.arange(len(starts), dtype=np.int32), (len(ids), 1))
    if wh.shape[1] == 100 and rules is not GOOD_METERS:
        _stamp_twice(place, starts, step, scenario.meters.duplicate_hour_fraction, ids, world)

    def named(positions: NDArray[np.integer], values: pa.Array) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(positions.ravel()), values)

    homes = np.repeat(np.arange(len(ids), dtype=np.int32), len(starts))
    return pa.table(
        {
            "premise_id": named(homes, pa.array([f"H{i:07d}" for i in ids.tolist()])),
            "start_utc": named(place, pa.array(starts)),
            "kwh": pa.array(reads.ravel() / 1e3, from_pandas=True),
            "quality": named(worst.astype(np.int8), pa.array(QUALITY)),
        }
    )


def _stamp_twice(
    place: NDArray[np.int32], starts: NDArray[np.datetime64], step: int, fraction: float, ids: NDArray[np.int64],
    world: World,
) -> None:  # fmt: skip
    """Meters that keep wall-clock time stamp the hour that autumn repeats like the one before it."""
    alike = np.array([uniforms(world.seed, int(i), 0, 1, Purpose.METER_CLOCK)[0] for i in ids]) < fraction
    per_hour = 4 // step
    steps = range(per_hour, len(starts))
    second = next(k for k in steps if _repeated(world, starts[k], starts[k - per_hour]))
    place[alike, second : second + per_hour] -= per_hour


def _repeated(world: World, now: np.datetime64, before: np.datetime64) -> bool:
    hours = [pd.Timestamp(t).tz_localize("UTC").tz_convert(world.clock.zone).hour for t in (now, before)]
    return hours[0] == hours[1]
