"""A meter file as local days of hourly reads, ready for every baseline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.baselines import EventWindow, MeterHistory
from analysis.meter_data.ami import AmiTable

Mask = NDArray[np.bool_]
HOURS = 24


@dataclass(frozen=True, eq=False)
class MeteredDays:
    """Hourly reads by local day.

    Attributes
    ----------
    kwh : (homes, days, 24) float32 [kWh]
    dates : local dates, one per day
    workday : (days,) bool
        Monday to Friday, without holidays where a country was given.
    outdoor_degc : (days, 24) or None
    """

    kwh: NDArray[np.float32]
    dates: list[date]
    workday: Mask
    outdoor_degc: NDArray[np.float64] | None

    def history(self, busy: Mask, like_day: int, rows: Mask | None = None, control: Mask | None = None) -> MeterHistory:
        """Reads with the days that may serve as history for ``like_day``: its day type, and not ``busy`` (days,)."""
        eligible = ~busy & (self.workday == self.workday[like_day])
        weekday = np.array([d.weekday() for d in self.dates], dtype=np.int64)
        kwh = self.kwh if rows is None else self.kwh[rows]
        return MeterHistory(kwh, eligible, weekday, self.outdoor_degc, control)

    def rows(self, rows: Mask) -> MeteredDays:
        """The same days for some homes."""
        return MeteredDays(self.kwh[rows], self.dates, self.workday, self.outdoor_degc)


def metered_days(reads: AmiTable, country: str | None = None, outdoor: pd.Series | None = None) -> MeteredDays:
    """Cut a meter file into whole local days.

    Parameters
    ----------
    country : ISO code whose public holidays are not workdays; None keeps them
    outdoor : temperature [degC] by UTC stamp; gaps of up to three hours are filled in
    """
    found = list(reads.days())
    dates = [day for day, _ in found]
    kwh = np.stack([hours for _, hours in found], axis=1) if found else np.empty((len(reads.premises), 0, HOURS), "f4")
    public: set[date] = set()
    if country:
        import holidays

        years = sorted({day.year for day in dates})
        public = set(holidays.country_holidays(country, years=years))
    workday = np.array([day.weekday() < 5 and day not in public for day in dates], dtype=np.bool_)
    degc = None if outdoor is None else _by_hour(outdoor, dates, reads.zone)
    return MeteredDays(kwh.astype(np.float32, copy=False), dates, workday, degc)


def _by_hour(outdoor: pd.Series, dates: list[date], zone: str) -> NDArray[np.float64]:
    hourly = outdoor.resample("1h").mean().interpolate(limit=3)
    local = hourly.copy()
    local.index = pd.DatetimeIndex(hourly.index).tz_convert(zone)
    keys = [(stamp.date(), stamp.hour) for stamp in local.index]
    table = pd.Series(local.to_numpy(), index=pd.MultiIndex.from_tuples(keys)).groupby(level=[0, 1]).mean().unstack()
    grid = np.array(table.reindex(index=dates, columns=range(HOURS)), dtype=np.float64)
    for row in grid:  # the hour that a clock change skips
        gap = np.flatnonzero(np.isnan(row))
        if 0 < len(gap) <= 2:
            row[gap] = row[np.maximum(gap - 1, 0)]
    return grid


def windows_of(inside: Mask, start_utc: pd.DatetimeIndex, zone: str, dates: list[date]) -> list[EventWindow]:
    """Events as windows of whole hours on local days; a block over midnight becomes two."""
    local = start_utc[inside].tz_convert(zone)
    at = {day: i for i, day in enumerate(dates)}
    hours: dict[int, set[int]] = {}
    for stamp in local:
        day = at.get(stamp.date())
        if day is not None:
            hours.setdefault(day, set()).add(stamp.hour)
    found = []
    for day in sorted(hours):
        ordered = sorted(hours[day])
        first = previous = ordered[0]
        for hour in [*ordered[1:], HOURS + 1]:
            if hour != previous + 1:
                found.append(EventWindow(day, first, previous + 1))
                first = hour
            previous = hour
    return found
