"""Real weather years: EPW files (through pvlib) and NSRDB/PSM CSV files, put on a clock's quarter-hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from drsim.errors import DataError
from drsim.units import SECONDS_PER_INTERVAL
from simulator.weather import Weather

Floats = NDArray[np.float64]

LONGEST_FILLED_GAP_HOURS = 6
_ALLOWED = (
    "allowed are EPW files (.epw) and NSRDB/PSM CSV files (.csv) with hourly rows in local standard time"
)
_HOURS = 366 * 24  # a leap year's hours, so that every calendar hour has a place
_MONTH_STARTS = np.concatenate([[0], np.cumsum([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30])])
_FEBRUARY_29 = slice(59 * 24, 60 * 24)
_FEBRUARY_28 = slice(58 * 24, 59 * 24)


@dataclass(frozen=True)
class _Year:
    """Hourly values by calendar hour (``_HOURS``,), NaN where the file has none.

    ``stamp_hours`` tells when in its hour a temperature holds: 1.0 at the end (EPW), 0.5 in the middle.
    """

    place: str
    utc_offset_hours: float
    stamp_hours: float
    temperature_degc: Floats
    ghi_w_per_m2: Floats


def read_weather_file(path: str | Path, clock: Clock) -> Weather:
    """Weather of a file on a clock's quarter-hours.

    Rows are matched by month, day and hour of the file's local standard time (a fixed UTC offset), so a
    file of another year, or a typical year, serves; 29 February repeats the 28th where the file has none.
    Temperature is interpolated linearly between hours, irradiance held over its hour. Missing values
    (99.9 degC and above, 9999 W/m2) are interpolated over at most 6 hours.

    Raises
    ------
    DataError
        The file is missing, unreadable, of another kind, doubles an hour, or lacks hours of the season.
    """
    path = Path(path)
    year = _read(path)
    middle = clock.utc() + np.timedelta64(SECONDS_PER_INTERVAL // 2, "s")
    local = middle + np.timedelta64(round(year.utc_offset_hours * 3600), "s")
    hour = local.astype("datetime64[h]")
    inside = (local - hour.astype("datetime64[s]")).astype(np.int64) / 3600.0
    # The stamps on both sides: with stamps at the hour's end, the first half already lies between
    # the previous hour's value and this one's.
    earlier = hour - (inside < year.stamp_hours).astype("timedelta64[h]")
    weight = np.mod(inside - year.stamp_hours, 1.0)
    before = year.temperature_degc[_slots(earlier)]
    after = year.temperature_degc[_slots(earlier + np.timedelta64(1, "h"))]
    ghi = year.ghi_w_per_m2[_slots(hour)]
    # Just outside the file's edge a temperature stands in for its missing neighbour.
    before, after = np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)
    _require_complete(path, clock, hour, before, ghi)
    return Weather(
        t_out_degc=(before + (after - before) * weight).astype(np.float32),
        ghi_w_per_m2=ghi.astype(np.float32),
        source=f"weather file {path.name} ({year.place})",
    )


def _slots(hours: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Place of each hour in the calendar table."""
    month = hours.astype("datetime64[M]")
    day = (hours.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    hour = (hours - hours.astype("datetime64[D]").astype("datetime64[h]")).astype(np.int64)
    slots: NDArray[np.int64] = (_MONTH_STARTS[month.astype(np.int64) % 12] + day) * 24 + hour
    return slots


def _read(path: Path) -> _Year:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; {_ALLOWED}. Check weather.file.")
    readers = {".epw": _read_epw, ".csv": _read_nsrdb}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(f'{path}: the name ends in "{path.suffix}"; {_ALLOWED}. Convert or rename the file.')
    try:
        return reader(path)
    except DataError:
        raise
    except Exception as error:  # parsers of foreign files fail in any way they like
        what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{path}: cannot be read as a weather file ({what}); {_ALLOWED}. Download the file again."
        ) from error


def _read_epw(path: Path) -> _Year:
    from pvlib.iotools import read_epw

    table, header = read_epw(path)
    place = ", ".join(str(header[key]) for key in ("city", "state-prov", "country", "data_type"))
    # EPW hours run 1..24 and name the hour's end.
    calendar = (table["month"], table["day"], table["hour"] - 1)
    return _year(path, place, float(header["TZ"]), 1.0, calendar, table["temp_air"], table["ghi"])


