"""Keyed random numbers: uniform, independent along every key dimension, and looked up, not streamed."""

from __future__ import annotations

import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from scipy import stats

from simulator.keyed_random import Purpose, home_day_key, mix, normals, uniform, uniforms


@numba.njit
def _draw(seed: int, replication: int, household: int, day: int, purpose: int, interval: int) -> float:
    """Keys stay inside compiled code: Python has no unsigned 64-bit integer."""
    key = home_day_key(seed, replication, household, day)
    return uniform(mix(key, np.int64(purpose)), interval)


def _along(dimension: str, n: int = 20_000) -> np.ndarray:
    base = {"seed": 1, "replication": 2, "household": 3, "day": 739_000, "purpose": 20, "interval": 5}
    out = np.empty(n)
    for i in range(n):
        out[i] = _draw(**(base | {dimension: i}))
    return out


@pytest.mark.parametrize("dimension", ["seed", "replication", "household", "day", "purpose", "interval"])
def test_uniform_and_uncorrelated_along(dimension: str) -> None:
    u = _along(dimension)
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    for lag in (1, 2, 96):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4.5 / np.sqrt(len(u))
    assert len(np.unique(u)) == len(u)


def test_exchanged_fields_do_not_collide() -> None:
    """A linear key would give (household 1, day 2) and (household 2, day 1) the same number."""
    keys = {_draw(0, r, h, d, 1, 1) for r in range(12) for h in range(12) for d in range(12)}
    assert len(keys) == 12**3


def test_more_numbers_change_none_of_the_first() -> None:
    assert np.array_equal(uniforms(1, 2, 3, 10, 4), uniforms(1, 2, 3, 1000, 4)[:10])
    assert np.array_equal(normals(1, 2, 3, 10, 4), normals(1, 2, 3, 1000, 4)[:10])


def test_normals_are_standard_normal() -> None:
    z = normals(7, 0, 0, 50_000, Purpose.POPULATION)
    assert stats.kstest(z, "norm").pvalue > 1e-4
    assert abs(stats.kurtosis(z)) < 0.1


def test_interpreted_functions_give_the_same_bits() -> None:
    draws = "uniforms(1,2,3,5,6).tolist(), normals(1,2,3,5,6).tolist()"
    code = f"from simulator.keyed_random import uniforms, normals; print({draws})"
    said = []
    for jit in ("0", "1"):
        environment = os.environ | {"NUMBA_DISABLE_JIT": jit, "PYTHONWARNINGS": "ignore"}
        said.append(
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        )
    assert said[0].stdout == said[1].stdout and said[0].stdout.startswith("[0.")


def test_purposes_are_distinct() -> None:
    assert len({int(p) for p in Purpose}) == len(Purpose)
