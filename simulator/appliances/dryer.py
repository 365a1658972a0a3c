"""Clothes dryer: one cycle after a wash; waits while an event asks for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import DRYER, Record

DRY_QUARTERS = 4


@compiled
def run_quarter(home: Record, i: int, use_kw: NDArray[np.float64]) -> None:
    """One quarter-hour of drying; the last quarter cools down at half power."""
    use_kw[DRYER, i] = home.dryer_kw if home.dryer_left > 1 else 0.5 * home.dryer_kw
    home.dryer_left -= 1
