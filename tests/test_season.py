"""Arms are copy-on-write: homes that joined are copied, all others keep the counterfactual to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.arms.analyst import baselines_of
from scenarios.results.tables import tables_of
from scenarios.running.replication import ReplicationResult, run_replication
from scenarios.running.worlds import build_world
from scenarios.schema.scenario import Scenario
from simulator.dispatch import ask, begin_day, end_event, end_membership
from simulator.meter import MeterRules
from simulator.programs import Signal
from simulator.season import Treatment, learn_all
from simulator.world import Lives
from tests.conftest import make_world, without_truth


@pytest.fixture(scope="module")
def result(small_scenario: Scenario) -> ReplicationResult:
    return run_replication(small_scenario, 0)


def _season_morning(scenario: Scenario) -> Lives:
    """All homes after their history, on the first morning of the season."""
    world = build_world(scenario, 0)
    everyone = Lives(world, world.population.homes)
    for day in range(world.first_event_day):
        everyone.day(day)
    return everyone


def test_an_arm_equals_its_full_simulation(small_scenario: Scenario) -> None:
    """Every home is lived again, in one population, with the programme put on the enrolled ones by hand."""
    scenario = small_scenario.with_({"arms": ["none", "untargeted"], "programs.rebate.usd_per_kwh": 0.0})
    run = run_replication(scenario, 0)
    enrolled, program = run.offers["untargeted"].ledger.enrolled, run.offers["untargeted"].program
    setback = next(i for i, p in enumerate(run.programs) if p.kind == "thermostat_setback")
    assert (enrolled & (program == setback)).any()
    everyone = _season_morning(scenario)
    world, clock, homes = everyone.world, everyone.world.clock, everyone.homes
    homes["member"] = enrolled
    at, differing = 0, 0
    for day in range(world.first_event_day, clock.days):
        window = run.calendar.window_on(day)
        begin_day(homes, world.behaviour)
        asked: list[tuple[np.ndarray, np.ndarray, np.ndarray, Signal]] = []
        for index, offer in enumerate(run.programs):
            rows = np.flatnonzero(enrolled & (program == index))
            signal = offer.signals(run.calendar, clock, world.first_event_day, world.behaviour).get(day)
            if signal is not None:
                some, flags = homes[rows].copy(), np.zeros((len(rows), 4), np.uint8)
                ask(world, some, day, signal, flags)
                homes[rows] = some
                asked.append((rows, some, flags, signal))
        everyone.day(day, window)
        for rows, some, flags, signal in asked:
            some[:] = homes[rows]
            end_event(some, world.behaviour, signal.terms, flags)
            learn_all(some, world.behaviour, np.zeros(len(some)), flags, False)
            homes[rows] = some
        end_membership(homes, world.behaviour, world.seed, world.replication, clock.date(day).toordinal())
        whole = everyone.load_wh.sum(axis=0, dtype=np.int64)
        n = len(whole)
        assert np.array_equal(run.outcomes["untargeted"].load_wh[at : at + n], whole), clock.date(day)
        differing += int((run.outcomes["none"].load_wh[at : at + n] != whole).any())
        at += n
    assert differing >= len(run.calendar.days), "a programme that does nothing would prove nothing"


def test_a_treated_home_does_not_depend_on_which_others_are_treated(result: ReplicationResult) -> None:
    """Both programmes, payments and learning included."""
    world, calendar = result.world, result.calendar
    start = make_world(60, days=world.clock.days).population.homes  # any homes will do
    past = np.full((len(start), world.clock.days), np.nan)
    past[:, : world.first_event_day] = 3.0
    baselines = baselines_of(world.clock.is_workday, [])
    some = np.array([3, 17, 44])
    for program in result.programs:
        seen = []
        for rows in (np.arange(len(start)), some):
            everyone = Lives(world, start.copy())
            treatment = Treatment(world, calendar, program, start, rows, past)
            for day in range(world.first_event_day, calendar.days[-1] + 2):
                everyone.day(day, calendar.window_on(day))
                treatment.day(day, everyone.load_wh, baselines, MeterRules())
            pick = np.isin(rows, some)
            seen.append((treatment.log, treatment.lives.homes[pick].tobytes(), pick))
        (whole, state, pick), (part, other, _) = seen
        assert state == other
        for name in ("flags", "paid_usd", "metered_kwh", "event_impact_wh", "snapback_wh", "shifted_wh"):
            assert np.array_equal(getattr(whole, name)[pick], getattr(part, name)), name


def test_adding_an_arm_changes_no_other(small_scenario: Scenario, result: ReplicationResult) -> None:
    few = run_replication(small_scenario.with_({"arms": ["none", "untargeted", "load_ranked"]}), 0)
    for arm in ("none", "untargeted", "load_ranked"):
        assert without_truth(few.metrics[arm]) == without_truth(result.metrics[arm]), arm
        assert np.array_equal(few.outcomes[arm].load_wh, result.outcomes[arm].load_wh)


def test_the_oracle_changes_no_other(small_scenario: Scenario, result: ReplicationResult) -> None:
    arms = [arm for arm in small_scenario.arms if arm != "oracle"]
    without = run_replication(small_scenario.with_({"arms": arms}), 0)
    for arm in arms:
        assert without_truth(without.metrics[arm]) == without_truth(result.metrics[arm])


def test_adding_a_home_changes_no_other_home(small_scenario: Scenario) -> None:
    more = _season_morning(small_scenario.with_({"population.households": 71}))
    fewer = _season_morning(small_scenario)
    for day in range(more.world.first_event_day, more.world.clock.days):
        more.day(day)
        fewer.day(day)
        assert np.array_equal(more.load_wh[:70], fewer.load_wh)
    assert more.homes[:70].tobytes() == fewer.homes.tobytes()


def test_without_messages_every_arm_is_the_counterfactual(small_scenario: Scenario) -> None:
    silent = run_replication(small_scenario.with_({"messages": False}), 0)
    for arm in small_scenario.arms:
        assert np.array_equal(silent.outcomes[arm].load_wh, silent.recorder.none_wh), arm
        assert silent.metrics[arm]["peak_reduction_kw"] == 0.0
        assert silent.metrics[arm]["program_cost_usd"] == 0.0


def test_offers_change_the_load(result: ReplicationResult) -> None:
    """What the tests above would also pass if no arm did anything."""
    none = result.recorder.none_wh
    assert sum(not np.array_equal(o.load_wh, none) for a, o in result.outcomes.items() if a != "none") >= 6
    assert result.metrics["untargeted"]["event_kwh"] > 0.0


def test_no_arm_commits_more_than_the_budget(small_scenario: Scenario, result: ReplicationResult) -> None:
    for arm, offers in result.offers.items():
        committed = offers.ledger.spent_usd + offers.ledger.forecast_liability_usd
        assert 0.0 < committed <= small_scenario.budget_usd + 1e-6, arm
        assert not (offers.ledger.enrolled & ~offers.ledger.offered).any()
        assert (offers.program[offers.ledger.enrolled] >= 0).all()


def test_impact_per_offer_is_take_up_times_impact_per_enrolment(result: ReplicationResult) -> None:
    """ITT = take-up x LATE holds because homes that were offered and said no contribute exactly nothing."""
    tables = tables_of(result, 1e9).tables
    for arm, offers in result.offers.items():
        window = sum(int((result.recorder.none_wh - result.outcomes[arm].load_wh)[s].sum())
                     for s in result.facts.event_slices)  # fmt: skip
        of_members = sum(
            int(result.logs[arm][m.treatment].program_impact_wh[m.chosen].sum())
            for m in result.outcomes[arm].members
        )
        assert window == of_members, arm
        m, take_up = result.metrics[arm], offers.ledger.enrolled.sum() / offers.ledger.offered.sum()
        per_offer, per_enrolment = (m["event_kwh"] / m[f"{w}_home_hours"] for w in ("offered", "enrolled"))
        assert per_offer == pytest.approx(take_up * per_enrolment, rel=1e-12)
    events = tables["events"]
    assert (events.loc[events["arm"] == "none", "true_program_impact_kw"] == 0.0).all()


def test_same_seed_same_bits_and_another_seed_other_numbers(
    small_scenario: Scenario, result: ReplicationResult
) -> None:
    again = run_replication(small_scenario, 0)
    assert again.metrics == result.metrics
    assert np.array_equal(again.recorder.none_wh, result.recorder.none_wh)
    assert not np.array_equal(run_replication(small_scenario, 1).recorder.none_wh, result.recorder.none_wh)
    other = run_replication(small_scenario.with_({"seed": 1, "arms": ["none"]}), 0)
    assert not np.array_equal(other.recorder.none_wh, result.recorder.none_wh)
