"""One 15-minute UTC grid covering whole local days, daylight saving included."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from drsim.errors import Problem, ScenarioError
from drsim.units import SECONDS_PER_INTERVAL

Day = date  # inside the class, ``date`` is a method


def _midnight_utc(day: date, zone: ZoneInfo) -> int:
    """Seconds since the epoch at which the local ``day`` starts."""
    return int(datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC).timestamp())


@dataclass(frozen=True)
class Clock:
    """Local days ``start``..``end`` (inclusive) of a time zone, cut into quarter-hours.

    Rules are written in local time; an interval is labelled by its start; windows are half-open.
    A day has 92, 96 or 100 quarter-hours. ``country`` (ISO code) adds public holidays to the
    days that are not workdays.

    Examples
    --------
    >>> from datetime import date
    >>> clock = Clock(date(2024, 3, 9), date(2024, 3, 11), "America/Chicago")
    >>> clock.count.tolist()
    [96, 92, 96]
    """

    start: date
    end: date
    zone: str
    country: str | None = None
    first: NDArray[np.int32] = field(init=False, repr=False, compare=False)
    count: NDArray[np.int32] = field(init=False, repr=False, compare=False)
    weekday: NDArray[np.int8] = field(init=False, repr=False, compare=False)
    is_workday: NDArray[np.bool_] = field(init=False, repr=False, compare=False)
    local_quarter: NDArray[np.int16] = field(init=False, repr=False, compare=False)
    day_of: NDArray[np.int32] = field(init=False, repr=False, compare=False)
    start_utc: np.datetime64 = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the clock ends on {self.end}, before it starts on {self.start}")
        zone = ZoneInfo(self.zone)
        days = (self.end - self.start).days + 1
        midnights = np.array(
            [_midnight_utc(self.start + timedelta(days=d), zone) for d in range(days + 1)], dtype=np.int64
        )
        first = ((midnights - midnights[0]) // SECONDS_PER_INTERVAL).astype(np.int32)
        count = np.diff(first).astype(np.int32)
        weekday = np.array([(self.start.weekday() + d) % 7 for d in range(days)], dtype=np.int8)
        put = object.__setattr__
        put(self, "start_utc", np.datetime64(int(midnights[0]), "s"))
        put(self, "first", first[:-1])
        put(self, "count", count)
        put(self, "weekday", weekday)
        put(self, "is_workday", self._workdays(weekday))
        put(self, "day_of", np.repeat(np.arange(days, dtype=np.int32), count))
        put(self, "local_quarter", self._local_quarters(zone, midnights[0], count))

    def _workdays(self, weekday: NDArray[np.int8]) -> NDArray[np.bool_]:
        workday = weekday < 5
        if self.country:
            import holidays

            public = holidays.country_holidays(self.country, years=range(self.start.year, self.end.year + 1))
            for d in range(len(weekday)):
                if self.start + timedelta(days=d) in public:
                    workday[d] = False
        return workday

    @staticmethod
    def _local_quarters(zone: ZoneInfo, origin: int, count: NDArray[np.int32]) -> NDArray[np.int16]:
        quarters: list[NDArray[np.int16]] = []
        at = int(origin)
        for n in count.tolist():
            if n == 96:
                quarters.append(np.arange(96, dtype=np.int16))
            else:
                instants = [datetime.fromtimestamp(at + SECONDS_PER_INTERVAL * i, UTC) for i in range(n)]
                local = [instant.astimezone(zone) for instant in instants]
                quarters.append(np.array([4 * t.hour + t.minute // 15 for t in local], dtype=np.int16))
            at += SECONDS_PER_INTERVAL * n
        return np.concatenate(quarters)

    @property
    def days(self) -> int:
        """Number of local days."""
        return len(self.count)

    @property
    def intervals(self) -> int:
        """Number of quarter-hours."""
        return int(self.count.sum())

    def date(self, day: int) -> Day:
        """Calendar date of local day ``day`` (0-based)."""
        return self.start + timedelta(days=day)

    def index(self, day: Day) -> int:
        """Local day number of a calendar date; may lie outside ``0..days-1``."""
        return (day - self.start).days

    def slice(self, day: int) -> slice:
        """Positions of one local day on the grid."""
        return slice(int(self.first[day]), int(self.first[day] + self.count[day]))

    def utc(self) -> NDArray[np.datetime64]:
        """Interval starts, ``datetime64[s]`` of shape (intervals,)."""
        return self.start_utc + np.arange(self.intervals) * np.timedelta64(SECONDS_PER_INTERVAL, "s")

    def window(self, day: int, begins: str, ends: str) -> tuple[int, int]:
        """Half-open positions inside ``day`` of the local window ``begins``-``ends`` (``HH:MM``)."""
        quarter = self.local_quarter[self.slice(day)]
        low, high = quarter_of(begins), quarter_of(ends)
        inside = np.flatnonzero((quarter >= low) & (quarter < high))
        return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)


def quarter_of(hhmm: str) -> int:
    """Quarter-hour number (0..96) of a local ``HH:MM``."""
    hours, minutes = hhmm.split(":")
    return 4 * int(hours) + int(minutes) // 15


def known_zone(name: str) -> str:
    """The name of a time zone, if there is one of that name.

    Raises
    ------
    drsim.errors.ScenarioError
        There is none.

    Examples
    --------
    >>> known_zone("America/Phoenix")
    'America/Phoenix'
    """
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        message = f'"{name}"; expected an IANA time zone, for example Europe/London'
        raise ScenarioError(Problem("--zone", message)) from None
