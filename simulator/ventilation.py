"""Air that comes in by itself (infiltration) and by opened windows.

Infiltration follows the basic model of ASHRAE Fundamentals (Sherman & Grimsrud 1980): flow grows with the
root of ``Cs |dT| + Cw v^2``. The envelope's conductance holds it at ``REFERENCE_K``; only the departure from
that is a heat flow of its own, so the linear envelope stays exact. The wind is a steady ``WIND_M_PER_S``: the
weather has none (assumption).
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled, compiled_inline
from simulator.eights import Number, greatest, least

STACK = 0.000290  # (L/s)2 / (cm4 K), two storeys
WIND = 0.000231  # (L/s)2 / (cm4 (m/s)2), two storeys, shelter class 3
WIND_M_PER_S = 3.0
ROOM_DEGC = 22.0
REFERENCE_K = 10.0
AIR_KWH_PER_M3_K = 0.000335
OPEN_BELOW_SET_K = 1.0  # windows are opened this far below the setpoint, before the air conditioner starts


@compiled
def leak_departure(t_out_degc: float) -> float:
    """Infiltration at an outdoor temperature over that at the reference, less one."""
    wind = WIND * WIND_M_PER_S**2
    now = STACK * abs(t_out_degc - ROOM_DEGC) + wind
    return float(np.sqrt(now / (STACK * REFERENCE_K + wind))) - 1.0


@compiled_inline
def window_cooling_k(
    warm_k: Number, k_per_kw: Number, open_kw_per_k: Number, air_degc: Number, t_out_degc: float
) -> Number:  # fmt: skip
    """Cooling [K over the step] by opened windows: what brings the room to their setpoint, at most what flows.

    Numbers or ``eights``.
    """
    flows = k_per_kw * open_kw_per_k * greatest(air_degc - t_out_degc, 0.0)
    return least(greatest(warm_k, 0.0), flows)
