"""The first pass of an import: reads spilled into buckets by a hash of the premise.

A premise lies whole in one bucket, so the second pass never holds more than a bucket, however large the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analysis.meter_data.ami_sources import Batch
from drsim.errors import DataError

SCHEMA = pa.schema([("premise", pa.dictionary(pa.int32(), pa.string())), ("seconds", pa.int64()),
                    ("value", pa.float32())])  # fmt: skip


@dataclass
class Spill:
    """The buckets of the first pass, and what was seen on the way."""

    folder: Path
    count: int
    utc: bool | None = None
    first: int = 2**62
    last: int = -(2**62)
    stamp_name: str = ""
    value_name: str = ""
    reads: int = 0

    def fill(self, source: Iterator[Batch], path: Path) -> None:
        writers: dict[int, pq.ParquetWriter] = {}
        try:
            for batch in source:
                self._note(batch, path)
                self._write(batch, writers)
        finally:
            for writer in writers.values():
                writer.close()

    def _note(self, batch: Batch, path: Path) -> None:
        if self.utc is not None and batch.utc != self.utc:
            raise DataError(f"{path}: some files have stamps with a zone and some without; import them one by one")
        self.utc, self.stamp_name, self.value_name = batch.utc, batch.stamp_name, batch.value_name
        self.reads += len(batch.seconds)
        if len(batch.seconds):
            self.first = min(self.first, int(batch.seconds.min()))
            self.last = max(self.last, int(batch.seconds.max()))

    def _write(self, batch: Batch, writers: dict[int, pq.ParquetWriter]) -> None:
        names = batch.premise.categories.astype(str)
        home = np.array([crc32(name.encode()) % self.count for name in names], dtype=np.int32)
        codes = np.asarray(batch.premise.codes, dtype=np.int32)
        bucket = home[codes] if len(home) else codes
        for b in np.unique(bucket).tolist():
            inside = bucket == b
            who = pa.DictionaryArray.from_arrays(pa.array(codes[inside]), pa.array(list(names)))
            table = pa.table([who, pa.array(batch.seconds[inside]), pa.array(batch.value[inside])], schema=SCHEMA)
            if b not in writers:
                writers[b] = pq.ParquetWriter(self.folder / f"bucket-{b:04d}.parquet", SCHEMA, compression="lz4")
            writers[b].write_table(table)

    def buckets(self) -> Iterator[tuple[list[str], NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]]:
        for file in sorted(self.folder.glob("bucket-*.parquet")):
            table = pq.read_table(file).unify_dictionaries().combine_chunks()
            who = table["premise"].combine_chunks()
            who = who.chunk(0) if isinstance(who, pa.ChunkedArray) else who
            names = np.array(who.dictionary.to_pylist(), dtype=object)
            order = np.argsort(names.astype(str), kind="stable")
            rank = np.empty(len(order), np.int32)
            rank[order] = np.arange(len(order), dtype=np.int32)
            codes = rank[np.asarray(who.indices)]
            present = np.unique(codes)
            compact = np.searchsorted(present, codes).astype(np.int32)
            yield ([str(n) for n in names[order][present]], compact, table["seconds"].to_numpy(),
                   table["value"].to_numpy())  # fmt: skip
            file.unlink()
