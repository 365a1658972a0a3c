"""Space heating on the same envelope: electric homes draw the heat, gas homes only pumps and fans."""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import AT_HOME


@compiled
def setpoint_degc(home: np.void, occupied: int) -> float:
    """Heating setpoint: lowered while the household is away or asleep."""
    return float(home.heat_set_degc - (0.0 if occupied == AT_HOME else home.heat_back_k))
