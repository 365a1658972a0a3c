"""Real weather years put on a clock's quarter-hours; the formats themselves are read in ``weather_formats``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from drsim.errors import DataError
from drsim.units import SECONDS_PER_INTERVAL
from simulator.climate import Climate
from simulator.weather import Weather, usual_ghi_w_per_m2
from simulator.weather_formats import ALLOWED, Floats, Ints, Rows, read_rows

LONGEST_FILLED_GAP_HOURS = 6
_HOURS = 366 * 24  # a leap year's hours, so that every calendar hour has a place
_MONTH_STARTS = np.concatenate([[0], np.cumsum([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30])])
_FEBRUARY_29 = slice(59 * 24, 60 * 24)
_FEBRUARY_28 = slice(58 * 24, 59 * 24)


@dataclass(frozen=True)
class _Year:
    """Hourly values by calendar hour (``_HOURS``,), NaN where the file has none.

    ``stamp_hours`` tells when in its hour a temperature holds: 1.0 at the end (EPW), 0.5 in the middle.
    """

    name: str
    stamp_hours: float
    temperature_degc: Floats
    ghi_w_per_m2: Floats | None


def read_weather_file(
    path: str | Path, clock: Clock, replication: int = 0, climate: Climate | None = None
) -> Weather:
    """Weather of a file on a clock's quarter-hours.

    Rows are matched by month, day and hour of the file's local standard time (a fixed UTC offset), so a
    file of another year, or a typical year, serves; 29 February repeats the 28th where the file has none.
    Temperature is interpolated linearly between hours, irradiance held over its hour. Missing values
    (99.9 degC and above, 9999 W/m2) are interpolated over at most 6 hours.

    Parameters
    ----------
    path, clock
        The file, and the days to fill.
    replication
        A file of several years gives each replication one of the years that cover the season, in turn.
    climate
        Lends its usual cloudiness to a plain CSV without irradiance.

    Raises
    ------
    DataError
        The file is missing, unreadable, of another kind, doubles an hour, or lacks hours of the season.
    """
    path = Path(path)
    rows = read_rows(path, clock.zone)
    _require_possible(path, rows)
    middle = clock.utc() + np.timedelta64(SECONDS_PER_INTERVAL // 2, "s")
    local = middle + np.timedelta64(round(rows.utc_offset_hours * 3600), "s")
    hour = local.astype("datetime64[h]")
    inside = (local - hour.astype("datetime64[s]")).astype(np.int64) / 3600.0
    year = _choose(path, rows, clock, hour, replication)
    before, after = _neighbours(year, hour, inside)
    weight = np.mod(inside - year.stamp_hours, 1.0)
    if year.ghi_w_per_m2 is not None:
        ghi = year.ghi_w_per_m2[_slots(hour)]
    elif climate is not None:
        ghi = usual_ghi_w_per_m2(climate, clock)
    else:
        raise DataError(f"{path}: has no irradiance column; expected one named ghi_w_per_m2. Add it.")
    _require_complete(path, clock, hour, before, ghi)
    clouds = "" if year.ghi_w_per_m2 is not None else "; sunshine from the climate's usual cloudiness"
    return Weather(
        t_out_degc=(before + (after - before) * weight).astype(np.float32),
        ghi_w_per_m2=ghi.astype(np.float32),
        source=f"weather file {path.name} ({rows.place}{year.name}{clouds})",
    )


def _neighbours(year: _Year, hour: NDArray[np.datetime64], inside: Floats) -> tuple[Floats, Floats]:
    """The stamped temperatures on both sides of each quarter-hour's middle."""
    # With stamps at the hour's end, the first half already lies between the previous hour's value and this one's.
    earlier = hour - (inside < year.stamp_hours).astype("timedelta64[h]")
    before = year.temperature_degc[_slots(earlier)]
    after = year.temperature_degc[_slots(earlier + np.timedelta64(1, "h"))]
    # Just outside the file's edge a temperature stands in for its missing neighbour.
    return np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)


