"""Home battery (storage): stores solar surplus, covers the home's demand, keeps a reserve, obeys a dispatch.

Its own rule is self-consumption: charge what would be exported, discharge what would be imported, down to the
reserve kept for outages. In an event window a commanded discharge comes first; it may export.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import BATTERY, Record
from simulator.tile import DEMAND, at


@compiled
def battery_kw(
    net_kw: float, commanded_kw: float, stored_kwh: float, capacity_kwh: float, reserve_kwh: float, rating_kw: float,
    one_way: float,
) -> float:  # fmt: skip
    """Demand of the battery in a quarter-hour: positive charges, negative discharges [kW at its terminals].

    ``one_way`` is the efficiency of charging, and of discharging; a round trip keeps its square.
    """
    wanted = max(net_kw, commanded_kw) if commanded_kw > 0.0 else net_kw
    if wanted > 0.0:
        held = max(stored_kwh - reserve_kwh, 0.0) * one_way * 4.0
        return -min(wanted, rating_kw, held)
    room = max(capacity_kwh - stored_kwh, 0.0) / one_way * 4.0
    return min(-wanted, rating_kw, room)


@compiled
def stored_after(stored_kwh: float, kw: float, one_way: float) -> float:
    """Energy stored after a quarter-hour at ``kw``."""
    return stored_kwh + 0.25 * (kw * one_way if kw > 0.0 else kw / one_way)


@compiled
def run(
    home: Record, k: int, w: NDArray[np.float64], e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the battery's row [kW]; the tile's demand of home ``k`` is the rest of it, panels included."""
    stored, capacity, one_way = float(home.battery_stored_kwh), float(home.battery_kwh), float(home.battery_one_way)
    reserve, rating, commanded = capacity * home.battery_reserve, float(home.battery_kw), float(home.event_battery_kw)
    for i in range(use_kw.shape[1]):
        order = commanded if e0 <= i < e1 else 0.0
        kw = battery_kw(w[at(DEMAND, i) + k], order, stored, capacity, reserve, rating, one_way)
        use_kw[BATTERY, i] = kw
        stored = stored_after(stored, kw, one_way)
    home.battery_stored_kwh = stored
