"""Who is at home: a Markov chain over away / at home / asleep, by time of day, day type and routine.

The chain's hazards follow the household's own habitual times (persistent traits), moved a little each
day; so one home's days resemble each other while homes differ. In the manner of Richardson, Thomson &
Infield (2008), with the national transition tables replaced by household routines: tables alone give
every home the same day.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_bare, compiled_inline
from simulator.fields import ASLEEP, AT_HOME, AWAY, Record
from simulator.keyed_random import Purpose, home_day_key, mix, normal, uniform

Whole: TypeAlias = NDArray[np.integer[Any]]
_OCCUPANCY = int(Purpose.OCCUPANCY)
_ABSENCE = int(Purpose.ABSENCE)
_DAY_MOOD = int(Purpose.DAY_MOOD)
_WEEKLY_HABIT = 7  # draws that recur on the same weekday
_PLAN = int(Purpose.PLAN)
EARLIEST_BED = 78.0
SPELL_DAYS = 9  # of a busy or a quiet time (assumption)
FORTNIGHT, MEAN_TRIP_DAYS = 14, 5.2
FREE_OUTING_QUARTERS = 16.0  # an outing on a free day lasts about four hours (assumption)


@compiled_bare
def weekly_key(home: Record, seed: int, replication: int, weekday: int) -> np.uint64:
    """Key of what this household does on this weekday, every week."""
    return mix(home_day_key(seed, replication, home.household, -1 - weekday), np.int64(_WEEKLY_HABIT))


@compiled_bare
def plan_key(home: Record, seed: int, replication: int) -> np.uint64:
    """Key of the household's plan of a day: when screens and rooms are in use, every day."""
    return mix(home_day_key(seed, replication, home.household, -11), np.int64(_PLAN))


@compiled_bare
def goes_out_today(home: Record, key: np.uint64, habit: np.uint64, workday: bool) -> bool:
    """Whether today holds a long outing; by habit, the same weekday repeats itself."""
    chance = home.goes_out if workday else home.goes_out_weekend
    draw = uniform(habit, 1) if uniform(key, 101) < home.regularity else uniform(key, 102)
    return bool(draw < chance)


@compiled_bare
def away_on_trip(home: Record, seed: int, replication: int, ordinal: int) -> bool:
    """Holidays and visits: at most one trip in a fortnight of the household's own calendar, a night to many.

    The chance of a trip is such that ``away_week_fraction`` of all days are spent away.
    """
    moved = ordinal + int(FORTNIGHT * home.trait_u)
    key = mix(home_day_key(seed, replication, home.household, moved // FORTNIGHT), np.int64(_ABSENCE))
    if uniform(key, 0) >= home.away_week_fraction * FORTNIGHT / MEAN_TRIP_DAYS:
        return False
    u = uniform(key, 1)
    days = 1 + int(13.99 * u * u)  # short trips are the most; mean 5.2
    first = int(uniform(key, 2) * (FORTNIGHT + 1 - days))
    return bool(first <= moved % FORTNIGHT < first + days)


@compiled_inline
def leaving_chance(state: int, quarter: int, outing: bool, wake: float, leave: float, back: float, bed: float) -> float:
    """Chance that the household leaves its state in this quarter-hour, in [0, 1].

    The state it goes to follows from ``destination``.
    """
    clock = quarter + 96.0 if quarter < 18 else float(quarter)  # the small hours belong to the night before
    if state == ASLEEP:
        if clock >= 96.0 or clock < wake - 6.0:
            return 0.0
        return 0.45 if clock >= wake else 0.04
    if state == AWAY:
        if outing and leave <= clock < back:
            return 0.0
        return 0.55 if outing or clock >= 84.0 else 0.14
    if clock >= bed:
        return 0.30
    if outing and leave <= clock < back - 2.0:
        return 0.55
    return 0.030 if 36.0 <= clock < 80.0 else 0.002


@compiled_inline
def destination(state: int, quarter: int, bed: float) -> int:
    """Where a household that leaves its state goes: up, home, to bed, or out."""
    if state != AT_HOME:
        return AT_HOME
    clock = quarter + 96.0 if quarter < 18 else float(quarter)
    return ASLEEP if clock >= bed else AWAY


@compiled_inline
def moves(draw: float, quarter: int, outing: bool, wake: float, leave: float, back: float, bed: float) -> int:
    """Where a quarter-hour's ``draw`` takes a household from each state: two bits a state, the first state lowest."""
    away = AT_HOME if draw < leaving_chance(AWAY, quarter, outing, wake, leave, back, bed) else AWAY
    there = destination(AT_HOME, quarter, bed)
    home = there if draw < leaving_chance(AT_HOME, quarter, outing, wake, leave, back, bed) else AT_HOME
    asleep = AT_HOME if draw < leaving_chance(ASLEEP, quarter, outing, wake, leave, back, bed) else ASLEEP
    return away << 2 * AWAY | home << 2 * AT_HOME | asleep << 2 * ASLEEP


@compiled_bare
def occupy(
    home: Record, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: Whole, first: int, occupied: Whole,
) -> None:  # fmt: skip
    """Fill ``occupied`` with the day's states and leave the last one in the record."""
    key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_OCCUPANCY))
    weekly = weekly_key(home, seed, replication, weekday)
    if away_on_trip(home, seed, replication, ordinal):
        for i in range(len(quarter)):
            occupied[i] = AWAY
        home.occupancy = AWAY
        return
    outing = goes_out_today(home, key, weekly, workday)
    spread = home.jitter_quarters
    late = 0.0 if workday else 5.0  # people rise and retire later on free days
    wake = home.wake_quarter + late + spread * normal(key, 103)
    leave = (home.leave_quarter if workday else home.free_leave_quarter) + spread * normal(key, 104)
    back = (home.return_quarter if workday else leave + FREE_OUTING_QUARTERS) + spread * normal(key, 105)
    bed = max(EARLIEST_BED, home.bed_quarter + 0.6 * late + spread * normal(key, 106))
    for i in range(len(quarter)):
        occupied[i] = moves(uniform(key, first + i), int(quarter[i]), outing, wake, leave, back, bed)
    state = int(home.occupancy)
    for i in range(len(quarter)):
        state = occupied[i] >> 2 * state & 3
        occupied[i] = state
    home.occupancy = state


@compiled_bare
def day_mood(home: Record, seed: int, replication: int, ordinal: int) -> float:
    """How busy the day is: a log-normal factor of mean 1 shared by the day's activities.

    Half of its variance belongs to the day, half to the spell of days it lies in (guests, illness, a busy time).
    """
    spread = float(home.mood_sd)
    day = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_DAY_MOOD))
    moved = ordinal + int(SPELL_DAYS * home.trait_u)
    spell = mix(home_day_key(seed, replication, home.household, -1000 - moved // SPELL_DAYS), np.int64(_DAY_MOOD))
    z = 0.7071067811865476 * (normal(day, 0) + normal(spell, 0))
    return float(np.exp(spread * z - 0.5 * spread * spread))


__all__ = [
    "away_on_trip",
    "day_mood",
    "destination",
    "goes_out_today",
    "leaving_chance",
    "occupy",
    "plan_key",
    "weekly_key",
]
