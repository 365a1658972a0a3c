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


ALL_USES = np.ones(N_USES)
#: Share of each end use's electricity that stays in the room as heat (vents and drains take the rest).
ROOM_SHARE = np.zeros(N_USES)
ROOM_SHARE[[REFRIGERATOR, LIGHTING, ELECTRONICS, STANDBY]] = 1.0, 1.0, 1.0, 0.8
ROOM_SHARE[[COOKING, DRYER, CLOTHES_WASHER, DISHWASHER, WATER_HEATER]] = 0.6, 0.15, 0.3, 0.4, 0.05


@compiled
def weighted_sum(use_kw: NDArray[np.float64], weights: NDArray[np.float64], total: NDArray[np.float64]) -> None:
    """``total[i] = sum over uses of weights[use] * use_kw[use, i]``; a plain loop a row, which vectorises."""
    for i in range(len(total)):
        total[i] = 0.0
    for use in range(N_USES):
        weight = weights[use]
        if weight > 0.0:
            row = use_kw[use]
            for i in range(len(total)):
                total[i] += weight * row[i]


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
    use_kw[:, i0:i1] = 0.0
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
    weighted_sum(use_kw[:, i0:i1], ROOM_SHARE, gains_kw[i0:i1])
    condition(
        home, b, seed, replication, ordinal, t_out, ghi, occupied, gains_kw, e0, e1, i0, i1, use_kw, t_in
    )


@compiled
def whole_wh(total_kw: float) -> int:
    """Whole watt-hours of a quarter-hour: the unit in which all sums are exact."""
    return int(np.rint(total_kw * 250.0))


@compiled
def sum_part(row: NDArray[np.float64]) -> float:
    """Sum of a row; four running sums, for one would wait for each addition before it starts the next."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = len(row) // 4
    for k in range(whole):
        a += row[4 * k]
        b += row[4 * k + 1]
        c += row[4 * k + 2]
        d += row[4 * k + 3]
    for k in range(4 * whole, len(row)):
        a += row[k]
    return (a + b) + (c + d)


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
        weighted_sum(use_kw[:, i0:i1], ALL_USES, gains_kw[i0:i1])
        for use in range(N_USES):
            use_kwh[r, use] = 0.25 * sum_part(use_kw[use, i0:i1])
            event_kwh[r, use] = 0.25 * sum_part(use_kw[use, max(e0, i0) : min(e1, i1)]) if e1 > e0 else 0.0
        for i in range(i0, i1):
            load_wh[r, i] = whole_wh(gains_kw[i])
        warm, running = 0.0, 0.0
        for i in range(i0, i1):
            warm += t_in[i]
            running += 1.0 if use_kw[0, i] > 0.0 else 0.0
        indoor[r, 0] = warm / max(1, i1 - i0)
        indoor[r, 1] = running / max(1, i1 - i0)
