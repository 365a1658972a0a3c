"""What a compiled home-day must at least cost on this machine: its operations and bytes over what the machine can do.

Counted by ``count_operations.py``: keyed hashes, normal draws, logarithms and the arithmetic on eights. By hand, from
the code: the arithmetic of the loops over one home's quarter-hours (``ROW_OPERATIONS``) and the bytes. The machine's
rates are measured here by small compiled loops that do nothing else. A part of ``benchmarks/run.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from figures import Figure
from kernel_speed import DAYS, HISTORY_DAYS, HOMES, REGIONS, cpu_seconds, settled
from numba import njit

from simulator.adding_up import N_USES
from simulator.eights import eight, put
from simulator.fields import HOME
from simulator.keyed_random import home_day_key, normal, uniform
from simulator.world import Lives

#: Operations a quarter-hour in the loops over one home's rows, additions to compares, from the code: occupancy 24,
#: cooking 12, lamps 8, screens 12, compressors 14, hot water 6, adding up 20.
ROW_OPERATIONS = 96
INTERVALS = 96
#: The record read and written, load (32 bits), sums by use of day and event, indoor climate.
BYTES = 2 * HOME.itemsize + 4 * INTERVALS + 2 * 8 * N_USES + 16


def counted(region: str) -> dict[str, float]:
    """Hashes, normal draws, logarithms and operations on eights of a home-day."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, str(Path(__file__).parent / "count_operations.py"), region]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@njit
def _hashes(out: np.ndarray, rounds: int) -> None:
    for k in range(rounds):
        key = home_day_key(1, 0, k, 0)
        for i in range(len(out)):
            out[i] = uniform(key, i)


@njit
def _normals(out: np.ndarray, rounds: int) -> None:
    for k in range(rounds):
        key = home_day_key(1, 0, k, 0)
        for i in range(len(out)):
            out[i] = normal(key, i)


@njit
def _logs(out: np.ndarray, rounds: int) -> None:
    for k in range(rounds):
        for i in range(len(out)):
            out[i] = -np.log(1.0 - (i + 0.5) / (k + 200.0))


@njit(error_model="numpy")
def _eights(w: np.ndarray, rounds: int) -> None:
    a, b, c, d, e, f = (eight(w, 0), eight(w, 8), eight(w, 16), eight(w, 24), eight(w, 32), eight(w, 40))
    x, y = eight(w, 48), eight(w, 56)
    for _ in range(rounds):
        a, b, c, d, e, f = a * x + y, b * x + y, c * x + y, d * x + y, e * x + y, f * x + y
    put(w, 0, a + b + c + d + e + f)


def _rate(function: Callable[[np.ndarray, int], None], out: np.ndarray, each: int, rounds: int) -> float:
    """Operations a nanosecond, the best of several."""
    function(out, 1)
    return max(each * rounds / cpu_seconds(lambda: function(out, rounds)) / 1e9 for _ in range(7))


def machine() -> dict[str, float]:
    """What one thread of this machine does a nanosecond: hashes, normals, logs, operations on eights, bytes copied."""
    row = np.zeros(INTERVALS)
    big, there = np.ones(16_000_000), np.empty(16_000_000)
    there[:] = big
    return {
        "hashes": _rate(_hashes, row, INTERVALS, 20_000),
        "normals": _rate(_normals, row, INTERVALS, 2_000),
        "logs": _rate(_logs, row, INTERVALS, 5_000),
        "eights": _rate(_eights, np.full(64, 0.5), 6 * 2 * 8, 200_000),
        "bytes": max(2 * big.nbytes / cpu_seconds(lambda: np.copyto(there, big)) / 1e9 for _ in range(5)),
    }


def measured_ns(region: str) -> float:
    """CPU time of a home-day, the best of several runs."""
    model = settled(region)
    start, best = model.everyone.homes.copy(), np.inf
    for _ in range(5):
        lives = Lives(model.world, start.copy())
        days = range(HISTORY_DAYS, HISTORY_DAYS + DAYS)
        best = min(best, cpu_seconds(lambda lives=lives, days=days: [lives.day(day) for day in days]))
    return best / (HOMES * DAYS) * 1e9


WORDS = {
    "hashes": "keyed hashes",
    "normals": "normal draws",
    "logs": "logarithms",
    "eights": "operations on eights",
}


def rows() -> Iterator[Figure]:
    """The parts of the floor of each region, and what is measured over it."""
    rates = machine()
    for region in REGIONS:
        work = counted(region)
        work["logs"] -= work["normals"]  # those of normal draws are in their rate
        floor = {name: count / rates[name] for name, count in work.items()}
        floor["rows"] = ROW_OPERATIONS * INTERVALS / rates["eights"]
        for name, count in work.items():
            at = f"{count:,.0f} at {rates[name]:.2g} a ns = {floor[name]:.0f} ns"
            yield Figure(f"{region}: {WORDS[name]} a home-day", at)
        in_rows, memory = ROW_OPERATIONS * INTERVALS, BYTES / rates["bytes"]
        yield Figure(f"{region}: operations of row loops", f"{in_rows:,} = {floor['rows']:.0f} ns")
        at = f"{BYTES:,} at {rates['bytes']:.1f} a ns = {memory:.0f} ns"
        yield Figure(f"{region}: bytes of records and results", at)
        total, took = sum(floor.values()), measured_ns(region)
        yield Figure(
            f"{region}: floor of arithmetic", f"{total:.0f} ns: {1e9 / total:,.0f} household-days a CPU-second"
        )
        yield Figure(f"{region}: measured", f"{took:.0f} ns, {took / total:.1f} times the floor")
