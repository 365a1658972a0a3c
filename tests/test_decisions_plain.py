"""The decision functions as plain Python (NUMBA_DISABLE_JIT=1), against hand-worked numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from math import exp, log
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.behaviour.attention import after_contacts, read_in_time_fraction
from simulator.behaviour.depth import discretionary_cut, thermostat_offset_k
from simulator.behaviour.enrolment import answers, enrolment_logit, enrolment_probability, enrols
from simulator.behaviour.fatigue import recover_overnight, tire
from simulator.behaviour.override import override_hazard
from simulator.behaviour.participation import acts, learn, opt_out_fraction, willing_fraction
from simulator.behaviour.satisfaction import feel, leaves, leaving_hazard, read_bill
from simulator.behaviour.social import inflate_baseline, see_neighbours
from simulator.fields import AT_HOME, AWAY

plain = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") != "1", reason="run by test_all_of_it_uncompiled")


def test_all_of_it_uncompiled() -> None:
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        pytest.skip("this is that run")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__]
    run = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0 and "failed" not in run.stdout and "passed" in run.stdout, run.stdout


def test_more_contacts_are_considered_by_more_homes() -> None:
    # Of letters that a quarter and a half consider: 1 - 0.75^2 and 1 - 0.5^2 after two.
    attention = np.array([0.25, 0.5], np.float32)
    assert after_contacts(attention, 1) == pytest.approx([0.25, 0.5])
    assert after_contacts(attention, 2) == pytest.approx([0.4375, 0.75])


def home(**fields: Any) -> Any:
    usual = {
        "household": np.int64(7),
        "attention": 0.5,
        "belief_log": log(2.0),
        "taste": 0.0,
        "hassle_z": 0.0,
        "trust_z": 0.0,
        "green_z": 0.0,
        "tolerance_k": 1.4,
        "income_z": 0.0,
        "believed_usd": 0.0,
        "fatigue": 0.0,
        "habit": 0.0,
        "neighbours": 0.0,
        "event_automatic": 0,
        "discomfort_kh": 0.0,
        "satisfaction": 0.0,
    }
    return SimpleNamespace(**{**usual, **fields})


def rules(**fields: Any) -> Any:
    names = (
        "enrol_intercept",
        "enrol_money",
        "enrol_uncertainty",
        "enrol_taste",
        "enrol_hassle",
        "enrol_trust",
        "enrol_green",
        "enrol_comfort",
        "enrol_income",
        "default_pull",
        "warm_glow_usd",
        "habituation",
        "routine_days",
        "take_part_intercept",
        "take_part_money",
        "take_part_taste",
        "take_part_habit",
        "take_part_neighbours",
        "take_part_fatigue",
        "away_acts_fraction",
        "opt_out_intercept",
        "opt_out_fatigue",
        "belief_learning",
        "override_base_hazard",
        "override_hazard_per_k",
        "fatigue_automatic_factor",
        "fatigue_routine_factor",
        "fatigue_per_event",
        "fatigue_per_kh",
        "habit_gain",
        "satisfaction_per_kh",
        "satisfaction_effort",
        "satisfaction_learning",
        "unenrol_per_day",
        "unenrol_satisfaction",
        "moves_per_year",
        "attention_mean",
    )
    return SimpleNamespace(
        **{**dict.fromkeys(names, 0.0), "fatigue_half_life_days": 3.0, "habit_half_life_days": 10.0, **fields}
    )


@plain
@pytest.mark.parametrize(
    ("of_home", "of_rules", "gain", "informed", "logit"),
    [
        ({}, {"enrol_intercept": -2.0}, 0.0, True, -2.0),
        ({}, {"enrol_money": 1.5}, 25.0, True, 1.5 * log(2.0)),
        ({}, {"enrol_money": 1.5}, 25.0, False, 1.5 * log(3.0)),  # believes twice the gain
        (
            {},
            {"enrol_money": 1.5, "enrol_uncertainty": 0.7},
            -9.0,
            False,
            -0.7,
        ),  # a loss is no gain, and it is unsure
        ({"taste": 2.0}, {"enrol_taste": 0.5}, 0.0, True, 1.0),
        ({"hassle_z": 2.0}, {"enrol_hassle": 0.5}, 0.0, True, -1.0),
        ({"trust_z": 2.0}, {"enrol_trust": 0.5}, 0.0, True, 1.0),
        ({"green_z": -2.0}, {"enrol_green": 0.5}, 0.0, True, -1.0),
        ({"tolerance_k": 2.4}, {"enrol_comfort": 0.5}, 0.0, True, 0.5),
        ({"income_z": 3.0}, {"enrol_income": 0.5}, 0.0, True, 1.5),
    ],
)
def test_utility_of_joining(of_home: Any, of_rules: Any, gain: float, informed: bool, logit: float) -> None:
    assert enrolment_logit(home(**of_home), rules(**of_rules), gain, informed) == pytest.approx(logit)


@plain
def test_chance_of_being_in() -> None:
    b = rules(enrol_intercept=log(3.0), default_pull=log(2.0))
    assert enrolment_probability(home(attention=0.4), b, 0.0, True, False) == pytest.approx(0.4 * 0.75)
    assert enrolment_probability(home(attention=0.4), b, 0.0, True, True) == pytest.approx(1 - 0.4 / 7)  # odds 6 to 1


@plain
@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("default", [False, True])
def test_answers_come_as_often_as_their_chance(default: bool) -> None:
    b, n = rules(enrol_intercept=0.4, default_pull=0.5), 1500
    homes = np.array([home(household=np.int64(i)) for i in range(n)], dtype=object)
    joins, chance, flag = np.zeros(n, bool), np.zeros(n), np.full(n, default)
    gain = np.where(np.arange(n) < n - 10, 10.0, np.nan)
    answers(homes, b, np.int64(1), np.int64(0), gain, np.ones(n, bool), flag, joins, chance)
    assert not joins[-10:].any() and not chance[-10:].any()
    assert joins[:-10].mean() == pytest.approx(chance[0], abs=0.04) and chance[0] == enrolment_probability(
        homes[0], b, 10.0, True, default
    )
    assert joins[3] == enrols(homes[3], b, np.int64(1), np.int64(0), 10.0, True, default)


@plain
@pytest.mark.parametrize(
    ("of_home", "of_rules", "glows", "logit"),
    [
        ({"believed_usd": 1.0}, {"take_part_money": 2.0}, True, 2 * log(2.0)),
        ({"believed_usd": -1.0}, {"take_part_money": 2.0}, True, 0.0),
        (
            {"believed_usd": 1.0},
            {"take_part_money": 2.0, "routine_days": 3.0, "warm_glow_usd": 9.0},
            False,
            2 * log(4.0),
        ),
        (
            {"fatigue": 2.0},
            {"take_part_money": 1.0, "warm_glow_usd": 4.0, "habituation": 0.5},
            True,
            log(1 + 4 * exp(-1.0)),
        ),
        ({"fatigue": 2.0}, {"take_part_fatigue": 0.5}, True, -1.0),
        ({"taste": 2.0}, {"take_part_taste": 0.5}, True, 1.0),
        ({"habit": 0.5}, {"take_part_habit": 4.0}, True, 2.0),
        ({"neighbours": 0.5}, {"take_part_neighbours": 4.0}, True, 2.0),
        ({}, {"take_part_intercept": -3.0}, False, -3.0),
    ],
)
def test_willing_to_act(of_home: Any, of_rules: Any, glows: bool, logit: float) -> None:
    assert willing_fraction(home(**of_home), rules(**of_rules), glows) == pytest.approx(1 / (1 + exp(-logit)))


@plain
@pytest.mark.filterwarnings("ignore:overflow")
def test_acting_needs_someone_at_home_or_preparation() -> None:
    def often(here: int, away_acts: float, sure: float) -> float:
        b = rules(take_part_intercept=sure, away_acts_fraction=away_acts)
        return float(np.mean([acts(home(), b, True, np.uint64(977 * i + 1), here) for i in range(800)]))

    assert often(AT_HOME, 0.0, 30.0) == 1.0 and often(AT_HOME, 0.0, -30.0) == 0.0
    assert often(AWAY, 0.0, 30.0) == 0.0 and often(AWAY, 1.0, 30.0) == 1.0
    assert often(AWAY, 0.3, 30.0) == pytest.approx(0.3, abs=0.06) and often(AT_HOME, 0.3, 0.0) == pytest.approx(
        0.5, abs=0.06
    )


@plain
def test_opting_out_learning_and_overriding() -> None:
    assert opt_out_fraction(home(fatigue=2.0), rules(opt_out_intercept=-1.0, opt_out_fatigue=0.5)) == pytest.approx(
        0.5
    )
    assert opt_out_fraction(home(), rules(opt_out_intercept=-log(4.0))) == pytest.approx(0.2)
    learner = home(believed_usd=4.0)
    learn(learner, rules(belief_learning=0.25), 8.0)
    assert learner.believed_usd == pytest.approx(5.0)
    b = rules(override_base_hazard=0.01, override_hazard_per_k=0.02)
    assert override_hazard(b, 0.0, 5.0) == pytest.approx(0.01) and override_hazard(b, 2.0, 4.0) == pytest.approx(0.13)
    assert override_hazard(b, 100.0, 4.0) == 1.0


@plain
def test_stocks_of_fatigue_and_habit() -> None:
    tired = home(fatigue=8.0, habit=0.5)
    for _ in range(3):
        recover_overnight(tired, rules())
    assert tired.fatigue == pytest.approx(4.0) and tired.habit == pytest.approx(0.5 * 0.5**0.3)
    b = rules(
        fatigue_per_event=1.0,
        fatigue_per_kh=0.1,
        fatigue_automatic_factor=0.2,
        fatigue_routine_factor=0.05,
        habit_gain=0.25,
    )
    for automatic, routine, took, fatigue, habit in (
        (0, False, True, 1.5, 0.4),
        (1, False, True, 0.7, 0.2),
        (0, True, False, 0.55, 0.2),
        (1, True, True, 0.55, 0.2),
    ):
        asked = home(event_automatic=automatic, discomfort_kh=5.0, habit=0.2)
        tire(asked, b, True, took, routine)
        assert (asked.fatigue, asked.habit) == (pytest.approx(fatigue), pytest.approx(habit))
    untold = home(discomfort_kh=5.0)
    tire(untold, b, False, True, False)
    assert untold.fatigue == 0.0 and untold.habit == 0.0


@plain
def test_notices_and_bills() -> None:
    b = rules(attention_mean=0.5, satisfaction_per_kh=0.1, satisfaction_effort=0.3, satisfaction_learning=0.5)
    assert read_in_time_fraction(home(), b, 10.0, 5.0, 0.8) == pytest.approx(0.8 * 0.75)  # two medians
    assert read_in_time_fraction(home(attention=1.0), b, 5.0, 5.0, 0.8) == pytest.approx(
        0.6
    )  # the attentive: half the delay
    assert read_in_time_fraction(home(), b, -1.0, 5.0, 0.8) == 0.0
    felt = home(discomfort_kh=4.0)
    feel(felt, b, False)
    assert felt.satisfaction == pytest.approx(-0.2)
    feel(felt, b, True)
    assert felt.satisfaction == pytest.approx(-0.2 + 0.5 * (-0.7 + 0.2))
    paid = home()
    for gain, now in ((0.0, 0.0), (exp(1.0) - 1, 0.5), (1 - exp(1.0), -0.25)):
        read_bill(paid, b, gain)
        assert paid.satisfaction == pytest.approx(now)


@plain
@pytest.mark.filterwarnings("ignore:overflow")
def test_leaving() -> None:
    b = rules(unenrol_per_day=0.01, unenrol_satisfaction=2.0)
    assert leaving_hazard(home(satisfaction=1.0), b) == pytest.approx(0.01 * exp(-2.0))
    assert leaving_hazard(home(satisfaction=-9.0), b) == 1.0
    movers = rules(moves_per_year=36.5)
    left = [
        leaves(home(household=np.int64(i)), movers, np.int64(1), np.int64(0), np.int64(739_000)) for i in range(800)
    ]
    assert np.mean(left) == pytest.approx(0.1, abs=0.04)
    assert all(leaves(home(satisfaction=-9.0), b, np.int64(1), np.int64(0), np.int64(739_000 + d)) for d in range(5))


@plain
def test_depth_of_a_response_by_price() -> None:
    b = rules(low_price_uptake=0.5, depth_elasticity=0.5, thermostat_price_slope=2.0)
    who = home(cut_fraction=0.2, manual_offset_k=1.5)
    assert discretionary_cut(who, b, 1.0) == pytest.approx(0.2)
    assert discretionary_cut(who, b, 4.0) == pytest.approx(0.6)  # what is left halves
    assert discretionary_cut(who, b, 0.9) == pytest.approx(-0.1)
    assert thermostat_offset_k(who, b, 0.9) == 0.0 and thermostat_offset_k(who, b, 1.0) == pytest.approx(1.5)
    assert thermostat_offset_k(who, b, exp(1.0)) == pytest.approx(4.5)


@plain
@pytest.mark.filterwarnings("ignore:overflow")
def test_neighbours_are_seen_and_baselines_raised() -> None:
    table = np.zeros(3, [("neighbours", float)])
    ties = np.array([[2, 3], [0, 3], [0, 1], [1, 1]])
    see_neighbours(table, np.array([0, 2, 3]), np.array([True, False, True]), ties)
    assert table["neighbours"].tolist() == [0.5, 0.5, 0.0]
    homes = np.array([home(household=np.int64(i), member=i % 2, event_cut=0.0) for i in range(800)], dtype=object)
    inflate_baseline(homes, rules(gaming_share=0.25, gaming_rise=0.1), np.int64(1), np.int64(0))
    raised = np.array([h.event_cut for h in homes])
    assert not raised[::2].any() and set(raised) == {0.0, -0.1}
    assert (raised[1::2] < 0.0).mean() == pytest.approx(0.25, abs=0.06)
