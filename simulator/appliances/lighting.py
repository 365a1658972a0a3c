"""Lighting: lit rooms while someone is up and daylight is short of what people need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import ASLEEP, AT_HOME, LIGHTING, Record
from simulator.keyed_random import uniform

BRIGHT_W_PER_M2 = 180.0  # horizontal irradiance above which rooms need no lamps (assumption)
DIM_ROOMS = 0.18  # share of the lamps that daylight never replaces (assumption)
NIGHT_LIGHT = 0.10  # share left burning while asleep


@compiled
def run(
    home: Record, key: np.uint64, ghi: NDArray[np.float32], occupied: NDArray[np.uint8], mood: float,
    cut: float, e0: int, e1: int, i0: int, i1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the lighting row [kW]; ``cut`` is the share switched off inside the event window."""
    for i in range(i0, i1):
        if occupied[i] == AT_HOME:
            dark = max(DIM_ROOMS, 1.0 - ghi[i] / BRIGHT_W_PER_M2)
            kw = home.light_kw * dark * (0.6 + 0.8 * uniform(key, i // 2)) * (0.6 + 0.4 * mood)
            use_kw[LIGHTING, i] = kw * (1.0 - cut) if e0 <= i < e1 else kw
        elif occupied[i] == ASLEEP:
            use_kw[LIGHTING, i] = NIGHT_LIGHT * home.light_kw
