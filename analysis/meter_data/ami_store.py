"""The canonical store of imported reads: a folder of wide Parquet parts, read one part at a time.

``manifest.json`` says what it is; ``reads/part-*.parquet`` hold ``start_utc`` and one float32 column of kWh per
premise (a few hundred premises a part, all intervals); ``premises.parquet`` has a row per premise with its
quality and customer record; ``findings.csv`` every finding; ``programme.parquet`` the programme history, if any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.ami import AmiTable, read_ami
from analysis.meter_data.ami_grid import STORE_MINUTES
from analysis.meter_data.customer_tables import CUSTOMER
from analysis.meter_data.quality import LOW_COVERAGE
from drsim.clock import known_zone
from drsim.errors import DataError, ScenarioError
from drsim.findings import Finding

KIND, VERSION = "reads", 1
MOST_INTERVALS = 10_000_000  # three centuries of quarter-hours
MANIFEST, PREMISES, FINDINGS = "manifest.json", "premises.parquet", "findings.csv"
FINDING = ("code", "premise_id", "message", "reads")
PROGRAMME, SYSTEM = "programme.parquet", "system.parquet"


def is_store(path: str | Path) -> bool:
    """Whether a path is a folder that ``drsim import`` left."""
    try:
        return bool(json.loads((Path(path) / MANIFEST).read_text(encoding="utf-8")).get("kind") == KIND)
    except (OSError, ValueError, AttributeError):
        return False


@dataclass(frozen=True, eq=False)
class ReadsStore:
    """An imported set of premises.

    Attributes
    ----------
    path : folder
    zone : IANA name of the premises' local time
    minutes : length of an interval
    start_utc : first interval start; ``intervals`` follow without a hole
    """

    path: Path
    zone: str
    minutes: int
    first_utc: str
    intervals: int

    @property
    def start_utc(self) -> pd.DatetimeIndex:
        """Interval starts of every part, (intervals,)."""
        return pd.date_range(pd.Timestamp(self.first_utc), periods=self.intervals, freq=f"{self.minutes}min", unit="s")

    @cached_property
    def premises(self) -> pd.DataFrame:
        """One row per premise in the order of the parts: quality, customer record, ``used`` and ``reason``."""
        table = _table(self.path / PREMISES, ("premise_id", "used", "reason"))
        if table["used"].dtype != np.bool_ or not table["premise_id"].is_unique:
            raise _damaged(self.path / PREMISES)
        return table

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding of the import."""
        rows = _table(self.path / FINDINGS, FINDING)[list(FINDING)].to_numpy()
        try:
            return [Finding(str(c), str(p), str(m), {"reads": int(n)} if str(n) else {}) for c, p, m, n in rows]
        except (ValueError, OverflowError):
            raise _damaged(self.path / FINDINGS) from None

    def programme(self) -> pd.DataFrame | None:
        """The programme history, if one was imported."""
        file = self.path / PROGRAMME
        return _table(file, ("premise_id",)) if file.exists() else None

    @property
    def mean_kwh(self) -> NDArray[np.float64]:
        """Mean over the premises used and read, (intervals,) [kWh]."""
        table = _table(self.path / SYSTEM, ("mean_kwh",))
        if len(table) != self.intervals or table["mean_kwh"].dtype != np.float64:
            raise _damaged(self.path / SYSTEM)
        return table["mean_kwh"].to_numpy(np.float64)

    def parts(self) -> Iterator[AmiTable]:
        """The reads, a few hundred premises at a time, disqualified ones included."""
        used, seen = self.premises.set_index("premise_id")["used"], 0
        for file in sorted((self.path / "reads").glob("part-*.parquet")):
            table = _table(file, ("start_utc",)).drop(columns="start_utc")
            names = [str(c) for c in table.columns]
            numbers = all(kind == np.float32 for kind in table.dtypes)
            if len(table) != self.intervals or not numbers or used.index[seen : seen + len(names)].tolist() != names:
                raise _damaged(file)
            seen += len(names)
            kwh = np.ascontiguousarray(table.to_numpy(np.float32).T)
            out = ~used.reindex(names).to_numpy(dtype=bool)
            yield AmiTable(names, self.start_utc, kwh, self.minutes, self.zone, out, [])
        if seen != len(used):
            raise _damaged(self.path / "reads")

    def table(self) -> AmiTable:
        """All of it in memory."""
        parts = list(self.parts())
        return AmiTable(
            [name for part in parts for name in part.premises], self.start_utc,
            np.concatenate([part.kwh for part in parts]), self.minutes, self.zone,
            np.concatenate([part.disqualified for part in parts]), self.findings,
        )  # fmt: skip


