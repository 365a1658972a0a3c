"""Central air conditioner: thermostatic load on the envelope.

Cooling capacity falls and power per unit of cooling rises with outdoor temperature, linearly about the
35 degC rating point (typical of manufacturers' tables; DOE-2 curves are of this shape).
"""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import ASLEEP, AWAY

CAPACITY_PER_K = -0.008  # of rated capacity, per K above 35 degC
INPUT_RATIO_PER_K = 0.019  # of the rated energy input ratio, per K above 35 degC


@compiled
def capacity_kw(rated_kw: float, t_out_degc: float) -> float:
    """Cooling available [kW thermal] at an outdoor temperature."""
    return rated_kw * max(0.5, 1.0 + CAPACITY_PER_K * (t_out_degc - 35.0))


@compiled
def input_ratio(rated: float, t_out_degc: float) -> float:
    """Electricity per unit of cooling (energy input ratio); ``rated`` is its value at 35 degC."""
    return rated * min(1.6, max(0.6, 1.0 + INPUT_RATIO_PER_K * (t_out_degc - 35.0)))


@compiled
def setpoint_degc(at_home_degc: float, away_k: float, sleep_k: float, occupied: int) -> float:
    """The household's own setpoint, before any event."""
    if occupied == AWAY:
        return at_home_degc + away_k
    if occupied == ASLEEP:
        return at_home_degc + sleep_k
    return at_home_degc
