"""Importing a meter export of any size into one canonical store, with every loss counted.

Two passes. The first streams the source and spills reads into buckets by a hash of the premise, so that a premise
lies whole in one bucket; the second takes a bucket at a time, puts it on the grid, judges it and writes parts.
Memory is bounded by a bucket, not by the source.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analysis.meter_data import ami_store, quality
from analysis.meter_data.ami_grid import STORE_MINUTES, Placed, on_grid, place
from analysis.meter_data.ami_sources import Layout, batches, files_of
from analysis.meter_data.ami_spill import Spill
from analysis.meter_data.ami_units import Unit, infer_unit
from analysis.meter_data.customer_tables import join_customers, read_customers, read_programme
from analysis.meter_data.import_quality import judge, summary
from analysis.meter_data.stamp_shift import clock_change_findings, end_stamp_finding, trough_finding
from drsim.errors import DataError, Problem, ScenarioError
from drsim.findings import Finding

#: Reads a bucket is meant to hold: about 1 GB at its peak.
BUCKET_READS = 8_000_000
PART_HOMES = 500
#: Places on the grid for each read: more means that a few bad stamps would blow the grid up.
MOST_SPARSE = 40


@dataclass(frozen=True, eq=False)
class Imported:
    """What an import found: the store, a row per premise, and the findings."""

    store: ami_store.ReadsStore
    premises: pd.DataFrame
    findings: list[Finding]
    mean_kwh: NDArray[np.float64]  # (intervals,) of the premises used


def import_reads(
    source: Path, out: Path, layout: Layout, minutes: int | None = None, customers: Path | None = None,
    programme: Path | None = None, salt: bytes | None = None, bucket_reads: int = BUCKET_READS,
) -> Imported:  # fmt: skip
    """Import reads (and customer and programme tables) into the folder ``out``, which must be new.

    Parameters
    ----------
    source : file or folder (:mod:`analysis.meter_data.ami_sources`)
    layout : what is stated about stamps, zone and unit
    minutes : interval of the store; the most common one of the first premises, at least 15, if not given
    customers, programme : optional tables (:mod:`analysis.meter_data.customer_tables`)
    salt : premise ids are replaced by a keyed hash (HMAC-SHA-256, 16 hex digits) with this secret
    bucket_reads : reads held in memory at a time

    Raises
    ------
    drsim.errors.DataError
        Nothing in the source can be used; the message counts the reasons.
    """
    files = files_of(source)
    findings: list[Finding] = []
    spill = Spill(out / "spill", max(1, min(256, _guess_reads(files) // bucket_reads + 1)))
    spill.folder.mkdir(parents=True)
    (out / "reads").mkdir()
    spill.fill(batches(source, layout, findings), source)
    if spill.reads == 0:
        raise DataError(f"{source}: no usable read" + "".join(f"; {f.message}" for f in findings))
    writer = _Writer(out, layout, spill, minutes, salt)
    stem = source.name.split(".")[0] if len(files) == 1 else ""
    for names, code, seconds, value in spill.buckets():
        writer.bucket(names, code, seconds, value, stem)
    shutil.rmtree(spill.folder)
    premises, about_stamps, mean = writer.whole()
    if not premises["used"].any():
        raise DataError(f"{source}: none of {len(premises)} premises can be used; {counted(writer.findings)}")
    findings = [*about_stamps, *findings, *writer.findings]
    if customers is not None:
        premises, more = join_customers(premises, _hashed_ids(read_customers(customers), salt))
        findings += more
    if programme is not None:
        _hashed_ids(read_programme(programme), salt).to_parquet(out / ami_store.PROGRAMME, index=False)
    facts = {"zone": layout.zone, "stamps": layout.stamps, "unit": writer.unit, "minutes": writer.minutes,
             "first_utc": pd.Timestamp(writer.first, unit="s", tz="UTC").isoformat(), "intervals": writer.length,
             "source": source.name, "files": len(files), "ids_hashed": salt is not None,
             **summary(premises, findings)}  # fmt: skip
    store = ami_store.write_tables(out, premises, findings, mean, facts)
    return Imported(store, premises, findings, mean)


def counted(findings: list[Finding]) -> str:
    """Reasons with their counts, for a message."""
    counts = quality.count_by_code([f for f in findings if f.code.startswith("disqualified") or f.data.get("reads")])
    return ", ".join(f"{code}: {n} premises" + (f" ({reads} reads)" if reads else "")
                     for code, (n, reads) in counts.items()) or "no reason found"  # fmt: skip


def hashed(premise: str, salt: bytes) -> str:
    """A premise id that can not be traced back without the salt, equal for equal ids."""
    return hmac.new(salt, premise.encode(), hashlib.sha256).hexdigest()[:16]


def salt_from(path: Path) -> bytes:
    """The secret in a file; made, readable by its owner alone, where there is none yet."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    salt = path.read_bytes().strip()
    if len(salt) < 16:
        raise ScenarioError(Problem(str(path), "the salt has fewer than 16 characters; expected a long random line"))
    return salt


