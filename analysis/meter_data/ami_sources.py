"""Streaming any meter export as batches of (premise, stamp, value), however it is laid out.

Long tables (a row per read), wide ones (a column per premise, or a row per premise and day with a column per
interval), CSV or Parquet, one file or a folder of many, and Green Button XML. Nothing larger than a batch is
held; what a stamp or a value means is decided later, by :mod:`analysis.meter_data.ami_grid`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.ami_files import PREMISE_NAMES, STAMP_EXAMPLE, STAMP_NAMES, VALUE_NAMES
from analysis.meter_data.greenbutton import ESTIMATED, read_green_button
from analysis.meter_data.stamp_zone import names_zone, tidy
from drsim.errors import DataError, Problem, ScenarioError
from drsim.findings import Finding

#: [s] since 1970, two days inside for the zone's shift: beyond, a file's nanoseconds were taken for seconds, and Python
#: has no local time.
YEARS_1_TO_9999 = (-62_135_424_000, 253_402_128_000)

BATCH_ROWS = 1_000_000
WIDE_COLUMNS = 64
QUALITY_NAMES = ("quality", "read_quality", "quality_code")
ESTIMATED_WORDS = ("e", "est", "estimate", "estimated")
DAY_NAMES = ("date", "day", "read_date", "reading_date", "usage_date")
INTERVALS_A_DAY = (24, 48, 96)
#: A wide column with one of these in its name is not a premise.
NOT_LOAD = ("temp", "humid", "wind", "pressure", "irradiance", "radiation", "price", "cloud")
GREEN_BUTTON = {".xml", ".zip"}
TABLES = (".csv", ".csv.gz", ".parquet", ".pq", ".txt")


@dataclass(frozen=True)
class Layout:
    """What the person who exports the reads states about them; the rest is found out and reported.

    Attributes
    ----------
    zone : IANA zone of the premises, and of stamps that carry none (unless their column says ``utc``)
    stamps : whether a stamp marks the start or the end of its interval
    unit : "kwh", "wh" or "kw"; None infers kWh or Wh from names and size
    columns : the file's names for ``premise``, ``stamp`` and ``value`` where they are unusual
    net : keep negative reads (a net meter with solar) instead of setting them aside
    """

    zone: str
    stamps: Literal["start", "end"] = "start"
    unit: Literal["kwh", "wh", "kw"] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    net: bool = False


@dataclass(frozen=True, eq=False)
class Batch:
    """Reads as the file states them: ``seconds`` of the wall clock (UTC if ``utc``), ``value`` in the file's unit."""

    premise: pd.Categorical[str]
    seconds: NDArray[np.int64]
    value: NDArray[np.float32]
    utc: bool
    stamp_name: str
    value_name: str


