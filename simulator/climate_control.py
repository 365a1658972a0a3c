"""Heating, cooling, windows and the indoor temperature of a few households side by side.

This is where a setpoint event acts, where discomfort is felt, where an event may be overridden, and
where snapback comes from: after release the air conditioner has stored heat to remove. Each quarter-hour
waits for the one before, so the homes of a tile take turns: their chains overlap in the processor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances import fans, heat_pump
from simulator.behaviour.override import override_hazard
from simulator.compiled import compiled, compiled_inline
from simulator.dwelling import heat_needed_k, next_temperature
from simulator.fields import AIR_CONDITIONER, AT_HOME, AWAY, FANS, SPACE_HEATER, Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform
from simulator.outdoor import (
    COOL_CAPACITY,
    COOL_INPUT,
    FACADE,
    GLASS,
    LEAK,
    PUMP_CAPACITY,
    PUMP_INPUT,
    ROOF_K,
    T_OUT,
    WALL_K,
)
from simulator.ventilation import OPEN_BELOW_SET_K, window_cooling_k
from simulator.walls import FACADES

_OVERRIDE = int(Purpose.OVERRIDE)
PEOPLE_KW = 0.09  # sensible heat of a person at rest (ASHRAE Fundamentals, rounded)
SOLAR_TO_AIR = 0.3
ROOM_OFF_K = 60.0  # a room unit is switched off by who leaves: no setpoint is reached

#: A home's numbers for the day, one row a home: coefficients, setpoints, capacities in K over a step, state.
(AA, AM, AO, AQ, AS, MA, MM, MO, MQ, MS, EVEN_M2, MAIN_M2, MAIN_ROW, ROOF, WALLS, PEOPLE, COOL_HOME, COOL_AWAY,
 COOL_SLEEP, HEAT_HOME, HEAT_BACK, COOL_K, PUMP_K, BACKUP_K, FAN, FAN_FROM, WINDOW, WINDOW_FROM, LEAK_KW, KW_PER_K,
 AIR, MASS) = range(32)  # fmt: skip
LANE = 32
#: Rows of the tile's workspace (rows, homes, intervals): heat of other uses, their demand, heat moved [K], fans.
GAINS, OTHERS, COOLED, HEATED, FANNED = range(5)
WORK = 5


@compiled_inline
def enter_lane(home: Record, lane: NDArray[np.float64]) -> None:
    """Write a home's numbers for the day into its lane: read once, in 64 bits, side by side."""
    lane[AA], lane[AM], lane[AO], lane[AQ], lane[AS] = home.e_aa, home.e_am, home.f_ao, home.f_aq, home.f_as
    lane[MA], lane[MM], lane[MO], lane[MQ], lane[MS] = home.e_ma, home.e_mm, home.f_mo, home.f_mq, home.f_ms
    even = (1.0 - home.glass_main_fraction) * FACADES / (FACADES - 1)  # on all facades alike; the main one has more
    lane[EVEN_M2], lane[MAIN_M2] = home.solar_m2 * even, home.solar_m2 * (1.0 - even)
    lane[MAIN_ROW], lane[ROOF], lane[WALLS] = FACADE + home.glass_facing, home.roof_kw_per_k, home.walls_kw_per_k
    lane[PEOPLE] = 0.7 * PEOPLE_KW * home.members
    lane[COOL_HOME] = home.cool_set_degc
    lane[COOL_AWAY] = home.cool_set_degc + (home.cool_away_k if home.ac_floor_fraction >= 1.0 else ROOM_OFF_K)
    lane[COOL_SLEEP] = home.cool_set_degc + home.cool_sleep_k
    lane[HEAT_HOME], lane[HEAT_BACK] = home.heat_set_degc, home.heat_set_degc - home.heat_back_k
    lane[COOL_K] = home.f_aq * home.ac_thermal_kw * home.ac_sensible_fraction / max(home.ac_floor_fraction, 0.1)
    lane[PUMP_K], lane[BACKUP_K] = home.f_aq * home.heat_pump_kw, home.f_aq * home.heat_thermal_kw
    lane[FAN], lane[FAN_FROM] = home.fan_kw, home.fan_from_degc
    lane[WINDOW], lane[WINDOW_FROM] = home.window_kw_per_k, home.cool_set_degc - OPEN_BELOW_SET_K
    lane[LEAK_KW], lane[KW_PER_K] = home.leak_kw_per_k, 1.0 / home.f_aq
    lane[AIR], lane[MASS] = home.t_air_degc, home.t_mass_degc


