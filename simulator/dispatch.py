"""What happens to an enrolled household around an event: notified, decides, and afterwards tires."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.attention import read_in_time_fraction
from simulator.behaviour.depth import discretionary_cut, thermostat_offset_k
from simulator.behaviour.fatigue import recover_overnight, tire
from simulator.behaviour.participation import acts, opt_out_fraction
from simulator.behaviour.satisfaction import leaves
from simulator.compiled import compiled
from simulator.fields import AT_HOME, Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform
from simulator.occupancy import occupy
from simulator.programs.base import Signal
from simulator.world import World

NOTIFIED, PARTICIPATED, OPTED_OUT, OVERRODE = 0, 1, 2, 3
_PARTICIPATION, _NOTICE = int(Purpose.PARTICIPATION), int(Purpose.NOTICE)


@compiled
def clear_event(home: Record) -> None:
    """Forget yesterday's event: no offset, no cut, nothing held back."""
    home.event_offset_k = 0.0
    home.event_precool_k = 0.0
    home.event_precool_quarters = 0
    home.event_ac_curtail = 0.0
    home.event_water_curtail = 0.0
    home.event_pool_curtail = 0.0
    home.event_ev_curtail = 0.0
    home.event_battery_kw = 0.0
    home.event_cut = 0.0
    home.event_defers = 0
    home.event_automatic = 0
    home.overrode = 0
    home.discomfort_kh = 0.0


@compiled
def here_at(
    home: Record, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int16], e0: int, scratch: NDArray[np.uint8],
) -> int:  # fmt: skip
    """Occupancy when the window opens; the record is left as it was."""
    before = home.occupancy
    occupy(home, seed, replication, ordinal, weekday, workday, quarter[: e0 + 1], 0, scratch)
    home.occupancy = before
    return int(scratch[e0])


@compiled
def obey(home: Record, terms: Record) -> None:
    """The device does what it is told."""
    home.event_automatic = 1
    home.event_offset_k = terms.offset_k
    home.event_precool_k = terms.precool_k
    home.event_precool_quarters = int(terms.precool_quarters)
    home.event_ac_curtail = terms.ac_curtail
    home.event_water_curtail = terms.water_curtail
    home.event_pool_curtail = terms.pool_curtail
    home.event_ev_curtail = terms.ev_curtail
    home.event_battery_kw = terms.battery_kw


@compiled
def act_by_hand(home: Record, b: Record, price_ratio: float) -> None:
    """People turn things off, wait with chores and charging, and move a thermostat no device has moved."""
    home.event_cut = discretionary_cut(home, b, price_ratio)
    home.event_defers = 1 if price_ratio >= 1.0 else 0
    if home.event_automatic == 0:
        home.event_offset_k = thermostat_offset_k(home, b, price_ratio)


@compiled
def decide_event(
    home: Record, b: Record, terms: Record, seed: int, replication: int, ordinal: int, here: int,
    flags: NDArray[np.uint8],
) -> None:  # fmt: skip
    """One household's decision on today's event, written to its record and to ``flags`` (4,)."""
    key = home_day_key(seed, replication, home.household, ordinal)
    dice = mix(key, np.int64(_PARTICIPATION))
    home.event_automatic = 0
    flags[NOTIFIED] = flags[PARTICIPATED] = flags[OPTED_OUT] = 0
    if terms.device > 0.0 or (terms.tech > 0.0 and home.smart_thermostat == 1 and terms.price_ratio > 1.0):
        flags[NOTIFIED] = 1
        home.event_automatic = 1
        if uniform(dice, 0) < home.device_online:
            if uniform(dice, 1) < opt_out_fraction(home, b):
                flags[OPTED_OUT] = 1
            else:
                obey(home, terms)
                flags[PARTICIPATED] = 1
    if terms.asks > 0.0 and flags[OPTED_OUT] == 0:
        routine = terms.routine > 0.0
        in_time = read_in_time_fraction(home, b, terms.notice_hours, terms.read_hours, terms.reach)
        if routine or uniform(mix(key, np.int64(_NOTICE)), 0) < in_time:
            flags[NOTIFIED] = 1
            if acts(home, b, not routine, dice, here):
                act_by_hand(home, b, terms.price_ratio)
                flags[PARTICIPATED] = 1


@compiled
def notify(
    homes: NDArray[np.void], b: Record, terms: Record, seed: int, replication: int, ordinal: int, weekday: int,
    workday: bool, quarter: NDArray[np.int16], e0: int, flags: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Ask every member among ``homes``; ``flags`` (households, 4) says what each did with the notice."""
    scratch = np.zeros(100, np.uint8)
    for i in range(len(homes)):
        if homes[i].member == 0:
            continue
        here = AT_HOME
        if terms.asks > 0.0:
            here = here_at(homes[i], seed, replication, ordinal, weekday, workday, quarter, e0, scratch)
        decide_event(homes[i], b, terms, seed, replication, ordinal, here, flags[i])


def ask(world: World, homes: NDArray[np.void], day: int, signal: Signal, flags: NDArray[np.uint8]) -> None:
    """``notify`` on a day of a world: every member of ``homes`` hears of ``signal`` and decides."""
    clock = world.clock
    notify(
        homes, world.behaviour, signal.terms, world.seed, world.replication, clock.date(day).toordinal(),
        int(clock.weekday[day]), bool(clock.is_workday[day]), world.day_arrays(day)[0], signal.window[0], flags,
    )  # fmt: skip


@compiled
def begin_day(homes: NDArray[np.void], b: Record) -> None:
    """Morning of every touched household: yesterday's event is over, some tiredness is gone."""
    for i in range(len(homes)):
        clear_event(homes[i])
        recover_overnight(homes[i], b)


@compiled
def end_event(homes: NDArray[np.void], b: Record, terms: Record, flags: NDArray[np.uint8]) -> None:
    """After the event: note overrides, tire, and remove a home that keeps opting out, if the rules say so."""
    for i in range(len(homes)):
        home = homes[i]
        if home.member == 0:
            continue
        flags[i, OVERRODE] = home.overrode
        tire(home, b, flags[i, NOTIFIED] == 1, flags[i, PARTICIPATED] == 1, terms.routine > 0.0)
        if flags[i, OPTED_OUT] == 1 or home.overrode == 1:
            home.opt_outs = min(int(home.opt_outs) + 1, 200)
        elif flags[i, PARTICIPATED] == 1:
            home.opt_outs = 0
        if terms.removal > 0.0 and home.opt_outs >= terms.removal:
            home.member = 0


@compiled
def end_membership(homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int) -> None:
    """Evening: some members leave, by choice or because they move."""
    for i in range(len(homes)):
        if homes[i].member == 1 and leaves(homes[i], b, seed, replication, ordinal):
            homes[i].member = 0


@compiled
def told_for_nothing(homes: NDArray[np.void], b: Record) -> None:
    """An event called off after notice: members were disturbed as by one that a device handles, and no more."""
    for i in range(len(homes)):
        if homes[i].member == 1:
            homes[i].fatigue += b.fatigue_per_event * b.fatigue_automatic_factor
