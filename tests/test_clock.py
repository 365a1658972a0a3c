"""The clock: daylight saving, windows in local time, workdays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from drsim.clock import Clock, quarter_of


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/London", "America/Phoenix"])
def test_a_year_is_whole_and_local_times_are_right(zone: str) -> None:
    clock = Clock(date(2024, 1, 1), date(2024, 12, 31), zone)
    counts = sorted(np.unique(clock.count).tolist())
    assert counts == ([96] if zone == "America/Phoenix" else [92, 96, 100])
    assert clock.intervals == 366 * 96 and clock.days == 366
    assert np.array_equal(clock.first[1:], np.cumsum(clock.count)[:-1])
    instants = clock.utc().astype("int64")
    for i in range(0, clock.intervals, 37):
        local = datetime.fromtimestamp(int(instants[i]), UTC).astimezone(ZoneInfo(zone))
        assert local.date() == clock.date(int(clock.day_of[i]))
        assert 4 * local.hour + local.minute // 15 == clock.local_quarter[i]
        assert local.weekday() == clock.weekday[clock.day_of[i]]


@pytest.mark.parametrize(("day", "shift"), [("2024-03-10", -4), ("2024-11-03", 4), ("2024-07-01", 0)])
def test_an_afternoon_window_moves_with_the_clocks(day: str, shift: int) -> None:
    clock = Clock(date.fromisoformat(day), date.fromisoformat(day), "America/Chicago")
    assert clock.window(0, "16:00", "19:00") == (64 + shift, 76 + shift)


def test_windows_about_the_missing_hour() -> None:
    spring = Clock(date(2024, 3, 10), date(2024, 3, 10), "America/Chicago")
    assert spring.window(0, "02:00", "03:00") == (0, 0)
    assert spring.window(0, "01:00", "04:00") == (4, 12)


def test_holidays_and_weekends_are_no_workdays() -> None:
    plain, american = (Clock(date(2024, 7, 1), date(2024, 7, 7), "America/Phoenix", c) for c in (None, "US"))
    assert plain.is_workday.tolist() == [True] * 5 + [False] * 2
    assert american.is_workday.tolist() == [True, True, True, False, True, False, False]


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Clock(date(2024, 7, 2), date(2024, 7, 1), "America/Phoenix")


def test_quarters_and_positions() -> None:
    clock = Clock(date(2024, 7, 1), date(2024, 7, 3), "America/Phoenix")
    assert (quarter_of("00:00"), quarter_of("16:45"), quarter_of("24:00")) == (0, 67, 96)
    assert clock.index(date(2024, 7, 3)) == 2 and clock.index(date(2024, 6, 30)) == -1
    assert clock.slice(1) == slice(96, 192)
