"""Refrigerators and freezers: compressors that cycle by the clock of their own thermostat.

A compressor is on for a share (duty) of each cycle; a quarter-hour's demand is its power times the part of the
quarter-hour that it runs, exactly. Warmer rooms lengthen the running share. Cycles beat against the reads, which is
what makes the nights of real meters rough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.fields import REFRIGERATOR, Record
from simulator.keyed_random import uniform

ROOM_SLOPE_PER_K = 0.02  # duty rises about 2 % per K of room temperature about 21 degC
CYCLE_SPREAD = 0.20  # a day's cycles are up to this much longer or shorter than usual (doors, food put in)


@compiled_inline
def cycle(
    use_kw: NDArray[np.float64], use: int, on_kw: float, duty: float, step: float, phase: float, first: int
) -> None:
    """Add a cycling compressor to ``use_kw[use]`` [kW].

    ``step`` is a quarter-hour in cycles (at most one), ``phase`` the place in the cycle at midnight, in [0, 1). The
    running time in ``[a, b)`` of a unit cycle that runs in ``[0, duty)`` is ``R(b) - R(a)``, with
    ``R(t) = duty floor(t) + min(t - floor(t), duty)``.
    """
    a = phase + step * first
    whole = np.floor(a)
    share = on_kw / step
    before = duty * whole + min(a - whole, duty)
    for i in range(use_kw.shape[1]):
        b = phase + step * (first + i + 1)
        whole = np.floor(b)
        after = duty * whole + min(b - whole, duty)
        use_kw[use, i] += share * (after - before)
        before = after


@compiled_inline
def run(home: Record, key: np.uint64, first: int, use_kw: NDArray[np.float64]) -> None:
    """Fill the refrigerator's row [kW]; mean over a day is the household's trait."""
    warmth = max(0.5, 1.0 + ROOM_SLOPE_PER_K * (home.t_air_degc - 21.0))
    duty, second = float(home.fridge_duty), float(home.fridge_second)
    on_kw = home.fridge_kw / duty
    running = min(0.95, duty * warmth)
    step = 1.0 / (home.fridge_cycle_quarters * (1.0 + CYCLE_SPREAD * (2.0 * uniform(key, 0) - 1.0)))
    cycle(use_kw, REFRIGERATOR, (1.0 - second) * on_kw, running, step, uniform(key, 1), first)
    if second > 0.0:
        cycle(use_kw, REFRIGERATOR, second * on_kw, running, 0.73 * step, uniform(key, 2), first)
