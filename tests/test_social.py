"""Neighbours: off by default; with them on, copy-on-write arms equal a full simulation; and raised baselines."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.arms.analyst import baselines_of, live_history
from scenarios.running.replication import run_replication
from scenarios.running.worlds import build_world, event_rule_of
from scenarios.schema.scenario import Scenario
from simulator.behaviour.social import graph_of, network
from simulator.dispatch import PARTICIPATED
from simulator.meter import MeterRules
from simulator.season import Treatment, run_day
from simulator.world import Lives

ARMS = {"arms": ["none", "untargeted", "load_ranked"]}


def test_the_network_is_keyed_and_a_small_world() -> None:
    ties = network(400, 7, 0)
    assert ties.shape == (400, 6) and (ties >= 0).all() and (ties < 400).all()
    assert np.array_equal(ties, network(400, 7, 0)) and not np.array_equal(ties, network(400, 8, 0))
    near = np.abs(ties - np.arange(400)[:, None])
    assert 0.75 < (np.minimum(near, 400 - near) <= 3).mean() < 0.95
    assert graph_of(ties).number_of_nodes() == 400


@pytest.mark.parametrize("pull", [0.0, 2.5])
def test_copies_equal_a_full_simulation_of_everybody(small_scenario: Scenario, pull: float) -> None:
    """Each arm again, with every home copied and only the enrolled ones members."""
    scenario = small_scenario.with_({**ARMS, "parameters": {"take_part_neighbours": pull}})
    run = run_replication(scenario, 0)
    ties = network(len(run.world.population), run.world.seed, run.world.replication) if pull else None
    baselines = baselines_of(run.world.clock.is_workday, run.calendar.days)
    for arm, offers in run.offers.items():
        world = build_world(scenario, 0)
        everyone = Lives(world, world.population.homes)
        history = live_history(world, everyone, event_rule_of(scenario), MeterRules(0.002, 0.002))
        rows = np.arange(len(world.population))
        full = []
        for member in run.outcomes[arm].members:
            log = run.logs[arm][member.treatment]
            treatment = Treatment(world, run.calendar, log.program, everyone.homes, rows, history.window_kwh,
                                  neighbours=ties)  # fmt: skip
            joined = np.zeros(len(rows), bool)
            joined[log.rows[member.chosen]] = True
            treatment.lives.homes["member"] = joined
            full.append((member, log, treatment))
        for day in range(world.first_event_day, world.clock.days):
            run_day(world, day, everyone, [t for _, _, t in full], run.calendar, baselines, MeterRules(0.002, 0.002))
        assert offers.ledger.enrolled.any()
        for member, log, treatment in full:
            mine = log.rows[member.chosen]
            for name in ("event_impact_wh", "program_impact_wh", "flags", "paid_usd"):
                whole = getattr(treatment.log, name)
                assert np.array_equal(getattr(log, name)[member.chosen], whole[mine]), (arm, name)
                rest = np.setdiff1d(rows, mine)
                assert not whole[rest].any(), "who is not a member does nothing"


def test_neighbours_make_a_difference(small_scenario: Scenario) -> None:
    took = []
    for pull in (0.0, 2.5):
        run = run_replication(small_scenario.with_({**ARMS, "parameters": {"take_part_neighbours": pull}}), 0)
        members = run.outcomes["load_ranked"].members
        took.append(sum(int(run.logs["load_ranked"][m.treatment].flags[m.chosen][:, :, PARTICIPATED].sum())
                        for m in members))  # fmt: skip
    assert took[1] >= took[0]


def test_raised_baselines_are_paid_for(small_scenario: Scenario) -> None:
    """Members who raise their use on ordinary days are paid more, by a baseline they lifted."""
    paid = []
    for share in (0.0, 1.0):
        changes = {"arms": ["none", "untargeted"], "parameters": {"gaming_share": share, "gaming_rise": 1.5}}
        run = run_replication(small_scenario.with_({**changes, "budget_usd": 3000}), 0)
        paid.append(sum(float(log.paid_usd.sum()) for log in run.logs["untargeted"]))
    assert paid[1] > paid[0] > 0.0
