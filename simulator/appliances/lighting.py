"""Lighting: lit rooms while someone is up and daylight is short of what people need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances.electronics import SESSION_QUARTERS
from simulator.compiled import compiled_inline
from simulator.fields import ASLEEP, AT_HOME, LIGHTING, Record
from simulator.keyed_random import uniform
from simulator.outdoor import GHI

BRIGHT_W_PER_M2 = 110.0  # horizontal irradiance above which rooms need no lamps (assumption)
DIM_ROOMS = 0.22  # share of the lamps that daylight never replaces (assumption)
NIGHT_LIGHT = 0.06  # share left burning while asleep (assumption)
LATE_QUARTER, LATE_ROOMS = 82, 0.55  # late in the evening people share a room (assumption)


@compiled_inline
def run(
    home: Record, activity: np.uint64, plan: np.uint64, quarter: NDArray[np.int64], sky: NDArray[np.float64],
    occupied: NDArray[np.int64], mood: float, cut: float, e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the lighting row [kW]; ``cut`` is the share switched off inside the event window."""
    busy, habit = 0.6 + 0.4 * mood, float(home.regularity)
    awake_kw, asleep_kw = home.light_kw * busy, NIGHT_LIGHT * home.light_kw
    shift = int(SESSION_QUARTERS * home.trait_u)
    stay, level = -1, 0.0
    for i in range(len(quarter)):
        if occupied[i] == AT_HOME:
            now = (first + i + shift) // SESSION_QUARTERS
            if now != stay:
                stay = now
                source = plan if uniform(activity, now) < habit else activity
                level = 1.5 - uniform(source, 100 + now)  # the draw that switches screens on: rooms go with them
            kw = awake_kw * max(DIM_ROOMS, 1.0 - sky[GHI, i] / BRIGHT_W_PER_M2) * level
            if quarter[i] >= LATE_QUARTER or quarter[i] < 16:
                kw *= LATE_ROOMS
            use_kw[LIGHTING, i] = kw * (1.0 - cut) if e0 <= i < e1 else kw
        elif occupied[i] == ASLEEP:
            use_kw[LIGHTING, i] = asleep_kw
