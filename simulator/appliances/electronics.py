"""Electronics while someone is up, and standby all day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import AT_HOME, ELECTRONICS, STANDBY, Record
from simulator.keyed_random import uniform

EVENING_CHANCE, DAY_CHANCE = 0.66, 0.50  # that a quarter-hour at home sees a screen in use (assumption)


@compiled
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int16], occupied: NDArray[np.uint8], mood: float,
    cut: float, e0: int, e1: int, i0: int, i1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the electronics and standby rows [kW]; sessions last about an hour."""
    for i in range(i0, i1):
        use_kw[STANDBY, i] = home.standby_kw
        if occupied[i] != AT_HOME:
            continue
        evening = 64 <= quarter[i] < 88
        chance = (EVENING_CHANCE if evening else DAY_CHANCE) * mood
        draw = uniform(key, i // 4)
        if draw < chance:
            kw = home.media_kw * (0.6 + 0.8 * uniform(key, 300 + i // 4))
            use_kw[ELECTRONICS, i] = kw * (1.0 - cut) if e0 <= i < e1 else kw
