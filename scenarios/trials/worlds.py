"""From a trial's file to its world, calendar and groups of homes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock, quarter_of
from scenarios.trials.london import HIGH_BLOCKS, london_blocks
from scenarios.trials.spec import Group, Trial
from simulator.behaviour.attention import after_contacts
from simulator.behaviour.enrolment import answers
from simulator.climate import load_climate
from simulator.events import Calendar, EventRule, call_events, fit_load_model
from simulator.keyed_random import Purpose, uniforms
from simulator.parameters.files import mix_parameters
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.programs import PROGRAMS, Program
from simulator.weather import generate, past_daily_max_degc
from simulator.world import Lives, World

HISTORY_DAYS = 42
SEARCHED = 20  # homes looked at for each volunteer wanted


def trial_world(trial: Trial, replication: int, seed: int, changes: Mapping[str, float] | None = None) -> World:
    """Homes for every group and the control, with the trial's dwelling and technology mix.

    ``changes`` to the behavioural parameters are for fitting them; a trial's file can not make any.
    """
    mix = mix_parameters({str(kind): share for kind, share in (trial.dwelling or {}).items()})
    region, behaviour = load_region(trial.region, {**mix, **trial.parameters()}), load_behaviour(changes)
    clock = Clock(trial.season.start - timedelta(days=HISTORY_DAYS), trial.season.end, region.zone, region.country)
    everybody = trial.design == "randomised_offer" and not trial.study_volunteers
    homes = trial.homes * (len(trial.groups) + 1) * (1 if everybody else SEARCHED)
    return World(
        population=sample(region, behaviour, homes, seed, replication),
        clock=clock,
        weather=generate(load_climate(region.climate), clock, seed, replication),
        behaviour=behaviour_record(behaviour),
        seed=seed,
        replication=replication,
        first_event_day=HISTORY_DAYS,
    )


def trial_calendar(trial: Trial, world: World, daily_peak_kw: NDArray[np.float64]) -> Calendar:
    """The trial's events; one calendar for all groups."""
    events, clock, first = trial.events, world.clock, world.first_event_day
    begins, ends = events.window_local.split("-")
    kind = "listed" if events.kind in ("every_workday", "london_2013") else events.kind
    dates = [d.toordinal() for d in events.dates]
    if events.kind == "every_workday":
        dates = [clock.date(d).toordinal() for d in range(first, clock.days) if clock.is_workday[d]]
    rule = EventRule(kind, len(dates) or events.at_most, begins, ends, events.notice_hours, 1.5, True, tuple(dates))
    if events.kind == "london_2013":
        high = [b for b in london_blocks(clock, first) if b[3]]
        hours = round(float(np.mean([b[2] - b[1] for b in high])) / 4.0)
        rule = replace(rule, window_from="08:00", window_to=f"{8 + hours:02d}:00")  # what a usual block lasts
        days = tuple(b[0] - clock.start.toordinal() for b in high)
        return Calendar(days, tuple((b[1], b[2]) for b in high), rule)
    highest, known = world.weather.daily_max_degc(clock), slice(0, first)
    model = fit_load_model(daily_peak_kw, highest[known], clock.is_workday[known])
    past = past_daily_max_degc(load_climate(world.population.region.climate), clock)
    return call_events(rule, clock, first, highest, past, world.seed, world.replication, model)


