"""Plug-in electric heaters beside a gas boiler: switched on in the room where people sit when it is cold outdoors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances.sessions import SESSION_QUARTERS
from simulator.compiled import compiled_inline
from simulator.fields import AT_HOME, PLUG_HEATER, Record
from simulator.keyed_random import uniform
from simulator.outdoor import T_OUT

NEVER_ABOVE_DEGC, ALWAYS_BELOW_DEGC = 14.0, -2.0  # outdoors (assumption)
EVENING_QUARTER, DAY_SHARE = 62, 0.6  # by day people move about: sessions with the heater are fewer (assumption)


@compiled_inline
def run(
    home: Record, activity: np.uint64, plan: np.uint64, quarter: NDArray[np.int64], sky: NDArray[np.float64],
    occupied: NDArray[np.int64], first: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the plug heater's row [kW]: by session, the more often and the longer the colder it is."""
    shift, habit, kw = int(SESSION_QUARTERS * home.trait_u), float(home.regularity), float(home.plug_heater_kw)
    session, draw = -1, 0.0
    for i in range(len(quarter)):
        if occupied[i] != AT_HOME:
            continue
        now = (first + i + shift) // SESSION_QUARTERS
        if now != session:
            session = now
            draw = uniform(plan if uniform(activity, 500 + now) < habit else activity, 600 + now)
        cold = (NEVER_ABOVE_DEGC - sky[T_OUT, i]) / (NEVER_ABOVE_DEGC - ALWAYS_BELOW_DEGC)
        cold = min(max(cold, 0.0), 1.0)
        if draw < cold * (1.0 if quarter[i] >= EVENING_QUARTER else DAY_SHARE):
            use_kw[PLUG_HEATER, i] = kw * (0.3 + 0.7 * cold)
