"""The pilot: a randomised season on homes of their own, lived before anything is scored.

Its homes are drawn like the scenario's (the next ones in the same draw), its weather is another season's, and
its records are what a utility would have: who was offered what, who enrolled, what the meters read. Nobody
of it is ever scored; its cost is charged to every arm that learned from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.prediction.pilot import CONTROL, PilotModels, PilotRecords, learn_from_pilot
from scenarios.arms.analyst import History, baselines_of, live_history
from scenarios.arms.customers import covariates_of
from scenarios.arms.menus import Menus, Terms, ask_everyone, terms_of
from scenarios.arms.offers import OfferBook
from scenarios.arms.planning import calendar_of, planned_payment, turns_of
from scenarios.running.worlds import event_rule_of, programs_of, world_of
from scenarios.schema.scenario import Scenario
from simulator.events import Calendar
from simulator.keyed_random import Purpose, uniforms
from simulator.meter import MeterRules
from simulator.population import Population
from simulator.programs import Program
from simulator.season import Treatment, Turns, calendar_window_hours, run_day
from simulator.world import Lives, World

OTHER_SEASON = 500_000  # replication numbers of the pilots' weather start here


@dataclass(frozen=True)
class Pilot:
    """What a pilot leaves: its records, the models learned from them, and its bill."""

    records: PilotRecords
    models: PilotModels
    terms: list[Terms]
    cost_usd: float
    homes: int
    left_out: int  # homes whose records were too thin to use


def pilot_world(scenario: Scenario, replication: int) -> World:
    """The pilot's homes: those that follow the scenario's own in the same draw, in another season's weather."""
    plan = scenario.pilot
    assert plan is not None
    own, homes = scenario.population.households, plan.homes
    changes: dict[str, object] = {"population.households": own + homes, "budget_usd": 1e9}
    if plan.region is not None:
        changes["population.region"] = plan.region
    if plan.parameters:
        changes["parameters"] = {**scenario.parameters, **plan.parameters}
    elsewhere = scenario.with_(changes)
    world = world_of(elsewhere, replication, replication + OTHER_SEASON)
    return replace(world, population=Population(world.population.region, world.population.homes[own:].copy()))


#: Keys of a scenario that its pilot does not depend on; a sweep over them lives it once.
NOT_IN_PILOT = ("question", "description", "budget_usd", "targeting", "replications", "arms", "outputs", "what_ifs")
_last: dict[str, Pilot] = {}


def run_pilot(scenario: Scenario, replication: int) -> Pilot:
    """Live the pilot and learn from it; the last one of this process is kept."""
    data = {k: v for k, v in scenario.model_dump(mode="json").items() if k not in NOT_IN_PILOT}
    most = scenario.targeting.most_asks_per_home  # the one rule of targeting that its homes live under too
    key = json.dumps([data, most, str(scenario.weather_path), replication], sort_keys=True)
    if key not in _last:
        found = _live_pilot(scenario, replication)
        _last.clear()
        _last[key] = found
    return _last[key]


def _live_pilot(scenario: Scenario, replication: int) -> Pilot:
    plan = scenario.pilot
    assert plan is not None
    world = pilot_world(scenario, replication)
    rule, programs = event_rule_of(scenario), programs_of(scenario)
    gaps = scenario.meters.rules()
    everyone = Lives(world, world.population.homes)
    history = live_history(world, everyone, rule, gaps)
    calendar = calendar_of(scenario, world, history)
    book = OfferBook(list(programs))
    terms = terms_of(scenario, len(programs))
    menus = ask_everyone(
        world, everyone.homes, book, programs, terms, scenario,
        lambda p: planned_payment(history, world, p, scenario), calendar_window_hours(calendar),
    )  # fmt: skip
    offer = _assignment(world, len(terms), plan.offered_share)
    answers, contact = menus.chosen(offer)
    enrolled = (offer != CONTROL) & answers.joins
    during, paid = _season(
        world, everyone, calendar, history, book.lives(), enrolled, answers.program, gaps, turns_of(scenario)
    )
    table = covariates_of(scenario, world, history.shapes.features())
    before = table["hot_event_kw"].to_numpy(np.float64) * calendar_window_hours(calendar)
    saved = before - during
    good = np.flatnonzero(np.isfinite(saved))
    each = np.full(len(terms), plan.offered_share / len(terms))
    records = PilotRecords(
        table.iloc[good].reset_index(drop=True), offer[good], each, enrolled[good], saved[good], _told_apart(menus)
    )
    made = offer != CONTROL
    cost = float(contact[made].sum() + answers.enrol_usd[enrolled].sum() + paid)
    return Pilot(records, learn_from_pilot(records), terms, cost, plan.homes, plan.homes - len(good))


def _told_apart(menus: Menus) -> pd.DataFrame:
    """What tells the terms apart to a take-up model: mean incentive, an informed letter, being in by default."""
    usual = [float(a.incentive_usd[a.program >= 0].mean()) if (a.program >= 0).any() else 0.0 for a in menus.answers]
    informed, default = ([float(getattr(t, name)) for t in menus.terms] for name in ("informed", "default"))
    return pd.DataFrame({"offer_incentive_usd": usual, "offer_informed": informed, "offer_default": default})


def _assignment(world: World, offers: int, offered_share: float) -> NDArray[np.int64]:
    """Control or one of the offers, by a keyed uniform of each home."""
    homes = world.population.homes["household"]
    u = uniforms(world.seed, world.replication, 0, int(homes.max()) + 1, Purpose.PILOT_ASSIGNMENT)[homes]
    return np.where(u < offered_share, (u / offered_share * offers).astype(np.int64), CONTROL)


def _season(
    world: World, everyone: Lives, calendar: Calendar, history: History, lives: list[tuple[Program, list[int]]],
    enrolled: NDArray[np.bool_], program: NDArray[np.int64], gaps: MeterRules, turns: Turns | None,
) -> tuple[NDArray[np.float64], float]:  # fmt: skip
    """Metered event-window energy of each home, mean over events [kWh], and what events paid in all [USD]."""
    baselines = baselines_of(world.clock.is_workday, calendar.days)
    start, window_kwh = everyone.homes.copy(), history.window_kwh
    rows = [np.flatnonzero(enrolled & np.isin(program, numbers)) for _, numbers in lives]
    treatments = [
        Treatment(world, calendar, p, start, r, window_kwh, turns=turns)
        for (p, _), r in zip(lives, rows, strict=True)
    ]
    for day in range(world.first_event_day, world.clock.days):
        run_day(world, day, everyone, treatments, calendar, baselines, gaps)
        i0, i1 = world.clock.window(day, calendar.rule.window_from, calendar.rule.window_to)
        window_kwh[:, day] = everyone.load_wh[:, i0:i1].sum(axis=1, dtype=np.int64) / 1e3
    for treatment in treatments:
        window_kwh[treatment.rows] = treatment.window_kwh
    events = list(calendar.days)
    with np.errstate(all="ignore"):
        during = pd.DataFrame(window_kwh[:, events]).mean(axis=1).to_numpy(np.float64)
    return during, float(sum(t.log.paid_usd.sum() for t in treatments))
