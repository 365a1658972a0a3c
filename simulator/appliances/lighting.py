"""Lighting: lit rooms while someone is up and daylight is short of what people need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import ASLEEP, AT_HOME, LIGHTING, SPARE, Record
from simulator.outdoor import LAMPS

NIGHT_LIGHT = 0.06  # share left burning while asleep (assumption)
LATE_QUARTER, LATE_ROOMS = 82, 0.55  # late in the evening people share a room (assumption)


@compiled_inline
def run(
    home: Record, quarter: NDArray[np.int64], sky: NDArray[np.float64], occupied: NDArray[np.int64], mood: float,
    cut: float, e0: int, e1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the lighting row [kW] from the sessions drawn; ``cut`` is the share switched off in the event window."""
    busy = 0.6 + 0.4 * mood
    awake_kw, asleep_kw = home.light_kw * busy, NIGHT_LIGHT * home.light_kw
    for i in range(len(quarter)):
        level = 1.5 - use_kw[SPARE, i]  # the draw that switches screens on: rooms go with them
        kw = awake_kw * sky[LAMPS, i] * level
        kw = kw * LATE_ROOMS if quarter[i] >= LATE_QUARTER or quarter[i] < 16 else kw
        kw = kw * (1.0 - cut) if e0 <= i < e1 else kw
        use_kw[LIGHTING, i] = kw if occupied[i] == AT_HOME else (asleep_kw if occupied[i] == ASLEEP else 0.0)
