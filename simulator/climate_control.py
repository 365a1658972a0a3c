"""Heating, cooling, windows and the indoor temperature of a few households side by side.

This is where a setpoint event acts, where discomfort is felt, where an event may be overridden, and
where snapback comes from: after release the air conditioner has stored heat to remove. Each quarter-hour
waits for the one before, so the homes of a tile go through it as one value of ``eights``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import tile
from simulator.appliances import fans, heat_pump
from simulator.behaviour.override import override_hazard
from simulator.compiled import compiled_bare, compiled_inline
from simulator.dwelling import heat_needed_k, next_temperature
from simulator.eights import Eight, eight, eight_of, float32_of, pick, put
from simulator.fields import AT_HOME, AWAY, Record
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
from simulator.tile import at
from simulator.ventilation import OPEN_BELOW_SET_K, window_cooling_k
from simulator.walls import FACADES

_OVERRIDE = int(Purpose.OVERRIDE)
PEOPLE_KW = 0.09  # sensible heat of a person at rest (ASHRAE Fundamentals, rounded)
SOLAR_TO_AIR = 0.3
ROOM_OFF_K = 60.0  # a room unit is switched off by who leaves: no setpoint is reached


@compiled_inline
def enter_lane(home: Record, k: int, w: NDArray[np.float64]) -> None:
    """Write a home's numbers for the day into place ``k`` of the tile: read once, in 64 bits, side by side."""
    w[tile.AA + k], w[tile.AM + k], w[tile.AO + k], w[tile.AQ + k], w[tile.AS + k] = (
        home.e_aa,
        home.e_am,
        home.f_ao,
        home.f_aq,
        home.f_as,
    )
    w[tile.MA + k], w[tile.MM + k], w[tile.MO + k], w[tile.MQ + k], w[tile.MS + k] = (
        home.e_ma,
        home.e_mm,
        home.f_mo,
        home.f_mq,
        home.f_ms,
    )
    even = (1.0 - home.glass_main_fraction) * FACADES / (FACADES - 1)  # on all facades alike; the main one has more
    w[tile.EVEN_M2 + k], w[tile.MAIN_M2 + k] = home.solar_m2 * even, home.solar_m2 * (1.0 - even)
    w[tile.FACING + k], w[tile.ROOF + k], w[tile.WALLS + k] = home.glass_facing, home.roof_kw_per_k, home.walls_kw_per_k
    w[tile.PEOPLE + k] = 0.7 * PEOPLE_KW * home.members
    w[tile.COOL_HOME + k] = home.cool_set_degc
    w[tile.COOL_AWAY + k] = home.cool_set_degc + (home.cool_away_k if home.ac_floor_fraction >= 1.0 else ROOM_OFF_K)
    w[tile.COOL_SLEEP + k] = home.cool_set_degc + home.cool_sleep_k
    w[tile.HEAT_HOME + k], w[tile.HEAT_BACK + k] = home.heat_set_degc, home.heat_set_degc - home.heat_back_k
    w[tile.COOL_K + k] = home.f_aq * home.ac_thermal_kw * home.ac_sensible_fraction / max(home.ac_floor_fraction, 0.1)
    w[tile.PUMP_K + k], w[tile.BACKUP_K + k] = home.f_aq * home.heat_pump_kw, home.f_aq * home.heat_thermal_kw
    w[tile.FAN + k], w[tile.FAN_FROM + k] = home.fan_kw, home.fan_from_degc
    w[tile.WINDOW + k], w[tile.WINDOW_FROM + k] = home.window_kw_per_k, home.cool_set_degc - OPEN_BELOW_SET_K
    kw_per_k = 1.0 / home.f_aq
    w[tile.LEAK_KW + k], w[tile.KW_PER_K + k] = home.leak_kw_per_k, kw_per_k
    w[tile.COOL_INPUT_KW + k] = kw_per_k * home.ac_floor_fraction / max(home.ac_cop * home.ac_sensible_fraction, 1e-6)
    w[tile.PUMP_KW + k], w[tile.PUMP_RATIO + k] = home.heat_pump_kw, 1.0 / max(float(home.heat_pump_cop), 1e-6)
    w[tile.BACKUP_RATIO + k] = home.heat_kw_per_kw
    w[tile.AIR + k], w[tile.MASS + k] = home.t_air_degc, home.t_mass_degc


