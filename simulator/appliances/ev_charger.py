"""Electric vehicle charging at home (storage): the day's driving comes back with the household's return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, compiled_inline
from simulator.fields import AWAY, EV_CHARGER, Record
from simulator.keyed_random import uniform

CHARGING_EFFICIENCY = 0.90
TIMER_FROM_QUARTER, TIMER_TO_QUARTER = 1, 28  # a charging timer's cheap hours
MOST_KWH = 60.0


@compiled
def charge_kw(need_kwh: float, available_kw: float) -> float:
    """Demand in a quarter-hour of a vehicle that still wants ``need_kwh`` in its battery."""
    return min(available_kw, need_kwh / (0.25 * CHARGING_EFFICIENCY))


@compiled_inline
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64], before: int,
    e0: int, e1: int, first: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the charger's row [kW]; ``before`` is the occupancy just before."""
    previous, plugged, need = before, int(home.ev_plugged), float(home.ev_need_kwh)
    rating, withheld, timer = float(home.ev_kw), float(home.event_ev_curtail), home.ev_timer == 1
    for i in range(len(quarter)):
        here = int(occupied[i])
        if here != AWAY and previous == AWAY and plugged == 0:
            need = min(need + home.ev_kwh_per_day * (0.4 + 1.2 * uniform(key, first + i)), MOST_KWH)
            plugged = 1 if uniform(key, 700 + first + i) < home.ev_plugs else 0
        elif here == AWAY and previous != AWAY:
            plugged = 0
        previous = here
        if plugged == 0 or need <= 0.0 or (timer and not TIMER_FROM_QUARTER <= quarter[i] < TIMER_TO_QUARTER):
            continue
        available = rating
        if e0 <= i < e1:
            available = 0.0 if home.event_defers == 1 else rating * (1.0 - withheld)
        kw = charge_kw(need, available)
        use_kw[EV_CHARGER, i] = kw
        need = max(0.0, need - kw * 0.25 * CHARGING_EFFICIENCY)
    home.ev_plugged, home.ev_need_kwh = plugged, need
