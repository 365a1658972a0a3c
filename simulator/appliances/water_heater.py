"""Electric water heating (thermostatic): a mixed storage tank with an element, or a heat pump with the element
behind it; and the instantaneous shower (event-based).

Tank, per quarter-hour, with heat that ends the step at the setpoint (linear, hence closed form)::

    T' = T - (V_draw / V) (T_set - T_cold) + UA (T_room - T) dt / C + Q dt / C

A draw takes the heat of its litres at the setpoint, whatever the tank's temperature: people mix hot with cold
until the water suits them, and take more of a tank that is cooler.

A heat pump heats by itself while the tank is within ``ELEMENT_BELOW_K`` of its setpoint; colder, the element
helps. It stands outside the rooms it could cool (garage or basement).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import AT_HOME, WATER_HEATER, Record
from simulator.keyed_random import uniform

KWH_PER_LITRE_K = 0.001163
SET_DEGC = 55.0
TANK_LOSS_KW_PER_K = 0.0018
COLD_DEGC = 15.0
AROUND_DEGC = 20.0
ELEMENT_BELOW_K = 8.0  # the element helps the heat pump below this distance from the setpoint ("hybrid" mode)
HYBRID_PARTS = 5  # when the element helps a heat pump changes within a quarter-hour: steps of three minutes
NIGHT_STAGGER_QUARTERS = 14
SHOWER_FROM_QUARTER, SHOWER_TO_QUARTER = 22, 92
SHOWER_LITRES = 42.0
BACKGROUND_SHARE = 0.45  # of the day's hot water that is not showers: sinks, washing-up


@compiled_inline
def shower_chance(quarter: int, litres: float) -> float:
    """Chance that a shower starts in this quarter-hour at home; mornings and evenings are favoured."""
    weight = 0.08 if 24 <= quarter < 36 else (0.022 if 76 <= quarter < 90 else 0.004)
    return float(weight * litres * (1.0 - BACKGROUND_SHARE) / SHOWER_LITRES)


@compiled_inline
def idle_step(tank_degc: float, replaced: float, loss: float) -> float:
    """The tank after a step without heat: ``replaced`` is drawn off as a share of the tank, ``loss`` leaks as one."""
    tank = max(tank_degc - replaced * (SET_DEGC - COLD_DEGC), min(tank_degc, COLD_DEGC))
    return tank + loss * (AROUND_DEGC - tank)


@compiled_inline
def element_step(tank_degc: float, replaced: float, loss: float, element_k: float) -> tuple[float, float]:
    """One step of a tank with an element that can give ``element_k``: new temperature, and the K it gave."""
    tank = idle_step(tank_degc, replaced, loss)
    heated = min(tank + element_k, max(tank, SET_DEGC))
    return heated, heated - tank


@compiled_inline
def hybrid_step(
    tank_degc: float, replaced: float, loss: float, element_k: float, pump_k: float
) -> tuple[float, float, float]:  # fmt: skip
    """One step of a tank with a heat pump: new temperature, and the K that element and heat pump gave."""
    tank = idle_step(tank_degc, replaced, loss)
    gap = max(SET_DEGC - tank, 0.0)
    by_pump = min(gap, pump_k)
    by_element = min(max(gap - by_pump - ELEMENT_BELOW_K, 0.0), element_k)
    return tank + by_pump + by_element, by_element, by_pump


@compiled_inline
def draw_litres(
    home: Record, key: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64], first: int,
    use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Litres drawn in each quarter-hour, left in the water heater's row for a moment."""
    hot_litres = float(home.hot_litres)
    background = hot_litres * BACKGROUND_SHARE / 40.0
    for i in range(len(quarter)):
        if occupied[i] == AT_HOME:
            showering = uniform(key, first + i) < shower_chance(int(quarter[i]), hot_litres)
            use_kw[WATER_HEATER, i] = background + (SHOWER_LITRES if showering else 0.0)


@compiled_inline
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64], e0: int, e1: int,
    first: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the water-heating row [kW]; an event may withhold a share of the power."""
    draw_litres(home, key, quarter, occupied, first, use_kw)
    if home.tank_litres <= 0.0:
        for i in range(len(quarter)):
            if use_kw[WATER_HEATER, i] >= SHOWER_LITRES:
                use_kw[WATER_HEATER, i] = home.shower_kw * (0.35 + 0.35 * uniform(key, 600 + first + i))
            else:
                use_kw[WATER_HEATER, i] = 0.0
        return
    parts = HYBRID_PARTS if home.water_pump_kw > 0.0 else 1
    capacity, hours = home.tank_litres * KWH_PER_LITRE_K, 0.25 / parts
    loss, per_litre = TANK_LOSS_KW_PER_K * hours / capacity, 1.0 / (parts * float(home.tank_litres))
    element_k, element_kw = home.tank_kw * hours / capacity, 4.0 * capacity
    pump_k = home.water_pump_kw * home.water_pump_cop * hours / capacity
    pump_kw = element_kw / max(float(home.water_pump_cop), 1.0)
    tank, night, withheld = float(home.t_tank_degc), home.tank_night == 1, float(home.event_water_curtail)
    night_from = int(NIGHT_STAGGER_QUARTERS * home.trait_u)  # off-peak clocks start at different times
    for i in range(len(quarter)):
        available = 0.0 if night and not night_from <= quarter[i] < 28 else 1.0
        if e0 <= i < e1:
            available *= 1.0 - withheld
        replaced = use_kw[WATER_HEATER, i] * per_litre
        if parts == 1:
            tank, by_element = element_step(tank, replaced, loss, available * element_k)
            use_kw[WATER_HEATER, i] = by_element * element_kw
            continue
        kw = 0.0
        for _ in range(parts):
            tank, by_element, by_pump = hybrid_step(tank, replaced, loss, available * element_k, available * pump_k)
            kw += by_element * element_kw + by_pump * pump_kw
        use_kw[WATER_HEATER, i] = kw
    home.t_tank_degc = tank
