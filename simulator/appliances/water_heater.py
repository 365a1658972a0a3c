"""Electric water heating: a mixed storage tank with a thermostat, and the instantaneous shower.

Tank, per quarter-hour, with draws replaced by cold water and a duty fraction that ends the step at the
setpoint (linear, hence closed form)::

    T' = T + (V_draw (T_cold - T) / V) + UA (T_room - T) dt / C + duty P dt / C
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import AT_HOME, WATER_HEATER, Record
from simulator.keyed_random import uniform

KWH_PER_LITRE_K = 0.001163
SET_DEGC = 55.0
TANK_LOSS_KW_PER_K = 0.0018
COLD_DEGC = 15.0
NIGHT_STAGGER_QUARTERS = 14
SHOWER_FROM_QUARTER, SHOWER_TO_QUARTER = 22, 92
SHOWER_LITRES = 42.0
BACKGROUND_SHARE = 0.45  # of the day's hot water that is not showers: sinks, washing-up


@compiled
def shower_chance(quarter: int, litres: float) -> float:
    """Chance that a shower starts in this quarter-hour at home; mornings and evenings are favoured."""
    weight = 0.08 if 24 <= quarter < 36 else (0.022 if 76 <= quarter < 90 else 0.004)
    return float(weight * litres * (1.0 - BACKGROUND_SHARE) / SHOWER_LITRES)


@compiled
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int16], occupied: NDArray[np.uint8],
    i0: int, i1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the water-heating row [kW]."""
    litres, element_kw = float(home.tank_litres), float(home.tank_kw)
    capacity = max(litres * KWH_PER_LITRE_K, 1e-6)
    per_duty_k = element_kw * 0.25 / capacity
    tank, per_litre = float(home.t_tank_degc), 1.0 / max(litres, 1e-6)
    hot_litres, night = float(home.hot_litres), home.tank_night == 1
    night_from = int(NIGHT_STAGGER_QUARTERS * home.trait_u)  # off-peak clocks start at different times
    background = hot_litres * BACKGROUND_SHARE / 40.0
    for i in range(i0, i1):
        q = int(quarter[i])
        draw_litres, showering = 0.0, False
        if occupied[i] == AT_HOME:
            showering = uniform(key, i) < shower_chance(q, hot_litres)
            draw_litres = background + (SHOWER_LITRES if showering else 0.0)
        if litres > 0.0:
            tank += min(1.0, draw_litres * per_litre) * (COLD_DEGC - tank)
            tank += TANK_LOSS_KW_PER_K * (20.0 - tank) * 0.25 / capacity
            duty = (SET_DEGC - tank) / per_duty_k if not night or night_from <= q < 28 else 0.0
            duty = min(max(duty, 0.0), 1.0)
            use_kw[WATER_HEATER, i] = duty * element_kw
            tank += duty * per_duty_k
        elif showering:
            use_kw[WATER_HEATER, i] = home.shower_kw * (0.35 + 0.35 * uniform(key, 600 + i))
    home.t_tank_degc = tank
