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

from simulator import tile
from simulator.compiled import compiled_bare, compiled_inline
from simulator.eights import Number, eight, eight_of, greatest, least, pick, put
from simulator.fields import AT_HOME, WATER_HEATER, Record
from simulator.keyed_random import uniform
from simulator.tile import at

KWH_PER_LITRE_K = 0.001163
SET_DEGC = 55.0
TANK_LOSS_KW_PER_K = 0.0018
COLD_DEGC = 15.0
AROUND_DEGC = 20.0
ELEMENT_BELOW_K = 8.0  # the element helps the heat pump below this distance from the setpoint ("hybrid" mode)
HYBRID_PARTS = 5  # when the element helps a heat pump changes within a quarter-hour: steps of three minutes
NIGHT_STAGGER_QUARTERS, NIGHT_UNTIL = 14, 28
MORNING, EVENING, OTHER = 0.08, 0.022, 0.004  # weights of a quarter-hour for showers: 6-9 h, 19 h to 22:30, else
SHOWER_FROM_QUARTER, SHOWER_TO_QUARTER = 22, 92
SHOWER_LITRES = 42.0
BACKGROUND_SHARE = 0.45  # of the day's hot water that is not showers: sinks, washing-up


@compiled_inline
def shower_chance(weight: float, litres: float) -> float:
    """Chance that a shower starts in a quarter-hour at home; mornings and evenings are favoured."""
    return float(weight * litres * (1.0 - BACKGROUND_SHARE) / SHOWER_LITRES)


@compiled_inline
def idle_step(tank_degc: Number, replaced: Number, loss: Number) -> Number:
    """The tank after a step without heat: ``replaced`` is drawn off as a share of the tank, ``loss`` leaks as one.

    Numbers or ``eights``, as in ``element_step``.
    """
    tank = greatest(tank_degc - replaced * (SET_DEGC - COLD_DEGC), least(tank_degc, COLD_DEGC))
    return tank + loss * (AROUND_DEGC - tank)


@compiled_inline
def element_step(
    tank_degc: Number, replaced: Number, loss: Number, element_k: Number
) -> tuple[Number, Number]:  # fmt: skip
    """One step of a tank with an element that can give ``element_k``: new temperature, and the K it gave."""
    tank = idle_step(tank_degc, replaced, loss)
    heated = least(tank + element_k, greatest(tank, SET_DEGC))
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
    shower = background + SHOWER_LITRES
    morning, evening, other = (
        shower_chance(MORNING, hot_litres), shower_chance(EVENING, hot_litres), shower_chance(OTHER, hot_litres)
    )  # fmt: skip
    for i in range(len(quarter)):
        q = quarter[i]
        chance = morning if 24 <= q < 36 else (evening if 76 <= q < 90 else other)
        litres = shower if uniform(key, first + i) < chance else background
        use_kw[WATER_HEATER, i] = litres if occupied[i] == AT_HOME else 0.0


@compiled_inline
def in_the_tile(home: Record) -> bool:
    """Whether the home's water is heated with those of its tile: a storage tank with an element alone."""
    return bool(home.tank_litres > 0.0 and home.water_pump_kw <= 0.0)


@compiled_inline
def enter_tank(
    home: Record, k: int, key: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64], first: int,
    use_kw: NDArray[np.float64], w: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write a home's tank into place ``k`` of the tile, and the litres that it must give."""
    draw_litres(home, key, quarter, occupied, first, use_kw)
    for i in range(len(quarter)):
        w[at(tile.WATER, i) + k] = use_kw[WATER_HEATER, i]
    capacity = home.tank_litres * KWH_PER_LITRE_K
    w[tile.TANK + k], w[tile.TANK_LOSS + k] = home.t_tank_degc, TANK_LOSS_KW_PER_K * 0.25 / capacity
    w[tile.LITRE_SHARE + k] = 1.0 / float(home.tank_litres)
    w[tile.ELEMENT_K + k], w[tile.ELEMENT_KW + k] = home.tank_kw * 0.25 / capacity, 4.0 * capacity
    w[tile.ON_FROM + k], w[tile.ON_UNTIL + k] = 0.0, 96.0
    if home.tank_night == 1:
        w[tile.ON_FROM + k] = int(NIGHT_STAGGER_QUARTERS * home.trait_u)  # off-peak clocks start at different times
        w[tile.ON_UNTIL + k] = NIGHT_UNTIL
    w[tile.KEPT + k] = 1.0 - home.event_water_curtail


