"""A utility's interval reads (advanced metering infrastructure) on one regular UTC grid.

Reads a file, says how it understood it (unit, zone, interval), sets aside what cannot be believed and
lists every premise it cannot use with the reason. The rest of the analyst runs on the result unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data import quality
from analysis.meter_data.ami_files import RawReads, read_raw
from analysis.meter_data.ami_units import Unit, infer_unit
from drsim.clock import known_zone
from drsim.errors import DataError, Problem, ScenarioError
from drsim.findings import Finding

HOURS = 24


@dataclass(frozen=True, eq=False)
class AmiTable:
    """Interval reads of many premises.

    Attributes
    ----------
    premises : list of str
    start_utc : DatetimeIndex, UTC interval starts, regular
    kwh : (premises, intervals) float32 [kWh], NaN is a gap
    minutes : 15, 30 or 60
    zone : IANA name of the local time the days are cut in
    disqualified : (premises,) bool, too few usable reads
    findings : list of Finding
    """

    premises: list[str]
    start_utc: pd.DatetimeIndex
    kwh: NDArray[np.float32]
    minutes: int
    zone: str
    disqualified: NDArray[np.bool_]
    findings: list[Finding]

    def only(self, rows: NDArray[np.bool_]) -> AmiTable:
        """The same table with the premises where ``rows`` (premises,) is True."""
        premises = [name for name, keep in zip(self.premises, rows, strict=True) if keep]
        return replace(self, premises=premises, kwh=self.kwh[rows], disqualified=self.disqualified[rows])

    def days(self) -> Iterator[tuple[date, NDArray[np.float32]]]:
        """Whole local days, each with hourly reads.

        Yields
        ------
        day, hourly_kwh
            The date and (premises, 24) float32 [kWh]; an hour with any missing read is NaN. The repeated
            hour of the long day is the mean of the two, the skipped hour of the short day is NaN.
            Days the file covers only in part (its first and last) are left out.
        """
        local = self.start_utc.tz_convert(self.zone)
        ordinal = np.array(local.normalize().tz_localize(None), dtype="datetime64[D]").astype(np.int64)
        hour = np.asarray(local.hour, dtype=np.int64)
        per_hour = 60 // self.minutes
        starts = np.flatnonzero(np.diff(ordinal, prepend=ordinal[0] - 1))
        for begin, end in zip(starts, [*starts[1:], len(ordinal)], strict=True):
            if end - begin < (HOURS - 1) * per_hour:
                continue
            hours = np.full((len(self.premises), HOURS), np.nan, dtype=np.float32)
            for h in range(HOURS):
                at = begin + np.flatnonzero(hour[begin:end] == h)
                if len(at) >= per_hour:
                    hours[:, h] = self.kwh[:, at].sum(axis=1) * (per_hour / len(at))
            yield date(1970, 1, 1) + timedelta(days=int(ordinal[begin])), hours


def read_ami(path: str | Path, zone: str, unit: Literal["kwh", "wh"] | None = None) -> AmiTable:
    """Read interval data from a wide Parquet or a long CSV file.

    Parameters
    ----------
    path : file
        Parquet: one numeric column per premise, interval starts in the index (or a column ``start_utc``).
        CSV: columns for the premise (``premise_id``, ``LCLid``, ``customer_id`` ...), the interval start
        (``start_utc``, ``timestamp`` ...) and the energy (``kwh``, ``value`` ...), in any letter case.
    zone : str
        IANA zone of the premises. Stamps without a zone are taken as UTC when their column's name says
        ``utc`` or ``gmt``, else as local time of this zone; a finding says which.
    unit : "kwh" or "wh", optional
        Without it, Wh if the file's or column's name says so or the values can only be Wh.

    Raises
    ------
    drsim.errors.ScenarioError
        The file does not exist or the zone is unknown (exit code 2).
    drsim.errors.DataError
        The file cannot be read as interval data (exit code 3).
    """
    path = Path(path)
    known_zone(zone)
    raw = read_raw(path)
    raw, stamp_findings = _to_utc(raw, zone)
    raw, minutes, grid_findings = _on_grid(raw, path)
    kwh, unit_findings = _to_kwh(raw, path, minutes, unit)
    kwh, bad = quality.set_aside_bad_reads(kwh, minutes, raw.premises)
    disqualified, reasons = quality.disqualify(quality.coverage_fraction(kwh), raw.premises, bad)
    findings = [*stamp_findings, *unit_findings, *grid_findings, *raw.findings, *bad, *reasons]
    return AmiTable(raw.premises, raw.stamps, kwh, minutes, zone, disqualified, findings)


def _to_utc(raw: RawReads, zone: str) -> tuple[RawReads, list[Finding]]:
    """Stamps in UTC; those that cannot be placed (the doubled and the skipped hour) are dropped."""
    name = raw.stamp_name.lower()
    note = "stamps are taken as interval starts"
    if raw.stamps.tz is not None:
        return replace(raw, stamps=raw.stamps.tz_convert("UTC")), [_stamp_finding(raw, f"in UTC; {note}")]
    if "utc" in name or "gmt" in name:
        return replace(raw, stamps=raw.stamps.tz_localize("UTC")), [_stamp_finding(raw, f"in UTC; {note}")]
    local = raw.stamps.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    placed = np.asarray(local.notna(), dtype=np.bool_)
    dropped = int((~placed).sum())
    text = f"local time of {zone} (they carry no zone; for UTC stamps choose the zone UTC); {note}"
    if dropped:
        text += f"; {dropped} stamps in the hour of a clock change could not be placed and were dropped"
    utc = pd.DatetimeIndex(local[placed]).tz_convert("UTC")
    return replace(raw, stamps=utc, values=raw.values[:, placed]), [_stamp_finding(raw, text)]


def _stamp_finding(raw: RawReads, text: str) -> Finding:
    return Finding(quality.STAMPS, "", f"time stamps in {raw.stamp_name} were read as {text}")


def _on_grid(raw: RawReads, path: Path) -> tuple[RawReads, int, list[Finding]]:
    """Reads on every step from the first to the last stamp, gaps as NaN."""
    seconds = np.asarray(raw.stamps.as_unit("s").asi8, dtype=np.int64)
    if len(seconds) < 2:
        raise DataError(f"{path}: fewer than two intervals with a usable time stamp")
    steps = np.diff(seconds)
    typical = float(np.median(steps.astype(np.float64))) / 60.0
    if typical not in {15.0, 30.0, 60.0}:
        raise DataError(f"{path}: reads are {typical:g} minutes apart; expected 15, 30 or 60")
    minutes = int(typical)
    step = 60 * minutes
    on = seconds % step == 0
    if not on.any():
        raise DataError(f"{path}: no read starts on a whole {minutes}-minute step")
    position = (seconds[on] - seconds[on][0]) // step
    length = int(position[-1]) + 1
    if length > 40 * int(on.sum()):
        raise DataError(f"{path}: the time stamps span {length} intervals but hold {int(on.sum())} reads")
    values = np.full((len(raw.premises), length), np.nan, dtype=np.float32)
    values[:, position] = raw.values[:, on]
    findings = []
    if not on.all():
        reads = int((~np.isnan(raw.values[:, ~on])).sum())
        message = f"{reads} reads do not start on a whole {minutes}-minute step and were set aside"
        findings.append(Finding(quality.OFF_GRID, "", message, {"reads": reads}))
    first = pd.Timestamp(int(seconds[on][0]), unit="s", tz="UTC")
    grid = pd.date_range(first, periods=length, freq=f"{minutes}min", unit="s")
    return replace(raw, stamps=grid, values=values), minutes, findings


def _to_kwh(
    raw: RawReads, path: Path, minutes: int, unit: Literal["kwh", "wh"] | None
) -> tuple[NDArray[np.float32], list[Finding]]:
    """Values in kWh, with a finding where Wh was inferred and not stated."""
    if unit not in {None, "kwh", "wh"}:
        raise ScenarioError(Problem("unit", f'unit is "{unit}"; expected "kwh" or "wh"'))
    found, why = _infer_unit(raw, path, minutes) if unit is None else (unit, "")
    said = {"wh": "Wh", "kw": "kW", "kwh": "kWh"}[found]
    findings = [Finding(quality.UNIT, "", f"values were read as {said}: {why}")] if why else []
    divisor = {"wh": 1000.0, "kw": 60.0 / minutes, "kwh": 1.0}[found]
    return (raw.values if divisor == 1.0 else raw.values / np.float32(divisor)), findings


def _infer_unit(raw: RawReads, path: Path, minutes: int) -> tuple[Unit, str]:
    counts = (~np.isnan(raw.values)).sum(axis=1)
    sums = np.nansum(raw.values, axis=1, dtype=np.float64)
    read = counts > 0
    per_day = np.asarray(sums)[read] / counts[read] * (24 * 60 / minutes)
    return infer_unit(raw.value_name, path.stem, float(np.median(per_day)) if len(per_day) else 0.0)
