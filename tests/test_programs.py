"""One conformance suite that every registered programme passes, and what is particular to some."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from scenarios.schema import programs as schema_programs
from simulator.dispatch import NOTIFIED, OPTED_OUT, PARTICIPATED, ask, begin_day
from simulator.events import Calendar, EventRule
from simulator.fields import VERBS
from simulator.meter import MeterRules
from simulator.programs import CHANNELS, PROGRAMS, TERMS, Program
from simulator.programs.capacity_bidding import CapacityBidding
from simulator.programs.critical_peak_pricing import CriticalPeakPricing
from simulator.programs.dynamic_tou import DynamicTou
from simulator.programs.peak_time_rebate import PeakTimeRebate
from simulator.programs.stacking import may_stack, stacked_terms
from simulator.programs.thermostat_setback import ThermostatSetback
from simulator.programs.time_of_use import TimeOfUse
from simulator.season import Treatment
from simulator.world import Lives, World
from tests.conftest import make_world

KINDS = list(PROGRAMS)
RULE = EventRule("listed", 2, ["16:00", "19:00"][0], "19:00", 24.0, 0.0)
#: where every device is owned, so that every programme has eligible homes
EVERYTHING = {
    "ac.share": 1.0, "ac.smart_thermostat_share": 1.0, "ev.share": 1.0, "water.tank_share": 1.0, "pool.share": 1.0,
    "pv.share": 1.0, "battery.share_of_pv": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def rich() -> World:
    return make_world(60, days=7, **EVERYTHING)


def calendar_of(world: World, days: tuple[int, ...] = (1, 3)) -> Calendar:
    windows = tuple(world.clock.window(day, RULE.window_from, RULE.window_to) for day in days)
    return Calendar(days, windows, RULE)


def ready(world: World) -> np.ndarray:
    homes = world.population.homes.copy()
    homes["member"], homes["typical_kw"], homes["believed_usd"] = 1, 1.5, 1.0
    return homes


def signals_of(program: Program, world: World) -> dict:
    return program.signals(calendar_of(world), world.clock, 0, world.behaviour)


def test_the_registry_and_the_scenario_schema_name_the_same_kinds() -> None:
    specs = get_args(get_args(schema_programs.Program)[0])
    kinds = {get_args(spec.model_fields["kind"].annotation)[0]: spec for spec in specs}
    assert set(kinds) == set(PROGRAMS) == set(schema_programs.PROGRAM_KINDS)
    for kind, spec in kinds.items():
        terms = spec(kind=kind).model_dump(exclude={"kind", "incentive_usd_per_season"})
        PROGRAMS[kind](name="any", **terms)  # every key of the file is a field of the programme


@pytest.mark.parametrize("kind", KINDS)
def test_terms_are_complete_and_in_range(kind: str, rich: World) -> None:
    for channel in CHANNELS:
        terms = replace(PROGRAMS[kind](name="p"), channel=channel).terms(rich.behaviour, 24.0)
        assert terms.dtype == TERMS
        for name in ("ac_curtail", "water_curtail", "pool_curtail", "ev_curtail", "reach"):
            assert 0.0 <= terms[name] <= 1.0, name
        assert terms["price_ratio"] > 0.0 and terms["read_hours"] > 0.0
        assert terms["device"] > 0.0 or terms["asks"] > 0.0, "somebody acts"


@pytest.mark.parametrize("kind", KINDS)
def test_signals_lie_inside_days_of_the_season(kind: str, rich: World) -> None:
    first = 2
    found = PROGRAMS[kind](name="p").signals(calendar_of(rich, (3,)), rich.clock, first, rich.behaviour)
    assert found
    for day, signal in found.items():
        assert first <= day < rich.clock.days
        assert 0 <= signal.window[0] < signal.window[1] <= rich.clock.count[day]


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_not_a_member_hears_and_does_nothing(kind: str, rich: World) -> None:
    for day, signal in signals_of(PROGRAMS[kind](name="p"), rich).items():
        homes = ready(rich)
        homes["member"] = 0
        before, flags = homes.tobytes(), np.zeros((len(homes), 4), np.uint8)
        ask(rich, homes, day, signal, flags)
        assert homes.tobytes() == before and not flags.any()


@pytest.mark.parametrize("kind", KINDS)
def test_one_home_alone_decides_as_among_others(kind: str, rich: World) -> None:
    day, signal = next(iter(signals_of(PROGRAMS[kind](name="p"), rich).items()))
    homes = ready(rich)
    flags = np.zeros((len(homes), 4), np.uint8)
    ask(rich, homes, day, signal, flags)
    assert flags[:, NOTIFIED].any() and flags[:, PARTICIPATED].any()
    assert (flags[:, PARTICIPATED] <= flags[:, NOTIFIED]).all()
    assert not (flags[:, OPTED_OUT] & flags[:, PARTICIPATED]).any()
    for row in (0, 17, 59):
        one, flag = ready(rich)[row : row + 1].copy(), np.zeros((1, 4), np.uint8)
        ask(rich, one, day, signal, flag)
        assert one.tobytes() == homes[row : row + 1].tobytes() and np.array_equal(flag[0], flags[row])


@pytest.mark.parametrize("kind", KINDS)
def test_yesterday_is_forgotten(kind: str, rich: World) -> None:
    day, signal = next(iter(signals_of(PROGRAMS[kind](name="p"), rich).items()))
    homes = ready(rich)
    ask(rich, homes, day, signal, np.zeros((len(homes), 4), np.uint8))
    begin_day(homes, rich.behaviour)
    assert all(not homes[name].any() for name in VERBS)


@pytest.mark.parametrize("kind", KINDS)
def test_payments_need_a_baseline_and_never_grow_with_use(kind: str) -> None:
    program = PROGRAMS[kind](name="p")
    base = np.array([4.0, 4.0, 4.0, np.nan, 4.0])
    paid = program.payment_usd(base, np.array([0.0, 2.0, 5.0, 1.0, np.nan]))
    assert np.isfinite(paid).all() and paid[3] == paid[4] == 0.0
    assert paid[0] >= paid[1] >= paid[2]
    if not program.pays_by_event:
        assert not paid.any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_bill_is_linear_in_use_and_nothing_without_it(kind: str, rich: World) -> None:
    program = PROGRAMS[kind](name="p")
    load, priced = np.random.default_rng(1).random((5, 96)), np.zeros(96, bool)
    priced[64:76] = True
    for signal in (None, next(iter(signals_of(program, rich).values()))):
        one = program.tariff_usd(load, priced, signal)
        np.testing.assert_allclose(program.tariff_usd(2.0 * load, priced, signal), 2.0 * one, atol=1e-12)
        assert not program.tariff_usd(0.0 * load, priced, signal).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_season_of_nobody_is_no_season_and_of_all_lowers_the_window(kind: str, rich: World) -> None:
    """A home without its device is not eligible; an enrolled home lives with the same dice as its counterfactual."""
    program = replace(PROGRAMS[kind](name="p"), baseline="flat")
    calendar, start = calendar_of(rich), ready(rich)
    rows = np.flatnonzero(program.eligible(start))
    past = np.full((len(start), rich.clock.days), 5.0)

    def baselines(window_kwh: np.ndarray, day: int) -> dict[str, np.ndarray]:
        return {"flat": np.full(len(window_kwh), 5.0)}

    everyone = Lives(rich, start.copy())
    treatment = Treatment(rich, calendar, program, start, rows, past)
    nobody = Treatment(rich, calendar, program, start, rows, past)
    nobody.lives.homes["member"] = 0
    for day in range(rich.clock.days):
        everyone.day(day, calendar.window_on(day))
        treatment.day(day, everyone.load_wh, baselines, MeterRules())
        nobody.day(day, everyone.load_wh, baselines, MeterRules())
        assert np.array_equal(nobody.lives.load_wh, everyone.load_wh[rows])
    log = nobody.log
    assert not log.program_impact_wh.any() and not log.paid_usd.any() and not log.tariff_usd.any()
    assert len(rows), "every other programme has eligible homes here"
    if kind != "time_of_use":  # its event counterfactual is one workday without the tariff
        assert treatment.log.event_impact_wh.sum() > 0
    assert treatment.log.flags[:, :, NOTIFIED].any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_can_say_what_it_is(kind: str) -> None:
    assert len(PROGRAMS[kind](name="p").describe()) > 10


def test_a_higher_reward_never_loses_a_participant(rich: World) -> None:
    acting = []
    for usd in (0.0, 0.5, 2.0, 10.0):
        program = PeakTimeRebate(name="p", usd_per_kwh=usd)
        homes = ready(rich)
        homes["believed_usd"] = program.believed_event_usd(homes, 3.0, 0.2)
        flags = np.zeros((len(homes), 4), np.uint8)
        ask(rich, homes, 1, signals_of(program, rich)[1], flags)
        acting.append((flags[:, PARTICIPATED] == 1, homes["event_cut"].copy(), homes["event_offset_k"].copy()))
    for (fewer, cut, offset), (more, deeper, further) in pairwise(acting):
        assert (more | ~fewer).all() and (deeper >= cut).all() and (further >= offset).all()
    assert acting[-1][0].sum() > acting[0][0].sum()


def test_a_rebate_by_hand() -> None:
    paid = PeakTimeRebate(name="p", usd_per_kwh=1.25).payment_usd(np.array([6.0, 6.0]), np.array([4.0, 7.0]))
    assert paid.tolist() == [2.5, 0.0]  # 2 kWh below at 1.25; nothing for being above


def test_a_commitment_by_hand() -> None:
    bid = CapacityBidding(name="p", usd_per_kwh=1.5, committed_kw=0.5, penalty_usd_per_kwh=0.5, event_hours=3.0)
    paid = bid.payment_usd(np.array([6.0, 6.0, 6.0]), np.array([4.5, 5.0, 6.0]))
    # commitment 1.5 kWh: delivered in full 2.25; 1.0 delivered 1.50 - 0.25; nothing delivered -0.75
    np.testing.assert_allclose(paid, [2.25, 1.25, -0.75])


def test_a_tariff_by_hand() -> None:
    load, priced = np.full((1, 96), 0.25), np.zeros(96, bool)
    priced[64:76] = True  # 3 kWh inside, 21 kWh outside
    cpp = CriticalPeakPricing(name="p", peak_usd_per_kwh=0.75, other_usd_per_kwh=0.12, usual_usd_per_kwh=0.15)
    np.testing.assert_allclose(cpp.tariff_usd(load, priced, None), [3 * 0.60 - 21 * 0.03])


def test_time_of_use_acts_on_every_workday_and_needs_no_notice(rich: World) -> None:
    found = TimeOfUse(name="p").signals(calendar_of(rich), rich.clock, 0, rich.behaviour)
    assert sorted(found) == np.flatnonzero(rich.clock.is_workday).tolist()
    assert all(signal.terms["routine"] == 1.0 for signal in found.values())


def test_a_low_block_draws_use_in(rich: World) -> None:
    found = DynamicTou(name="p", low_every_days=2).signals(calendar_of(rich, (3,)), rich.clock, 0, rich.behaviour)
    ratios = {day: float(signal.terms["price_ratio"]) for day, signal in found.items()}
    assert ratios[3] > 1.0 and all(ratio < 1.0 for day, ratio in ratios.items() if day != 3)
    homes, day = ready(rich), 2
    ask(rich, homes, day, found[day], np.zeros((len(homes), 4), np.uint8))
    acting = homes["event_cut"] != 0.0
    assert acting.any() and (homes["event_cut"] <= 0.0).all() and not homes["event_offset_k"].any()


def test_removal_after_opt_outs_in_a_row(rich: World) -> None:
    from simulator.dispatch import end_event

    signal = signals_of(ThermostatSetback(name="p", removal_opt_outs=2), rich)[1]
    homes = ready(rich)
    flags = np.zeros((len(homes), 4), np.uint8)
    flags[:, NOTIFIED], flags[:, OPTED_OUT] = 1, 1
    end_event(homes, rich.behaviour, signal.terms, flags)
    assert homes["member"].all()
    end_event(homes, rich.behaviour, signal.terms, flags)
    assert not homes["member"].any()


def test_stacking_keeps_one_device_and_one_price_in_one_programme(rich: World) -> None:
    made = {kind: PROGRAMS[kind](name=kind) for kind in KINDS}
    for a in made.values():
        assert not may_stack(a, a)
        for b in made.values():
            assert may_stack(a, b) == may_stack(b, a)
    assert may_stack(made["thermostat_setback"], made["managed_charging"])
    assert may_stack(made["thermostat_setback"], made["time_of_use"])
    assert not may_stack(made["thermostat_setback"], made["load_control"])
    assert not may_stack(made["peak_time_rebate"], made["critical_peak_pricing"])
    both = stacked_terms([made[k].terms(rich.behaviour, 24.0) for k in ("thermostat_setback", "peak_time_rebate")])
    assert both["device"] == 1.0 and both["asks"] == 1.0 and both["offset_k"] == 2.0 and both["price_ratio"] > 1.0
