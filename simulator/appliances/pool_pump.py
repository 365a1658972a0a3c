"""Outdoor equipment on a clock, mostly the pool pump: its heat never reaches the rooms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import POOL_PUMP, Record


@compiled
def run(home: Record, quarter: NDArray[np.int16], i0: int, i1: int, use_kw: NDArray[np.float64]) -> None:
    """Fill the pump's row [kW]: on from its start for its length, past midnight if need be."""
    for i in range(i0, i1):
        since = float(quarter[i]) - home.fixed_start_quarter
        if since < 0.0:
            since += 96.0
        if since < home.fixed_quarters:
            use_kw[POOL_PUMP, i] = home.fixed_kw
