"""Meter files as they come: Parquet with a column per premise, or CSV with a row per read.

This file only gets at the numbers; what they mean (units, zone, gaps) is :mod:`analysis.meter_data.ami`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.quality import DUPLICATE
from analysis.meter_data.stamp_zone import names_zone, tidy
from drsim.errors import DataError, Problem, ScenarioError
from drsim.findings import Finding

PREMISE_NAMES = ("premise_id", "premise", "lclid", "customer_id", "household_id", "meter_id",
                 "service_point_id", "account_id", "home_id", "id", "house", "dataid")  # fmt: skip
STAMP_NAMES = ("start_utc", "timestamp", "start_local", "interval_start", "start", "datetime", "date_time",
               "reading_datetime", "time", "tstp", "ts", "local_15min")  # fmt: skip
VALUE_NAMES = ("kwh", "value", "energy_kwh", "consumption_kwh", "kwh/hh", "kwh/hh (per half hour)",
               "energy(kwh/hh)", "general_supply_kwh", "usage_kwh", "consumption", "energy", "usage",
               "wh", "energy_wh", "value_wh")  # fmt: skip
STAMP_EXAMPLE = "times like 2024-06-01 16:00"


@dataclass(frozen=True, eq=False)
class RawReads:
    """Reads on the file's own terms.

    Attributes
    ----------
    premises : list of str
    stamps : DatetimeIndex, sorted and unique, with a zone or without
    values : (premises, stamps) float32, NaN is a gap, unit not yet known
    stamp_name, value_name : the names the file uses ("" where a wide table names no value)
    findings : duplicates met while reading
    """

    premises: list[str]
    stamps: pd.DatetimeIndex
    values: NDArray[np.float32]
    stamp_name: str
    value_name: str
    findings: list[Finding]


def read_raw(path: Path) -> RawReads:
    """Read a meter file by its suffix; a missing one is a usage error, an unusable one a data error."""
    if not path.is_file():
        what = "is a folder; import it first with `drsim import`" if path.is_dir() else "does not exist"
        raise ScenarioError(Problem(str(path), f"the meter file {what}"))
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] in ([".parquet"], [".pq"]):
        return _read_parquet(path)
    if ".csv" in suffixes[-2:]:
        return _read_csv(path)
    raise DataError(f"{path}: expected a .parquet or .csv (or .csv.gz) meter file")


def _read_parquet(path: Path) -> RawReads:
    try:
        table = pd.read_parquet(path)
    except Exception as error:  # pyarrow has no common base for what a broken file raises
        raise DataError(f"{path}: not a readable Parquet file ({_first_line(error)})") from error
    if _column(table, PREMISE_NAMES) and _column(table, VALUE_NAMES):
        return _from_long(path, table)
    return _from_wide(path, table)


def _read_csv(path: Path) -> RawReads:
    try:
        header = pd.read_csv(path, nrows=0)
        names = [_column(header, known) for known in (PREMISE_NAMES, STAMP_NAMES, VALUE_NAMES)]
        wanted = [name for name in names if name]
        table = pd.read_csv(path, usecols=wanted if len(wanted) == 3 else None, low_memory=False)
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{path}: not a readable CSV file ({_first_line(error)})") from error
    except MemoryError:
        raise DataError(f"{path}: larger than memory; `drsim import` reads files of any size, in parts") from None
    return _from_long(path, table)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__


def _column(table: pd.DataFrame, known: tuple[str, ...]) -> str | None:
    """The table's column that goes by one of the known names, whatever its case and spaces."""
    by_name = {str(column).strip().lower(): str(column) for column in table.columns}
    return next((by_name[name] for name in known if name in by_name), None)


