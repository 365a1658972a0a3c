"""What enrolment and event decisions cost of a season's CPU time.

    python benchmarks/decisions.py

Every home of a hot-dry summer is enrolled in a rebate with twelve events - people decide, the dearest kind - and lives
with its counterfactual, as in a run. CPU seconds of one thread.
"""

from __future__ import annotations

import time
from datetime import date

import numpy as np

from drsim.clock import Clock
from simulator.behaviour.enrolment import answers
from simulator.climate import load_climate
from simulator.dispatch import ask, begin_day, end_event, end_membership
from simulator.events import Calendar, EventRule
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.programs import PeakTimeRebate
from simulator.season import learn_all
from simulator.weather import generate
from simulator.world import Lives, World

HOMES, EVENTS = 2000, 12


def make() -> tuple[World, Calendar]:
    """A world of one summer and its events."""
    region, behaviour = load_region("us_hot_dry"), load_behaviour()
    clock = Clock(date(2024, 6, 1), date(2024, 9, 30), region.zone, region.country)
    world = World(sample(region, behaviour, HOMES, 1, 0), clock, generate(load_climate(region.climate), clock, 1, 0),
                  behaviour_record(behaviour), 1, 0, 0)  # fmt: skip
    days = tuple(int(d) for d in np.linspace(10, 110, EVENTS))
    windows = tuple(clock.window(d, "16:00", "20:00") for d in days)
    return world, Calendar(days, windows, EventRule("listed", EVENTS, "16:00", "20:00", 24.0, 0.0))


def season(world: World, calendar: Calendar) -> tuple[float, float]:
    """CPU seconds of decisions, and of living: the counterfactual and the enrolled homes."""
    program = PeakTimeRebate(name="rebate", usd_per_kwh=1.25)
    signals = program.signals(calendar, world.clock, 0, world.behaviour)
    everyone, enrolled = Lives(world, world.population.homes.copy()), Lives(world, world.population.homes.copy())
    n, no = HOMES, np.zeros(HOMES, bool)
    decided = -time.process_time()
    answers(enrolled.homes, world.behaviour, 1, 0, np.full(n, 40.0), no, no, no.copy(), np.zeros(n))
    decided += time.process_time()
    enrolled.homes["member"] = 1
    lived = 0.0
    for day in range(world.clock.days):
        flags = np.zeros((n, 4), np.uint8)
        decided -= time.process_time()
        begin_day(enrolled.homes, world.behaviour)
        if day in signals:
            ask(world, enrolled.homes, day, signals[day], flags)
        decided += time.process_time()
        lived -= time.process_time()
        everyone.day(day)
        enrolled.day(day, calendar.window_on(day))
        lived += time.process_time()
        decided -= time.process_time()
        if day in signals:
            end_event(enrolled.homes, world.behaviour, signals[day].terms, flags)
            learn_all(enrolled.homes, world.behaviour, np.ones(n), flags, True)
        end_membership(enrolled.homes, world.behaviour, 1, 0, day)
        decided += time.process_time()
    return decided, lived


if __name__ == "__main__":
    season(*make())  # the first season compiles
    decided, lived = season(*make())
    share = decided / (decided + lived)
    print(f"decisions {decided:.2f} s, living {lived:.2f} s: {share:.1%} of the season's CPU time")