def participants(trial: Trial, world: World) -> tuple[World, NDArray[np.bool_]]:
    """The world of the homes that take part in the trial, and which of them volunteered.

    Volunteers are drawn from many homes in proportion to their probability of joining the first group's
    programme, which they judge on their mean demand of one week: they are the homes that the one enrolment rule
    selects, however few of all those are. Volunteers for a study (``study_volunteers``), which asks nothing of them
    but to be part of it, are drawn in proportion to their attention. With ``volunteers_against_others`` as many
    homes that did not volunteer are kept.
    """
    if trial.design == "randomised_offer" and not trial.study_volunteers:
        return world, np.ones(len(world.population), bool)
    homes = world.population.homes.copy()
    if trial.study_volunteers:
        likely = homes["attention"].astype(np.float64)
    else:
        name, group = next(iter(trial.groups.items()))
        homes["typical_kw"] = mean_kw_of_a_week(world)
        likely = offer(trial, group, group_program(name, group, trial, world), world, homes)[1]
    dice = uniforms(world.seed, world.replication, 0, len(homes), Purpose.STUDY)
    yes = dice * likely.max() < likely
    against = trial.design == "volunteers_against_others"
    wanted = trial.homes * (1 if against else len(trial.groups) + 1)
    chosen, others = np.flatnonzero(yes)[:wanted], np.flatnonzero(~yes)[: trial.homes if against else 0]
    rows = np.sort(np.concatenate([chosen, others]))
    people = replace(world.population, homes=world.population.homes[rows].copy())
    return replace(world, population=people), yes[rows]


def mean_kw_of_a_week(world: World) -> NDArray[np.float64]:
    """What homes judge an offer on before they have a past, (homes,) [kW]."""
    lives = Lives(world, world.population.homes.copy())
    total = np.zeros(len(lives.homes))
    for day in range(7):
        lives.day(day)
        total += lives.load_wh.sum(axis=1)
    return total / 1e3 / 24.0 / 7.0


def window_hours(trial: Trial) -> float:
    """Length of the event window [hours]."""
    begins, ends = (quarter_of(clock) for clock in trial.events.window_local.split("-"))
    return 0.25 * (ends - begins)


def trial_gains(trial: Trial, homes: NDArray[np.void], program: Program, world: World) -> NDArray[np.float64]:
    """Believed gain of a season for each home, NaN where not eligible, (homes,) [USD]."""
    events = len(trial.events.dates) or trial.events.at_most
    if trial.events.kind == "london_2013":
        events = HIGH_BLOCKS
    hours = window_hours(trial)
    cut = float(world.behaviour["believed_cut_fraction"])
    return np.where(program.eligible(homes), program.season_usd(homes, hours, cut, events), np.nan)


def group_program(name: str, group: Group, trial: Trial, world: World) -> Program:
    """The programme of a group, from the file's keys."""
    spec = group.program
    terms = spec.model_dump(exclude={"kind", "incentive_usd_per_season"})
    terms["default"] = group.recruitment == "default"
    if spec.kind == "dynamic_tou" and trial.events.kind == "london_2013":
        terms["blocks"] = tuple(london_blocks(world.clock, world.first_event_day))
    if "season_days" in PROGRAMS[spec.kind].__dataclass_fields__:
        terms["season_days"] = float(trial.season.days)
    if "event_hours" in PROGRAMS[spec.kind].__dataclass_fields__:
        terms["event_hours"] = window_hours(trial)
    return PROGRAMS[spec.kind](name=name, incentive_usd=spec.incentive_usd_per_season, **terms)


def split(homes: int, groups: int, world: World) -> NDArray[np.int64]:
    """Random group of each home, 0 = control; equal sizes."""
    order = np.argsort(uniforms(world.seed, world.replication, 1, homes, Purpose.TARGETING_ORDER), kind="stable")
    number = np.empty(homes, np.int64)
    number[order] = np.arange(homes) % groups
    return number


def offer(
    trial: Trial, group: Group, program: Program, world: World, homes: NDArray[np.void]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Who of ``homes`` takes a group's offer, made as the trial made it, and with what probability, each (homes,)."""
    there = homes.copy()
    there["attention"] = 1.0 if group.in_person else after_contacts(there["attention"], group.contacts)
    n, gains = len(there), trial_gains(trial, there, program, world)
    joins, likely = np.zeros(n, bool), np.zeros(n)
    answers(
        there, world.behaviour, world.seed, world.replication, gains, np.full(n, program.informed),
        np.full(n, program.default), joins, likely,
    )  # fmt: skip
    return joins, likely


__all__ = ["group_program", "mean_kw_of_a_week", "offer", "participants", "split", "trial_calendar", "trial_world"]
