"""Cooking: meals by habit while someone is up, and kettles, toasters and microwaves in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import AT_HOME, COOKING, SPARE, Record
from simulator.keyed_random import normal, uniform

KETTLE_CHANCE = 0.16  # of a short use (kettle, toaster, microwave, iron, hair dryer) per quarter-hour at home
DISH_SPREAD = 0.5  # spread (log) of a day's cooking about the household's usual
LARGEST_DISH = 2.5  # of the household's usual: all rings and the oven
MOST_SHORT_USES = 6.0  # of their mean, in one quarter-hour
DINNER_CHANCE = 0.75  # that a day sees the cooker used for the evening meal
FREE_LUNCH = 1.4  # cooked lunches on free days, relative to working days


@compiled_inline
def run(
    home: Record, key: np.uint64, weekly: np.uint64, quarter: NDArray[np.int64], occupied: NDArray[np.int64],
    mood: float, free_day: bool, first: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the cooking row [kW]; ``weekly`` is the key of the household's routine on this weekday."""
    habit = float(home.regularity)
    dinner = home.dinner_quarter + home.jitter_quarters * normal(key, 201)
    dinner_quarters = 1.5 + 3.5 * uniform(key, 202)
    size = min(np.exp(DISH_SPREAD * normal(key, 208) - 0.5 * DISH_SPREAD * DISH_SPREAD), LARGEST_DISH)
    cooks = (uniform(weekly, 203) if uniform(key, 206) < habit else uniform(key, 203)) < DINNER_CHANCE * mood
    lunch = 47.0 + 5.0 * uniform(key, 204)
    chance = home.lunch_fraction * (FREE_LUNCH if free_day else 1.0)
    lunches = (uniform(weekly, 205) if uniform(key, 207) < habit else uniform(key, 205)) < chance
    kettle_kw, cook_kw, kettles = float(home.kettle_kw), float(home.cook_kw) * size, KETTLE_CHANCE * mood
    dinner_end, lunch_end = dinner + (dinner_quarters if cooks else 0.0), lunch + (2.0 if lunches else 0.0)
    for i in range(len(quarter)):
        use_kw[SPARE, i] = uniform(key, first + i)
    for i in range(len(quarter)):
        q, draw = float(quarter[i]), use_kw[SPARE, i]
        kw = 0.6 * cook_kw * (0.5 + draw) if lunch <= q < lunch_end else 0.0
        kw = cook_kw * (0.5 + draw) if dinner <= q < dinner_end else kw
        use_kw[COOKING, i] = kw if occupied[i] == AT_HOME else 0.0
        use_kw[SPARE, i] = draw if occupied[i] == AT_HOME else np.inf
    for i in range(len(quarter)):
        draw = use_kw[SPARE, i]
        if draw < kettles:
            # short uses, exponential in energy up to what the sockets in use could draw in the quarter-hour
            use_kw[COOKING, i] += kettle_kw * min(-np.log(1.0 - draw / kettles), MOST_SHORT_USES)
