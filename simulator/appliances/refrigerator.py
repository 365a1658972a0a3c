"""Refrigerators and freezers: event-free cycling load, warmer rooms run them longer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import REFRIGERATOR, Record
from simulator.keyed_random import uniform

ROOM_SLOPE_PER_K = 0.02  # duty rises about 2 % per K of room temperature about 21 degC
CYCLING_SPREAD = 0.5  # quarter-hour means swing by +-50 % as the compressor cycles


@compiled
def run(home: Record, key: np.uint64, i0: int, i1: int, use_kw: NDArray[np.float64]) -> None:
    """Fill the refrigerator's row [kW]; mean over a day is the household's trait."""
    mean = home.fridge_kw * max(0.5, 1.0 + ROOM_SLOPE_PER_K * (home.t_air_degc - 21.0))
    for i in range(i0, i1):
        use_kw[REFRIGERATOR, i] = mean * (1.0 + CYCLING_SPREAD * (2.0 * uniform(key, i) - 1.0))
