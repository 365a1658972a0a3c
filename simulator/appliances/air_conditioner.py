"""Air conditioner (thermostatic): central, or room units that cool a share of the floor while somebody is there.

Cooling capacity falls and power per unit of cooling rises with outdoor temperature, linearly about the
35 degC rating point (typical of manufacturers' tables; DOE-2 curves are of this shape). Part of the
capacity condenses moisture: only its sensible share lowers the room's temperature. Below
``LOCKOUT_DEGC`` outdoors the compressor is locked out, as units without a low-ambient kit are.
"""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import ASLEEP, AWAY

CAPACITY_PER_K = -0.008  # of rated capacity, per K above 35 degC
INPUT_RATIO_PER_K = 0.019  # of the rated energy input ratio, per K above 35 degC
LOCKOUT_DEGC = 13.0  # 55 degF, the usual limit of operation for cooling


@compiled
def capacity_factor(t_out_degc: float) -> float:
    """Cooling available at an outdoor temperature over the rating at 35 degC."""
    if t_out_degc < LOCKOUT_DEGC:
        return 0.0
    return max(0.5, 1.0 + CAPACITY_PER_K * (t_out_degc - 35.0))


@compiled
def input_factor(t_out_degc: float) -> float:
    """Electricity per unit of cooling (energy input ratio) over its value at 35 degC."""
    return min(1.6, max(0.6, 1.0 + INPUT_RATIO_PER_K * (t_out_degc - 35.0)))


@compiled
def capacity_kw(rated_kw: float, t_out_degc: float) -> float:
    """Cooling available [kW thermal] at an outdoor temperature."""
    return rated_kw * capacity_factor(t_out_degc)


@compiled
def input_ratio(rated: float, t_out_degc: float) -> float:
    """Electricity per unit of cooling; ``rated`` is its value at 35 degC."""
    return rated * input_factor(t_out_degc)


@compiled
def setpoint_degc(at_home_degc: float, away_k: float, sleep_k: float, occupied: int) -> float:
    """The household's own setpoint, before any event."""
    if occupied == AWAY:
        return at_home_degc + away_k
    if occupied == ASLEEP:
        return at_home_degc + sleep_k
    return at_home_degc
