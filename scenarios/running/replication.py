"""One replication, from homes to measured arms; read top to bottom it is the whole flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.segments.segmentation import Segmentation
from scenarios.arms.analyst import History, baselines_of, records_for, segments_of
from scenarios.arms.members import groups_of, members_of
from scenarios.arms.mirrors import decomposition_rows, mirrors_of
from scenarios.arms.offers import Answers, OfferBook, Offers, planned_cost_per_offer, spend
from scenarios.arms.oracle_choice import add_expectations, life_of_offers, oracle_decision, true_worth
from scenarios.arms.pilot import Pilot
from scenarios.arms.pilot_scores import pilot_rows
from scenarios.arms.planning import calendar_of, planned_payment, turns_of
from scenarios.arms.recruiting import Recruited, recruit, usual_menus
from scenarios.measurement.kept import KeptReads
from scenarios.results.metrics import ArmOutcome, SeasonFacts, hourly_kw, measure
from scenarios.results.worth import grid_of, worth_of
from scenarios.running.histories import history_in_shards, older_history
from scenarios.running.recorder import Member, Recorder
from scenarios.running.season_shards import SeasonPlan
from scenarios.running.seasons import Season
from scenarios.running.shared import everyone_in
from scenarios.running.worlds import build_world, event_rule_of, programs_of
from scenarios.schema.scenario import Scenario
from simulator.events import Calendar, missed_and_needless
from simulator.meter import MeterRules
from simulator.programs import Program
from simulator.season import Baselines, TreatmentLog, calendar_window_hours
from simulator.world import World


@dataclass(frozen=True)
class ReplicationResult:
    """Everything one replication leaves: metrics, and the material of the tables."""

    replication: int
    world: World
    calendar: Calendar
    programs: list[Program]  # every offer of the replication, as numbered in its book; the usual menu first
    features: pd.DataFrame
    normalised: Segmentation
    absolute: Segmentation
    offers: dict[str, Offers]
    outcomes: dict[str, ArmOutcome]
    logs: dict[str, list[TreatmentLog]]  # by arm; arms other than the oracle share one list
    recorder: Recorder
    oracle_recorder: Recorder | None
    facts: SeasonFacts
    answers: Answers
    expectations: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    metrics: dict[str, dict[str, float]]
    pilot: Pilot | None
    decomposition: pd.DataFrame  # every arm against the reference, in stages
    pilot_scores: pd.DataFrame
    kept: KeptReads | None = None  # hourly reads, where the scenario measures with them
    witness_differs: int = 0  # quarter-hours in which homes that lived the season alone have another load


def run_replication(scenario: Scenario, replication: int) -> ReplicationResult:
    """Draw a world, live its history, recruit under every arm, live the season, and measure."""
    world = build_world(scenario, replication)
    programs, rule = programs_of(scenario), event_rule_of(scenario)
    gaps, homes = scenario.meters.rules(), world.population.homes
    kept = KeptReads.empty(world, len(homes)) if scenario.measurement.keeps_reads else None
    history = history_in_shards(
        world, rule, gaps, scenario.targeting.method == "dictionary", kept, everyone_in(world, scenario)
    )
    calendar = calendar_of(scenario, world, history)
    features, normalised, absolute = segments_of(history, scenario, stability=replication == 0)
    history = history.without_shapes()
    segment_features = None
    if scenario.records.segments_age_days > 0:
        segment_features, normalised, absolute = segments_of(
            older_history(scenario, world, rule, gaps), scenario, stability=replication == 0
        )
    baselines = baselines_of(world.clock.is_workday, calendar.days)
    book, hours = OfferBook(list(programs)), calendar_window_hours(calendar)

    def forecast(program: Program) -> float:
        return planned_payment(history, world, program, scenario)

    menus = usual_menus(scenario, world, homes, book, programs, forecast, hours)
    cost = planned_cost_per_offer(menus.answers[0], scenario)
    records = records_for(scenario, world, features, normalised, absolute, cost, segment_features)
    recruited = recruit(scenario, world, homes, book, programs, records, menus, forecast, hours)
    return _live_and_measure(
        scenario, world, history, calendar, book, features, normalised, absolute, recruited, baselines, gaps,
        kept,
    )  # fmt: skip


def _live_and_measure(
    scenario: Scenario, world: World, history: History, calendar: Calendar,
    book: OfferBook, features: pd.DataFrame, normalised: Segmentation, absolute: Segmentation,
    recruited: Recruited, baselines: Baselines, gaps: MeterRules,
    kept: KeptReads | None = None,
) -> ReplicationResult:  # fmt: skip
    """The event season of the counterfactual and all arms; then the oracle's, on its own copies."""
    offers, homes = recruited.offers, world.population.homes
    segment = np.maximum(normalised.labels, 0).astype(np.int64)
    lives = book.lives()
    life_of = life_of_offers(book)
    mirrors = mirrors_of(offers, life_of)
    groups, neighbours = groups_of(world, book, offers | mirrors)
    rows, members = members_of(offers | mirrors, [(numbers, arm) for _, numbers, arm in groups])
    asked = [program for program, _ in lives] if "oracle" in scenario.arms else []
    plan = SeasonPlan(
        "season", world, calendar, baselines, gaps, [program for program, _, _ in groups], list(offers),
        int(segment.max()) + 1, neighbours, asked, kept is not None, turns=turns_of(scenario),
        lives_of=everyone_in(world, scenario),
    )  # fmt: skip
    season = Season(plan, history, homes, rows, members, segment, kept=kept)
    lived = season.live()
    logs = {arm: lived.logs for arm in offers}
    oracle_recorder, expected, worth = None, None, None
    if lived.expectations is not None:
        expected = lived.expectations.per_event(min(1.0, scenario.events_per_home / max(1, len(calendar.days))))
    if expected is not None and scenario.messages:
        worth = true_worth(recruited.menus, life_of, *expected, len(calendar.days))
        order, terms = oracle_decision(worth, scenario.budget_usd - scenario.costs.admin_usd)
        answers, contact = recruited.menus.chosen(terms)
        offers["oracle"] = spend("oracle", order, answers, scenario, contact)
        chosen = np.flatnonzero(offers["oracle"].ledger.enrolled)
        theirs = offers["oracle"].program[chosen]
        led = [(program, np.flatnonzero(np.isin(theirs, numbers))) for program, numbers in lives]
        beside = season.beside(chosen, led, "oracle").live()
        logs["oracle"], oracle_recorder = beside.logs, beside.recorder
        members["oracle"] = oracle_recorder.members["oracle"]
    facts = _facts(scenario, world, calendar, lived.recorder, lived.window_wh)
    outcomes = _outcomes(scenario, offers, members, lived.recorder, oracle_recorder)
    metrics = {arm: measure(o, logs.get(arm, []), facts) for arm, o in outcomes.items()}
    if expected is not None:
        expected = expected[0][life_of], expected[1][life_of]  # from lives to offers of the book
    add_expectations(metrics, scenario, recruited, offers, expected, facts)
    return ReplicationResult(
        world.replication, world, calendar, book.offers, features, normalised, absolute, offers, outcomes, logs,
        lived.recorder, oracle_recorder, facts, recruited.usual, expected, metrics, recruited.pilot,
        decomposition_rows(metrics, members, logs, facts.event_hours),
        pilot_rows(scenario, world, features, recruited, worth, recruited.best_terms),
        kept, lived.witness_differs,
    )  # fmt: skip


