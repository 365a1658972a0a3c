"""From a scenario to one replication's world."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from scenarios.running.matching import Matched, match
from scenarios.schema.scenario import Scenario
from simulator.climate import Climate, load_climate
from simulator.events import EventRule
from simulator.parameters.files import mix_parameters
from simulator.parameters.tables import (
    Parameter,
    Region,
    behaviour_record,
    load_behaviour,
    load_region,
)
from simulator.population import sample
from simulator.programs import PROGRAMS, Program
from simulator.weather import FutureHeat, Weather, generate, past_daily_max_degc
from simulator.weather_files import read_weather_file
from simulator.world import World


def region_of(scenario: Scenario) -> Region:
    """The scenario's region with the scenario's own parameter values."""
    mix = mix_parameters({str(name): share for name, share in (scenario.population.mix or {}).items()})
    return load_region(scenario.population.region, {**mix, **scenario.parameters})


def behaviour_of(scenario: Scenario) -> dict[str, Parameter]:
    """The behavioural parameters with the scenario's own values."""
    return load_behaviour(scenario.parameters)


def clock_of(scenario: Scenario, region: Region) -> Clock:
    """History and event season on one clock."""
    start = scenario.season.start - timedelta(days=scenario.history_days)
    return Clock(start, scenario.season.end, region.zone, region.country)


def programs_of(scenario: Scenario) -> list[Program]:
    """The programmes on offer, in the scenario's order; a key of the file is a field of the programme."""
    given = {"season_days": float(scenario.season.days), "event_hours": scenario.events.window_hours}
    made: list[Program] = []
    for name, spec in scenario.programs.items():
        cls = PROGRAMS[spec.kind]
        terms = spec.model_dump(exclude={"kind", "incentive_usd_per_season"})
        terms.update({key: value for key, value in given.items() if key in cls.__dataclass_fields__})
        groups = scenario.events.groups
        for group in range(groups):
            called = name if groups == 1 else f"{name}_{group + 1}"
            incentive = spec.incentive_usd_per_season
            made.append(cls(name=called, incentive_usd=incentive, group=(group, groups), **terms))
    return made


def event_rule_of(scenario: Scenario) -> EventRule:
    """The scenario's rule for calling events."""
    events = scenario.events
    begins, ends = events.window_local.split("-")
    return EventRule(
        kind=events.kind,
        at_most=events.at_most if events.kind != "listed" else len(events.dates),
        window_from=begins,
        window_to=ends,
        notice_hours=events.notice_hours,
        forecast_error_degc=events.forecast_error_degc,
        weekdays_only=events.weekdays_only,
        ordinals=tuple(day.toordinal() for day in sorted(events.dates)),
        consecutive_days=events.consecutive_days,
        cancelled_fraction=events.cancelled_fraction,
        test_events=events.test_events,
        price_usd_per_kwh=events.price_usd_per_kwh,
        groups=events.groups,
    )


def weather_of(scenario: Scenario, climate: Climate, clock: Clock, replication: int) -> Weather:
    """A generated season, or that of the scenario's weather file: one year for all, or its years in turn."""
    if scenario.weather_path is not None:
        weather = read_weather_file(scenario.weather_path, clock, replication, climate)
        return replace(weather, t_out_degc=weather.t_out_degc + np.float32(scenario.weather.warmer_degc))
    wanted = scenario.weather
    heat = FutureHeat(wanted.warmer_degc, wanted.heat_wave_frequency_factor, wanted.heat_wave_length_factor)
    return generate(climate, clock, scenario.seed, replication, heat)


def build_world(scenario: Scenario, replication: int) -> World:
    """Homes, weather and dice of one replication."""
    world = world_of(scenario, replication, replication)
    matched = matched_of(scenario, world)
    return world if matched is None else replace(world, population=matched.population)


def misfit_of(scenario: Scenario) -> Matched | None:
    """How far replication 0's homes agree with the reads they were matched to, if any."""
    return None if scenario.reads_path is None else matched_of(scenario, world_of(scenario, 0, 0))


def world_of(scenario: Scenario, replication: int, weather_replication: int, clock: Clock | None = None) -> World:
    """The region's own homes and dice of one replication, under the weather of another, on the scenario's clock or
    another."""
    region = region_of(scenario)
    behaviour = behaviour_of(scenario)
    clock = clock_of(scenario, region) if clock is None else clock
    population = sample(region, behaviour, scenario.population.households, scenario.seed, replication)
    return World(
        population=population,
        clock=clock,
        weather=weather_of(scenario, load_climate(region.climate), clock, weather_replication),
        behaviour=behaviour_record(behaviour),
        seed=scenario.seed,
        replication=replication,
        first_event_day=min(scenario.history_days, clock.days),
    )


def matched_of(scenario: Scenario, world: World) -> Matched | None:
    """The world's homes resampled to agree with ``population.match_reads``, if the scenario names any."""
    if scenario.reads_path is None:
        return None
    return match(world, scenario.reads_path, behaviour_of(scenario), scenario.events.window_local)


def past_summers(scenario: Scenario, world: World) -> tuple[NDArray[np.float64], float]:
    """Past seasons' daily maxima (years, days), and the known shift of a weather file from the normals."""
    climate = load_climate(world.population.region.climate)
    past = past_daily_max_degc(climate, world.clock)
    if scenario.weather.file is None:
        return past, scenario.weather.warmer_degc
    known = slice(0, world.first_event_day)
    seen = world.weather.daily_max_degc(world.clock)[known].mean()
    return past, float(seen - past[:, known].mean())
