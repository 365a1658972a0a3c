"""Dishwasher: due by habit, started after the evening meal or later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances.cycle import starts
from simulator.compiled import compiled_inline
from simulator.fields import DISHWASHER, Record
from simulator.keyed_random import uniform

DISH_QUARTERS = 6


@compiled_inline
def run(
    home: Record, key: np.uint64, weekly: np.uint64, quarter: NDArray[np.int64],
    occupied: NDArray[np.int64], mood: float, e0: int, e1: int, first: int, use_kw: NDArray[np.float64],
) -> bool:  # fmt: skip
    """Fill the dishwasher's row [kW]; False when nothing runs."""
    if first == 0:
        draw = uniform(weekly, 501) if uniform(key, 503) < home.regularity else uniform(key, 501)
        if draw < home.dish_per_day * mood:
            home.dish_due = 1
    if home.dish_due == 0 and home.dish_left == 0:
        return False
    habit = home.dinner_quarter + 3.0 + 4.0 * uniform(key, 502)
    for i in range(len(quarter)):
        waits = home.event_defers == 1 and e0 <= i < e1
        draw = uniform(key, first + i)
        if home.dish_left == 0 and starts(home.dish_due, occupied[i], float(quarter[i]), habit, waits, draw):
            home.dish_due = 0
            home.dish_left = DISH_QUARTERS
        if home.dish_left > 0:
            use_kw[DISHWASHER, i] = home.dish_kw
            home.dish_left -= 1
    return True
