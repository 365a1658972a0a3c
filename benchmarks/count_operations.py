"""Counts what a home-day computes, by living one in plain Python with counters in the places of a few functions.

    NUMBA_DISABLE_JIT=1 python benchmarks/count_operations.py us_hot_dry

Prints a JSON object: keyed hashes, normal draws, logarithms, and operations on eights (eight a value), a home-day.
The compiled code computes draws of a whole row where this does so too, so nothing is counted that it would leave out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator import eights, keyed_random
from simulator.model import DemandResponseModel
from simulator.world import Lives

HOMES = 64
counts = dict.fromkeys(("hashes", "normals", "logs", "eights"), 0)


class Counted(np.ndarray):
    """An eight whose operations are counted."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **rest: Any) -> Any:
        counts["eights"] += eights.WIDTH
        rest.pop("out", None)  # a += b makes a new eight, as compiled code does
        plain = [np.asarray(given) if isinstance(given, Counted) else given for given in inputs]
        found = getattr(ufunc, method)(*plain, **rest)
        return found.view(Counted) if isinstance(found, np.ndarray) else found


def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and each call counted."""

    def counted(*given: Any) -> Any:
        counts[name] += 1
        return function(*given)

    return counted


def eight_by(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and what it gives an eight that counts."""

    def counted(*given: Any) -> Any:
        found = function(*given)
        return found.view(Counted) if isinstance(found, np.ndarray) else found

    return counted


def picking(condition: Any, a: Any, b: Any, pick: Callable[..., Any] = eights.pick) -> Any:
    """``pick``, and each choice between eights counted."""
    counts["eights"] += eights.WIDTH * isinstance(condition, np.ndarray)
    found = pick(condition, a, b)
    return found.view(Counted) if isinstance(found, np.ndarray) else found


def count(region: str) -> dict[str, float]:
    """The counts of a summer's day, a home."""
    world = DemandResponseModel(region, HOMES, "2024-07-08", 2, history_days=0).world
    instead = {
        keyed_random.mix: counting("hashes", keyed_random.mix),
        keyed_random.normal: counting("normals", keyed_random.normal),
        eights.eight: eight_by(eights.eight),
        eights.eight_of: eight_by(eights.eight_of),
        eights.pick: picking,
    }
    for module in [module for name, module in sys.modules.items() if name.startswith("simulator")]:
        for name, value in list(vars(module).items()):
            if type(value) is type(count) and value in instead:
                setattr(module, name, instead[value])
    np.log = counting("logs", np.log)
    lives = Lives(world, world.population.homes.copy().view(np.recarray))  # plain Python reads fields as attributes
    lives.day(0)
    return {name: number / HOMES for name, number in counts.items()}


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1])))
