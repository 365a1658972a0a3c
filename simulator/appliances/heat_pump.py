"""Air-source heat pump for heating (thermostatic): first stage of space heat, a backup strip behind it.

Capacity and efficiency fall with outdoor temperature about the 8.3 degC (47 degF) rating point; the two
slopes give about 64 % of capacity and a third less efficiency at -8.3 degC (17 degF), as published
ratings of 8-9 HSPF units have it, defrosting included. The same unit cools in summer: see ``air_conditioner``.
"""

from __future__ import annotations

from simulator.compiled import compiled, compiled_inline
from simulator.eights import Number, least

RATING_DEGC = 8.3
CAPACITY_PER_K = 0.0215  # of rated capacity, per K above the rating point
INPUT_RATIO_PER_K = -0.028  # of the rated energy input ratio, per K above the rating point


@compiled
def capacity_factor(t_out_degc: float) -> float:
    """Heat available at an outdoor temperature over the rating at 8.3 degC."""
    return min(1.15, max(0.25, 1.0 + CAPACITY_PER_K * (t_out_degc - RATING_DEGC)))


@compiled
def input_factor(t_out_degc: float) -> float:
    """Electricity per unit of heat over its value at 8.3 degC (1 / COP)."""
    return min(2.2, max(0.75, 1.0 + INPUT_RATIO_PER_K * (t_out_degc - RATING_DEGC)))


@compiled_inline
def heating_input_kw(
    heat_kw: Number, pump_available_kw: Number, pump_input_ratio: Number, backup_kw_per_kw: Number
) -> Number:  # fmt: skip
    """Electricity [kW] for ``heat_kw`` of heat: the pump first, the rest by the backup (or furnace).

    Numbers or ``eights``.
    """
    by_pump = least(heat_kw, pump_available_kw)
    return by_pump * pump_input_ratio + (heat_kw - by_pump) * backup_kw_per_kw
