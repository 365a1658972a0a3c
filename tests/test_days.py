"""People's days: habits, household types, trips, what is left on; and the compressors' clocks."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from simulator.appliances.electronics import spell_level
from simulator.appliances.refrigerator import cycle
from simulator.fields import ASLEEP, AT_HOME, AWAY
from simulator.keyed_random import home_day_key, mix
from simulator.occupancy import away_on_trip, day_mood, goes_out_today, occupy, weekly_key
from simulator.parameters.tables import load_behaviour, load_region
from simulator.population import sample
from simulator.world import Lives
from tests.conftest import make_world

DAY = 734_800  # some ordinal
QUARTERS = np.arange(96, dtype=np.int16)


@njit
def goes_out_on(home, ordinal):  # keys stay inside compiled code
    key = mix(home_day_key(1, 0, home.household, ordinal), np.int64(20))
    return goes_out_today(home, key, weekly_key(home, 1, 0, 0), True)


def homes(n: int, **overrides: float) -> np.ndarray:
    return sample(load_region("uk_london", overrides), load_behaviour(), n, 5, 0).homes


def ran(quarters: int, on_kw: float, duty: float, step: float, phase: float) -> np.ndarray:
    """Demand of one compressor (quarters,)."""
    use_kw = np.zeros((1, quarters))
    cycle(use_kw, 0, on_kw, duty, step, phase, 0)
    return use_kw[0]


def occupancy(sampled: np.ndarray, days: int, workday: bool = True) -> np.ndarray:
    """States (homes, days, 96); the first day is a run-in and left out."""
    states = np.zeros((len(sampled), days, 96), np.uint8)
    for row, home in enumerate(sampled):
        for day in range(-1, days):
            occupied = np.zeros(96, np.uint8)
            occupy(home, 1, 0, DAY + day, day % 5, workday, QUARTERS, 0, occupied)
            if day >= 0:
                states[row, day] = occupied
    return states


@pytest.mark.parametrize(("duty", "step"), [(0.4, 0.22), (0.9, 0.05), (0.15, 1.0), (0.5, 0.37)])
def test_a_compressor_runs_its_duty(duty: float, step: float) -> None:
    """Energy over whole cycles is power times duty, and no quarter-hour passes the rating."""
    row = ran(96_000, 2.0, duty, step, 0.3)
    assert row.mean() == pytest.approx(2.0 * duty, rel=1e-3)
    assert row.min() >= -1e-9 and row.max() <= 2.0 + 1e-9


def test_a_compressor_by_hand() -> None:
    """A cycle of four quarter-hours, half of it running, from the start of a cycle: on, on, off, off."""
    assert ran(8, 0.1, 0.5, 0.25, 0.0) == pytest.approx([0.1, 0.1, 0, 0] * 2)
    shifted = ran(4, 0.1, 0.5, 0.25, 0.125)  # half a quarter-hour into the cycle
    assert shifted == pytest.approx([0.1, 0.05, 0.0, 0.05])


def test_a_day_in_parts_is_the_day() -> None:
    parts = []
    for a, b in ((0, 30), (30, 31), (31, 96)):
        part = np.zeros((1, b - a))
        cycle(part, 0, 0.1, 0.4, 0.21, 0.7, a)
        parts.append(part[0])
    assert np.concatenate(parts) == pytest.approx(ran(96, 0.1, 0.4, 0.21, 0.7), abs=1e-12)


def test_retired_people_are_home_at_midday_and_workers_are_not() -> None:
    sampled = homes(1500, **{"routine.away_week_fraction": 0.0})
    at_home = {}
    for kind in (0, 2):
        chosen = sampled[(sampled["household_type"] == kind)][:60]
        at_home[kind] = (occupancy(chosen, 10)[:, :, 44:56] == AT_HOME).mean()
    assert at_home[2] > at_home[0] + 0.2, at_home


def test_everybody_sleeps_at_night_and_nobody_in_the_afternoon() -> None:
    states = occupancy(homes(80, **{"routine.away_week_fraction": 0.0}), 8)
    assert (states[:, :, 12] == ASLEEP).mean() > 0.8
    assert (states[:, :, 56:72] == ASLEEP).mean() < 0.01


def test_types_follow_the_shares() -> None:
    sampled = homes(6000)
    several = sampled["members"] >= 3
    region = load_region("uk_london")
    assert (sampled["household_type"][several] == 1).mean() == pytest.approx(region["household.family_share"], abs=0.03)
    assert not (sampled["household_type"][~several] == 1).any()
    assert not (sampled["household_type"][several] == 2).any()


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_trips_take_the_share_of_days_they_should(share: float) -> None:
    sampled = homes(150, **{"routine.away_week_fraction": share})
    away = np.array([[away_on_trip(home, 1, 0, DAY + day) for day in range(280)] for home in sampled])
    assert away.mean() == pytest.approx(share, rel=0.15)
    returns = (away[:, :-1] & ~away[:, 1:]).sum()
    assert 3.0 < away.sum() / returns < 8.0, "trips last several days, not single ones"


def test_away_homes_are_away_all_day() -> None:
    home = homes(1, **{"routine.away_week_fraction": 0.3})[0]
    day = next(d for d in range(DAY, DAY + 200) if away_on_trip(home, 1, 0, d))
    occupied = np.zeros(96, np.uint8)
    occupy(home, 1, 0, day, 0, True, QUARTERS, 0, occupied)
    assert (occupied == AWAY).all()


@pytest.mark.parametrize("habit", [0.0, 0.5, 0.95])
def test_habit_is_the_probability_of_the_usual(habit: float) -> None:
    """Two Mondays share their decision by habit: agreement = habit^2 + (1 - habit^2) (p^2 + q^2)."""
    sampled = homes(400)
    sampled["regularity"], sampled["goes_out"] = habit, 0.5
    goes = np.array([[goes_out_on(home, DAY + 7 * week) for week in range(6)] for home in sampled])
    agree = (goes[:, 1:] == goes[:, :-1]).mean()
    assert agree == pytest.approx(habit**2 + (1.0 - habit**2) * 0.5, abs=0.03)


def test_spells_last_and_moods_have_mean_one() -> None:
    sampled = homes(300)
    levels = np.array([[spell_level(home, 1, 0, DAY + day) for day in range(76)] for home in sampled[:40]])
    changes = (np.diff(levels, axis=1) != 0.0).sum(axis=1)
    assert (changes == 2).all(), "two spells of 38 days begin in any 76 days but the first"
    moods = np.array([[day_mood(home, 1, 0, DAY + 9 * k) for k in range(60)] for home in sampled])
    assert moods.mean() == pytest.approx(1.0, abs=0.03)


def test_a_meter_of_a_home_with_habits_remembers_itself() -> None:
    """Autocorrelation at a day rises with habit; nothing else differs."""
    found = []
    for habit in (0.0, 0.95):
        world = make_world(60, region="uk_london", days=10, **{"routine.habit_mean": habit, "routine.habit_sd": 0.0})
        lives, kept = Lives(world, world.population.homes.copy()), []
        for day in range(10):
            lives.day(day)
            kept.append(lives.load_wh.astype(float).copy())
        x = np.concatenate(kept[1:], axis=1)
        found.append(np.median([np.corrcoef(row[:-96], row[96:])[0, 1] for row in x]))
    assert found[1] > found[0] + 0.02, found