def _slots(hours: NDArray[np.datetime64]) -> Ints:
    """Place of each hour in the calendar table."""
    month = hours.astype("datetime64[M]")
    day = (hours.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    hour = (hours - hours.astype("datetime64[D]").astype("datetime64[h]")).astype(np.int64)
    slots: Ints = (_MONTH_STARTS[month.astype(np.int64) % 12] + day) * 24 + hour
    return slots


def _require_possible(path: Path, rows: Rows) -> None:
    """Months, days, hours and the offset must be such; a file without rows is no file."""
    if not len(rows.month):
        raise DataError(f"{path}: has no hourly rows; {ALLOWED}. Download the file again.")
    inside = (rows.month >= 1) & (rows.month <= 12) & (rows.day >= 1) & (rows.day <= 31)
    inside &= (rows.hour >= 0) & (rows.hour <= 23)
    if not inside.all() or not np.isfinite(rows.utc_offset_hours) or abs(rows.utc_offset_hours) > 14:
        raise DataError(
            f"{path}: has an impossible date, hour or UTC offset (data row {int(np.argmin(inside)) + 1}, "
            f"offset {rows.utc_offset_hours:g} h); expected months 1-12, days 1-31, whole hours, an offset within "
            "14 h. Mend the file."
        )


def _choose(path: Path, rows: Rows, clock: Clock, hour: NDArray[np.datetime64], replication: int) -> _Year:
    """The year of the file for this replication: of those that cover the season, one after the other.

    A season that crosses New Year takes its later part from the file's next year; a file of one year, or of the
    months of different years (a typical year), takes it from the same table.
    """
    slots = (_MONTH_STARTS[rows.month - 1] + rows.day - 1) * 24 + rows.hour
    years = np.unique(rows.year)
    if len(years) == 1 or len(np.unique(np.round(slots + rows.inside, 6))) == len(slots):
        return _table_of(path, rows, slots, np.ones(len(slots), bool), "")
    begins = int(_slots(hour[:1])[0])
    found = []
    for first in years.tolist():
        mine = ((rows.year == first) & (slots >= begins)) | ((rows.year == first + 1) & (slots < begins))
        if mine.any():
            year = _table_of(path, rows, slots, mine, f", season of {first}")
            if not np.isnan(year.temperature_degc[_slots(hour)]).any():
                found.append(year)
    if not found:
        raise DataError(
            f"{path}: none of its years {years[0]} to {years[-1]} covers the season {clock.start} to {clock.end}; "
            f"gaps of up to {LONGEST_FILLED_GAP_HOURS} hours are filled, longer ones are not. Use a complete file, or "
            "a season that the file covers."
        )
    return found[replication % len(found)]


def _table_of(path: Path, rows: Rows, slots: Ints, mine: NDArray[np.bool_], name: str) -> _Year:
    """Calendar table of the chosen rows; several rows of an hour are averaged, the same moment twice is an error."""
    at, inside = slots[mine], rows.inside[mine]
    moments, times = np.unique(np.round(at + inside, 6), return_counts=True)
    if times.max() > 1:
        twice = date(2000, 1, 1).toordinal() + int(moments[times.argmax()] - 1e-6) // 24
        raise DataError(
            f"{path}: has an hour of {date.fromordinal(twice):%d %B} {times.max()} times; "
            "expected one row for each calendar hour, one year a file. Cut the file to one year."
        )
    ghi = None if rows.ghi_w_per_m2 is None else _table(at, rows.ghi_w_per_m2[mine], 0.0, 1600.0)
    return _Year(name, float(inside.mean()), _table(at, rows.degc[mine], -70.0, 70.0), ghi)


def _table(slots: Ints, values: Floats, lowest: float, highest: float) -> Floats:
    """Mean by calendar hour; what lies outside the plausible range is missing (99.9, 9999, -9900)."""
    good = (values >= lowest) & (values <= highest)
    count = np.bincount(slots[good], minlength=_HOURS)
    total = np.bincount(slots[good], weights=values[good], minlength=_HOURS)
    table = np.where(count > 0, total / np.maximum(count, 1), np.nan)
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
