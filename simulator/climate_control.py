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
from simulator.dwelling import advance, duty_fraction, free_air_degc
from simulator.fields import AIR_CONDITIONER, AT_HOME, AWAY, SPACE_HEATER
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

_OVERRIDE = int(Purpose.OVERRIDE)
PEOPLE_KW = 0.09  # sensible heat of a person at rest (ASHRAE Fundamentals, rounded)
SOLAR_TO_AIR = 0.3


@compiled
def condition(
    home: np.void, b: np.void, seed: int, replication: int, ordinal: int, t_out: NDArray[np.float32],
    ghi: NDArray[np.float32], occupied: NDArray[np.uint8], gains_kw: NDArray[np.float64], e0: int, e1: int,
    i0: int, i1: int, use_kw: NDArray[np.float64], t_in: NDArray[np.float32],
) -> None:  # fmt: skip
    """Fill the two climate rows of ``use_kw`` and ``t_in`` for intervals ``i0..i1``.

    ``gains_kw`` is the heat of the other appliances in the room; ``e0, e1`` the event window (empty when
    equal). The event's setpoint offset, and whether a device or a person set it, stand in the record.
    """
    override_key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_OVERRIDE))
    for i in range(i0, i1):
        here = int(occupied[i])
        outdoor = float(t_out[i])
        sun = home.solar_m2 * ghi[i] * 0.001
        people = 0.0 if here == AWAY else PEOPLE_KW * home.members * 0.7
        air_kw = gains_kw[i] + people + SOLAR_TO_AIR * sun
        mass_kw = (1.0 - SOLAR_TO_AIR) * sun
        cool_set = air_conditioner.setpoint_degc(home, here)
        acting = e0 <= i < e1 and home.event_offset_k > 0.0 and home.overrode == 0
        if acting:
            cool_set += home.event_offset_k
        free = free_air_degc(home, outdoor, air_kw, mass_kw)
        if free > cool_set and home.ac_thermal_kw > 0.0:
            capacity = air_conditioner.capacity_kw(home, outdoor)
            duty = duty_fraction(home, free, cool_set, -capacity)
            use_kw[AIR_CONDITIONER, i] = duty * capacity / air_conditioner.cop(home, outdoor)
            air_kw -= duty * capacity
        else:
            heat_set = space_heater.setpoint_degc(home, here)
            if free < heat_set and home.heat_thermal_kw > 0.0:
                duty = duty_fraction(home, free, heat_set, home.heat_thermal_kw)
                use_kw[SPACE_HEATER, i] = duty * home.heat_thermal_kw * home.heat_kw_per_kw
                air_kw += duty * home.heat_thermal_kw
        advance(home, outdoor, air_kw, mass_kw)
        t_in[i] = home.t_air_degc
        if acting and here == AT_HOME:
            warm = home.t_air_degc - (home.cool_set_degc + home.tolerance_k)
            if warm > 0.0:
                home.discomfort_kh += 0.25 * warm
            if home.ac_thermal_kw > 0.0:
                hazard = override_hazard(b, max(warm, 0.0), 0.25 * (i - e0 + 1))
                if uniform(override_key, i) < hazard:
                    home.overrode = 1