def open_store(path: str | Path) -> ReadsStore:
    """Open what ``drsim import`` left; refuses any other folder and a newer version."""
    path = Path(path)
    if not is_store(path):
        raise DataError(f"{path}: not a folder of imported reads; make one with `drsim import {path}`")
    facts: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    if facts.get("version") != VERSION:
        raise DataError(f"{path}: store version {facts.get('version')}; this drsim reads version {VERSION}")
    try:
        store = ReadsStore(path, known_zone(facts["zone"]), facts["minutes"], facts["first_utc"], facts["intervals"])
        if store.minutes not in STORE_MINUTES or not 0 < store.intervals < MOST_INTERVALS or store.start_utc.tz is None:
            raise ValueError
    except KeyError as error:
        raise DataError(f"{path}: its manifest names no {error.args[0]}; import the reads again") from error
    except (ScenarioError, ValueError, TypeError, AttributeError, OverflowError):
        raise _damaged(path / MANIFEST) from None
    return store


def _table(file: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    """A table of the store; a ``DataError`` if it is gone, damaged, or lacks a column."""
    try:
        table = pd.read_csv(file, keep_default_na=False) if file.suffix == ".csv" else pd.read_parquet(file)
        if set(needed) <= set(table.columns):
            return table
        missing = sorted(set(needed) - set(table.columns))
    except Exception as error:  # pyarrow has no common base for what a broken file raises
        raise _damaged(file) from error
    raise _damaged(file, f" (no column {', '.join(missing)})")


def _damaged(file: Path, what: str = "") -> DataError:
    return DataError(f"{file}: gone, damaged or not of this import{what}; import the reads again with `drsim import`")


def write_tables(
    out: Path, premises: pd.DataFrame, findings: list[Finding], mean_kwh: NDArray[np.float64], facts: dict[str, Any]
) -> ReadsStore:
    """Write everything of a store but its parts, the manifest last: a folder without one is no store."""
    pd.DataFrame({"mean_kwh": mean_kwh}).to_parquet(out / SYSTEM, index=False)
    premises.to_parquet(out / PREMISES, index=False)
    rows = [(f.code, f.premise, f.message, f.data.get("reads", "")) for f in findings]
    table = pd.DataFrame(rows, columns=["code", "premise_id", "message", "reads"])
    table.to_csv(out / FINDINGS, index=False)
    said = {"kind": KIND, "version": VERSION, **facts}
    (out / MANIFEST).write_text(json.dumps(said, indent=2, allow_nan=True, default=str) + "\n", encoding="utf-8")
    return open_store(out)


@dataclass(frozen=True, eq=False)
class Meters:
    """Reads from wherever they are, as the rest of the analyst takes them: facts now, reads part by part."""

    zone: str
    minutes: int
    premises: list[str]
    disqualified: np.ndarray[Any, np.dtype[np.bool_]]
    findings: list[Finding]
    _source: ReadsStore | AmiTable

    def parts(self) -> Iterator[AmiTable]:
        """Tables of some premises each; one table for a single file."""
        if isinstance(self._source, AmiTable):
            yield self._source
        else:
            yield from self._source.parts()

    def system(self) -> tuple[pd.DatetimeIndex, NDArray[np.float64]]:
        """Interval starts and the mean premise's energy [kWh]."""
        if isinstance(self._source, ReadsStore):
            return self._source.start_utc, self._source.mean_kwh
        kwh = self._source.kwh[~self._source.disqualified]
        count = (~np.isnan(kwh)).sum(axis=0)
        total = np.nansum(kwh, axis=0, dtype=np.float64)
        mean = np.divide(total, count, out=np.full(kwh.shape[1], np.nan), where=count > 0)
        return self._source.start_utc, np.asarray(mean, dtype=np.float64)

    def customers(self) -> pd.DataFrame:
        """Customer records of every premise, in order; without columns where none were imported."""
        if isinstance(self._source, AmiTable):
            return pd.DataFrame(index=range(len(self.premises)))
        table = self._source.premises
        return table[[name for name in CUSTOMER if name in table]].reset_index(drop=True)

    def reasons(self) -> dict[str, str]:
        """Why each disqualified premise is not used."""
        if isinstance(self._source, AmiTable):
            return {f.premise: f.message for f in self.findings if f.code == LOW_COVERAGE}
        table = self._source.premises
        out = table[~table["used"]]
        return dict(zip(out["premise_id"].astype(str), out["reason"].astype(str), strict=True))


def read_reads(path: str | Path, zone: str) -> AmiTable:
    """All reads in memory, from a store or a single file (``ami.read_ami``); a store's own zone holds."""
    return open_store(path).table() if is_store(path) else read_ami(path, zone)


def open_meters(path: str | Path, zone: str) -> Meters:
    """A store that ``drsim import`` left, or a single file; a store's own zone holds."""
    if is_store(path):
        store = open_store(path)
        table = store.premises
        names = [str(name) for name in table["premise_id"]]
        out = ~table["used"].to_numpy(dtype=bool)
        return Meters(store.zone, store.minutes, names, out, store.findings, store)
    reads = read_ami(path, zone)
    return Meters(reads.zone, reads.minutes, reads.premises, reads.disqualified, reads.findings, reads)
