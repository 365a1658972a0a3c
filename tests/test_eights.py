"""Eight numbers at once give the bits that one number at a time gives."""

from __future__ import annotations

import json
import operator
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit

from simulator.dwelling import heat_needed_k
from simulator.eights import eight, eight_of, float32_of, greatest, least, pick, put
from simulator.tile import DEMAND, GAINS, SIZE, at, row_of, tile_sum, window_sum

#: Among them the values in which a careless minimum, or a fused multiply-add, would show.
A = np.array([1.5, -0.0, 0.0, 1.0 + 2**-52, 1e308, -3.0, np.nan, 1 / 3])
B = np.array([2.5, 0.0, -0.0, 1.0 - 2**-53, 1e308, 7.0, 1.0, 3.0])


def bits(values: Any) -> list[int]:
    return np.asarray(values, np.float64).view(np.uint64).tolist()


def applied(function: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    """The function of ``A`` and ``B`` as eights, and one number at a time."""

    @njit(error_model="numpy")
    def together(w: np.ndarray) -> None:
        put(w, 16, function(eight(w, 0), eight(w, 8)))

    @njit(error_model="numpy")
    def alone(a: float, b: float) -> float:
        return function(a, b)

    w = np.concatenate([A, B, np.zeros(8)])
    together(w)
    return w[16:], np.array([alone(a, b) for a, b in zip(A, B, strict=True)])


@pytest.mark.parametrize("function", [operator.add, operator.sub, operator.mul, operator.truediv, least, greatest])
def test_arithmetic(function: Callable[..., Any]) -> None:
    operation = njit(lambda a, b: function(a, b))
    together, alone = applied(operation)
    assert bits(together) == bits(alone)


@pytest.mark.parametrize("compare", [operator.lt, operator.gt, operator.le, operator.ge, operator.eq, operator.ne])
def test_pick_by_comparison(compare: Callable[..., Any]) -> None:
    picked = njit(lambda a, b: pick(compare(a, b), a, b))
    together, alone = applied(picked)
    assert bits(together) == bits(alone)
    assert bits(together) == bits([a if compare(a, b) else b for a, b in zip(A, B, strict=True)])


def test_both_conditions_and_plain_numbers_beside_eights() -> None:
    both = njit(lambda a, b: pick((a > 1.0) & (b < 3.0), 2.0 * a + b, 0.0) - 0.25)
    together, alone = applied(both)
    assert bits(together) == bits(alone)


def test_a_formula_serves_both() -> None:
    """Heat is what the gap asks for, never negative, never above what there is."""
    together, alone = applied(njit(lambda a, b: heat_needed_k(a, b)))
    assert bits(together) == bits(alone)
    assert together[0] == 1.5 and together[5] == 0.0


def test_rounding_to_32_bits() -> None:
    @njit
    def rounded(w: np.ndarray) -> None:
        put(w, 8, float32_of(eight(w, 0)))
        put(w, 0, eight_of(4.0))

    w = np.concatenate([A, A])
    with np.errstate(over="ignore"):
        expected = A.astype(np.float32).astype(np.float64)
    rounded(w)
    assert bits(w[8:]) == bits(expected) != bits(A)
    assert (w[:8] == 4.0).all()


@pytest.mark.parametrize("n", [92, 96, 100, 7, 1])
def test_sums_of_a_tile_are_each_homes_own(n: int) -> None:
    sums = njit(lambda w, n, e0, e1: (put(w, 0, tile_sum(w, GAINS, n)), put(w, 8, window_sum(w, GAINS, e0, e1, n))))
    w = np.zeros(SIZE)
    w[at(GAINS, 0) : at(GAINS, n)] = np.random.default_rng(n).normal(size=8 * n)
    w[at(DEMAND, 0)] = 99.0  # the next row's
    sums(w, n, -2, 5)
    for k in range(8):
        own = row_of(w, GAINS, k, n)
        assert w[k] == pytest.approx(own.sum(), abs=1e-12)
        assert w[8 + k] == pytest.approx(own[: min(5, n)].sum(), abs=1e-12)


def test_uncompiled_it_is_arrays() -> None:
    """As the functions run with NUMBA_DISABLE_JIT=1."""
    w = np.concatenate([A, B])
    a, b = eight(w, 0), eight(w, 8)
    assert bits(pick(b > a, b, a)) == bits(applied(greatest)[0])
    assert pick(True, 1.0, 2.0) == 1.0 and pick(False, 1.0, 2.0) == 2.0
    put(w, 0, eight_of(3.0))
    assert (w[:8] == 3.0).all() and bits(w[8:]) == bits(B)
    with np.errstate(over="ignore"):
        assert bits(float32_of(B)) == bits(B.astype(np.float32))


DAY = """
import json
import os
from dataclasses import replace
import numpy as np
from simulator.model import DemandResponseModel
from simulator.world import Lives
world = DemandResponseModel("us_hot_dry", 12, "2024-07-08", 2, history_days=0).world
homes = world.population.homes.copy()
homes["event_offset_k"], homes["event_cut"] = 2.0, 0.3
if os.environ["NUMBA_DISABLE_JIT"] == "1":
    homes = homes.view(np.recarray)  # plain Python reads fields as attributes
    behaviour = np.array([world.behaviour], world.behaviour.dtype).view(np.recarray)[0]
    world = replace(world, behaviour=behaviour)
lives = Lives(world, homes)
lives.day(0, (64, 80))
print(json.dumps([lives.load_wh.tolist(), lives.use_kwh.tolist(), lives.event_kwh.tolist(), lives.indoor.tolist()]))
"""


def test_a_whole_day_uncompiled_is_the_compiled_one() -> None:
    """Every formula of a day with an event; plain Python multiplies some 32-bit fields in 32 bits."""
    said = []
    for jit in ("0", "1"):
        environment = os.environ | {"NUMBA_DISABLE_JIT": jit, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run([sys.executable, "-c", DAY], env=environment, capture_output=True, text=True, check=True)
        said.append([np.array(part) for part in json.loads(done.stdout)])
    (load, *rest), (plain_load, *plain_rest) = said
    assert load.sum() > 0 and np.abs(load - plain_load).max() <= 1  # a watt-hour, where rounding was close
    for compiled, plain in zip(rest, plain_rest, strict=True):
        assert compiled == pytest.approx(plain, rel=1e-5, abs=1e-6)
