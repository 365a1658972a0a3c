"""The Mesa model: agents and compiled loop give the same bits, and Mesa's own tools work on it."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pytest

from scenarios.arms.analyst import baselines_of
from scenarios.loader import load_scenario
from scenarios.running.worlds import build_world
from simulator.adding_up import N_USES
from simulator.behaviour.enrolment import answers
from simulator.fields import FIELDS
from simulator.household import Household
from simulator.model import MODEL_REPORTERS, DemandResponseModel
from simulator.world import Lives

EVENT = "2024-07-10"
SETBACK: dict[str, Any] = {
    "households": 40, "days": 4, "start": "2024-07-08", "program": "thermostat_setback", "event_dates": EVENT,
    "incentive_usd": 400.0, "history_days": 5,
}  # fmt: skip


class Thrifty(Household):
    """The subclass of the documentation."""

    def decides_to_enrol(self, gain_usd: float) -> bool:
        """Join for the money alone."""
        return gain_usd > 30.0 and self.income_z < 0.0


def lived(**changes: Any) -> DemandResponseModel:
    model = DemandResponseModel(**{**SETBACK, **changes})
    model.run_model()
    return model


def test_a_step_is_a_local_day() -> None:
    model = DemandResponseModel(households=5, days=3, start="2024-07-08", history_days=2)
    seen = []
    while model.running:
        model.step()
        seen.append((model.steps, model.days_lived, model.world.clock.date(model.clock_day(model.steps - 1)).day))
    assert seen == [(1, 1, 8), (2, 2, 9), (3, 3, 10)]
    with pytest.raises(RuntimeError, match="3 days are over"):
        model.step()


def test_a_day_of_an_agent_is_the_loop_s_day_bit_for_bit() -> None:
    """Enrolled or not, event day or not: load, end uses and the state in the morning after."""
    model = DemandResponseModel(**SETBACK)
    for _ in range(model.days):
        told = [household.live_day() for household in model.agents]
        was_enrolled = model.enrolled.copy()
        model.step()
        if model.steps == 1:  # the first step also enrols
            assert not was_enrolled.any() and model.enrolled.any()
            continue
        load = model.home_load_wh()
        for household, day in zip(model.agents, told, strict=True):
            np.testing.assert_array_equal(np.rint(day.load_kw * 250.0), load[household.row])
            for name in ("t_air_degc", "t_mass_degc", "t_tank_degc", "occupancy", "ev_need_kwh", "overrode"):
                assert day.end[name] == household.record[name]
            lives, at = model.life_of(household.row)
            kwh = (model.treatment.lives if lives is not model.everyone.homes else model.everyone).use_kwh[at]
            np.testing.assert_allclose(list(day.by_use_kwh().values()), kwh, rtol=1e-12, atol=1e-12)
            assert day.use_kw.shape == (N_USES, 96) and day.kwh == pytest.approx(household.kwh_today, abs=0.05)


def test_looking_at_a_day_changes_nothing() -> None:
    looked, not_looked = DemandResponseModel(**SETBACK), DemandResponseModel(**SETBACK)
    while looked.running:
        looked.agents.do("live_day")
        looked.step()
        not_looked.step()
    np.testing.assert_array_equal(looked.everyone.homes, not_looked.everyone.homes)
    np.testing.assert_array_equal(looked.load_kw(), not_looked.load_kw())


def test_the_model_lives_the_same_days_as_the_plain_loop() -> None:
    model = lived(program=None)
    again = DemandResponseModel(**{**SETBACK, "program": None, "history_days": 5})
    lives = Lives(again.world, again.everyone.homes)
    for day in range(5, 9):
        lives.day(day, again.calendar.window_on(day))
        np.testing.assert_array_equal(lives.load_wh.sum(axis=0) / 250.0, model.load_kw(day - 5))
        np.testing.assert_array_equal(model.load_kw(day - 5), model.counterfactual_kw(day - 5))


def test_decisions_of_agents_are_the_compiled_ones() -> None:
    model = DemandResponseModel(**SETBACK)
    world, n = model.world, len(model.enrolled)
    for gain in (0.0, 40.0, 400.0):
        joins, probability = np.zeros(n, bool), np.zeros(n)
        answers(model.everyone.homes, world.behaviour, world.seed, world.replication, np.full(n, gain),
                np.zeros(n, bool), np.zeros(n, bool), joins, probability)  # fmt: skip
        assert [h.decide_enrolment(gain) for h in model.agents] == joins.tolist()
        assert [h.enrolment_probability(gain) for h in model.agents] == probability.tolist()
    gains = model.gain_usd()
    model.step()
    expected = [bool(np.isfinite(gains[h.row])) and h.decide_enrolment(gains[h.row]) for h in model.agents]
    assert expected == model.enrolled.tolist()
    assert any(expected) and not all(expected)


def test_an_event_cuts_load_and_only_enrolled_homes_take_part() -> None:
    model = lived()
    table = model.datacollector.get_model_vars_dataframe()
    event = 2
    assert table["event_impact_kw"].notna().tolist() == [False, False, True, False]
    assert table["event_impact_kw"][event] > 0.0
    assert 0.0 < table["event_participation_fraction"][event] <= 1.0
    np.testing.assert_array_equal(model.load_kw(0), model.counterfactual_kw(0))
    assert model.load_kw(event).shape == (96,)


def test_agents_are_made_when_first_asked_for() -> None:
    model = lived(days=3)
    assert not model._agents_made
    assert len(model.agents) == 40
    assert model._agents_made and model.agent_types == [Household]
    first = next(iter(model.agents))
    first.remove()
    assert len(model.agents) == 39


def test_mesa_s_agent_set_works() -> None:
    model = lived()
    enrolled = model.agents.select(_is_enrolled)
    assert len(enrolled) == model.enrolled.sum() > 0
    assert model.agents.agg("kwh_today", sum) == pytest.approx(model.system_kwh)
    groups = model.agents.groupby("dwelling")
    assert sum(groups.count().values()) == 40
    assert len(model.agents.do("live_day", 0)) == 40
    assert model.agents.get("household") == list(range(40))


def _is_enrolled(household: Household) -> bool:
    return household.enrolled


def test_views_read_the_record_and_refuse_to_write() -> None:
    model = lived()
    for household in list(model.agents)[:5]:
        for name in FIELDS:
            assert getattr(household, name) == household.record[name].item()
    with pytest.raises(AttributeError, match="t_air_degc is read-only"):
        household.t_air_degc = 20.0
    assert "indoor air" in str(Household.t_air_degc.__doc__)


def test_nothing_hides_a_name_of_mesa() -> None:
    own = set(vars(DemandResponseModel)) | (set(vars(DemandResponseModel(households=1, days=1))) - {"datacollector"})
    mesa_names = set(dir(mesa.Model)) | set(vars(mesa.Model()))
    meant = {"observables", "agents", "agents_by_type", "agent_types", "step", "__init__", "__doc__", "__module__"}
    ours = own - set(vars(mesa.Model())) - meant
    assert not {name for name in ours & mesa_names if not name.startswith("__")}
    assert not ours & {"scenario", "time", "observe", "unobserve", "notify", "batch", "suppress"}  # of Mesa 3.5
    assert not set(FIELDS) & (set(dir(mesa.Agent)) | {"model", "unique_id", "pos", "scenario"})


def test_data_collector_with_agents() -> None:
    model = lived(collect_agents=True, days=3)
    assert list(model.datacollector.get_model_vars_dataframe().columns) == list(MODEL_REPORTERS)
    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 3 * 40
    last = agents.xs(3, level="Step")
    assert last["kwh_today"].sum() == pytest.approx(model.system_kwh)
    assert last["enrolled"].sum() == model.enrolled.sum()


@pytest.mark.parametrize("processes", [1, 2])
def test_batch_run(processes: int) -> None:
    small = {"households": 10, "days": 3, "start": "2024-07-08", "history_days": 2, "event_dates": EVENT}
    rows = mesa.batch_run(
        DemandResponseModel,
        {**small, "program": "thermostat_setback", "incentive_usd": [0.0, 4000.0], "replication": [0, 1]},
        number_processes=processes,
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == 4
    by = {(row["incentive_usd"], row["replication"]): row for row in rows}
    assert by[0.0, 0]["system_kwh"] != by[0.0, 1]["system_kwh"]
    direct = lived(**small, incentive_usd=4000.0, replication=1)
    assert by[4000.0, 1]["system_kwh"] == direct.system_kwh


def test_a_subclass_may_decide_on_enrolment() -> None:
    with pytest.warns(UserWarning, match="Thrifty decides on enrolment in Python"):
        model = lived(household_class=Thrifty)
    could = np.isfinite(model.gain_usd())
    assert model.enrolled.tolist() == (could & (model.everyone.homes["income_z"] < 0.0)).tolist()
    assert all(isinstance(household, Thrifty) for household in model.agents)


def test_a_rebate_is_settled_with_the_analyst_s_baselines() -> None:
    model = lived(program="peak_time_rebate", baselines=baselines_of, history_days=18, event_dates=("2024-07-10",))
    log = model.treatment.log
    assert set(log.baseline_kwh) >= {"10_in_10"}
    assert np.nansum(log.paid_usd) > 0.0
    with pytest.raises(ValueError, match="baselines_of"):
        DemandResponseModel(program="peak_time_rebate")


def test_mesa_s_rng_takes_the_place_of_the_seed() -> None:
    def kwh(**keys: Any) -> float:
        return lived(program=None, days=1, event_dates=(), **keys).system_kwh

    assert kwh(seed=7) == kwh(rng=7) != kwh(rng=8)
    assert kwh() == kwh(seed=2024) == kwh(seed=None)  # Mesa 3.5's batch_run passes None
    assert kwh(seed=7) != kwh(seed=7, replication=1)
    assert kwh(rng=np.random.SeedSequence(3)) == kwh(rng=np.random.SeedSequence(3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"region": "atlantis"}, "expected one of .*us_hot_dry"),
        ({"households": 0}, "households is 0; expected a whole number of 1 or more"),
        ({"days": 2.5}, "days is 2.5"),
        ({"replication": -1}, "replication is -1"),
        ({"program": "magic"}, "expected None or one of thermostat_setback"),
        ({"window_local": "5pm"}, 'as in "17:00-20:00"'),
        ({"window_local": "20:00-17:00"}, "end after the start"),
        ({"event_dates": "2025-01-01"}, "expected days from 2024-06-01"),
        ({"event_dates": "tomorrow"}, "for example"),
        ({"start": "June"}, "start is 'June'"),
        ({"parameters": {"nothing": 1.0}}, "parameters names nothing"),
        ({"household_class": mesa.Agent}, "expected a subclass"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DemandResponseModel(**arguments)


def test_parameters_replace_those_of_the_region() -> None:
    model = DemandResponseModel(households=10, days=1, history_days=0, parameters={"ac.share": 0.0})
    assert model.everyone.homes["ac_thermal_kw"].max() == 0.0


def test_the_same_keys_give_a_scenario_s_world() -> None:
    scenario = load_scenario("heat_wave", ["population.households=20"])
    world = build_world(scenario, 3)
    begin, past = scenario.season.start, scenario.history_days
    model = DemandResponseModel(
        households=20, start=begin, days=2, seed=scenario.seed, replication=3, history_days=past,
        parameters=dict(scenario.parameters),
    )
    lives = Lives(world, world.population.homes)
    for day in range(past + 2):
        lives.day(day)
        if day >= past:
            model.step()
            np.testing.assert_array_equal(lives.load_wh, model.home_load_wh())
