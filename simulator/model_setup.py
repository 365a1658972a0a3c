"""From a Mesa model's arguments to its world, calendar and programme, with errors that say what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock, quarter_of
from simulator.climate import load_climate
from simulator.events import Calendar, EventRule
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region, region_names
from simulator.population import sample
from simulator.programs import PROGRAMS, PeakTimeRebate, Program, ThermostatSetback
from simulator.season import Baselines
from simulator.weather import generate
from simulator.world import World

#: (days that may serve as history (days,)) -> baseline rules; ``scenarios.arms.analyst.baselines_of`` is one
BaselineMaker = Callable[[NDArray[np.bool_], Sequence[int]], Baselines]
_WINDOW = re.compile(r"([01]\d|2[0-3]):(00|15|30|45)-(([01]\d|2[0-3]):(00|15|30|45)|24:00)")


def check_whole(**numbers: tuple[int, int]) -> None:
    """Raise ``ValueError`` unless each ``name=(value, least)`` is a whole number of at least ``least``."""
    for name, (value, least) in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"{name} is {value!r}; expected a whole number of {least} or more")


def make_world(
    region: str, households: int, start: str | date, days: int, history_days: int, seed: int, replication: int,
    parameters: Mapping[str, float],
) -> World:  # fmt: skip
    """Homes, weather and dice; the clock starts ``history_days`` before ``start``."""
    if region not in region_names():
        raise ValueError(f"region is {region!r}; expected one of {', '.join(region_names())}")
    place, behaviour = load_region(region, parameters), load_behaviour(parameters)
    unknown = [name for name in parameters if name not in place.parameters and name not in behaviour]
    if unknown:
        raise ValueError(f"parameters names {', '.join(unknown)}, which neither the region nor behaviour has")
    begin = as_date(start, "start")
    clock = Clock(begin - timedelta(days=history_days), begin + timedelta(days=days - 1), place.zone, place.country)
    return World(
        population=sample(place, behaviour, households, seed, replication),
        clock=clock,
        weather=generate(load_climate(place.climate), clock, seed, replication),
        behaviour=behaviour_record(behaviour),
        seed=seed,
        replication=replication,
        first_event_day=history_days,
    )


def as_date(value: str | date, name: str) -> date:
    """A date from itself or from an ISO text."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{name} is {value!r}; expected a date, for example "2024-07-10"') from error


def make_calendar(
    clock: Clock, first_day: int, window_local: str, event_dates: str | date | Iterable[str | date],
    notice_hours: float,
) -> Calendar:  # fmt: skip
    """Events on the listed dates; one text may hold several dates."""
    if not _WINDOW.fullmatch(window_local):
        raise ValueError(f'window_local is {window_local!r}; expected quarter-hours as in "17:00-20:00"')
    begins, ends = window_local.split("-")
    if quarter_of(begins) >= quarter_of(ends):
        raise ValueError(f'window_local is {window_local!r}; expected an end after the start, as in "17:00-20:00"')
    if isinstance(event_dates, date):
        event_dates = [event_dates]
    elif isinstance(event_dates, str):
        event_dates = re.split(r"[\s,]+", event_dates.strip()) if event_dates.strip() else []
    dates = sorted({as_date(value, "event_dates") for value in event_dates})
    first, last = clock.date(first_day), clock.end
    for day in dates:
        if not first <= day <= last:
            raise ValueError(f"event_dates holds {day}; expected days from {first} to {last}")
    called = tuple(clock.index(day) for day in dates)
    rule = EventRule(
        kind="listed",
        at_most=len(called),
        window_from=begins,
        window_to=ends,
        notice_hours=notice_hours,
        forecast_error_degc=0.0,
        ordinals=tuple(day.toordinal() for day in dates),
    )
    return Calendar(called, tuple(clock.window(day, begins, ends) for day in called), rule)


def make_program(
    kind: str | Program | None, incentive_usd: float, offset_degc: float, usd_per_kwh: float
) -> Program | None:
    """The programme by its kind, or a ready one; None for no programme."""
    if kind is None or isinstance(kind, Program):
        return kind
    if kind == "thermostat_setback":
        return ThermostatSetback(name=kind, offset_degc=offset_degc, incentive_usd=incentive_usd)
    if kind == "peak_time_rebate":
        return PeakTimeRebate(name=kind, usd_per_kwh=usd_per_kwh, incentive_usd=incentive_usd)
    if kind in PROGRAMS:
        return PROGRAMS[kind](name=kind, incentive_usd=incentive_usd)
    raise ValueError(f"program is {kind!r}; expected None or one of {', '.join(PROGRAMS)}")


def no_baselines(window_kwh: NDArray[np.float64], day: int) -> dict[str, NDArray[np.float64]]:
    """For programmes that pay nothing by the event: no baseline is worked out."""
    return {}


def make_baselines(program: Program | None, maker: BaselineMaker | None, clock: Clock, calendar: Calendar) -> Baselines:
    """The analyst's rules, bound to workdays and event days; a rebate can not be settled without them."""
    if maker is None:
        if program is not None and program.pays_by_event:
            raise ValueError(
                "program is 'peak_time_rebate', which is paid against a baseline, and baselines is None; the "
                "baseline belongs to the analyst, so pass the analyst's: from scenarios.arms.analyst import "
                "baselines_of, then DemandResponseModel(program='peak_time_rebate', baselines=baselines_of)"
            )
        return no_baselines
    return maker(clock.is_workday, calendar.days)
