"""One replication, from homes to measured arms; read top to bottom it is the whole flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.segmentation import Segmentation
from scenarios.analyst import (
    PLANNING_CUT_FRACTION,
    History,
    baselines_of,
    live_history,
    pay_for_nothing_kwh,
    records_for,
    segments_of,
)
from scenarios.measurement.kept import KeptReads
from scenarios.metrics import ArmOutcome, SeasonFacts, hourly_kw, measure
from scenarios.offers import (
    Answers,
    OfferBook,
    Offers,
    answer_menu,
    blanket_offers,
    oracle_order,
    order_of,
    planned_cost_per_offer,
    spend,
)
from scenarios.oracle import Expectations, play_event
from scenarios.recorder import Member, Recorder
from scenarios.schema import Scenario
from scenarios.shared import everyone_in
from scenarios.worlds import build_world, event_rule_of, past_summers, programs_of
from scenarios.worth import grid_of, worth_of
from simulator.events import Calendar, call_events, fit_load_model, missed_and_needless
from simulator.programs import Program
from simulator.season import Baselines, Treatment, TreatmentLog, calendar_window_hours, run_day
from simulator.world import Lives, World

SEGMENT_ARMS = ("segment_targeted", "segment_absolute", "placebo")


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
    kept: KeptReads | None = None  # hourly reads, where the scenario measures with them


def run_replication(scenario: Scenario, replication: int) -> ReplicationResult:
    """Draw a world, live its history, recruit under every arm, live the season, and measure."""
    world = build_world(scenario, replication)
    programs, rule = programs_of(scenario), event_rule_of(scenario)
    gaps = (scenario.meters.gap_fraction, scenario.meters.estimated_fraction)
    everyone = everyone_in(world, scenario)
    kept = KeptReads.empty(world) if scenario.measurement.keeps_reads else None
    history = live_history(world, everyone, rule, gaps, scenario.targeting.method == "dictionary", kept)
    calendar = _calendar(scenario, world, history)
    wants = [arm for arm in scenario.arms if arm != "none"]
    features, normalised, absolute = segments_of(history, scenario, stability=replication == 0)
    eligible = world.clock.is_workday.copy()
    eligible[list(calendar.days)] = False
    baselines = baselines_of(eligible)
    book, hours = OfferBook(list(programs)), calendar_window_hours(calendar)

    def forecast(program: Program) -> float:
        return _planned_payment(history, world, program, scenario)

    usual = list(range(len(programs)))
    menu = answer_menu(world, everyone.homes, book, usual, scenario, forecast, hours)
    records = records_for(scenario, world, features, normalised, absolute, planned_cost_per_offer(menu, scenario))
    offers: dict[str, Offers] = {}
    for arm in wants:
        if arm == "oracle" or not programs or not scenario.messages:
            continue
        answered = menu
        if arm == "blanket":
            numbers = book.add_all(blanket_offers(programs, menu, scenario))
            answered = answer_menu(world, everyone.homes, book, numbers, scenario, forecast, hours)
        offers[arm] = spend(arm, order_of(arm, records), answered, scenario)
    return _live_and_measure(
        scenario, world, everyone, history, calendar, book, len(programs), features, normalised, absolute, offers, menu,
        baselines, gaps, kept,
    )  # fmt: skip


def _calendar(scenario: Scenario, world: World, history: History) -> Calendar:
    past, shift = past_summers(scenario, world)
    highest = world.weather.daily_max_degc(world.clock)
    known = slice(0, world.first_event_day)
    model = fit_load_model(history.daily_peak_kw, highest[known], world.clock.is_workday[known])
    return call_events(
        event_rule_of(scenario), world.clock, world.first_event_day, highest, past, world.seed, world.replication,
        model, shift,
    )  # fmt: skip


def _planned_payment(history: History, world: World, program: Program, scenario: Scenario) -> float:
    """Event payments the planner sets aside for one enrolment: pay-for-nothing plus a modest real cut."""
    if program.usd_per_kwh <= 0.0:
        return 0.0
    workday = world.clock.is_workday
    nothing = pay_for_nothing_kwh(history, workday, program.baseline, world.first_event_day)
    usual = float(np.nanmean(history.window_kwh[:, : world.first_event_day][:, workday[: world.first_event_day]]))
    return scenario.events.at_most * program.usd_per_kwh * (nothing + PLANNING_CUT_FRACTION * usual)


def members_of(
    offers: dict[str, Offers], lives: list[list[int]]
) -> tuple[list[NDArray[np.int64]], dict[str, list[Member]]]:
    """The homes that any arm enrolled into each life (numbers of its offers), and each arm's share of them."""
    rows: list[NDArray[np.int64]] = []
    for numbers in lives:
        joined = [o.ledger.enrolled & np.isin(o.program, numbers) for o in offers.values()]
        rows.append(np.flatnonzero(np.any(joined, axis=0)) if joined else np.empty(0, np.int64))
    members = {
        arm: [Member(i, (o.ledger.enrolled & np.isin(o.program, n))[rows[i]]) for i, n in enumerate(lives)]
        for arm, o in offers.items()
    }
    return rows, members


