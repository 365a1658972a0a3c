"""The hot path: a few households side by side through one local day, or part of one.

Every function here is called both by compiled loops over many households and, on a single record, by
``Household`` and the lessons: one formula, two callers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import tile
from simulator.adding_up import N_USES, OWN_DEMAND, OWN_GAINS, add_steady, add_use, climate_energy, energy
from simulator.appliances import (
    battery,
    clothes_washer,
    cooking,
    dishwasher,
    electronics,
    ev_charger,
    lighting,
    plug_heater,
    pool_pump,
    refrigerator,
    solar_panels,
    water_heater,
)
from simulator.appliances.sessions import draw_sessions
from simulator.climate_control import condition, enter_lane, leave_lane
from simulator.compiled import compiled, compiled_bare, compiled_inline
from simulator.fields import (
    AIR_CONDITIONER,
    BATTERY,
    CLOTHES_WASHER,
    COOKING,
    DISHWASHER,
    DRYER,
    ELECTRONICS,
    EV_CHARGER,
    FANS,
    LIGHTING,
    PLUG_HEATER,
    POOL_PUMP,
    REFRIGERATOR,
    SOLAR_PANELS,
    SPACE_HEATER,
    STANDBY,
    WATER_HEATER,
    Record,
)
from simulator.keyed_random import Purpose, home_day_key, mix
from simulator.occupancy import day_mood, occupy, plan_key, weekly_key
from simulator.outdoor import MIDDAY
from simulator.tile import TILE, at

_REFRIGERATOR, _COOKING = int(Purpose.REFRIGERATOR), int(Purpose.COOKING)
_ELECTRONICS, _WASHER, _DISH = int(Purpose.ELECTRONICS), int(Purpose.CLOTHES_WASHER), int(Purpose.DISHWASHER)
_WATER, _EV = int(Purpose.WATER_HEATER), int(Purpose.EV_CHARGER)


@compiled_inline
def live_people(
    home: Record, k: int, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int64], first: int, use_kw: NDArray[np.float64], w: NDArray[np.float64],
    occupied: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Who is there, and the hot water they draw from a tank; whether there is one."""
    w[tile.BEFORE + k] = home.occupancy
    occupy(home, seed, replication, ordinal, weekday, workday, quarter, first, occupied)
    for i in range(len(quarter)):
        w[at(tile.HERE, i) + k] = occupied[i]
    if water_heater.in_the_tile(home):
        key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_WATER))
        water_heater.enter_tank(home, k, key, quarter, occupied, first, use_kw, w)
        return True
    water_heater.no_tank(k, w)
    return False


@compiled_inline
def live_activities(
    home: Record, k: int, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int64], sky: NDArray[np.float64], e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64], used: NDArray[np.bool_], w: NDArray[np.float64], occupied: NDArray[np.int64],
) -> None:  # fmt: skip
    """Every end use that does not depend on the rooms; ``used`` marks the rows written."""
    for use in range(N_USES):
        if used[use]:
            for i in range(use_kw.shape[1]):
                use_kw[use, i] = 0.0
        used[use] = False
    mood = day_mood(home, seed, replication, ordinal)
    key = home_day_key(seed, replication, home.household, ordinal)
    cut = float(home.event_cut)
    weekly = weekly_key(home, seed, replication, weekday)
    plan, free = plan_key(home, seed, replication), not workday
    activity = mix(key, np.int64(_ELECTRONICS))
    if home.fixed_kw > 0.0:
        pool_pump.run(home, quarter, e0, e1, first, use_kw)
        used[POOL_PUMP] = True
    refrigerator.run(home, mix(key, np.int64(_REFRIGERATOR)), first, use_kw)
    cooking.run(home, mix(key, np.int64(_COOKING)), weekly, quarter, occupied, mood, free, first, use_kw)
    draw_sessions(home, activity, plan, first, use_kw)
    lighting.run(home, quarter, sky, occupied, mood, cut, e0, e1, use_kw)
    electronics.run(home, seed, replication, ordinal, quarter, occupied, mood, cut, e0, e1, use_kw)
    used[REFRIGERATOR] = used[COOKING] = used[LIGHTING] = used[ELECTRONICS] = used[STANDBY] = True
    if home.plug_heater_kw > 0.0:
        plug_heater.run(home, activity, plan, quarter, sky, occupied, first, use_kw)
        used[PLUG_HEATER] = True
    washes = clothes_washer.run(
        home, mix(key, np.int64(_WASHER)), weekly, quarter, sky[MIDDAY, 0], occupied, mood, free,
        e0, e1, first, use_kw,
    )  # fmt: skip
    used[CLOTHES_WASHER] = used[DRYER] = washes
    used[DISHWASHER] = dishwasher.run(
        home, mix(key, np.int64(_DISH)), weekly, quarter, occupied, mood, e0, e1, first, use_kw
    )  # fmt: skip
    if water_heater.in_the_tile(home):
        water_heater.leave_tank(home, k, w, use_kw)
        used[WATER_HEATER] = True
    elif home.tank_litres > 0.0 or home.shower_kw > 0.0:
        water_heater.run(home, mix(key, np.int64(_WATER)), quarter, occupied, e0, e1, first, use_kw)
        used[WATER_HEATER] = True
    if home.ev_kw > 0.0:
        ev_charger.run(home, mix(key, np.int64(_EV)), quarter, occupied, int(w[tile.BEFORE + k]), e0, e1, first, use_kw)
        used[EV_CHARGER] = True


