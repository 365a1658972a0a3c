"""The hot path: one household through one local day, or part of one.

Every function here is called both by compiled loops over many households and, on a single record, by
``Household`` and the lessons: one formula, two callers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances import (
    clothes_washer,
    cooking,
    dishwasher,
    electronics,
    ev_charger,
    lighting,
    pool_pump,
    refrigerator,
    water_heater,
)
from simulator.climate_control import condition
from simulator.compiled import compiled
from simulator.fields import (
    CLOTHES_WASHER,
    COOKING,
    DISHWASHER,
    DRYER,
    ELECTRONICS,
    LIGHTING,
    REFRIGERATOR,
    STANDBY,
    USES,
    WATER_HEATER,
    Record,
)
from simulator.keyed_random import Purpose, home_day_key, mix
from simulator.occupancy import day_mood, occupy

N_USES = len(USES)
MAX_INTERVALS = 100
_REFRIGERATOR, _COOKING, _LIGHTING = int(Purpose.REFRIGERATOR), int(Purpose.COOKING), int(Purpose.LIGHTING)
_ELECTRONICS, _WASHER, _DISH = int(Purpose.ELECTRONICS), int(Purpose.CLOTHES_WASHER), int(Purpose.DISHWASHER)
_WATER, _EV = int(Purpose.WATER_HEATER), int(Purpose.EV_CHARGER)


@compiled
def room_gains(use_kw: NDArray[np.float64], i: int) -> float:
    """Heat that the appliances' use leaves in the room [kW] (vents and drains take the rest)."""
    return float(
        use_kw[REFRIGERATOR, i] + use_kw[LIGHTING, i] + use_kw[ELECTRONICS, i] + 0.8 * use_kw[STANDBY, i]
        + 0.6 * use_kw[COOKING, i] + 0.15 * use_kw[DRYER, i] + 0.3 * use_kw[CLOTHES_WASHER, i]
        + 0.4 * use_kw[DISHWASHER, i] + 0.05 * use_kw[WATER_HEATER, i]
    )  # fmt: skip


@compiled
def household_day(
    home: Record, b: Record, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int16], t_out: NDArray[np.float32], ghi: NDArray[np.float32], e0: int, e1: int,
    i0: int, i1: int, use_kw: NDArray[np.float64], t_in: NDArray[np.float32],
    occupied: NDArray[np.uint8], gains_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Live quarter-hours ``i0..i1`` of a day; the record carries the state from one call to the next.

    Parameters
    ----------
    home, b
        Records of one household (``fields.HOME``) and of the behavioural parameters.
    ordinal, weekday, workday
        The date (proleptic ordinal), 0 = Monday, and whether people work today.
    quarter, t_out, ghi : (intervals,)
        Local quarter-hour, outdoor air [degC], global horizontal irradiance [W/m2].
    e0, e1
        Event window (half-open, empty when equal); what the household does in it stands in its record.
    use_kw : (uses, intervals) [kW]
        Written: demand by end use. ``t_in`` [degC] and ``occupied`` are written too.
    """
    for use in range(N_USES):
        for i in range(i0, i1):
            use_kw[use, i] = 0.0
    before = int(home.occupancy)
    occupy(home, seed, replication, ordinal, weekday, workday, quarter, i0, i1, occupied)
    mood = day_mood(home, seed, replication, ordinal)
    key = home_day_key(seed, replication, home.household, ordinal)
    cut = float(home.event_cut)
    pool_pump.run(home, quarter, i0, i1, use_kw)
    refrigerator.run(home, mix(key, np.int64(_REFRIGERATOR)), i0, i1, use_kw)
    cooking.run(home, mix(key, np.int64(_COOKING)), quarter, occupied, mood, i0, i1, use_kw)
    lighting.run(home, mix(key, np.int64(_LIGHTING)), ghi, occupied, mood, cut, e0, e1, i0, i1, use_kw)
    electronics.run(home, mix(key, np.int64(_ELECTRONICS)), quarter, occupied, mood, cut, e0, e1, i0, i1, use_kw)
    clothes_washer.run(
        home, mix(key, np.int64(_WASHER)), quarter, occupied, mood, not workday, e0, e1, i0, i1, use_kw
    )
    dishwasher.run(home, mix(key, np.int64(_DISH)), quarter, occupied, mood, e0, e1, i0, i1, use_kw)
    water_heater.run(home, mix(key, np.int64(_WATER)), quarter, occupied, i0, i1, use_kw)
    ev_charger.run(home, mix(key, np.int64(_EV)), quarter, occupied, before, e0, e1, i0, i1, use_kw)
    for i in range(i0, i1):
        gains_kw[i] = room_gains(use_kw, i)
    condition(
        home, b, seed, replication, ordinal, t_out, ghi, occupied, gains_kw, e0, e1, i0, i1, use_kw, t_in
    )


@compiled
def sum_uses(use_kw: NDArray[np.float64], i: int) -> int:
    """Whole watt-hours the household used in quarter-hour ``i``: the unit in which all sums are exact."""
    total = 0.0
    for use in range(N_USES):
        total += use_kw[use, i]
    return int(np.rint(total * 250.0))


@compiled
def sum_part(use_kw: NDArray[np.float64], use: int, first: int, last: int) -> float:
    """Sum of one end use over intervals ``first..last`` (nothing when empty)."""
    total = 0.0
    for i in range(first, last):
        total += use_kw[use, i]
    return total


@compiled
def live_days(
    homes: NDArray[np.void], rows: NDArray[np.int64], b: Record, seed: int, replication: int, ordinal: int,
    weekday: int, workday: bool, quarter: NDArray[np.int16], t_out: NDArray[np.float32],
    ghi: NDArray[np.float32], e0: int, e1: int, i0: int, i1: int, load_wh: NDArray[np.int32],
    use_kwh: NDArray[np.float64], event_kwh: NDArray[np.float64], indoor: NDArray[np.float64],
) -> None:  # fmt: skip
    """Live one day with the households ``homes[rows]``.

    Written, one line per entry of ``rows``: ``load_wh`` (rows, intervals) [Wh]; ``use_kwh`` and
    ``event_kwh`` (rows, uses) [kWh] over the day and over ``e0..e1``; ``indoor`` (rows, 2) mean indoor
    temperature [degC] and share of quarter-hours in which the air conditioner ran.
    """
    use_kw = np.zeros((N_USES, MAX_INTERVALS))
    t_in = np.zeros(MAX_INTERVALS, np.float32)
    occupied = np.zeros(MAX_INTERVALS, np.uint8)
    gains_kw = np.zeros(MAX_INTERVALS)
    for r in range(len(rows)):
        household_day(
            homes[rows[r]], b, seed, replication, ordinal, weekday, workday, quarter, t_out, ghi, e0, e1,
            i0, i1, use_kw, t_in, occupied, gains_kw,
        )  # fmt: skip
        for i in range(i0, i1):
            load_wh[r, i] = sum_uses(use_kw, i)
        for use in range(N_USES):
            use_kwh[r, use] = 0.25 * sum_part(use_kw, use, i0, i1)
            event_kwh[r, use] = 0.25 * sum_part(use_kw, use, max(e0, i0), min(e1, i1))
        warm, running = 0.0, 0.0
        for i in range(i0, i1):
            warm += t_in[i]
            running += 1.0 if use_kw[0, i] > 0.0 else 0.0
        indoor[r, 0] = warm / max(1, i1 - i0)
        indoor[r, 1] = running / max(1, i1 - i0)
