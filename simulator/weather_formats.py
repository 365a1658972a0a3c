"""The formats of weather files: EPW, TMY3, NSRDB/PSM and plain CSV, each read into the same rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from drsim.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALLOWED = (
    "allowed are EPW files (.epw), and TMY3, NSRDB/PSM or plain CSV files (.csv) with a time and a temperature column"
)
MOST_BYTES = 500_000_000  # ten years of one-minute rows
#: Column names of plain CSV: the unit is part of the name, so that nobody has to guess it.
_DEGC = ("temperature_degc", "temp_degc", "temperature_c", "temp_c", "tempc", "air_temperature_degc", "t_out_degc",
         "air_temperature_in_degrees_c", "tair_c", "tmpc")  # fmt: skip
_DEGF = ("temperature_degf", "temp_degf", "temperature_f", "temp_f", "tempf", "air_temperature_degf", "tmpf")
_KELVIN = ("temperature_k", "temp_k", "air_temperature_k", "t2m_k")
_GHI = ("ghi_w_per_m2", "ghi", "ghi_w_m2", "ghi_wm2", "solar_w_per_m2", "shortwave_radiation_w_per_m2")
_TIME = re.compile(r"(start|end|time)(_(utc|local|standard))?")


@dataclass(frozen=True)
class Rows:
    """Rows of a weather file in local *standard* time.

    Attributes
    ----------
    place : what the file says about itself.
    utc_offset_hours : of the standard time.
    year, month, day, hour : (rows,) calendar hour a row belongs to; ``inside`` tells where in it the temperature holds.
    inside : (rows,) hours, 0 = beginning of the hour, 1 = its end.
    degc : (rows,) air temperature, NaN where missing.
    ghi_w_per_m2 : (rows,) mean irradiance of the row's own interval; None when the file has none.
    """

    place: str
    utc_offset_hours: float
    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    inside: Floats
    degc: Floats
    ghi_w_per_m2: Floats | None


def read_rows(path: Path, zone: str) -> Rows:
    """The rows of a file of any known format; plain CSV in local time is taken to be of ``zone``.

    Raises
    ------
    DataError
        The file is missing, of another kind or unreadable.
    """
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; {ALLOWED}. Check weather.file.")
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{path}: is larger than {MOST_BYTES // 10**6} MB; {ALLOWED}. Cut it to fewer years.")
    suffix = path.suffix.lower()
    if suffix not in (".epw", ".csv"):
        raise DataError(f'{path}: the name ends in "{path.suffix}"; {ALLOWED}. Convert or rename the file.')
    try:
        reader: Callable[[Path, str], Rows] = _epw if suffix == ".epw" else _csv_reader(path)
        return reader(path, zone)
    except DataError:
        raise
    except Exception as error:  # parsers of foreign files fail in any way they like
        what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{path}: cannot be read as a weather file ({what}); {ALLOWED}. Download the file again."
        ) from error


def _csv_reader(path: Path) -> Callable[[Path, str], Rows]:
    with path.open(encoding="utf-8-sig", errors="replace") as text:
        first, second = text.readline(), text.readline()
    if "Date (MM/DD/YYYY)" in second:
        return _tmy3
    return _nsrdb if first.startswith("Source,Location ID") else _plain


def _ints(values: Any) -> Ints:
    return np.asarray(values).astype(np.int64)


def _floats(values: Any) -> Floats:
    import pandas as pd

    return np.asarray(pd.to_numeric(pd.Series(np.asarray(values)), errors="coerce"), dtype=np.float64)


def _epw(path: Path, _: str) -> Rows:
    from pvlib.iotools import read_epw

    table, header = read_epw(path)
    place = ", ".join(str(header[key]) for key in ("city", "state-prov", "country", "data_type"))
    # EPW hours run 1..24 and name the hour's end. The months of a typical year come from different years.
    return Rows(
        place, float(header["TZ"]), np.full(len(table), 2000), _ints(table["month"]), _ints(table["day"]),
        _ints(table["hour"]) - 1, np.ones(len(table)), _floats(table["temp_air"]), _floats(table["ghi"]),
    )  # fmt: skip


def _tmy3(path: Path, _: str) -> Rows:
    """Typical years of US stations: months of different years, hours 01:00 to 24:00 that name the hour's end."""
    import pandas as pd

    with path.open(encoding="utf-8-sig") as text:
        head = text.readline().rstrip("\n").split(",")
    table = pd.read_csv(path, skiprows=1, encoding="utf-8-sig")
    dates = table["Date (MM/DD/YYYY)"].astype(str).str.split("/", expand=True)
    hour = table["Time (HH:MM)"].astype(str).str.split(":", expand=True)[0]
    place = f"TMY3 {head[1].strip().strip(chr(34)).title()}, {head[2].strip()}"
    return Rows(
        place, float(head[3]), np.full(len(table), 2000), _ints(dates[0]), _ints(dates[1]), _ints(hour) - 1,
        np.ones(len(table)), _floats(table["Dry-bulb (C)"]), _floats(table["GHI (W/m^2)"]),
    )  # fmt: skip