@compiled_inline
def leave_lane(lane: NDArray[np.float64], home: Record) -> None:
    """Write the temperatures back into the record."""
    home.t_air_degc, home.t_mass_degc = lane[AIR], lane[MASS]


@compiled_inline
def step_rooms(
    c: NDArray[np.float64], k: int, i: int, sky: NDArray[np.float64], here: int, cool_set: float, heat_set: float,
    available: float, work: NDArray[np.float64],
) -> float:  # fmt: skip
    """One quarter-hour of home ``k``: windows first, then the thermostat. Returns the new air temperature."""
    air, mass, t_out = float(c[k, AIR]), c[k, MASS], sky[T_OUT, i]
    sun = c[k, EVEN_M2] * sky[GLASS, i] + c[k, MAIN_M2] * sky[int(c[k, MAIN_ROW]), i]
    fan = fans.fan_kw(c[k, FAN], c[k, FAN_FROM], air, here)
    people, window = (0.0, 0.0) if here == AWAY else (c[k, PEOPLE], c[k, WINDOW])
    air_kw = work[GAINS, k, i] + people + SOLAR_TO_AIR * sun + fan + c[k, LEAK_KW] * sky[LEAK, i] * (t_out - air)
    mass_kw = (1.0 - SOLAR_TO_AIR) * sun + c[k, ROOF] * sky[ROOF_K, i] + c[k, WALLS] * sky[WALL_K, i]
    free = next_temperature(c[k, AA], c[k, AM], c[k, AO], c[k, AQ], c[k, AS], air, mass, t_out, air_kw, mass_kw)
    aired = window_cooling_k(free - c[k, WINDOW_FROM], c[k, AQ], window, air, t_out)
    free -= aired
    cooled = heat_needed_k(free - cool_set, available * c[k, COOL_K] * sky[COOL_CAPACITY, i])
    most = available * (c[k, PUMP_K] * sky[PUMP_CAPACITY, i] + c[k, BACKUP_K])
    heated = heat_needed_k(heat_set - free, most)
    air_kw += (heated - cooled - aired) * c[k, KW_PER_K]
    c[k, MASS] = next_temperature(c[k, MA], c[k, MM], c[k, MO], c[k, MQ], c[k, MS], air, mass, t_out, air_kw, mass_kw)
    air = free + heated - cooled
    c[k, AIR] = air
    work[COOLED, k, i], work[HEATED, k, i], work[FANNED, k, i] = cooled, heated, fan
    return air


@compiled
def event_setpoints(
    home: Record, i: int, e0: int, e1: int, warm_season: bool, cool_set: float, heat_set: float
) -> tuple[float, float, float]:  # fmt: skip
    """Setpoints and share of capacity left under today's event: pre-cooling, offset, withheld capacity."""
    available = 1.0
    if home.overrode == 1:
        return cool_set, heat_set, available
    if e0 <= i < e1:
        cool_set, heat_set = cool_set + home.event_offset_k, heat_set - home.event_offset_k
        available = 1.0 - home.event_ac_curtail
    elif e0 - int(home.event_precool_quarters) <= i < e0:
        if warm_season:
            cool_set = max(cool_set - home.event_precool_k, heat_set + 0.5)
        else:
            heat_set = min(heat_set + home.event_precool_k, cool_set - 0.5)
    return cool_set, heat_set, available


