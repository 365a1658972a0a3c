"""Profiles and signatures: planted loads are recognised, ordinary ones are not, sums are sums."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.shapes.daily_shapes import DailyShapes
from analysis.shapes.profiles import Profiles, highest_hours

START = date(2024, 1, 1)  # a Monday


def lived(kwh: np.ndarray, peaks: frozenset[tuple[date, int]] = frozenset(), degc: float = 12.0) -> Profiles:
    """``kwh`` (days, homes, 24)."""
    profiles = Profiles(kwh.shape[1], peaks)
    for d, hourly in enumerate(kwh):
        day = START + timedelta(days=d)
        profiles.add_day(hourly.astype(np.float32), day, day.weekday() < 5, degc)
    return profiles


def test_signatures_tell_planted_loads_apart() -> None:
    rng = np.random.default_rng(1)
    kwh = rng.lognormal(-1.0, 0.3, (28, 4, 24))  # about 0.4 kW, home 0 has nothing else
    kwh[::2, 1, 1:4] += 7.0  # an electric car every other night
    kwh[:, 2, 3] += 3.0  # a tank on a timer at 3 h, one hour
    kwh[:, 3, 10:15] -= 0.9  # solar at midday
    table = lived(kwh).features()
    assert table["night_charging_share"].tolist() == [0.0, 0.5, 0.0, 0.0]
    assert table["timed_load_share"].iloc[2] == 1.0 and table["timed_load_hour"].iloc[2] == 3.0
    assert table["timed_load_share"].iloc[0] < 0.1
    assert (table["solar_share"].iloc[3], table["export_share"].iloc[3]) == (1.0, 1.0)
    assert table["export_share"].iloc[:3].sum() == 0.0 and table["solar_share"].iloc[0] < 0.2


def test_weekly_seasonal_and_temperature_profiles_are_means_of_their_days() -> None:
    kwh = np.ones((120, 1, 24))
    weekend = np.array([(START + timedelta(days=d)).weekday() >= 5 for d in range(120)])
    kwh[weekend] = 3.0
    kwh[60:, :, 18] += 1.0  # from 1 March
    profiles = lived(kwh)
    week = profiles.weekly()[0].reshape(7, 24)
    assert week[5:, :18].tolist() == np.full((2, 18), 3.0).tolist() and (week[:5, :18] == 1.0).all()
    winter, spring = profiles.seasonal(0, normalised=False)[0], profiles.seasonal(1, normalised=False)[0]
    assert winter[18] == 1.0 and spring[18] == 2.0
    assert np.isnan(profiles.seasonal(2)).all()
    assert profiles.seasonal(1).sum() == pytest.approx(1.0)
    assert profiles.by_temperature(2)[0, 0] == 1.0 and np.isnan(profiles.by_temperature(0)).all()
    assert lived(np.ones((14, 1, 24))).features()["weekly_entropy"].iloc[0] == pytest.approx(1.0)


def test_coincidence_is_demand_at_the_systems_highest_hours_over_the_homes_own() -> None:
    kwh = np.ones((14, 2, 24))
    kwh[:, 0, 18], kwh[:, 1, 3] = 5.0, 5.0
    kwh[3, 0, 18] = 9.0
    start = pd.date_range("2024-01-01", periods=14 * 24, freq="h", tz="UTC")
    peaks = highest_hours(start, kwh.mean(axis=1).ravel(), "Europe/London", n=1)
    assert peaks == frozenset({(START + timedelta(days=3), 18)})
    table = lived(kwh, peaks).features()
    assert table["coincident_kw"].tolist() == [9.0, 1.0]
    assert table["peak_coincidence"].tolist() == [1.0, 0.2]


def test_gaps_are_left_out_and_a_home_never_read_is_unknown() -> None:
    kwh = np.ones((14, 2, 24))
    kwh[::3, 0, 5] = np.nan
    kwh[:, 1] = np.nan
    profiles = lived(kwh)
    assert (profiles.weekly()[0] == 1.0).all() and np.isnan(profiles.weekly()[1]).all()
    assert profiles.features().iloc[1].drop("weekly_entropy").isna().all()


def test_kept_days_spread_over_the_whole_history() -> None:
    shapes = DailyShapes(1, keep=8)
    for day in range(100):
        hourly = np.ones((1, 24), np.float32)
        hourly[0, 0] = 1.0 + day
        shapes.add_day(hourly)
    days = shapes.days()[0]
    which = np.rint(23 * days[:, 0] / (1 - days[:, 0])).astype(int) - 1
    assert 4 < len(which) <= 8 and which[0] == 0 and which[-1] > 80 and len(set(np.diff(which).tolist())) == 1