def files_of(path: Path) -> list[Path]:
    """Every file a source holds, by name."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ScenarioError(Problem(str(path), "the meter file does not exist"))
    found = [p for p in sorted(path.rglob("*")) if p.is_file() and (_is_table(p) or p.suffix.lower() in GREEN_BUTTON)]
    if not found:
        raise DataError(f"{path}: the folder holds no .csv, .csv.gz, .parquet, .xml or .zip file")
    return found


def _is_table(path: Path) -> bool:
    return path.name.lower().endswith(TABLES) and not path.name.startswith((".", "_"))


def batches(path: Path, layout: Layout, findings: list[Finding]) -> Iterator[Batch]:
    """All reads of a file or folder; trouble met on the way is appended to ``findings``."""
    files = files_of(path)
    if any(p.suffix.lower() in GREEN_BUTTON for p in files):
        if any(_is_table(p) for p in files):
            raise DataError(f"{path}: holds both tables and Green Button files; import them one by one")
        yield from _green_button(path, layout.zone, findings)
        return
    for file in files:
        if not _is_table(file):
            raise DataError(f"{file}: expected a .parquet, .csv (or .csv.gz), .xml or .zip meter file")
        for frame in _frames(file, layout):
            yield from _from_frame(file, frame, layout, findings)


def _green_button(path: Path, zone: str, findings: list[Finding]) -> Iterator[Batch]:
    series, trouble = read_green_button(path, zone)
    findings += trouble
    for one in series:
        who = pd.Categorical([one.premise] * len(one.start))
        yield Batch(who, one.start, one.wh.astype(np.float32), True, "start", "wh")


def _frames(file: Path, layout: Layout) -> Iterator[pd.DataFrame]:
    """The file in pieces: rows of a long table, groups of columns of a wide one."""
    constant = {k: v for k, _, v in (part.partition("=") for part in file.parent.parts) if v}
    try:
        pieces = _parquet(file, layout) if file.suffix.lower() in {".parquet", ".pq"} else _csv(file, layout)
        for frame in pieces:
            missing = {k: v for k, v in constant.items() if k not in frame.columns}
            yield frame.assign(**missing) if missing else frame
    except (DataError, ScenarioError):
        raise
    except Exception as error:  # pyarrow, gzip and pandas have no common base for what a broken file raises
        text = str(error).strip().splitlines()
        raise DataError(f"{file}: not a readable meter file ({(text or [type(error).__name__])[0][:160]})") from error


def _csv(file: Path, layout: Layout) -> Iterator[pd.DataFrame]:
    header = [str(c) for c in pd.read_csv(file, nrows=0).columns]
    named = [_named(header, kind, layout) for kind in ("premise", "stamp", "value")]
    wanted = _wanted(header, named, layout) if all(named) else None
    rows = BATCH_ROWS if wanted else max(1000, BATCH_ROWS // len(header))  # a wide row holds many reads
    yield from pd.read_csv(file, usecols=wanted, low_memory=False, chunksize=rows)


def _parquet(file: Path, layout: Layout) -> Iterator[pd.DataFrame]:
    import pyarrow.parquet as pq

    source = pq.ParquetFile(file)
    header = [str(name) for name in source.schema_arrow.names]
    named = [_named(header, kind, layout) for kind in ("premise", "stamp", "value")]
    wanted = _wanted(header, named, layout) if all(named) else None
    if wanted or (named[0] and not named[1]):
        for batch in source.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
            yield batch.to_pandas()
        return
    index = [c for c in ((source.schema_arrow.pandas_metadata or {}).get("index_columns") or []) if isinstance(c, str)]
    stamp = next((n for n in [named[1], *index] if n), None)
    if stamp is None:
        raise DataError(f"{file}: no time stamps; expected a datetime index or a column named start_utc")
    columns = [c for c in header if c != stamp]
    for begin in range(0, len(columns), WIDE_COLUMNS):
        frame = source.read(columns=[stamp, *columns[begin : begin + WIDE_COLUMNS]]).to_pandas()
        yield frame.reset_index() if stamp not in frame.columns else frame


def _wanted(header: list[str], named: list[str | None], layout: Layout) -> list[str]:
    """The columns of a long table that are read: who, when, how much, and how good where it is said."""
    return [name for name in [*named, _named(header, "quality", layout)] if name]


def _named(header: list[str], kind: str, layout: Layout) -> str | None:
    """The header's column of a kind: as stated, else by a known name whatever its case and spaces."""
    stated = layout.columns.get(kind)
    if stated is not None:
        if stated not in header:
            raise DataError(f"no column {stated} for the {kind}; the file has {', '.join(header[:8])}")
        return stated
    known = {"premise": PREMISE_NAMES, "stamp": STAMP_NAMES, "value": VALUE_NAMES, "day": DAY_NAMES,
             "quality": QUALITY_NAMES}[kind]  # fmt: skip
    by_name = {name.strip().lower(): name for name in header}
    return next((by_name[name] for name in known if name in by_name), None)


def _from_frame(file: Path, frame: pd.DataFrame, layout: Layout, findings: list[Finding]) -> Iterator[Batch]:
    header = [str(c) for c in frame.columns]
    frame = frame.set_axis(header, axis=1)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{file}: two columns are called {twice!r}; rename or remove one")
    premise, stamp, value = (_named(header, kind, layout) for kind in ("premise", "stamp", "value"))
    if stamp and value and (premise or layout.columns.get("value")):
        who = frame[premise] if premise else pd.Series(file.name.split(".")[0], index=frame.index)
        findings += _said_estimated(file, frame, layout)
        yield _batch(file, who, frame[stamp], frame[value], stamp, value, findings)
        return
    day = _named(header, "day", layout)
    numeric = [c for c in header if pd.api.types.is_numeric_dtype(frame[c]) and c not in {premise, stamp, day}]
    if premise and day and len(numeric) in INTERVALS_A_DAY:
        yield _day_rows(file, frame, premise, day, numeric, findings)
    elif stamp and not premise and (numeric := _loads(file, numeric, findings)):
        if len(numeric) == 1:  # one column is one premise or a whole system: the file names it, the column its unit
            who = pd.Series(file.name.split(".")[0], index=frame.index)
            yield _batch(file, who, frame[stamp], frame[numeric[0]], stamp, numeric[0], findings)
            return
        for begin in range(0, len(numeric), WIDE_COLUMNS):
            group = numeric[begin : begin + WIDE_COLUMNS]
            long = frame[[stamp, *group]].melt(stamp, var_name="who", value_name="reads").dropna(subset=["reads"])
            if len(long):
                yield _batch(file, long["who"], long[stamp], long["reads"], stamp, "", findings)
    else:
        wanted = {"premise_id": premise, "start_utc": stamp, "kwh": value}
        missing = " and ".join(name for name, at in wanted.items() if at is None) or "a usable layout"
        raise DataError(
            f"{file}: no column for {missing}; expected premise_id, start_utc and kwh, found {', '.join(header[:8])} "
            "(name unusual columns with --columns stamp=NAME,value=NAME,premise=NAME)"
        )


