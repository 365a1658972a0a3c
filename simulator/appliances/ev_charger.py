"""Electric vehicle charging at home: the day's driving comes back with the household's return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import AWAY, EV_CHARGER, Record
from simulator.keyed_random import uniform

CHARGING_EFFICIENCY = 0.90


@compiled
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int16], occupied: NDArray[np.uint8], before: int,
    e0: int, e1: int, i0: int, i1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the charger's row [kW]; ``before`` is the occupancy just before ``i0``."""
    previous = before
    for i in range(i0, i1):
        here = int(occupied[i])
        if here != AWAY and previous == AWAY and home.ev_plugged == 0:
            home.ev_need_kwh += home.ev_kwh_per_day * (0.4 + 1.2 * uniform(key, i))
            home.ev_need_kwh = min(home.ev_need_kwh, 60.0)
            home.ev_plugged = 1 if uniform(key, 700 + i) < home.ev_plugs else 0
        elif here == AWAY and previous != AWAY:
            home.ev_plugged = 0
        previous = here
        timed = home.ev_timer == 1 and not (1 <= quarter[i] < 28)
        waits = home.event_defers == 1 and e0 <= i < e1
        if home.ev_plugged == 1 and home.ev_need_kwh > 0.0 and not timed and not waits:
            kw = min(float(home.ev_kw), home.ev_need_kwh / (0.25 * CHARGING_EFFICIENCY))
            use_kw[EV_CHARGER, i] = kw
            home.ev_need_kwh = max(0.0, home.ev_need_kwh - kw * 0.25 * CHARGING_EFFICIENCY)