@compiled_inline
def no_tank(k: int, w: NDArray[np.float64]) -> None:
    """A place of the tile in which nothing is heated, whatever litres stand there still."""
    for lane in (tile.TANK, tile.TANK_LOSS, tile.LITRE_SHARE, tile.ELEMENT_K, tile.ELEMENT_KW):
        w[lane + k] = 0.0


@compiled_bare
def heat_tanks(quarter: NDArray[np.int64], e0: int, e1: int, w: NDArray[np.float64]) -> None:
    """Heat the tile's tanks: the row ``WATER``, litres before, holds their demand [kW] afterwards."""
    tank = eight(w, tile.TANK)
    for i in range(len(quarter)):
        q = float(quarter[i])
        available = pick((eight(w, tile.ON_FROM) <= q) & (eight(w, tile.ON_UNTIL) > q), eight_of(1.0), 0.0)
        if e0 <= i < e1:
            available = available * eight(w, tile.KEPT)
        replaced = eight(w, at(tile.WATER, i)) * eight(w, tile.LITRE_SHARE)
        tank, given = element_step(tank, replaced, eight(w, tile.TANK_LOSS), available * eight(w, tile.ELEMENT_K))
        put(w, at(tile.WATER, i), given * eight(w, tile.ELEMENT_KW))
    put(w, tile.TANK, tank)


@compiled_inline
def leave_tank(home: Record, k: int, w: NDArray[np.float64], use_kw: NDArray[np.float64]) -> None:
    """Fill the home's water-heating row [kW] from the tile, and write the tank's temperature into the record."""
    for i in range(use_kw.shape[1]):
        use_kw[WATER_HEATER, i] = w[at(tile.WATER, i) + k]
    home.t_tank_degc = w[tile.TANK + k]


@compiled_inline
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64], e0: int, e1: int,
    first: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the water-heating row [kW] of a shower or a heat pump; an event may withhold a share of the power."""
    draw_litres(home, key, quarter, occupied, first, use_kw)
    if home.tank_litres <= 0.0:
        for i in range(len(quarter)):
            if use_kw[WATER_HEATER, i] >= SHOWER_LITRES:
                use_kw[WATER_HEATER, i] = home.shower_kw * (0.35 + 0.35 * uniform(key, 600 + first + i))
            else:
                use_kw[WATER_HEATER, i] = 0.0
        return
    capacity, hours = home.tank_litres * KWH_PER_LITRE_K, 0.25 / HYBRID_PARTS
    loss, per_litre = TANK_LOSS_KW_PER_K * hours / capacity, 1.0 / (HYBRID_PARTS * float(home.tank_litres))
    element_k, element_kw = home.tank_kw * hours / capacity, 4.0 * capacity
    pump_k = home.water_pump_kw * home.water_pump_cop * hours / capacity
    pump_kw = element_kw / max(float(home.water_pump_cop), 1.0)
    tank, night, withheld = float(home.t_tank_degc), home.tank_night == 1, float(home.event_water_curtail)
    night_from = int(NIGHT_STAGGER_QUARTERS * home.trait_u)
    for i in range(len(quarter)):
        available = 0.0 if night and not night_from <= quarter[i] < NIGHT_UNTIL else 1.0
        if e0 <= i < e1:
            available *= 1.0 - withheld
        replaced = use_kw[WATER_HEATER, i] * per_litre
        kw = 0.0
        for _ in range(HYBRID_PARTS):
            tank, by_element, by_pump = hybrid_step(tank, replaced, loss, available * element_k, available * pump_k)
            kw += by_element * element_kw + by_pump * pump_kw
        use_kw[WATER_HEATER, i] = kw
    home.t_tank_degc = tank
