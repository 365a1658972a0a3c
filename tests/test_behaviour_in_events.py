"""What people do inside events and afterwards: short against long events, overrides, bills."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from scenarios.arms.analyst import baselines_of
from simulator.behaviour.attention import after_contacts
from simulator.behaviour.override import override_hazard
from simulator.behaviour.satisfaction import feel, leaving_hazard, read_bill
from simulator.dispatch import ask, begin_day
from simulator.events import Calendar, EventRule
from simulator.fields import AT_HOME
from simulator.meter import GOOD_METERS
from simulator.model import DemandResponseModel
from simulator.parameters.tables import behaviour_record, load_behaviour
from simulator.programs import CriticalPeakPricing, ThermostatSetback
from simulator.season import Treatment, run_day
from simulator.world import Lives, World, live_home
from tests.conftest import make_world

AC = {"ac.share": 1.0, "ac.smart_thermostat_share": 1.0, "pv.share": 0.0}
HOMES, DAY = 300, 3


@pytest.fixture(scope="module")
def hot() -> World:
    return make_world(HOMES, days=6, **AC)


def _without_overrides(world: World) -> World:
    from dataclasses import replace

    return replace(world, behaviour=behaviour_record(load_behaviour({"override_base_hazard": 0.0,
                                                                     "override_hazard_per_k": 0.0})))  # fmt: skip


def _calendar(world: World, ends: str) -> Calendar:
    rule = EventRule("listed", 1, "16:00", ends, 24.0, 0.0)
    return Calendar((DAY,), (world.clock.window(DAY, "16:00", ends),), rule)


def _event_day(world: World, ends: str, offset_degc: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Records after an event day from 16:00, and the load of that day (homes, 96) [Wh]; everybody is a member."""
    homes = world.population.homes.copy()
    homes["member"] = 1
    lives = Lives(world, homes)
    for day in range(DAY):
        lives.day(day)
    begin_day(homes, world.behaviour)
    program, calendar = ThermostatSetback(name="p", offset_degc=offset_degc), _calendar(world, ends)
    signal = program.signals(calendar, world.clock, 0, world.behaviour)[DAY]
    ask(world, homes, DAY, signal, np.zeros((len(homes), 4), np.uint8))
    lives.day(DAY, signal.window)
    return homes, lives.load_wh.copy()


def test_without_overrides_a_long_event_begins_as_a_short_one(hot: World) -> None:
    calm = _without_overrides(hot)
    (_, short), (_, long) = _event_day(calm, "18:00"), _event_day(calm, "20:00")
    end = 18 * 4
    assert np.array_equal(short[:, :end], long[:, :end])
    assert short[:, end : end + 8].sum() > long[:, end : end + 8].sum(), "the short one has let go, and rebounds"


def test_who_gives_up_in_two_hours_gives_up_in_four_and_more_do(hot: World) -> None:
    (two, short), (four, long) = _event_day(hot, "18:00"), _event_day(hot, "20:00")
    early, late = two["overrode"] == 1, four["overrode"] == 1
    assert (late | ~early).all() and 0 < early.sum() < late.sum()
    assert np.array_equal(short[:, : 18 * 4], long[:, : 18 * 4])


@pytest.mark.parametrize("ends", ["18:00", "20:00"])
def test_as_many_give_up_as_the_hazard_says(hot: World, ends: str) -> None:
    """Rooms lived without overrides give each home's hazard, quarter by quarter, and so its chance to give up."""
    calm, b = _without_overrides(hot), hot.behaviour
    homes = calm.population.homes.copy()
    homes["member"] = 1
    lives = Lives(calm, homes)
    for day in range(DAY):
        lives.day(day)
    begin_day(homes, calm.behaviour)
    signal = ThermostatSetback(name="p").signals(_calendar(hot, ends), hot.clock, 0, b)[DAY]
    ask(calm, homes, DAY, signal, np.zeros((len(homes), 4), np.uint8))
    chance = np.zeros(HOMES)
    e0, e1 = signal.window
    for i in range(HOMES):
        if homes[i]["event_offset_k"] == 0.0:
            continue
        limit = float(homes[i]["cool_set_degc"] + homes[i]["tolerance_k"])
        day = live_home(calm, homes[i : i + 1].copy(), DAY, signal.window)
        warm = np.maximum(0.0, day.t_in_degc[e0:e1].astype(float) - limit)
        hazard = [override_hazard(b, float(w), 0.25 * (k + 1)) for k, w in enumerate(warm)]
        chance[i] = 1.0 - np.prod(1.0 - np.where(day.occupied[e0:e1] == AT_HOME, hazard, 0.0))
    gave_up = _event_day(hot, ends)[0]["overrode"]
    spread = np.sqrt((chance * (1.0 - chance)).sum())
    assert abs(gave_up.sum() - chance.sum()) < 4.0 * spread
    assert chance.sum() > 2.0 * spread, "else the test could not tell overrides from none"