def _from_wide(path: Path, table: pd.DataFrame) -> RawReads:
    stamp_name = str(table.index.name or "index")
    if not isinstance(table.index, pd.DatetimeIndex):
        found = _column(table, STAMP_NAMES) or next(
            (str(c) for c in table.columns if pd.api.types.is_datetime64_any_dtype(table[c])), None
        )
        if found is None:
            raise DataError(f"{path}: no time stamps; expected a datetime index or a column named start_utc")
        stamp_name = found
        stamps = _stamps(path, table[found])
        table = table.drop(columns=found).set_axis(pd.DatetimeIndex(stamps), axis=0)
    numeric = table.select_dtypes("number")
    if numeric.shape[1] == 0 or numeric.shape[0] < 2:
        raise DataError(f"{path}: no reads; expected one numeric column per premise and a row per interval")
    index = pd.DatetimeIndex(numeric.index)
    findings = []
    if index.hasnans or not index.is_monotonic_increasing or index.has_duplicates:
        numeric = numeric[index.notna()]
        twice = pd.DatetimeIndex(numeric.index).duplicated(keep="first")
        if twice.any():
            rows = int(twice.sum())
            message = f"{rows} rows repeat a time stamp; the first of each was kept"
            findings.append(Finding(DUPLICATE, "", message, {"reads": rows * numeric.shape[1]}))
        numeric = numeric[~twice].sort_index()
    values = numeric.astype("float32").to_numpy(dtype=np.float32, na_value=np.nan).T
    names = [str(column) for column in numeric.columns]
    index = pd.DatetimeIndex(numeric.index)
    return RawReads(names, index, np.ascontiguousarray(values), stamp_name, "", findings)


def _from_long(path: Path, table: pd.DataFrame) -> RawReads:
    premise, stamp = _column(table, PREMISE_NAMES), _column(table, STAMP_NAMES)
    value = _column(table, VALUE_NAMES)
    if premise is None or stamp is None or value is None:
        wanted = {"premise_id": premise, "start_utc": stamp, "kwh": value}
        missing = " and ".join(name for name, at in wanted.items() if at is None)
        has = ", ".join(str(column) for column in list(table.columns)[:8])
        raise DataError(
            f"{path}: no column for {missing}; expected premise_id, start_utc and kwh, found {has}. If reads stand in "
            "other columns, name them with drsim import --columns premise=...,stamp=...,value=..."
        )
    reads = pd.DataFrame(
        {
            "premise": table[premise].astype(str).str.strip(),
            "stamp": _stamps(path, table[stamp]),
            "kwh": pd.to_numeric(table[value], errors="coerce"),
        }
    )
    reads = reads.dropna(subset=["stamp"])
    findings = _drop_duplicates(reads)
    reads = reads.drop_duplicates(["premise", "stamp"], keep="first")
    if len(reads) < 2 or reads["kwh"].notna().sum() == 0:
        raise DataError(f"{path}: no numeric reads in the column {value}")
    wide = reads.pivot(index="premise", columns="stamp", values="kwh").sort_index().sort_index(axis=1)
    stamps = pd.DatetimeIndex(wide.columns)
    return RawReads([*map(str, wide.index)], stamps, wide.to_numpy(np.float32), stamp, value, findings)


def _drop_duplicates(reads: pd.DataFrame) -> list[Finding]:
    """Findings about repeated reads; where the repeats disagree the read becomes a gap (in place)."""
    twice = reads.duplicated(["premise", "stamp"], keep=False)
    if not twice.any():
        return []
    groups = reads[twice].groupby(["premise", "stamp"])["kwh"]
    disagree = groups.transform("nunique") > 1
    reads.loc[disagree.index[disagree], "kwh"] = np.nan
    extra = reads[reads.duplicated(["premise", "stamp"], keep="first")]
    findings = []
    for name, count in extra.groupby("premise").size().items():
        message = f"{count} reads are given twice; equal ones were kept once, differing ones became gaps"
        findings.append(Finding(DUPLICATE, str(name), message, {"reads": int(count)}))
    return findings


def _stamps(path: Path, column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    if pd.api.types.is_numeric_dtype(column):
        raise DataError(f"{path}: the stamps in {column.name} are numbers; expected {STAMP_EXAMPLE}")
    # Stamps with differing offsets (the two sides of a clock change) only parse together as UTC.
    stamps = pd.to_datetime(tidy(column), errors="coerce", utc=names_zone(column))
    if stamps.isna().mean() > 0.05:
        bad = column[stamps.isna()].iloc[0]
        raise DataError(f'{path}: "{bad}" in {column.name} is not a time; expected {STAMP_EXAMPLE}')
    return stamps
