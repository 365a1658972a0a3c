"""Baselines worked by hand, and a conformance suite every registered rule passes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.baselines import BASELINES, Baseline, high_x_of_y, insufficient_findings, rebate_usd

ALL = np.ones(40, dtype=bool)
RULES = sorted(BASELINES)


def home(*kwh: float) -> np.ndarray:
    return np.array([kwh], dtype=np.float64)


def test_10_in_10_by_hand() -> None:
    # Days 0..11 use 1, 2, ..., 12 kWh. Before day 11 the last ten are 2..11: mean 6.5.
    baseline, insufficient = BASELINES["10_in_10"](home(*range(1, 13)), ALL[:12], 11)
    assert baseline.tolist() == [6.5]
    assert insufficient.tolist() == [False]


def test_high_5_of_10_by_hand() -> None:
    # The last ten before day 11 are 2..11; the five highest 7, 8, 9, 10, 11: mean 9.
    baseline, _ = BASELINES["high_5_of_10"](home(*range(1, 13)), ALL[:12], 11)
    assert baseline.tolist() == [9.0]


def test_high_4_of_5_by_hand() -> None:
    # The last five before day 6 are 3, 9, 1, 4, 8; without the lowest: (3 + 9 + 4 + 8) / 4 = 6.
    baseline, _ = BASELINES["high_4_of_5"](home(50, 3, 9, 1, 4, 8, 99), ALL[:7], 6)
    assert baseline.tolist() == [6.0]


def test_the_highest_days_are_chosen_per_home() -> None:
    # Home A's two highest of three are 5, 4; home B's are 9, 2.
    window = np.array([[1.0, 5.0, 4.0, 0.0], [9.0, 1.0, 2.0, 0.0]])
    baseline, _ = high_x_of_y(window, ALL[:4], 3, x=2, y=3)
    assert baseline.tolist() == [4.5, 5.5]


def test_events_weekends_and_missing_reads_are_skipped() -> None:
    # Eligible: days 0, 1, 3, 5; day 3 has no read. Last two before day 6 that count: 1 and 5 -> (2 + 6) / 2.
    window = home(1, 2, 3, np.nan, 5, 6, 100)
    eligible = np.array([True, True, False, True, False, True, True])
    baseline, _ = high_x_of_y(window, eligible, 6, x=2, y=2)
    assert baseline.tolist() == [4.0]


def test_each_home_may_have_its_own_event_days() -> None:
    window = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    eligible = np.array([[True, True, True], [True, False, True]])
    baseline, _ = high_x_of_y(window, eligible, 2, x=2, y=2)
    assert baseline.tolist() == [1.5, 1.0]


def test_too_few_days_is_said_not_hidden() -> None:
    # Ten wanted, five needed: four days are too few, five are enough (mean of 1..5 is 3).
    window = np.array([[np.nan, 1, 2, 3, 4, 9.0], [1, 2, 3, 4, 5, 9.0]])
    baseline, insufficient = BASELINES["10_in_10"](window, ALL[:6], 5)
    assert np.isnan(baseline[0])
    assert baseline[1] == 3.0
    assert insufficient.tolist() == [True, False]
    (finding,) = insufficient_findings(["P1", "P2"], insufficient, BASELINES["10_in_10"], "2024-07-01")
    assert finding.premise == "P1"
    assert "fewer than 5 eligible days with reads before 2024-07-01" in finding.message


def test_the_rebate_never_charges_and_never_pays_on_the_unknown() -> None:
    baseline = np.array([3.0, 3.0, np.nan, 3.0])
    metered = np.array([1.0, 5.0, 1.0, np.nan])
    assert rebate_usd(baseline, metered, 1.25).tolist() == [2.5, 0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="usd_per_kwh"):
        rebate_usd(baseline, metered, -1.0)


@pytest.mark.parametrize(("x", "y", "day"), [(0, 5, 3), (6, 5, 3), (4, 5, -1), (4, 5, 9)])
def test_nonsense_is_refused(x: int, y: int, day: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        high_x_of_y(home(1, 2, 3, 4), ALL[:4], day, x, y)


def test_eligible_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="eligible has shape"):
        high_x_of_y(home(1, 2, 3, 4), ALL[:3], 2, 1, 1)


# ---- conformance: what every rule must do ----


@pytest.mark.parametrize("name", RULES)
def test_a_constant_home_has_its_constant(name: str) -> None:
    window = np.repeat(np.array([[0.0], [1.5], [7.25]]), 40, axis=1)
    baseline, insufficient = BASELINES[name](window, ALL, 30)
    assert baseline.tolist() == [0.0, 1.5, 7.25]
    assert not insufficient.any()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_knows_its_name_and_source(name: str) -> None:
    rule = BASELINES[name]
    assert isinstance(rule, Baseline)
    assert rule.name == name
    assert rule.title
    assert rule.source


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gaps=st.floats(0, 0.9), day=st.integers(0, 39))
def test_any_history(name: str, seed: int, gaps: float, day: int) -> None:
    rng = np.random.default_rng(seed)
    window = rng.gamma(2, 1, (6, 40))
    window[rng.uniform(size=window.shape) < gaps] = np.nan
    eligible = rng.uniform(size=40) < 0.7
    rule = BASELINES[name]
    baseline, insufficient = rule(window, eligible, day)
    assert np.array_equal(np.isnan(baseline), insufficient)  # never a silent NaN
    future = window.copy()
    future[:, day:] = 1e6
    assert np.array_equal(rule(future, eligible, day)[0], baseline, equal_nan=True)  # blind to the day itself
    for row in range(len(window)):  # the plain way, one home at a time
        days = [d for d in range(day) if eligible[d] and not np.isnan(window[row, d])][-rule.y :]
        if len(days) < max(1, rule.y // 2):
            assert insufficient[row]
        else:
            highest = sorted((window[row, d] for d in days), reverse=True)[: rule.x]
            assert baseline[row] == pytest.approx(sum(highest) / len(highest))