def test_more_discomfort_never_keeps_a_home_that_gave_up(hot: World) -> None:
    gave_up = [_event_day(hot, "20:00", offset)[0]["overrode"] == 1 for offset in (0.5, 2.0, 4.0)]
    for cooler, warmer in pairwise(gave_up):
        assert (warmer | ~cooler).all() and warmer.sum() > cooler.sum()


def test_letters_add_chances() -> None:
    attention = np.array([0.0, 0.25, 1.0])
    np.testing.assert_allclose(after_contacts(attention, 1), attention)
    np.testing.assert_allclose(after_contacts(attention, 2), [0.0, 0.4375, 1.0])


def test_satisfaction_by_hand() -> None:
    world = make_world(1)
    home, b = world.population.homes[0], world.behaviour
    home["satisfaction"] = 0.0
    read_bill(home, b, 0.0)
    assert home["satisfaction"] == 0.0, "a bill that says nothing teaches nothing"
    read_bill(home, b, np.e - 1.0)
    assert home["satisfaction"] == pytest.approx(b["satisfaction_learning"])
    home["satisfaction"] = 0.0
    read_bill(home, b, 1.0 - np.e)
    assert home["satisfaction"] == pytest.approx(-b["satisfaction_learning"])
    home["satisfaction"], home["discomfort_kh"] = 0.0, 2.0
    feel(home, b, False)
    assert home["satisfaction"] == pytest.approx(-2.0 * b["satisfaction_per_kh"] * b["satisfaction_learning"])
    worse = leaving_hazard(home, b)
    home["satisfaction"] = 1.0
    assert leaving_hazard(home, b) < worse


def test_those_whom_a_tariff_costs_most_like_it_least() -> None:
    """A tariff's bill is all that differs: nobody hears of an event."""
    world = make_world(80, days=35, **AC)
    rule = EventRule("listed", 1, "16:00", "20:00", 24.0, 0.0)
    calendar = Calendar((34,), (world.clock.window(34, "16:00", "20:00"),), rule)  # after the month's bill
    program = CriticalPeakPricing(name="p", peak_usd_per_kwh=0.75, other_usd_per_kwh=0.12, usual_usd_per_kwh=0.15)
    everyone = Lives(world, world.population.homes)
    rows, past = np.arange(80), np.full((80, world.clock.days), np.nan)
    treatment = Treatment(world, calendar, program, everyone.homes, rows, past, score=False)
    seen = []
    for day in range(32):
        run_day(world, day, everyone, [treatment], calendar, lambda window, day: {}, GOOD_METERS)
        seen.append(treatment.lives.homes["satisfaction"].copy())
        if day == 30:
            gain = -treatment.log.tariff_usd.copy()
    assert not seen[29].any(), "no bill before the month is over"
    stayed = treatment.log.left_day < 0
    expected = world.behaviour["satisfaction_learning"] * np.sign(gain) * np.log1p(np.abs(gain))
    np.testing.assert_allclose(seen[30][stayed], expected[stayed], rtol=1e-5)
    assert np.array_equal(seen[31], seen[30]) and len(np.unique(seen[30])) > 40


def test_a_household_asked_alone_decides_on_a_rebate_as_in_the_loop() -> None:
    model = DemandResponseModel(
        households=60, days=3, start="2024-07-08", history_days=18, program="peak_time_rebate", usd_per_kwh=3.0,
        event_dates=("2024-07-09", "2024-07-10"), baselines=baselines_of,
    )  # fmt: skip
    model.step()
    acted = 0
    for _ in range(2):
        told = [household.live_day() for household in model.agents]
        model.step()
        for household, day in zip(model.agents, told, strict=True):
            for name in ("event_cut", "event_offset_k", "event_defers"):
                assert day.end[name] == household.record[name]
            assert household.took_part == (day.end["event_defers"] == 1)
            acted += household.took_part
    assert acted > 3
