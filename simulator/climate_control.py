"""Heating, cooling and the indoor temperature of one household through part of a day.

This is where a setpoint event acts, where discomfort is felt, where an event may be overridden, and
where snapback comes from: after release the air conditioner has stored heat to remove.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances import air_conditioner, space_heater
from simulator.behaviour.override import override_hazard
from simulator.compiled import compiled
from simulator.dwelling import heat_needed_kw, next_temperature
from simulator.fields import AIR_CONDITIONER, AT_HOME, AWAY, SPACE_HEATER, Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

_OVERRIDE = int(Purpose.OVERRIDE)
PEOPLE_KW = 0.09  # sensible heat of a person at rest (ASHRAE Fundamentals, rounded)
SOLAR_TO_AIR = 0.3


@compiled
def condition(
    home: Record, b: Record, seed: int, replication: int, ordinal: int, t_out: NDArray[np.float32],
    ghi: NDArray[np.float32], occupied: NDArray[np.uint8], gains_kw: NDArray[np.float64], e0: int, e1: int,
    i0: int, i1: int, use_kw: NDArray[np.float64], t_in: NDArray[np.float32],
) -> None:  # fmt: skip
    """Fill the two climate rows of ``use_kw`` and ``t_in`` for intervals ``i0..i1``.

    ``gains_kw`` is the heat of the other appliances in the room; ``e0, e1`` the event window (empty when
    equal). The event's setpoint offset, and whether a device or a person set it, stand in the record.
    """
    override_key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_OVERRIDE))
    # Fields are read once: the compiler can not know that writing a load leaves the record alone.
    aa, am, ao, aq, az = float(home.e_aa), float(home.e_am), float(home.f_ao), float(home.f_aq), float(home.f_as)
    ma, mm, mo, mq, mz = float(home.e_ma), float(home.e_mm), float(home.f_mo), float(home.f_mq), float(home.f_ms)
    air, mass, solar = float(home.t_air_degc), float(home.t_mass_degc), 0.001 * home.solar_m2
    cooling_kw, heating_kw = float(home.ac_thermal_kw), float(home.heat_thermal_kw)
    rated_input, kw_per_k = 1.0 / max(float(home.ac_cop), 1e-6), 1.0 / aq
    heat_kw_per_kw, people_kw = float(home.heat_kw_per_kw), 0.7 * PEOPLE_KW * home.members
    cool_home, heat_home = float(home.cool_set_degc), float(home.heat_set_degc)
    cool_away, cool_sleep, heat_back = float(home.cool_away_k), float(home.cool_sleep_k), float(home.heat_back_k)
    offset = float(home.event_offset_k)
    for i in range(i0, i1):
        here, outdoor, sun = int(occupied[i]), float(t_out[i]), solar * ghi[i]
        air_kw = gains_kw[i] + (0.0 if here == AWAY else people_kw) + SOLAR_TO_AIR * sun
        mass_kw = (1.0 - SOLAR_TO_AIR) * sun
        cool_set = air_conditioner.setpoint_degc(cool_home, cool_away, cool_sleep, here)
        acting = e0 <= i < e1 and offset > 0.0 and home.overrode == 0
        if acting:
            cool_set += offset
        free = next_temperature(aa, am, ao, aq, az, air, mass, outdoor, air_kw, mass_kw)
        if free > cool_set and cooling_kw > 0.0:
            removed = heat_needed_kw(free - cool_set, kw_per_k, air_conditioner.capacity_kw(cooling_kw, outdoor))
            use_kw[AIR_CONDITIONER, i] = removed * air_conditioner.input_ratio(rated_input, outdoor)
            air_kw -= removed
            free -= removed * aq
        elif heating_kw > 0.0:
            heat_set = space_heater.setpoint_degc(heat_home, heat_back, here)
            if free < heat_set:
                added = heat_needed_kw(heat_set - free, kw_per_k, heating_kw)
                use_kw[SPACE_HEATER, i] = added * heat_kw_per_kw
                air_kw += added
                free += added * aq
        mass = next_temperature(ma, mm, mo, mq, mz, air, mass, outdoor, air_kw, mass_kw)
        air = free
        t_in[i] = air
        if acting and here == AT_HOME:
            warm = max(0.0, air - (cool_home + home.tolerance_k))
            home.discomfort_kh += 0.25 * warm
            if cooling_kw > 0.0 and uniform(override_key, i) < override_hazard(b, warm, 0.25 * (i - e0 + 1)):
                home.overrode = 1
    home.t_air_degc, home.t_mass_degc = air, mass