def _said_estimated(file: Path, frame: pd.DataFrame, layout: Layout) -> list[Finding]:
    """Reads that the file itself marks as estimated: kept, and said."""
    column = _named(list(frame.columns), "quality", layout)
    if column is None:
        return []
    marked = int(frame[column].astype(str).str.strip().str.lower().isin(ESTIMATED_WORDS).sum())
    text = f"{marked} reads of {file.name} are marked as estimated in {column} and are kept"
    return [Finding(ESTIMATED, "", text, {"reads": marked})] if marked else []


def _loads(file: Path, numeric: list[str], findings: list[Finding]) -> list[str]:
    """The columns of a wide table that may be premises."""
    other = [c for c in numeric if any(word in c.lower() for word in NOT_LOAD)]
    if other:
        text = f"columns of {file.name} that are not loads were left out: {', '.join(other)}"
        findings.append(Finding("columns_left_out", "", text))
    return [c for c in numeric if c not in other]


def _day_rows(
    file: Path, frame: pd.DataFrame, premise: str, day: str, numeric: list[str], findings: list[Finding]
) -> Batch:
    """A row per premise and day: the columns, in the file's order, are equal parts of the local day."""
    step = pd.to_timedelta(24 * 60 // len(numeric), unit="min")
    dates = pd.to_datetime(frame[day], errors="coerce")
    stamps = np.asarray(dates)[:, None] + (np.arange(len(numeric)) * step.to_timedelta64())[None, :]
    who = pd.Series(np.repeat(frame[premise].astype(str).to_numpy(), len(numeric)))
    reads = pd.Series(frame[numeric].to_numpy(dtype=np.float32).ravel())
    return _batch(file, who, pd.Series(stamps.ravel()), reads, day, "", findings)


def _batch(
    file: Path, who: pd.Series, stamp: pd.Series, value: pd.Series, stamp_name: str, value_name: str,
    findings: list[Finding],
) -> Batch:  # fmt: skip
    seconds, placed, utc = _seconds(file, stamp)
    if pd.api.types.is_datetime64_any_dtype(value) or pd.api.types.is_timedelta64_dtype(value):
        raise DataError(f"{file}: the values in {value_name or value.name} are times; expected numbers")
    reads = np.array(pd.to_numeric(value, errors="coerce").to_numpy(dtype=np.float32, na_value=np.nan))  # our own
    reads[~np.isfinite(reads)] = np.nan
    lost = int((~placed).sum())
    if lost:
        message = f"{lost} rows of {file.name} have no readable time stamp and were set aside"
        findings.append(Finding("unreadable_stamps", "", message, {"reads": lost}))
    words = int(np.isnan(reads).sum() - value.isna().sum())
    if words:
        message = f"{words} values of {file.name} are not numbers and became gaps"
        findings.append(Finding("unreadable_values", "", message, {"reads": words}))
    names = pd.Categorical(who.where(who.isna(), who.astype(str).str.strip()))
    nameless = int((names.codes < 0).sum())
    if nameless:
        message = f"{nameless} rows of {file.name} name no premise and were set aside"
        findings.append(Finding("unreadable_premises", "", message, {"reads": nameless}))
    kept = placed & ~np.isnan(reads) & (names.codes >= 0)
    utc = utc or "utc" in stamp_name.lower() or "gmt" in stamp_name.lower()
    return Batch(names[kept], seconds[kept], reads[kept], utc, stamp_name, value_name)


def _seconds(file: Path, column: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_], bool]:
    """Whole seconds, which of them are times at all, and whether they carry a zone (then they are UTC)."""
    if pd.api.types.is_numeric_dtype(column):
        raise DataError(f"{file}: the stamps in {column.name} are numbers; expected {STAMP_EXAMPLE}")
    if len(column) == 0:
        return np.empty(0, np.int64), np.empty(0, np.bool_), False
    if not pd.api.types.is_datetime64_any_dtype(column):
        unique = pd.Series(column.unique())
        zoned = names_zone(unique)
        parsed = pd.to_datetime(tidy(unique), errors="coerce", utc=zoned)
        if parsed.isna().mean() > 0.05 and parsed.isna().sum() > 1:
            bad = unique[parsed.isna()].iloc[0]
            raise DataError(f'{file}: "{bad}" in {column.name} is not a time; expected {STAMP_EXAMPLE}')
        column = column.map(pd.Series(parsed.to_numpy() if not zoned else parsed.dt.tz_localize(None).to_numpy(),
                                      index=unique.to_numpy()))  # fmt: skip
        utc = zoned
    else:
        utc = column.dt.tz is not None
        column = column.dt.tz_convert("UTC").dt.tz_localize(None) if utc else column
    placed = column.notna().to_numpy()
    seconds = np.asarray(pd.DatetimeIndex(column).as_unit("s").asi8, dtype=np.int64)
    beyond = placed & ((seconds < YEARS_1_TO_9999[0]) | (seconds > YEARS_1_TO_9999[1]))
    if beyond.sum() > max(1.0, 0.05 * placed.sum()):
        raise DataError(f"{file}: stamps in {column.name} lie {seconds[beyond][0] / 31_556_952:,.0f} years from 1970; "
                        f"expected {STAMP_EXAMPLE}")  # fmt: skip
    return seconds, placed & ~beyond, utc