def _nsrdb(path: Path, _: str) -> Rows:
    """Physical Solar Model files: hour and minute name the instant of the row, minute 30 the middle of its hour."""
    import pandas as pd

    header = pd.read_csv(path, nrows=1).iloc[0]
    table = pd.read_csv(path, skiprows=2)
    return Rows(
        f"{header['Source']} site {header['Location ID']}", float(header["Local Time Zone"]),
        _ints(table["Year"]), _ints(table["Month"]), _ints(table["Day"]), _ints(table["Hour"]),
        _ints(table["Minute"]) / 60.0, _floats(table["Temperature"]), _floats(table["GHI"]),
    )  # fmt: skip


def _plain(path: Path, zone: str) -> Rows:
    """A time column and columns named by what they hold and their unit; see ``docs/weather.md``."""
    import pandas as pd

    table = pd.read_csv(path, encoding="utf-8-sig", comment="#")
    named = {str(name).strip().lower().replace(" ", "_"): name for name in table.columns}
    stamp = next((name for name in named if _TIME.fullmatch(name)), None)
    degc = _temperature(table, named)
    if stamp is None or degc is None:
        raise DataError(
            f"{path}: has the columns {', '.join(map(str, table.columns[:8]))}; expected a time column (start_utc, "
            "end_utc, time_utc, or *_local, *_standard) and a temperature column whose name has its unit "
            "(temperature_degc, temperature_degf, temperature_k). Rename the columns."
        )
    offset = _standard_offset_hours(zone)
    utc = _utc(path, table[named[stamp]], stamp, zone, offset)
    steps_s = np.diff(utc.astype("datetime64[s]").astype(np.int64))
    step_hours = float(np.median(steps_s)) / 3600.0 if len(steps_s) else 1.0
    ghi_column = next((named[name] for name in _GHI if name in named), None)
    # An interval's mean belongs to its middle; an instant belongs to itself.
    shift = {"start": 0.5, "end": -0.5}.get(stamp.split("_")[0], 0.0) * step_hours
    seconds = round((offset + shift) * 3600)
    local = pd.DatetimeIndex(utc + np.timedelta64(seconds, "s"))
    inside = np.asarray(local.minute) / 60.0 + np.asarray(local.second) / 3600.0
    return Rows(
        "plain CSV", offset, _ints(local.year), _ints(local.month), _ints(local.day), _ints(local.hour), inside, degc,
        None if ghi_column is None else _floats(table[ghi_column]),
    )  # fmt: skip


def _temperature(table: Any, named: dict[str, Any]) -> Floats | None:
    for names, zero, per_k in ((_DEGC, 0.0, 1.0), (_DEGF, 32.0, 1.8), (_KELVIN, 273.15, 1.0)):
        column = next((named[name] for name in names if name in named), None)
        if column is not None:
            return (_floats(table[column]) - zero) / per_k
    return None


def _standard_offset_hours(zone: str) -> float:
    """UTC offset of a zone's standard time: the smaller of January's and July's."""
    offsets = [datetime(2023, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)]
    return min(offset.total_seconds() / 3600.0 for offset in offsets if offset is not None)


def _utc(path: Path, column: Any, stamp: str, zone: str, offset: float) -> NDArray[np.datetime64]:
    """Stamps as UTC; an offset in the text itself wins over the column's name."""
    import pandas as pd

    text = column.astype(str).str.strip().str.replace(r"z$", "Z", regex=True)  # pandas drops a small z without a word
    if text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).all():
        return np.asarray(pd.DatetimeIndex(pd.to_datetime(text, utc=True)).tz_localize(None).values)
    naive = pd.DatetimeIndex(pd.to_datetime(text))
    if stamp.endswith("_utc"):
        return np.asarray(naive.values)
    if stamp.endswith("_standard"):
        return np.asarray(naive.values - np.timedelta64(round(offset * 3600), "s"))
    if stamp.endswith("_local"):
        # The hour that autumn repeats comes in order; the hour that spring skips does not exist.
        known = naive.tz_localize(zone, ambiguous="infer", nonexistent="shift_forward")
        return np.asarray(known.tz_convert("UTC").tz_localize(None).values)
    raise DataError(
        f'{path}: the column {stamp} has times without an offset, such as "{text.iloc[0]}"; expected an offset '
        f"(2024-07-01T13:00+10:00) or a name that says which clock it is. Rename it to {stamp}_utc, {stamp}_local "
        f"(wall clock with daylight saving) or {stamp}_standard."
    )
