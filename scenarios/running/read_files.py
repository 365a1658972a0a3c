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
from simulator.meter import GOOD_METERS, MISSING, MeterRules, read_day
from simulator.world import Lives, World

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

QUALITY = ("valid", "estimated", "missing")  # by code


def write_reads(scenario: Scenario, path: Path) -> None:
    """Write ``path``; where registers misbehave silently, ``reads_true.parquet`` beside it has what they hide."""
    world, rules = chosen_world(scenario), scenario.meters.rules()
    wanted = {path: rules}
    if rules.misreads or scenario.meters.duplicate_hour_fraction > 0.0:
        wanted[path.with_name("reads_true.parquet")] = GOOD_METERS
    homes, in_parts = world.population.homes, scenario.outputs.reads == "all"

    def live(numbered: tuple[int, slice]) -> None:
        number, piece = numbered
        lives, days = Lives(world, homes[piece]), DayTables(scenario, world, homes[piece])
        before: NDArray[np.int32] | None = None
        with ExitStack() as opened:
            files = {where: opened.enter_context(ReadsFile(where, number if in_parts else None)) for where in wanted}
            for day in range(world.clock.days):
                lives.day(day)
                for where, shown_by in wanted.items():
                    files[where].write(
                        f"{world.clock.date(day):%Y-%m}", days.table(day, shown_by, lives.load_wh, before)
                    )
                before = lives.load_wh.copy()

    for _ in each(live, list(enumerate(shards(len(homes), together=not in_parts)))):
        pass


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
    """Plain columns to every reader; only time has statistics, for nothing else lets a query skip a row group.

    Nor has time a dictionary: it goes round in every home, which zstd sees, and hashing it would take longer.
    """
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path, schema, store_schema=False, write_statistics=["start_utc"], compression="zstd",
        use_dictionary=[name for name in schema.names if name != "start_utc"],
    )  # fmt: skip


class DayTables:
    """Makes one day's table of reads of some homes: premise_id, start_utc, kwh (null where missing), quality.

    Names and codes are held once and pointed to: as text they would cost more than the reads.
    """

    def __init__(self, scenario: Scenario, world: World, homes: NDArray[np.void]) -> None:
        import pyarrow as pa

        self._world, self._ids = world, homes["household"].copy()
        self._step, self._repeated = scenario.outputs.read_minutes // 15, scenario.meters.duplicate_hour_fraction
        self._names, self._codes = pa.array([f"H{i:07d}" for i in self._ids.tolist()]), pa.array(QUALITY)
        self._starts = world.clock.utc().astype("datetime64[ms]")  # Parquet's own unit
        self._columns: dict[int, tuple[pa.Array, NDArray[np.datetime64]]] = {}

    def table(
        self, day: int, rules: MeterRules, load_wh: NDArray[np.int32], before: NDArray[np.int32] | None
    ) -> pa.Table:  # fmt: skip
        """The reads of a day lived, by meters under ``rules``; ``before`` is the load of the day before.

        Good until the next one is made: days of equal length share the memory of their times.
        """
        import pyarrow as pa

        world, homes = self._world, len(self._ids)
        quality, ordinal = np.zeros(load_wh.shape, np.uint8), world.clock.date(day).toordinal()
        shown = read_day(load_wh, self._ids, world.seed, world.replication, ordinal, rules, before, quality)
        reads, codes = shown, quality
        if self._step > 1:
            reads = shown.reshape(homes, -1, self._step).sum(axis=2)
            codes = quality.reshape(homes, -1, self._step).max(axis=2)  # missing is worse than estimated
        starts = self._starts[world.clock.slice(day)][:: self._step]
        premise, stamps = self._columns_of(len(starts))
        stamps[...] = starts
        if load_wh.shape[1] == 100 and rules is not GOOD_METERS:
            stamps = starts[_stamped_twice(starts, self._step, self._repeated, self._ids, world)]
        reads /= 1e3  # in place, for a page of new memory costs more than the division
        return pa.table(
            {
                "premise_id": premise,
                "start_utc": pa.array(stamps.ravel()),
                "kwh": _where_known(reads.ravel(), codes.ravel() != MISSING),
                "quality": _pointing(codes.ravel().view(np.int8), self._codes),
            }
        )

    def _columns_of(self, reads: int) -> tuple[pa.Array, NDArray[np.datetime64]]:
        """Of a day of so many reads: the premise of each, and room for their times (homes, reads)."""
        if reads not in self._columns:
            premise = _pointing(np.repeat(np.arange(len(self._ids), dtype=np.int32), reads), self._names)
            self._columns[reads] = premise, np.empty((len(self._ids), reads), self._starts.dtype)
        return self._columns[reads]


def _pointing(places: NDArray[np.signedinteger[Any]], names: pa.Array) -> pa.Array:
    """``names`` by their places; these are our own, so Arrow need not look whether they are in bounds."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(places), names, safe=False)


def _where_known(values: NDArray[np.float64], known: NDArray[np.bool_]) -> pa.Array:
    """A column that is null where not ``known``, on the same memory."""
    import pyarrow as pa

    bits = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.float64(), len(values), [bits, pa.py_buffer(values)])


def _stamped_twice(
    starts: NDArray[np.datetime64], step: int, fraction: float, ids: NDArray[np.int64], world: World
) -> NDArray[np.int64]:  # fmt: skip
    """Which of ``starts`` each read is stamped with, (homes, reads): meters that keep wall-clock time stamp the hour
    that autumn repeats like the one before it."""
    place = np.tile(np.arange(len(starts)), (len(ids), 1))
    alike = np.array([uniforms(world.seed, int(i), 0, 1, Purpose.METER_CLOCK)[0] for i in ids]) < fraction
    per_hour = 4 // step
    steps = range(per_hour, len(starts))
    second = next(k for k in steps if _repeated(world, starts[k], starts[k - per_hour]))
    place[alike, second : second + per_hour] -= per_hour
    return place


def _repeated(world: World, now: np.datetime64, before: np.datetime64) -> bool:
    hours = [pd.Timestamp(t).tz_localize("UTC").tz_convert(world.clock.zone).hour for t in (now, before)]
    return hours[0] == hours[1]
