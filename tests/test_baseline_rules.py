"""Every registered baseline: hand-worked cases, and a conformance suite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from analysis.baselines import REASONS, RULES, EventWindow, MeterHistory, estimate_all, grouped

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "baselines.yaml").read_text(encoding="utf-8"))
NAMES = sorted(RULES)
CONTROLS = ("matched_control", "randomised_control")
EVENT = EventWindow(60, 16, 19)
SAME_DAY_HOURS = [12, 13, 14, 20, 21]


def case_history(case: dict) -> tuple[MeterHistory, EventWindow]:
    days = [*case["days"], case["event_day"]]
    controls = case.get("controls", {"past_kwh": [], "event_kwh": []})
    kwh = np.ones((1 + len(controls["past_kwh"]), len(days), 24))
    for d, (before, window) in enumerate(days):
        kwh[0, d, 12:16], kwh[0, d, 16:18] = before, window
    for row, (past, today) in enumerate(zip(controls["past_kwh"], controls["event_kwh"], strict=True), start=1):
        kwh[row, :-1, 16:18], kwh[row, -1, 16:18] = past, today
    degc = np.array([*case.get("degc", [20] * (len(days) - 1)), case.get("event_degc", 20)], dtype=float)
    eligible = np.ones(len(days), bool)
    eligible[-1] = False
    control = np.arange(len(kwh)) > 0
    weekday = np.arange(len(days)) % 5
    history = MeterHistory(kwh, eligible, weekday, np.repeat(degc[:, None], 24, axis=1), control)
    return history, EventWindow(len(days) - 1, 16, 18)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c['rule']}" for i, c in enumerate(CASES)])
def test_worked_by_hand(case: dict) -> None:
    made = RULES[case["rule"]].estimate(*case_history(case))
    if "refusal" in case:
        assert REASONS[made.refusal[0]] == case["refusal"]
        assert np.isnan(made.kwh[0]).all()
    else:
        assert made.kwh[0] == pytest.approx(case["expected_kwh"], abs=1e-9), case["arithmetic"]


def test_every_rule_but_the_richest_regression_has_a_case() -> None:
    assert set(NAMES) - {case["rule"] for case in CASES} == {"time_of_week"}


def test_time_of_week_recovers_a_planted_model() -> None:
    # A level for each weekday, 0.3 kWh per degree above 20, 0.1 per degree of yesterday's mean above 20.
    history = some_history(1, 7)
    daily = history.outdoor_degc.mean(axis=1)
    level = np.array([1.0, 1.5, 0.8, 2.0, 1.2, 3.0, 3.5])[history.weekday]
    lag = np.maximum(0, np.concatenate([[daily[0]], daily[:-1]]) - 20)
    kwh = level[:, None] + 0.3 * np.maximum(0, history.outdoor_degc - 20) + 0.1 * lag[:, None]
    planted = MeterHistory(kwh[None], history.eligible, history.weekday, history.outdoor_degc)
    made = RULES["time_of_week"].estimate(planted, EVENT)
    assert made.kwh[0] == pytest.approx(kwh[60, 16:19], abs=1e-6)


def some_history(homes: int, seed: int, gaps: float = 0.0) -> MeterHistory:
    rng = np.random.default_rng(seed)
    days = 64
    degc = 26 + 6 * rng.standard_normal((days, 1)) + 4 * np.sin(np.arange(24) / 24 * 2 * np.pi)[None, :]
    kwh = rng.gamma(2, 0.5, (homes, days, 24)) * rng.gamma(2, 0.5, (homes, 1, 1))
    kwh[rng.uniform(size=kwh.shape) < gaps] = np.nan
    weekday = np.arange(days) % 7
    eligible = np.ones(days, bool)
    eligible[[50, 57, 60]] = False  # events
    control = np.arange(homes) >= homes // 2
    return MeterHistory(kwh, eligible, weekday, degc, control)


def changed(history: MeterHistory, kwh: np.ndarray) -> MeterHistory:
    return MeterHistory(kwh, history.eligible, history.weekday, history.outdoor_degc, history.control)


def called(history: MeterHistory) -> np.ndarray:
    return np.flatnonzero(~history.control)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_knows_its_name_and_source(name: str) -> None:
    rule = RULES[name]
    assert rule.name == name
    assert rule.title
    assert rule.source


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_home_has_its_constant(name: str) -> None:
    history = some_history(24, 1)
    level = np.linspace(0.0, 3.0, 24)
    made = RULES[name].estimate(changed(history, np.broadcast_to(level[:, None, None], history.kwh.shape)), EVENT)
    rows = called(history)
    assert not made.refusal[rows].any()
    assert made.kwh[rows] == pytest.approx(np.repeat(level[rows, None], 3, axis=1), abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gaps=st.sampled_from([0.0, 0.002, 0.05, 0.4, 0.95]))
def test_any_history(name: str, seed: int, gaps: float) -> None:
    history = some_history(24, seed, gaps)
    made = RULES[name].estimate(history, EVENT)
    assert made.kwh.shape == (24, 3)
    assert np.array_equal(np.isnan(made.kwh).any(axis=1), made.refusal > 0)  # never a silent NaN
    assert np.array_equal(np.isnan(made.kwh).all(axis=1), made.refusal > 0)
    rows = called(history)
    blind = history.kwh.copy()
    blind[rows, 60, 16:19] = 99.0  # what the called homes did in the event
    blind[:, 61:] = 99.0  # the future
    blind[:, [50, 57]] = 99.0  # days that are not eligible
    unused = np.setdiff1d(np.arange(24), [*SAME_DAY_HOURS, 15, 16, 17, 18])
    blind[rows[:, None], 60, unused[None, :]] = 99.0  # event-day hours no rule looks at
    again = RULES[name].estimate(changed(history, blind), EVENT)
    assert np.array_equal(again.kwh[rows], made.kwh[rows], equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_twice_the_use_is_twice_the_baseline(name: str) -> None:
    history = some_history(24, 3, 0.01)
    once, twice = (RULES[name].estimate(changed(history, f * history.kwh), EVENT) for f in (1.0, 2.0))
    assert np.array_equal(once.refusal, twice.refusal)
    assert twice.kwh == pytest.approx(2 * once.kwh, rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_homes_and_the_chunks_do_not_matter(name: str) -> None:
    history = some_history(24, 4, 0.02)
    order = np.random.default_rng(0).permutation(24)
    plain = RULES[name].estimate(history, EVENT)
    shuffled = RULES[name].estimate(history.rows(order), EVENT)
    assert shuffled.kwh == pytest.approx(plain.kwh[order], rel=1e-9, abs=1e-9, nan_ok=True)
    through = estimate_all(history, [EVENT], [name])[name][0]
    assert np.array_equal(through.kwh, plain.kwh, equal_nan=True)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in CONTROLS])
def test_a_home_alone_and_a_group_of_one_are_the_same(name: str) -> None:
    history = some_history(6, 5)
    alone = RULES[name].estimate(history.rows(slice(2, 3)), EVENT)
    group = grouped(history, np.array([-1, -1, 0, -1, -1, -1]), 1)
    assert RULES[name].estimate(group, EVENT).kwh == pytest.approx(alone.kwh)


@pytest.mark.parametrize("name", NAMES)
def test_no_history_is_a_refusal_with_a_reason(name: str) -> None:
    history = some_history(8, 6)
    empty = changed(history, np.full(history.kwh.shape, np.nan))
    made = RULES[name].estimate(empty, EVENT)
    assert (made.refusal > 0).all()
    findings = made.findings([f"P{i}" for i in range(8)], name, "2024-07-01")
    assert len(findings) == 8
    assert all(f.message and "2024-07-01" in f.message for f in findings)


@pytest.mark.parametrize("name", NAMES)
def test_looking_further_around_the_event_does_not_move_the_event(name: str) -> None:
    history = some_history(24, 10)
    plain, wide = (RULES[name].estimate(history, e) for e in (EVENT, EVENT.wider(2, 3, 24)))
    assert wide.kwh.shape == (24, 8)
    assert wide.kwh[:, 2:5] == pytest.approx(plain.kwh, abs=1e-9, nan_ok=True)


def test_half_hours_and_hours_agree() -> None:
    # The same energy metered twice as finely: the window's energy is the same for rules without a temperature.
    history = some_history(8, 8)
    half = MeterHistory(np.repeat(history.kwh / 2, 2, axis=2), history.eligible, control=history.control)
    for name in ("caiso_5_in_10", "pjm_high_4_of_5", "same_day", "high_4_of_5", "randomised_control"):
        hourly = RULES[name].estimate(history, EVENT).window_kwh
        finer = RULES[name].estimate(half, EventWindow(60, 32, 38)).window_kwh
        assert finer == pytest.approx(hourly), name


def test_the_mean_home_of_a_group() -> None:
    history = some_history(4, 9)
    kwh = history.kwh.copy()
    kwh[0, 3, 5] = np.nan  # half of the group was read: mean of the other
    kwh[2:, 4, 5] = np.nan  # nobody was read
    made = grouped(changed(history, kwh), np.array([0, 0, 1, 1]), 2)
    assert made.kwh[0, 3, 5] == kwh[1, 3, 5]
    assert np.isnan(made.kwh[1, 4, 5])
    assert made.kwh[1, 10] == pytest.approx(kwh[2:, 10].mean(axis=0))


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 0 <= first < last"):
        EventWindow(3, 5, 5)
    with pytest.raises(ValueError, match="outdoor_degc has shape"):
        MeterHistory(np.ones((2, 3, 24)), np.ones(3, bool), outdoor_degc=np.ones((3, 12)))
    with pytest.raises(ValueError, match="needs more than"):
        RULES["caiso_5_in_10"](np.ones((1, 12)), np.ones(12, bool), 11)


def test_a_weekend_s_history_is_weekends() -> None:
    """Workdays use 1 kWh an hour and other days 3: with day types told apart, each event sees its own kind."""
    days = np.arange(56)
    workday = days % 7 < 5
    kwh = np.where(workday, 1.0, 3.0)[None, :, None].repeat(24, axis=2)
    types = workday.astype(np.int64)
    history = MeterHistory(kwh, np.ones(56, bool), days % 7, day_type=types)
    mixed = MeterHistory(kwh, np.ones(56, bool), days % 7)
    for day, own in ((55, 3.0), (54, 3.0), (53, 1.0)):
        event = EventWindow(day, 16, 20)
        made = RULES["10_in_10"].estimate(history, event).kwh
        assert made == pytest.approx(np.full((1, 4), own))
    assert RULES["10_in_10"].estimate(mixed, EventWindow(54, 16, 20)).kwh[0, 0] == pytest.approx(1.4)
    assert mixed.days_before(54, None).size == 54 and history.days_before(54, None).size == 14
