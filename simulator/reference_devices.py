"""One-minute references of the heat pump and the water heaters, to judge their 15-minute steps.

The same formulas with a step of one minute; draws of water and weather are held over each quarter-hour.
"""

from __future__ import annotations

import numpy as np

from simulator.appliances.heat_pump import capacity_factor, heating_input_kw, input_factor
from simulator.appliances.water_heater import (
    HYBRID_PARTS,
    KWH_PER_LITRE_K,
    TANK_LOSS_KW_PER_K,
    element_step,
    hybrid_step,
)
from simulator.dwelling import exact_step, heat_needed_kw, next_temperature

QUARTERS = 192


def _heating_kwh(per_quarter: int, outdoor_mean_degc: float, ua_kw_per_k: float) -> float:
    """Electricity of the second day of a heat pump that a setback of 3 K lets rest at night [kWh]."""
    one = np.ones(1)
    parts = (ua_kw_per_k * one, 0.0 * one, 1.4 * one, 1.1 * one, 7.5 * one)  # all losses from the air
    step = {name: float(value[0]) for name, value in exact_step(*parts, 0.25 / per_quarter).items()}
    air = mass = 20.0
    energy = 0.0
    for q in range(QUARTERS):
        hour = (q % 96) / 4.0
        outdoor = outdoor_mean_degc + 5.0 * np.cos((hour - 15.0) / 24.0 * 2.0 * np.pi)
        target = 20.5 if 6.0 <= hour < 22.0 else 17.5
        pump, ratio = 6.0 * capacity_factor(outdoor), input_factor(outdoor) / 3.3
        for _ in range(per_quarter):
            e = step
            free = next_temperature(e["e_aa"], e["e_am"], e["f_ao"], e["f_aq"], e["f_as"], air, mass, outdoor, 0.5, 0.0)
            added = heat_needed_kw(target - free, 1.0 / e["f_aq"], pump + 8.0)
            mass = next_temperature(
                e["e_ma"], e["e_mm"], e["f_mo"], e["f_mq"], e["f_ms"], air, mass, outdoor, 0.5 + added, 0.0
            )
            air = free + added * e["f_aq"]
            if q >= 96:
                energy += heating_input_kw(added, pump, ratio, 1.0) * 0.25 / per_quarter
    return energy


def heating_reference_error() -> float:
    """Largest error of a day's electricity over a grid of weather and envelope, as a fraction of the reference."""
    errors = [
        abs(_heating_kwh(1, mean, ua) / _heating_kwh(15, mean, ua) - 1.0)
        for mean in (-8.0, 0.0, 6.0)
        for ua in (0.15, 0.25)
    ]
    return max(errors)


def water_kwh(per_quarter: int, litres: float, pump_kw: float) -> float:
    """Electricity of two days of a 200-litre tank with a morning and an evening draw [kWh]."""
    capacity, hours = 200.0 * KWH_PER_LITRE_K, 0.25 / per_quarter
    tank, energy, cop = 55.0, 0.0, 3.2
    for q in range(QUARTERS):
        drawn = litres / 2.0 if q % 96 in (28, 76) else 0.0
        replaced = drawn / 200.0 / per_quarter
        for _ in range(per_quarter):
            loss, element_k = TANK_LOSS_KW_PER_K * hours / capacity, 4.5 * hours / capacity
            pump_k = pump_kw * cop * hours / capacity
            by_pump = 0.0
            if pump_kw > 0.0:
                tank, by_element, by_pump = hybrid_step(tank, replaced, loss, element_k, pump_k)
            else:
                tank, by_element = element_step(tank, replaced, loss, element_k)
            energy += (by_element + by_pump / cop) * capacity
    # two runs may end with different heat in the tank: count it as electricity of the element
    return energy + (55.0 - tank) * capacity


def water_reference_error() -> float:
    """Largest error of two days' electricity over draws, element alone and heat pump, as a fraction."""
    errors = [
        abs(water_kwh(parts, litres, pump) / water_kwh(15, litres, pump) - 1.0)
        for litres in (60.0, 120.0, 200.0)
        for pump, parts in ((0.0, 1), (0.5, HYBRID_PARTS))
    ]
    return max(errors)
