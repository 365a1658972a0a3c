"""Central air conditioner: thermostatic load on the envelope.

Cooling capacity falls and power per unit of cooling rises with outdoor temperature, linearly about the
35 degC rating point (typical of manufacturers' tables; DOE-2 curves are of this shape).
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import ASLEEP, AWAY

CAPACITY_PER_K = -0.008  # of rated capacity, per K above 35 degC
COP_PER_K = -0.018  # of rated efficiency, per K above 35 degC


@compiled
def capacity_kw(home: np.void, t_out_degc: float) -> float:
    """Cooling available [kW thermal] at an outdoor temperature."""
    return float(home.ac_thermal_kw * max(0.5, 1.0 + CAPACITY_PER_K * (t_out_degc - 35.0)))


@compiled
def cop(home: np.void, t_out_degc: float) -> float:
    """Cooling delivered per unit of electricity."""
    return float(home.ac_cop * min(1.5, max(0.5, 1.0 + COP_PER_K * (t_out_degc - 35.0))))


@compiled
def setpoint_degc(home: np.void, occupied: int) -> float:
    """The household's own setpoint, before any event."""
    if occupied == AWAY:
        return float(home.cool_set_degc + home.cool_away_k)
    if occupied == ASLEEP:
        return float(home.cool_set_degc + home.cool_sleep_k)
    return float(home.cool_set_degc)
