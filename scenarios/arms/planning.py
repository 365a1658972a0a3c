"""What a planner settles before any offer: the event calendar, and the event payments to set aside."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.targeting.offer_choice import whose_turn
from scenarios.arms.analyst import History, forecast_paid_kwh
from scenarios.running.worlds import event_rule_of, past_summers
from scenarios.schema.scenario import Scenario
from simulator.events import Calendar, call_events, fit_load_model
from simulator.programs import Program
from simulator.season import Turns
from simulator.world import World


def calendar_of(scenario: Scenario, world: World, history: History) -> Calendar:
    """The season's events, called on forecasts alone; the same for all arms."""
    past, shift = past_summers(scenario, world)
    highest = world.weather.daily_max_degc(world.clock)
    known = slice(0, world.first_event_day)
    model = fit_load_model(history.daily_peak_kw, highest[known], world.clock.is_workday[known])
    return call_events(
        event_rule_of(scenario), world.clock, world.first_event_day, highest, past, world.seed, world.replication,
        model, shift, clearness_of(world),
    )  # fmt: skip


def turns_of(scenario: Scenario) -> Turns | None:
    """Who is called in which event, where no home may be asked too often; None where everybody always is."""
    most = scenario.targeting.most_asks_per_home
    if most is None:
        return None
    return partial(whose_turn, events=event_rule_of(scenario).at_most, most_asks=most)


def clearness_of(world: World) -> NDArray[np.float64]:
    """Highest irradiance of each day over 1 kW/m2, (days,); the forecast of it is taken as perfect."""
    ghi = world.weather.ghi_w_per_m2
    return np.array([float(ghi[world.clock.slice(day)].max()) / 1e3 for day in range(world.clock.days)])


def planned_payment(history: History, world: World, program: Program, scenario: Scenario) -> float:
    """Event payments the planner sets aside for one enrolment [USD]: every event held, nobody leaving."""
    if program.usd_per_kwh <= 0.0:
        return 0.0
    paid_kwh = forecast_paid_kwh(history, world.clock.is_workday, program.baseline, world.first_event_day)
    return scenario.events_per_home * program.usd_per_kwh * paid_kwh
