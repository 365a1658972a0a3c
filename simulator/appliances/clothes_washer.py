"""Clothes washer and the dryer that follows it (the dryer's own file holds its cycle)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances import dryer
from simulator.appliances.cycle import START_CHANCE, may_start
from simulator.compiled import compiled_inline
from simulator.fields import CLOTHES_WASHER, DRYER, Record
from simulator.keyed_random import uniform

WASH_QUARTERS = 5
MILD_DEGC = 13.0  # at midday, above which washing can dry outdoors (assumption)
RACK_SHARE = 0.5  # on colder days racks indoors take this part of it (assumption)


@compiled_inline
def run(
    home: Record, key: np.uint64, weekly: np.uint64, quarter: NDArray[np.int64], midday_degc: float,
    occupied: NDArray[np.int64], mood: float, free_day: bool, e0: int, e1: int, first: int,
    use_kw: NDArray[np.float64],
) -> bool:  # fmt: skip
    """Fill the washer's and dryer's rows [kW]; a wash waiting at midnight waits on.

    Washing days follow the household's week (``weekly``). On mild days a wash may dry outdoors. False: nothing runs.
    """
    if first == 0:
        draw = uniform(weekly, 401) if uniform(key, 403) < home.regularity else uniform(key, 401)
        if draw < home.washer_per_day * (1.35 if free_day else 0.86) * mood:
            home.washer_due = 1
    if home.washer_due == 0 and home.washer_left == 0 and home.dryer_left == 0:
        return False
    habit = home.chore_quarter + 10.0 * (uniform(key, 402) - 0.5) + (-24.0 if free_day else 0.0)
    airs = home.line_dries * (1.0 if midday_degc > MILD_DEGC else RACK_SHARE)
    outdoors = uniform(key, 404) < airs
    due, left, drying = int(home.washer_due), int(home.washer_left), int(home.dryer_left)
    kw, dry_kw, defers = float(home.washer_kw), float(home.dryer_kw), home.event_defers == 1
    for i in range(len(quarter)):
        if due == 0 and left == 0 and drying == 0:
            break
        waits = defers and e0 <= i < e1
        if (left == 0 and may_start(due, occupied[i], float(quarter[i]), habit, waits)
                and uniform(key, first + i) < START_CHANCE):  # fmt: skip
            due, left = 0, WASH_QUARTERS
        if left > 0:
            use_kw[CLOTHES_WASHER, i] = kw
            left -= 1
            if left == 0 and dry_kw > 0.0 and not outdoors:
                drying = dryer.DRY_QUARTERS
        elif drying > 0 and not waits:
            use_kw[DRYER, i] = dryer.drying_kw(dry_kw, drying)
            drying -= 1
    home.washer_due, home.washer_left, home.dryer_left = due, left, drying
    return True
