"""Dishwasher: due by habit, started after the evening meal or later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances.cycle import START_CHANCE, may_start
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
    due, left, defers, kw = int(home.dish_due), int(home.dish_left), home.event_defers == 1, float(home.dish_kw)
    for i in range(len(quarter)):
        if due == 0 and left == 0:
            break
        if left == 0:
            waits = defers and e0 <= i < e1
            if (may_start(due, occupied[i], float(quarter[i]), habit, waits)
                    and uniform(key, first + i) < START_CHANCE):  # fmt: skip
                due, left = 0, DISH_QUARTERS
        if left > 0:
            use_kw[DISHWASHER, i] = kw
            left -= 1
    home.dish_due, home.dish_left = due, left
    return True
