"""How long choosing takes for a million homes: greedy offers with their bound, the stochastic knapsack, classifiers.

    python benchmarks/targeting_speed.py                     # 1,000,000 homes; a few CPU seconds
    python benchmarks/targeting_speed.py 100000
    python benchmarks/targeting_speed.py 1000000 classifiers # fit and predict on 1,000,000 x 30; some CPU minutes

CPU seconds, one thread, made-up values. Beside the choices a plain sort of as many numbers, beside the classifiers
plain scikit-learn on the same table (its estimator as it comes: no gaps filled, nothing calibrated), in the same run.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from analysis.prediction.participation import fit_participation
from analysis.targeting.knapsack import stochastic_knapsack
from analysis.targeting.offer_choice import choose_offers


def cpu_seconds(work: Callable[[], object], times: int = 3) -> float:
    """Least of some repeats."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def classifiers(homes: int, columns: int = 30) -> None:
    """Fit and predict enrolment, 2 % of the values missing, beside plain scikit-learn."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(homes, columns))
    yes = rng.uniform(size=homes) < 1.0 / (1.0 + np.exp(2.0 - values[:, 0] + 0.5 * values[:, 1]))
    values[rng.uniform(size=values.shape) < 0.02] = np.nan
    table = pd.DataFrame(values, columns=[f"column_{i}" for i in range(columns)])
    plain = {"logistic": LogisticRegression(), "boosting": HistGradientBoostingClassifier(random_state=0)}
    filled = {"logistic": np.nan_to_num(values), "boosting": values}
    print(f"{homes:,} homes x {columns} columns, CPU seconds, fit and predict")
    for name, estimator in plain.items():
        ours = cpu_seconds(lambda n=name: fit_participation(table, yes, n).predict(table), times=1)
        with threadpool_limits(1):
            theirs = cpu_seconds(lambda e=estimator, x=filled[name]: e.fit(x, yes).predict_proba(x), times=1)
        print(f"{name:<28}{ours:8.1f}   plain scikit-learn {theirs:8.1f}   ours {ours / theirs:.1f} times as long")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory {peak:.2f} GB")


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
    (classifiers if "classifiers" in sys.argv else main)(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
