"""Solar panels on the roof (scheduled by the sun): generation is negative demand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import SOLAR_PANELS, Record
from simulator.outdoor import ROOFS


@compiled
def run(home: Record, sky: NDArray[np.float64], first: int, use_kw: NDArray[np.float64]) -> None:
    """Fill the panels' row [kW]; ``sky`` holds the output per rated kW of each roof orientation."""
    rated, roof = float(home.pv_kw), ROOFS + int(home.pv_roof)
    if roof >= sky.shape[0]:
        return
    for i in range(use_kw.shape[1]):
        use_kw[SOLAR_PANELS, i] = -rated * sky[roof, i]