@compiled_inline
def leave_lane(w: NDArray[np.float64], k: int, home: Record) -> None:
    """Write the temperatures back into the record."""
    home.t_air_degc, home.t_mass_degc = w[tile.AIR + k], w[tile.MASS + k]


@compiled_inline
def main_facade(facing: Eight, sky: NDArray[np.float64], i: int) -> Eight:
    """The sun on the facade that has most of each home's glass [kW/m2]."""
    sun = pick(facing == 0.0, sky[FACADE, i], sky[FACADE + FACADES - 1, i])
    for facade in range(1, FACADES - 1):
        sun = pick(facing == float(facade), sky[FACADE + facade, i], sun)
    return sun


@compiled_inline
def step_rooms(
    w: NDArray[np.float64], i: int, sky: NDArray[np.float64], here: Eight, air: Eight, mass: Eight,
    cool_set: Eight, heat_set: Eight, left: Eight,
) -> tuple[Eight, Eight]:  # fmt: skip
    """One quarter-hour of the tile, every number an eight: windows first, then the thermostat.

    ``left`` is the share of capacity that an event leaves. Writes the rows of demand; returns air and mass [degC].
    """
    away, t_out = here == AWAY, sky[T_OUT, i]
    sun = eight(w, tile.EVEN_M2) * sky[GLASS, i] + eight(w, tile.MAIN_M2) * main_facade(eight(w, tile.FACING), sky, i)
    fan = fans.fan_kw(eight(w, tile.FAN), eight(w, tile.FAN_FROM), air, here)
    people, window = pick(away, 0.0, eight(w, tile.PEOPLE)), pick(away, 0.0, eight(w, tile.WINDOW))
    leak = eight(w, tile.LEAK_KW) * sky[LEAK, i] * (t_out - air)
    air_kw = eight(w, at(tile.GAINS, i)) + people + SOLAR_TO_AIR * sun + fan + leak
    mass_kw = (1.0 - SOLAR_TO_AIR) * sun + eight(w, tile.ROOF) * sky[ROOF_K, i] + eight(w, tile.WALLS) * sky[WALL_K, i]
    free = next_temperature(
        eight(w, tile.AA),
        eight(w, tile.AM),
        eight(w, tile.AO),
        eight(w, tile.AQ),
        eight(w, tile.AS),
        air,
        mass,
        t_out,
        air_kw,
        mass_kw,
    )
    aired = window_cooling_k(free - eight(w, tile.WINDOW_FROM), eight(w, tile.AQ), window, air, t_out)
    free -= aired
    cooled = heat_needed_k(free - cool_set, left * eight(w, tile.COOL_K) * sky[COOL_CAPACITY, i])
    most = left * (eight(w, tile.PUMP_K) * sky[PUMP_CAPACITY, i] + eight(w, tile.BACKUP_K))
    heated = heat_needed_k(heat_set - free, most)
    air_kw += (heated - cooled - aired) * eight(w, tile.KW_PER_K)
    mass = next_temperature(
        eight(w, tile.MA),
        eight(w, tile.MM),
        eight(w, tile.MO),
        eight(w, tile.MQ),
        eight(w, tile.MS),
        air,
        mass,
        t_out,
        air_kw,
        mass_kw,
    )
    draw_power(w, i, sky, cooled, heated, fan)
    return free + heated - cooled, mass


@compiled_inline
def draw_power(
    w: NDArray[np.float64], i: int, sky: NDArray[np.float64], cooled: Eight, heated: Eight, fan: Eight
) -> None:  # fmt: skip
    """Electricity of the climate uses from the heat they moved [K over the step], into their rows and the demand."""
    cooling = eight(w, tile.COOL_INPUT_KW) * cooled * sky[COOL_INPUT, i]
    heating = heat_pump.heating_input_kw(
        eight(w, tile.KW_PER_K) * heated, eight(w, tile.PUMP_KW) * sky[PUMP_CAPACITY, i],
        eight(w, tile.PUMP_RATIO) * sky[PUMP_INPUT, i], eight(w, tile.BACKUP_RATIO),
    )  # fmt: skip
    put(w, at(tile.COOLING, i), cooling)
    put(w, at(tile.HEATING, i), heating)
    put(w, at(tile.FANNING, i), fan)
    put(w, at(tile.DEMAND, i), eight(w, at(tile.DEMAND, i)) + cooling + heating + fan)


