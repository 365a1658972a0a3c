"""What happens to an enrolled household around an event: notified, decides, and afterwards tires."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.attention import read_in_time_fraction
from simulator.behaviour.fatigue import recover_overnight, tire
from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform
from simulator.occupancy import occupy
from simulator.programs import peak_time_rebate, thermostat_setback

NOTIFIED, PARTICIPATED, OPTED_OUT, OVERRODE = 0, 1, 2, 3
_PARTICIPATION, _NOTICE = int(Purpose.PARTICIPATION), int(Purpose.NOTICE)
_SETBACK = thermostat_setback.KIND


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
    occupy(home, seed, replication, ordinal, weekday, workday, quarter, 0, e0 + 1, scratch)
    home.occupancy = before
    return int(scratch[e0])


@compiled
def decide_event(
    home: Record, b: Record, kind: int, offset_k: float, notice_hours: float, seed: int, replication: int,
    ordinal: int, here: int, flags: NDArray[np.uint8],
) -> None:  # fmt: skip
    """One household's decision on today's event, written to its record and to ``flags`` (4,)."""
    key = home_day_key(seed, replication, home.household, ordinal)
    read = uniform(mix(key, np.int64(_NOTICE)), 0) < read_in_time_fraction(home, b, notice_hours)
    dice = mix(key, np.int64(_PARTICIPATION))
    if kind == _SETBACK:
        answer = thermostat_setback.decide(home, b, dice, offset_k)
        flags[NOTIFIED] = 1
    else:
        answer = peak_time_rebate.decide(home, b, dice, here) if read else 0
        flags[NOTIFIED] = 1 if read else 0
    flags[PARTICIPATED] = 1 if answer == 1 else 0
    flags[OPTED_OUT] = 1 if answer == 2 else 0


@compiled
def notify(
    homes: NDArray[np.void], b: Record, kind: int, offset_k: float, notice_hours: float, seed: int,
    replication: int, ordinal: int, weekday: int, workday: bool, quarter: NDArray[np.int16], e0: int,
    flags: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Ask every household of ``homes``; ``flags`` (households, 4) says what each did with the notice."""
    scratch = np.zeros(100, np.uint8)
    for i in range(len(homes)):
        here = 1
        if kind != _SETBACK:
            here = here_at(homes[i], seed, replication, ordinal, weekday, workday, quarter, e0, scratch)
        decide_event(
            homes[i], b, kind, offset_k, notice_hours, seed, replication, ordinal, here, flags[i]
        )  # fmt: skip


@compiled
def begin_day(homes: NDArray[np.void], b: Record) -> None:
    """Morning of every touched household: yesterday's event is over, some tiredness is gone."""
    for i in range(len(homes)):
        clear_event(homes[i])
        recover_overnight(homes[i], b)


@compiled
def end_event(homes: NDArray[np.void], b: Record, flags: NDArray[np.uint8]) -> None:
    """After the event: note overrides, and tire."""
    for i in range(len(homes)):
        flags[i, OVERRODE] = homes[i].overrode
        tire(homes[i], b, flags[i, NOTIFIED] == 1)