def _hashed_ids(table: pd.DataFrame, salt: bytes | None) -> pd.DataFrame:
    if salt is None:
        return table
    return table.assign(premise_id=[hashed(name, salt) for name in table["premise_id"]])


def _guess_reads(files: list[Path]) -> int:
    """Rough number of reads, from sizes: a Parquet read takes a byte or two, a CSV one about thirty."""
    sizes = {".parquet": 2, ".pq": 2, ".gz": 6, ".zip": 10, ".xml": 200}
    return sum(f.stat().st_size // sizes.get(f.suffix.lower(), 30) for f in files)


class _Writer:
    """The second pass: buckets in, parts and one row per premise out."""

    def __init__(self, out: Path, layout: Layout, spill: Spill, minutes: int | None, salt: bytes | None) -> None:
        self.out, self.layout, self.spill, self.salt = out, layout, spill, salt
        self.wanted, self.minutes, self.first, self.length = minutes, 0, 0, 0
        self.unit: Unit = "kwh"
        self.rows: list[pd.DataFrame] = []
        self.findings: list[Finding] = []
        self.edges: list[tuple[int, int]] = []
        self.total, self.seen = np.empty(0), np.empty(0)

    def bucket(self, names: list[str], code: NDArray[np.int32], seconds: NDArray[np.int64],
               value: NDArray[np.float32], stem: str) -> None:  # fmt: skip
        """Place a bucket's reads and write its premises, part by part."""
        first, last = np.full(len(names), 2**62, np.int64), np.full(len(names), -(2**62), np.int64)
        np.minimum.at(first, code, seconds)
        np.maximum.at(last, code, seconds)
        self.edges += zip(first.tolist(), last.tolist(), strict=True)
        zone = None if self.spill.utc else self.layout.zone
        placed = place(names, code, seconds, value.astype(np.float64), zone, self.layout.stamps == "end")
        if self.minutes == 0:
            self._settle(placed, stem)
        scale = {"kwh": np.ones(1), "wh": np.full(1, 1e-3), "kw": placed.minutes[placed.code] / 60.0}[self.unit]
        placed = replace(placed, kwh=placed.kwh * scale)
        for begin in range(0, len(names), PART_HOMES):
            self._part(_some(placed, begin, begin + PART_HOMES))

    def _settle(self, placed: Placed, stem: str) -> None:
        """Interval, unit and span: decided once, on the first bucket and the first pass, for all premises."""
        own = placed.minutes[(placed.minutes > 0) & (placed.minutes <= 60)]
        usual = int(np.bincount(own).argmax()) if len(own) else 0
        fits = [m for m in STORE_MINUTES if usual and m % usual == 0]
        self.minutes = self.wanted if self.wanted in fits else (fits[0] if fits else 0)
        if self.minutes == 0:
            longest = int(np.median(placed.minutes)) if len(placed.minutes) else 0
            raise DataError(f"the reads of most premises are {longest} minutes apart ({len(placed.names)} premises "
                            "looked at); 60 or less, and a divisor of 60, is needed for a load shape")  # fmt: skip
        if self.layout.unit is None:
            sums = np.bincount(placed.code, weights=placed.kwh, minlength=len(placed.names))
            counts = np.maximum(np.bincount(placed.code, minlength=len(placed.names)), 1)
            median = float(np.median(sums / counts * 1440.0 / np.maximum(placed.minutes, 1)))
            self.unit, why = infer_unit(self.spill.value_name, stem, median)
            if why:
                said = {"wh": "Wh", "kw": "kW", "kwh": "kWh"}[self.unit]
                text = f"values were read as {said}: {why}"
                self.findings.append(Finding(quality.UNIT, "", text))
        else:
            self.unit = self.layout.unit
        step = 60 * self.minutes
        first, last = (self._utc(s) for s in (self.spill.first, self.spill.last))
        back = 60 * usual if self.layout.stamps == "end" else 0
        self.first = (first - back) // step * step
        self.length = (last - back - self.first) // step + 1
        if self.length * len(placed.names) > MOST_SPARSE * len(placed.code):
            raise DataError(f"the time stamps span {self.length} intervals, but {len(placed.names)} premises hold "
                            f"{len(placed.code)} reads; is there a stamp of another century?")  # fmt: skip
        self.total, self.seen = np.zeros(self.length), np.zeros(self.length)

    def _utc(self, seconds: int) -> int:
        if self.spill.utc:
            return seconds
        local = pd.Timestamp(seconds, unit="s").tz_localize(self.layout.zone, ambiguous=True,
                                                            nonexistent="shift_forward")  # fmt: skip
        return int(local.timestamp())

    def _part(self, placed: Placed) -> None:
        kwh = on_grid(placed, self.first, self.length, self.minutes)
        clean, table, findings = judge(placed, kwh, self.minutes, self.first, self.layout.net)
        if self.salt is not None:
            names = {name: hashed(name, self.salt) for name in placed.names}
            table["premise_id"] = [names[name] for name in table["premise_id"]]
            findings = [replace(f, premise=names.get(f.premise, f.premise)) for f in findings]
        start = pd.date_range(pd.Timestamp(self.first, unit="s", tz="UTC"), periods=self.length,
                              freq=f"{self.minutes}min", unit="s")  # fmt: skip
        columns = [pa.array(start), *(pa.array(row, from_pandas=True) for row in clean)]
        names_ = ["start_utc", *table["premise_id"]]
        file = self.out / "reads" / f"part-{len(self.rows):05d}.parquet"
        pq.write_table(pa.table(columns, names=names_), file, compression="zstd", use_dictionary=False)
        used = clean[table["used"].to_numpy()]
        known = ~np.isnan(used)
        self.total += np.where(known, used, 0.0).sum(axis=0, dtype=np.float64)
        self.seen += known.sum(axis=0)
        self.rows.append(table)
        self.findings += findings

    def whole(self) -> tuple[pd.DataFrame, list[Finding], NDArray[np.float64]]:
        """Premises, findings about the stamps, and the mean home, once every bucket is written."""
        premises = pd.concat(self.rows, ignore_index=True)
        mean = np.divide(self.total, self.seen, out=np.full(self.length, np.nan), where=self.seen > 0)
        start = pd.date_range(pd.Timestamp(self.first, unit="s", tz="UTC"), periods=self.length,
                              freq=f"{self.minutes}min", unit="s")  # fmt: skip
        zone = self.layout.zone
        own = premises.loc[premises["minutes"] > 0, "minutes"]
        begin, end = zip(*self.edges, strict=True)
        shift = end_stamp_finding(begin, end, int(own.mode().iloc[0]) if len(own) else 0, self.layout.stamps)
        trough = trough_finding(start, mean, zone)
        text = (f"time stamps in {self.spill.stamp_name} were read as interval {self.layout.stamps}s in "
                + ("UTC" if self.spill.utc else f"local time of {zone}"))  # fmt: skip
        findings = [Finding(quality.STAMPS, "", text), *([shift] if shift else []),
                    *clock_change_findings(start, mean, self.minutes, zone), *([trough] if trough else [])]  # fmt: skip
        return premises, findings, mean


def _some(placed: Placed, begin: int, end: int) -> Placed:
    rows = slice(*np.searchsorted(placed.code, [begin, end]).tolist())
    counts = placed.counts.iloc[begin:end].reset_index(drop=True)
    return Placed(placed.names[begin:end], placed.code[rows] - np.int32(begin), placed.seconds[rows],
                  placed.kwh[rows], placed.minutes[begin:end], counts)  # fmt: skip