@compiled_inline
def whole_wh(total_kw: float) -> int:
    """Whole watt-hours of a quarter-hour: the unit in which all sums are exact."""
    return int(np.rint(total_kw * 250.0))


@compiled_inline
def live_home_activities(
    home: Record, k: int, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int64], sky: NDArray[np.float64], e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64], used: NDArray[np.bool_], own: NDArray[np.float64], w: NDArray[np.float64],
    occupied: NDArray[np.int64], use_kwh: NDArray[np.float64], event_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """People and their things of home ``k``, and what the tile must know of them."""
    live_activities(
        home, k, seed, replication, ordinal, weekday, workday, quarter, sky, e0, e1, first, use_kw, used, w, occupied
    )
    for i in range(own.shape[1]):
        own[OWN_GAINS, i] = own[OWN_DEMAND, i] = 0.0
    for use in range(N_USES):
        use_kwh[k, use] = event_kwh[k, use] = 0.0
        if used[use]:
            if use == REFRIGERATOR:
                add_steady(use_kw, own)  # the others of its kind come next to it
            elif not REFRIGERATOR <= use <= STANDBY:
                add_use(use, use_kw, own)
            energy(use, k, e0, e1, use_kw, use_kwh, event_kwh)
    for i in range(own.shape[1]):
        w[at(tile.GAINS, i) + k] = own[OWN_GAINS, i]
        w[at(tile.DEMAND, i) + k] = own[OWN_DEMAND, i]
    enter_lane(home, k, w)


