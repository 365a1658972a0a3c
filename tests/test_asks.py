"""No home is called on more often than the scenario allows; homes take turns, and who is left alone is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.targeting.offer_choice import whose_turn
from scenarios.measurement.members import members_of_arm
from scenarios.measurement.money import fairness_table
from scenarios.running.replication import ReplicationResult, run_replication
from scenarios.schema.scenario import Scenario
from simulator.dispatch import NOTIFIED

DAYS = ["2024-07-09", "2024-07-10", "2024-07-11", "2024-07-17"]
MOST = 2
LIMITED = {
    "events.dates": DAYS, "targeting.most_asks_per_home": MOST, "arms": ["none", "untargeted", "oracle"],
    "measurement.bills": True, "budget_usd": 1500,
}  # fmt: skip


@pytest.fixture(scope="module")
def limited(small_scenario: Scenario) -> ReplicationResult:
    return run_replication(small_scenario.with_(LIMITED), 0)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 12))
def test_each_home_has_its_share_of_the_planned_events_and_no_more(events: int, most: int, further: int) -> None:
    home, asks, calls = np.arange(5 * events), np.zeros(5 * events, np.int64), []
    for event in range(events + further):
        mine = whose_turn(event, home, asks, events, most)
        asks += mine
        calls.append(mine.mean())
        if event == events - 1:
            assert (asks == min(most, events)).all()
    assert (asks <= most).all()
    assert np.allclose(calls[:events], min(1.0, most / events))  # every event calls the same share of homes


def test_nobody_is_called_too_often(limited: ReplicationResult) -> None:
    for arm in ("untargeted", "oracle"):
        for log in limited.logs[arm]:
            stayed = log.left_day < 0
            assert (log.called.sum(axis=1) <= MOST).all()
            assert (log.called[stayed].sum(axis=1) == MOST).all()
            assert not log.flags[:, :, NOTIFIED][~log.called].any()


def test_who_is_left_alone_neither_moves_nor_is_paid(limited: ReplicationResult) -> None:
    seen = 0
    for log in limited.logs["untargeted"]:
        assert not log.event_impact_wh[~log.called].any()
        assert not log.paid_usd[~log.called].any()
        seen += int((~log.called).sum())
    assert seen > 5
    assert any(log.event_impact_wh[log.called].any() for log in limited.logs["untargeted"])


def test_fairness_counts_the_asks_and_the_planner_sets_less_aside(
    limited: ReplicationResult, small_scenario: Scenario
) -> None:
    assert limited.kept is not None
    members = members_of_arm(limited, limited.kept, "untargeted")
    assert members is not None
    table = fairness_table(limited, [members])
    assert table["most_asks"].max() == MOST
    assert set(table["grouping"]) == {"all", "income", "tenure", "age", "segment"}
    free = run_replication(small_scenario.with_({**LIMITED, "targeting.most_asks_per_home": None}), 0)
    often, seldom = (r.offers["untargeted"].answers.forecast_usd for r in (free, limited))
    assert seldom.max() < 0.6 * often.max()


def test_a_limit_above_the_season_s_events_changes_nothing(small_scenario: Scenario) -> None:
    arms = {"arms": ["none", "untargeted"], "events.at_most": 12}
    free = run_replication(small_scenario.with_(arms), 0)
    wide = run_replication(small_scenario.with_({**arms, "targeting.most_asks_per_home": 12}), 0)
    assert free.metrics["untargeted"] == pytest.approx(wide.metrics["untargeted"], nan_ok=True)
