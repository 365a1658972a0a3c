"""Space heating on the same envelope: electric homes draw the heat, gas homes only pumps and fans."""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import AT_HOME


@compiled
def setpoint_degc(at_home_degc: float, back_k: float, occupied: int) -> float:
    """Heating setpoint: lowered while the household is away or asleep."""
    return at_home_degc if occupied == AT_HOME else at_home_degc - back_k
