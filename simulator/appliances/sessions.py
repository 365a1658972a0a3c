"""Sessions: stretches of two hours in which people at home stay with what they do - a room lit, a screen on.

A session follows the household's own plan of the day with its habit, and is drawn afresh otherwise. They start on
quarter-hours of the household's own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import SPARE, SPARE_TOO, Record
from simulator.keyed_random import uniform

SESSION_QUARTERS = 8


@compiled_inline
def draw_sessions(
    home: Record, activity: np.uint64, plan: np.uint64, first: int, use_kw: NDArray[np.float64]
) -> None:  # fmt: skip
    """Leave two uniform draws of each quarter-hour's session in the spare rows: what is on, and how much of it.

    ``activity`` and ``plan`` are the keys of the day's own doings and of the household's plan of a day.
    """
    habit, n = float(home.regularity), use_kw.shape[1]
    start = first + int(SESSION_QUARTERS * home.trait_u)
    for now in range(start // SESSION_QUARTERS, (start + n - 1) // SESSION_QUARTERS + 1):
        source = plan if uniform(activity, now) < habit else activity
        what, how_much = uniform(source, 100 + now), uniform(source, 300 + now)
        begin = now * SESSION_QUARTERS - start
        for i in range(max(begin, 0), min(begin + SESSION_QUARTERS, n)):
            use_kw[SPARE, i] = what
            use_kw[SPARE_TOO, i] = how_much
