"""Household-days per CPU-second of the compiled path and of the two twins; a part of ``benchmarks/run.py``.

All live from the same settled records on the same days. What is measured is living, not setting up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from chunked_numpy import CHUNK, ChunkedModel
from plain_mesa import PlainModel
from threadpoolctl import threadpool_limits

from simulator.model import DemandResponseModel
from simulator.world import Lives

REGIONS = ("us_hot_dry", "uk_london")
START, DAYS, HISTORY_DAYS = "2024-07-08", 28, 7
#: Homes of the compiled path and of chunked NumPy (a shard, a chunk), and homes and days of plain Mesa.
HOMES, PLAIN_HOMES, PLAIN_DAYS = 4096, 40, 4
COMPILED, MESA, NUMPY_32, NUMPY_64 = "compiled", "plain Mesa", "chunked NumPy, 32 bits", "chunked NumPy, 64 bits"


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process spent in ``work``, which has one thread: linear algebra too."""
    with threadpool_limits(1):
        begin = time.process_time()
        work()
        return time.process_time() - begin


def settled(region: str) -> DemandResponseModel:
    """Homes that have lived a history, so that tanks, rooms and vehicles are where they usually are."""
    return DemandResponseModel(region, HOMES, START, DAYS, history_days=HISTORY_DAYS)


def rates(region: str, repeats: int) -> dict[str, list[float]]:
    """Household-days per CPU-second, one figure a repeat, of the compiled loop and its twins in turn."""
    model = settled(region)
    start, found = model.everyone.homes.copy(), {name: [] for name in (COMPILED, MESA, NUMPY_32, NUMPY_64)}
    for _ in range(repeats):
        lives = Lives(model.world, start.copy())

        def live(lives: Lives = lives) -> None:
            for day in range(HISTORY_DAYS, HISTORY_DAYS + DAYS):
                lives.day(day)

        found[COMPILED].append(HOMES * DAYS / cpu_seconds(live))
        for name, real in ((NUMPY_32, np.float32), (NUMPY_64, np.float64)):
            found[name].append(chunked_rate(model.world, start, real))
        plain = PlainModel(model.world, start[:PLAIN_HOMES], HISTORY_DAYS, PLAIN_DAYS)
        found[MESA].append(PLAIN_HOMES * PLAIN_DAYS / cpu_seconds(plain.run_model))
    return found


def chunked_rate(world: Any, start: Any, real: type[np.floating], chunk: int = CHUNK) -> float:
    """Household-days per CPU-second of the NumPy twin."""
    twin = ChunkedModel(world, start, HISTORY_DAYS, DAYS, chunk=chunk, real=real)
    return HOMES * DAYS / cpu_seconds(twin.run_model)


def ratio(found: dict[str, list[float]], other: str) -> float:
    """How many times the other's rate the compiled one is: the median over repeats."""
    return median(c / o for c, o in zip(found[COMPILED], found[other], strict=True))