@compiled_bare
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


@compiled_bare
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


@compiled_bare
def condition(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int, sky: NDArray[np.float64],
    e0: int, e1: int, first: int, w: NDArray[np.float64],
) -> None:  # fmt: skip
    """Live part of a day with the rooms of a tile's ``homes``, entered in ``w`` before.

    The row ``HERE`` says who is there, ``GAINS`` the heat of the other appliances in the room, ``DEMAND`` what they
    draw. Written are the rows of the climate uses and ``ROOM``, the lanes of state, ``WARM`` (sum of air temperatures
    [degC]) and ``RUNNING`` (quarter-hours that cooled), and ``DEMAND`` grows. ``e0, e1`` is the event window
    (empty when equal); the event's verbs, and whether a device or a person set them, stand in the records.
    """
    opens = e0  # when the first control acts: pre-cooling comes before the window
    for k in range(len(homes)):
        if e1 > e0 and homes[k].event_precool_k > 0.0:
            opens = min(opens, e0 - int(homes[k].event_precool_quarters))
    air, mass, warm, running = eight(w, tile.AIR), eight(w, tile.MASS), eight_of(0.0), eight_of(0.0)
    for i in range(sky.shape[1]):
        event = e1 > e0 and opens <= i < e1
        here = eight(w, at(tile.HERE, i))
        cool_set = pick(
            here == AT_HOME,
            eight(w, tile.COOL_HOME),
            pick(here == AWAY, eight(w, tile.COOL_AWAY), eight(w, tile.COOL_SLEEP)),
        )
        heat_set, left = pick(here == AT_HOME, eight(w, tile.HEAT_HOME), eight(w, tile.HEAT_BACK)), eight_of(1.0)
        if event:
            put(w, tile.COOL_NOW, cool_set)
            put(w, tile.HEAT_NOW, heat_set)
            begin_control(homes, sky, i, e0, e1, w)
            cool_set, heat_set, left = eight(w, tile.COOL_NOW), eight(w, tile.HEAT_NOW), eight(w, tile.LEFT)
        air, mass = step_rooms(w, i, sky, here, air, mass, cool_set, heat_set, left)
        room = float32_of(air)
        put(w, at(tile.ROOM, i), room)
        warm += room
        running += pick(eight(w, at(tile.COOLING, i)) > 0.0, 1.0, 0.0)
        if event and i >= e0:
            put(w, tile.AIR, air)
            feel_control(homes, b, seed, replication, ordinal, sky, i, e0, first, w)
    put(w, tile.AIR, air)
    put(w, tile.MASS, mass)
    put(w, tile.WARM, warm)
    put(w, tile.RUNNING, running)


@compiled_bare
def begin_control(
    homes: NDArray[np.void], sky: NDArray[np.float64], i: int, e0: int, e1: int, w: NDArray[np.float64]
) -> None:  # fmt: skip
    """What today's event does to each home's setpoints and capacity in this quarter-hour, in the lanes."""
    for k in range(len(homes)):
        home = homes[k]
        warm_season = sky[T_OUT, min(max(e0, 0), sky.shape[1] - 1)] > home.heat_set_degc
        w[tile.COOL_NOW + k], w[tile.HEAT_NOW + k], w[tile.LEFT + k] = event_setpoints(
            home, i, e0, e1, warm_season, w[tile.COOL_NOW + k], w[tile.HEAT_NOW + k]
        )


@compiled_bare
def feel_control(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, ordinal: int, sky: NDArray[np.float64],
    i: int, e0: int, first: int, w: NDArray[np.float64],
) -> None:  # fmt: skip
    """Who is at home and still under control feels the quarter-hour that has passed."""
    for k in range(len(homes)):
        home = homes[k]
        moved = home.event_offset_k > 0.0 or home.event_ac_curtail > 0.0
        if moved and home.overrode == 0 and w[at(tile.HERE, i) + k] == AT_HOME:
            key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_OVERRIDE))
            feel_event(home, b, key, first + i, first + e0, w[tile.AIR + k], sky[T_OUT, i])