@compiled_inline
def on_the_roof(
    home: Record, k: int, sky: NDArray[np.float64], e0: int, e1: int, first: int, use_kw: NDArray[np.float64],
    used: NDArray[np.bool_], w: NDArray[np.float64], use_kwh: NDArray[np.float64], event_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """Solar panels, then the battery that sees all else."""
    if home.pv_kw > 0.0:
        solar_panels.run(home, sky, first, use_kw)
        used[SOLAR_PANELS] = True
        for i in range(use_kw.shape[1]):
            w[at(tile.DEMAND, i) + k] += use_kw[SOLAR_PANELS, i]
        energy(SOLAR_PANELS, k, e0, e1, use_kw, use_kwh, event_kwh)
    if home.battery_kwh > 0.0:
        battery.run(home, k, w, e0, e1, first, use_kw)
        used[BATTERY] = True
        for i in range(use_kw.shape[1]):
            w[at(tile.DEMAND, i) + k] += use_kw[BATTERY, i]
        energy(BATTERY, k, e0, e1, use_kw, use_kwh, event_kwh)


@compiled_bare
def live_tile(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int64], sky: NDArray[np.float64], e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64], used: NDArray[np.bool_], own: NDArray[np.float64], w: NDArray[np.float64],
    occupied: NDArray[np.int64], load_wh: NDArray[np.int32], use_kwh: NDArray[np.float64],
    event_kwh: NDArray[np.float64], indoor: NDArray[np.float64],
) -> None:  # fmt: skip
    """Live the quarter-hours of ``quarter`` with up to ``TILE`` homes; the records carry the state.

    All rows start there: ``first`` is its position in the day (part of the random keys), ``e0, e1`` count from it.
    (An index that starts at 0 can not be negative, so the compiler need not look: loops over rows vectorise.)

    First each home's people and their things, then all their rooms together, then what that drew.
    ``use_kw`` (uses, intervals) [kW] is shared: with one home it holds that home's whole day afterwards, but for the
    climate uses, which stand in the tile ``w``. ``own`` (2, intervals) is workspace. Written, one line a home:
    ``occupied``, and what ``live_days`` says.
    """
    n, tanks = len(quarter), False
    for k in range(len(homes)):
        tanks |= live_people(
            homes[k], k, seed, replication, ordinal, weekday, workday, quarter, first, use_kw, w, occupied[k]
        )
    if tanks:
        water_heater.heat_tanks(quarter, e0, e1, w)
    for k in range(len(homes)):
        live_home_activities(
            homes[k], k, seed, replication, ordinal, weekday, workday, quarter, sky, e0, e1, first, use_kw, used, own,
            w, occupied[k], use_kwh, event_kwh,
        )  # fmt: skip
    condition(homes, b, seed, replication, ordinal, sky, e0, e1, first, w)
    climate_energy(AIR_CONDITIONER, tile.COOLING, n, len(homes), e0, e1, w, use_kwh, event_kwh)
    climate_energy(SPACE_HEATER, tile.HEATING, n, len(homes), e0, e1, w, use_kwh, event_kwh)
    climate_energy(FANS, tile.FANNING, n, len(homes), e0, e1, w, use_kwh, event_kwh)
    for k in range(len(homes)):
        home = homes[k]
        leave_lane(w, k, home)
        on_the_roof(home, k, sky, e0, e1, first, use_kw, used, w, use_kwh, event_kwh)
        for i in range(n):
            load_wh[k, first + i] = whole_wh(w[at(tile.DEMAND, i) + k])
        indoor[k, 0], indoor[k, 1] = w[tile.WARM + k] / max(1, n), w[tile.RUNNING + k] / max(1, n)


@compiled
def live_days(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int, weekday: int, workday: bool,
    quarter: NDArray[np.int16], sky: NDArray[np.float64], e0: int, e1: int, i0: int, i1: int,
    load_wh: NDArray[np.int32], use_kwh: NDArray[np.float64], event_kwh: NDArray[np.float64],
    indoor: NDArray[np.float64],
) -> None:  # fmt: skip
    """Live one day, or its quarter-hours ``i0..i1``, with all ``homes``.

    Parameters
    ----------
    homes, b
        Records of households (``fields.HOME``) and of the behavioural parameters.
    ordinal, weekday, workday
        The date (proleptic ordinal), 0 = Monday, and whether people work today.
    quarter, sky
        Local quarter-hour of each interval; the day's weather as ``outdoor.outdoor_table`` gives it.
    e0, e1
        Event window (half-open, empty when equal); what a household does in it stands in its record.
    load_wh, use_kwh, event_kwh, indoor
        Written, one line a home: (homes, intervals) [Wh]; (homes, uses) [kWh] over the day and over
        ``e0..e1``; (homes, 2) mean indoor temperature [degC] and share of quarter-hours that cooled.
    """
    n = i1 - i0
    part, hours = sky[:, i0:i1].copy(), quarter[i0:i1].astype(np.int64)  # as wide as what they are compared with
    use_kw, used = np.zeros((N_USES, n)), np.zeros(N_USES, np.bool_)
    own, w, occupied = np.zeros((2, n)), np.zeros(tile.SIZE), np.zeros((TILE, n), np.int64)
    for r in range(0, len(homes), TILE):
        to = min(r + TILE, len(homes))
        live_tile(
            homes[r:to], b, seed, replication, ordinal, weekday, workday, hours, part, e0 - i0, e1 - i0, i0, use_kw,
            used, own, w, occupied, load_wh[r:to], use_kwh[r:to], event_kwh[r:to], indoor[r:to],
        )  # fmt: skip
