"""Cooking: meals by habit while someone is up, and kettles, toasters and microwaves in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import AT_HOME, COOKING, Record
from simulator.keyed_random import normal, uniform

KETTLE_CHANCE = 0.10  # per quarter-hour at home


@compiled
def run(
    home: Record, key: np.uint64, quarter: NDArray[np.int16], occupied: NDArray[np.uint8], mood: float,
    i0: int, i1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the cooking row [kW]."""
    dinner = home.dinner_quarter + home.jitter_quarters * normal(key, 201)
    dinner_quarters = 2.0 + 3.0 * uniform(key, 202)
    cooks = uniform(key, 203) < min(0.95, 0.75 * mood)
    lunch = 49.0 + 3.0 * uniform(key, 204)
    lunches = uniform(key, 205) < 0.4
    for i in range(i0, i1):
        if occupied[i] != AT_HOME:
            continue
        q = float(quarter[i])
        draw = uniform(key, i)
        kw = 0.0
        if draw < KETTLE_CHANCE * mood:
            kw += home.kettle_kw * (0.5 + draw / (KETTLE_CHANCE * mood))
        if cooks and dinner <= q < dinner + dinner_quarters:
            kw += home.cook_kw * (0.5 + draw)
        elif lunches and lunch <= q < lunch + 2.0:
            kw += 0.5 * home.cook_kw * (0.5 + draw)
        use_kw[COOKING, i] = kw