def _live_and_measure(
    scenario: Scenario, world: World, everyone: Lives, history: History, calendar: Calendar,
    book: OfferBook, usual: int, features: pd.DataFrame, normalised: Segmentation, absolute: Segmentation,
    offers: dict[str, Offers], menu: Answers, baselines: Baselines, gaps: tuple[float, float],
    kept: KeptReads | None = None,
) -> ReplicationResult:  # fmt: skip
    """The event season of the counterfactual and all arms; then the oracle's, on its own copies."""
    start = everyone.homes.copy()
    segment = np.maximum(normalised.labels, 0).astype(np.int64)
    lives = book.lives()
    rows, members = members_of(offers, [numbers for _, numbers in lives])
    treatments = [
        Treatment(world, calendar, p, start, r, history.window_kwh) for (p, _), r in zip(lives, rows, strict=True)
    ]
    programs = book.offers[:usual]
    recorder = Recorder(world, list(offers), members, segment)
    window_wh = np.zeros((len(start), len(calendar.days)), np.int64)
    expectations = Expectations.empty(len(programs), len(start)) if "oracle" in scenario.arms and programs else None
    for day in range(world.first_event_day, world.clock.days):
        window = calendar.window_on(day)
        if expectations is not None and window[1] > 0:
            play_event(expectations, world, everyone.homes, day, calendar, programs, baselines, history.window_kwh)
        run_day(world, day, everyone, treatments, calendar, baselines, gaps)
        recorder.counterfactual(day, everyone)
        recorder.treated(day, everyone, treatments)
        if kept is not None:
            kept.season_day(day, everyone, treatments)
        if window[1] > 0:
            window_wh[:, calendar.days.index(day)] = everyone.load_wh[:, window[0] : window[1]].sum(
                axis=1, dtype=np.int64
            )
        i0, i1 = world.clock.window(day, calendar.rule.window_from, calendar.rule.window_to)
        history.window_kwh[:, day] = everyone.load_wh[:, i0:i1].sum(axis=1, dtype=np.int64) / 1e3
    logs = {arm: [t.log for t in treatments] for arm in offers}
    oracle_recorder, expected = None, None
    if expectations is not None and scenario.messages:
        expected = expectations.per_event()
        order = oracle_order(menu, *expected, len(calendar.days), scenario.costs.contact_usd_per_offer)
        offers["oracle"] = spend("oracle", order, menu, scenario)
        logs["oracle"], oracle_recorder = _oracle_season(
            world, calendar, lives, start, history, offers["oracle"], segment, baselines, gaps
        )
    facts = _facts(scenario, world, calendar, recorder, window_wh)
    outcomes = _outcomes(scenario, offers, members, recorder, oracle_recorder)
    metrics = {arm: measure(o, logs.get(arm, []), facts) for arm, o in outcomes.items()}
    return ReplicationResult(
        world.replication, world, calendar, book.offers, features, normalised, absolute, offers, outcomes, logs,
        recorder, oracle_recorder, facts, menu, expected, metrics, kept,
    )  # fmt: skip


def _oracle_season(
    world: World, calendar: Calendar, lives: list[tuple[Program, list[int]]], start: NDArray[np.void], history: History,
    offers: Offers, segment: NDArray[np.int64], baselines: Baselines, gaps: tuple[float, float],
) -> tuple[list[TreatmentLog], Recorder]:  # fmt: skip
    """The oracle's homes live the season again, beside their own counterfactual, from the same morning."""
    chosen = np.flatnonzero(offers.ledger.enrolled)
    twins = Lives(world, start[chosen].copy())
    past = history.window_kwh[chosen].copy()
    past[:, world.first_event_day :] = np.nan
    position = [np.flatnonzero(np.isin(offers.program[chosen], numbers)) for _, numbers in lives]
    treatments = [
        Treatment(world, calendar, p, twins.homes, r, past) for (p, _), r in zip(lives, position, strict=True)
    ]
    members = {"oracle": [Member(i, np.ones(len(r), bool)) for i, r in enumerate(position)]}
    recorder = Recorder(world, ["oracle"], members, segment[chosen])
    for day in range(world.first_event_day, world.clock.days):
        run_day(world, day, twins, treatments, calendar, baselines, gaps)
        recorder.treated(day, twins, treatments)
    return [t.log for t in treatments], recorder


def _facts(
    scenario: Scenario, world: World, calendar: Calendar, recorder: Recorder, window_wh: NDArray[np.int64]
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