def _facts(
    scenario: Scenario, world: World, calendar: Calendar, recorder: Recorder, window_wh: NDArray[np.int32]
) -> SeasonFacts:
    first, clock = world.first_event_day, world.clock
    slices = []
    for day, (e0, e1) in zip(calendar.days, calendar.windows, strict=True):
        at = int(clock.first[day]) - recorder.origin
        slices.append(slice(at + e0, at + e1))
    daily = [
        hourly_kw(recorder.none_wh[clock.first[d] - recorder.origin :][: clock.count[d]]).max()
        for d in range(first, clock.days)
    ]
    allowed = clock.is_workday[first:] if calendar.rule.weekdays_only else np.ones(clock.days - first, bool)
    missed, needless = missed_and_needless(calendar, np.array(daily), first, allowed)
    inside = np.zeros(len(recorder.none_wh), bool)
    for event in slices:
        inside[event] = True
    prices = worth_of(
        world, calendar, grid_of(world, scenario.grid_path), hourly_kw(recorder.none_wh), inside[::4]
    )  # fmt: skip
    region = world.population.region
    return SeasonFacts(
        none_wh=recorder.none_wh,
        none_window_wh=window_wh,
        event_hours=calendar_window_hours(calendar),
        event_slices=tuple(slices),
        usd_per_kwh=region["tariff.flat_usd_per_kwh"],
        co2_kg_per_kwh=region["grid.co2_kg_per_kwh"],
        budget_usd=scenario.budget_usd,
        missed_peaks=missed,
        needless_calls=needless,
        worth=prices,
    )


def _outcomes(
    scenario: Scenario, offers: dict[str, Offers], members: dict[str, list[Member]], recorder: Recorder,
    oracle_recorder: Recorder | None,
) -> dict[str, ArmOutcome]:  # fmt: skip
    outcomes: dict[str, ArmOutcome] = {}
    for arm in scenario.arms:
        if arm not in offers:
            outcomes[arm] = ArmOutcome(arm, None, [], recorder.none_wh)
            continue
        offer = offers[arm]
        if arm == "oracle" and oracle_recorder is not None:
            extra, share = oracle_recorder.arms[arm].load_wh, oracle_recorder.members[arm]
        else:
            extra, share = recorder.arms[arm].load_wh, members[arm]
        outcomes[arm] = ArmOutcome(arm, offer.ledger, share, recorder.none_wh + extra, offer.incentives_usd)
    return outcomes
