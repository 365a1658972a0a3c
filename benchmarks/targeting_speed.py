"""How long choosing takes for a million homes: greedy offers with their bound, and the stochastic knapsack.

    python benchmarks/targeting_speed.py            # 1,000,000 homes; a few CPU seconds
    python benchmarks/targeting_speed.py 100000

CPU seconds, one thread, made-up values; beside them a plain sort of as many numbers, in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from analysis.targeting.knapsack import stochastic_knapsack
from analysis.targeting.offer_choice import choose_offers


def cpu_seconds(work: Callable[[], object]) -> float:
    """Least of three."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def main(homes: int) -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    mean, sd, cost = rng.gamma(1.0, 0.2, homes), rng.uniform(0.05, 0.6, homes), rng.uniform(5.0, 20.0, homes)
    value, costs = rng.gamma(1.0, 0.2, (3, homes)), rng.uniform(5.0, 30.0, (3, homes))
    budget = 0.3 * float(cost.sum())
    target = 0.35 * float(mean.sum())
    times = {
        "sort of as many numbers": cpu_seconds(lambda: np.argsort(-mean / cost, kind="stable")),
        "greedy, one offer a home": cpu_seconds(lambda: choose_offers(mean[None], cost[None], budget)),
        "greedy, three offers a home": cpu_seconds(lambda: choose_offers(value, costs, budget)),
        "stochastic knapsack": cpu_seconds(lambda: stochastic_knapsack(mean, sd, cost, target, budget, 0.2)),
    }
    print(f"{homes:,} homes, CPU seconds, least of three")
    for name, seconds in times.items():
        print(f"{name:<28}{seconds:8.2f}{seconds / times['sort of as many numbers']:8.1f} sorts")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