@compiled
def feel_event(
    home: Record, b: Record, key: np.uint64, i: int, e0: int, air: float, t_out: float
) -> None:  # fmt: skip
    """Discomfort in an event that moves or curbs the thermostat, and perhaps an end to it."""
    warm = max(0.0, air - (home.cool_set_degc + home.tolerance_k))
    cold = max(0.0, home.heat_set_degc - home.tolerance_k - air)
    home.discomfort_kh += 0.25 * (warm + cold)
    runs = home.ac_thermal_kw > 0.0 or t_out < home.heat_set_degc
    if runs and uniform(key, i) < override_hazard(b, warm + cold, 0.25 * (i - e0 + 1)):
        home.overrode = 1


@compiled
def condition(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int, sky: NDArray[np.float64],
    occupied: NDArray[np.uint8], e0: int, e1: int, first: int, lanes: NDArray[np.float64],
    work: NDArray[np.float64], t_in: NDArray[np.float32],
) -> None:  # fmt: skip
    """Live part of a day with the rooms of ``homes`` (a few, side by side), entered in ``lanes`` before.

    ``work[GAINS]`` is the heat of the other appliances in the room; written are the rows of heat moved and
    ``t_in`` (homes, intervals). ``e0, e1`` is the event window (empty when equal); the event's verbs, and
    whether a device or a person set them, stand in the records.
    """
    n = occupied.shape[1]
    opens = e0  # when the first control acts: pre-cooling comes before the window
    for k in range(len(homes)):
        if e1 > e0 and homes[k].event_precool_k > 0.0:
            opens = min(opens, e0 - int(homes[k].event_precool_quarters))
    for i in range(n):
        event = e1 > e0 and opens <= i < e1
        for k in range(len(homes)):
            here = int(occupied[k, i])
            cool_set = lanes[k, COOL_HOME] if here == AT_HOME else (
                lanes[k, COOL_AWAY] if here == AWAY else lanes[k, COOL_SLEEP]
            )  # fmt: skip
            heat_set = lanes[k, HEAT_HOME] if here == AT_HOME else lanes[k, HEAT_BACK]
            available, acting = 1.0, False
            if event:
                home = homes[k]
                moved = home.event_offset_k > 0.0 or home.event_ac_curtail > 0.0
                acting = moved and i >= e0 and home.overrode == 0
                warm_season = sky[T_OUT, min(max(e0, 0), n - 1)] > home.heat_set_degc
                cool_set, heat_set, available = event_setpoints(home, i, e0, e1, warm_season, cool_set, heat_set)
            air = step_rooms(lanes, k, i, sky, here, cool_set, heat_set, available, work)
            t_in[k, i] = air
            if acting and here == AT_HOME:
                key = mix(home_day_key(seed, replication, homes[k].household, ordinal), np.int64(_OVERRIDE))
                feel_event(homes[k], b, key, first + i, first + e0, air, sky[T_OUT, i])


@compiled_inline
def climate_rows(
    home: Record, k: int, sky: NDArray[np.float64], work: NDArray[np.float64], use_kw: NDArray[np.float64]
) -> None:  # fmt: skip
    """Electricity of the climate uses from the heat they moved [K over the step]; rows of ``use_kw`` [kW]."""
    kw_per_k = 1.0 / home.f_aq
    cooling = kw_per_k * home.ac_floor_fraction / max(home.ac_cop * home.ac_sensible_fraction, 1e-6)
    for i in range(use_kw.shape[1]):
        use_kw[AIR_CONDITIONER, i] = cooling * work[COOLED, k, i] * sky[COOL_INPUT, i]
        use_kw[FANS, i] = work[FANNED, k, i]
    pump_kw, pump_ratio = float(home.heat_pump_kw), 1.0 / max(float(home.heat_pump_cop), 1e-6)
    backup = float(home.heat_kw_per_kw)
    for i in range(use_kw.shape[1]):
        use_kw[SPACE_HEATER, i] = heat_pump.heating_input_kw(
            kw_per_k * work[HEATED, k, i], pump_kw * sky[PUMP_CAPACITY, i], pump_ratio * sky[PUMP_INPUT, i], backup
        )