def _read_nsrdb(path: Path) -> _Year:
    import pandas as pd

    header = pd.read_csv(path, nrows=1).iloc[0]
    table = pd.read_csv(path, skiprows=2)
    minutes = sorted(set(table["Minute"].tolist()))
    if len(minutes) != 1:
        raise DataError(f"{path}: has rows at minutes {minutes}; expected one an hour. Export it hourly.")
    place = f"{header['Source']} site {header['Location ID']}"
    # Hour and minute name the instant of the row; at minute 30 that is the middle of its hour.
    calendar = (table["Month"], table["Day"], table["Hour"])
    offset, stamp = float(header["Local Time Zone"]), minutes[0] / 60.0
    return _year(path, place, offset, stamp, calendar, table["Temperature"], table["GHI"])


def _year(
    path: Path, place: str, offset: float, stamp: float, calendar: tuple[Any, Any, Any], degc: Any, ghi: Any
) -> _Year:
    """The calendar table of a file's columns, short gaps filled."""
    month, day, hour = (np.asarray(column).astype(np.int64) for column in calendar)
    if not len(month):
        raise DataError(f"{path}: has no hourly rows; {_ALLOWED}. Download the file again.")
    inside = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (hour >= 0) & (hour <= 23)
    if not inside.all() or not np.isfinite(offset) or abs(offset) > 14:
        raise DataError(
            f"{path}: has an impossible date, hour or UTC offset (data row {int(np.argmin(inside)) + 1}, "
            f"offset {offset:g} h); expected months 1-12, days 1-31, whole hours, an offset within 14 h. "
            "Mend the file."
        )
    slots = (_MONTH_STARTS[month - 1] + day - 1) * 24 + hour
    places, times = np.unique(slots, return_counts=True)
    if times.max() > 1:
        twice = date(2000, 1, 1).toordinal() + int(places[times.argmax()]) // 24
        raise DataError(
            f"{path}: has an hour of {date.fromordinal(twice):%d %B} {times.max()} times; "
            "expected one row for each calendar hour, one year a file. Cut the file to one year."
        )
    return _Year(
        place=place,
        utc_offset_hours=offset,
        stamp_hours=stamp,
        temperature_degc=_table(slots, np.asarray(degc, dtype=np.float64), -70.0, 70.0),
        ghi_w_per_m2=_table(slots, np.asarray(ghi, dtype=np.float64), 0.0, 1600.0),
    )


def _table(slots: NDArray[np.int64], values: Floats, lowest: float, highest: float) -> Floats:
    """Values by calendar hour; what lies outside the plausible range is missing (99.9, 9999, -9900)."""
    table = np.full(_HOURS, np.nan)
    table[slots] = np.where((values >= lowest) & (values <= highest), values, np.nan)
    if np.isnan(table[_FEBRUARY_29]).all():
        table[_FEBRUARY_29] = table[_FEBRUARY_28]
    return _fill_short_gaps(table)


def _fill_short_gaps(table: Floats) -> Floats:
    """Linear interpolation over runs of at most ``LONGEST_FILLED_GAP_HOURS`` with values on both sides."""
    missing = np.isnan(table)
    if not missing.any() or missing.all():
        return table
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8)))
    known = np.flatnonzero(~missing)
    filled = table.copy()
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start <= LONGEST_FILLED_GAP_HOURS and start > 0 and end < len(table):
            filled[start:end] = np.interp(np.arange(start, end), known, table[known])
    return filled


def _require_complete(
    path: Path, clock: Clock, hour: NDArray[np.datetime64], degc: Floats, ghi: Floats
) -> None:
    """Every hour of the season must have both values by now."""
    for name, values in (("temperature", degc), ("irradiance", ghi)):
        lacking = np.unique(hour[np.isnan(values)])
        if len(lacking):
            first = str(lacking[0])[5:].replace("T", " at ")
            raise DataError(
                f"{path}: lacks the {name} of {len(lacking)} hours of the season {clock.start} to "
                f"{clock.end}, the first on {first} h (month-day, local standard time); gaps of up to "
                f"{LONGEST_FILLED_GAP_HOURS} hours are filled, longer ones are not. Use a complete file, or "
                "a season that the file covers."
            )
