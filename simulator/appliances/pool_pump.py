"""Outdoor equipment on a clock (scheduled), mostly the pool pump: its heat never reaches the rooms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import POOL_PUMP, Record


@compiled_inline
def run(
    home: Record, quarter: NDArray[np.int64], e0: int, e1: int, first: int, use_kw: NDArray[np.float64]
) -> None:  # fmt: skip
    """Fill the pump's row [kW]: on from its start for its length, past midnight if need be.

    What an event withholds is not made up: the clock knows nothing of it.
    """
    kw, start, length = float(home.fixed_kw), float(home.fixed_start_quarter), float(home.fixed_quarters)
    withheld = float(home.event_pool_curtail)
    for i in range(len(quarter)):
        since = float(quarter[i]) - start
        if since < 0.0:
            since += 96.0
        if since < length:
            use_kw[POOL_PUMP, i] = kw * (1.0 - withheld) if e0 <= i < e1 else kw
