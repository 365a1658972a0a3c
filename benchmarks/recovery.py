"""Does the analyst find what was planted? A cheap process with known effects, drawn two thousand times.

    python benchmarks/recovery.py           # 2,000 draws: coverage of every interval, about half an hour of CPU
    python benchmarks/recovery.py 100       # fewer
    python benchmarks/recovery.py 2000 100000   # other draws: the first seed, for coverage and learners alike

Each draw is a pilot of 1,000 homes: three columns the analyst sees, half the homes offered at random, an
enrolment that depends on the columns, an effect on enrolled homes that depends on them too, and noise that
depends on the size of the home. Exit code 1 when an interval's coverage misses 95 % +- 2 (at 2,000 draws) or
the calibration slope leaves 0.9-1.1. The simulator is not involved: its physics is not what is tested here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from analysis.prediction.experiment import (
    average_effect,
    calibration_slope,
    difference_in_differences,
    effect_per_enrolled,
    effect_per_offered,
    effects_by_quantile,
)
from analysis.prediction.response import LEARNERS, Trial, cross_fit_effects, dr_scores, fit_effects
from analysis.prediction.uplift_scores import policy_value

Floats = NDArray[np.float64]
HOMES, GROUPS, OFFERED = 1000, 5, 0.5
COST_KWH = 0.15  # price of an offer, in kWh, of the policy that is valued


@dataclass(frozen=True)
class Planted:
    """One pilot and the truth behind it."""

    trial: Trial
    enrolled: NDArray[np.bool_]
    before_kwh: Floats
    during_kwh: Floats
    effect_if_enrolled: Floats
    take_up: Floats

    @property
    def effect_of_offer(self) -> Floats:
        """True expected effect of an offer on each home [kWh per event]."""
        return self.take_up * self.effect_if_enrolled


def plant(homes: int, seed: int) -> Planted:
    """Cooling load (gamma), flatness (normal) and age of the customer record (uniform, useless)."""
    rng = np.random.default_rng(seed)
    cooling, flat, age = rng.gamma(2.0, 1.0, homes), rng.normal(size=homes), rng.uniform(0, 20, homes)
    take_up = 1.0 / (1.0 + np.exp(0.4 - 0.5 * (cooling - 2.0) + 0.4 * flat))
    effect = np.maximum(0.0, 0.5 * cooling - 0.2 * flat)
    offered = np.zeros(homes, bool)
    offered[rng.permutation(homes)[: round(OFFERED * homes)]] = True
    enrolled = offered & (rng.uniform(size=homes) < take_up)
    own = 2.0 + cooling + 0.5 * rng.normal(size=homes)
    spread = 0.4 + 0.2 * cooling
    before = own + spread * rng.normal(size=homes)
    during = own + 0.3 - enrolled * effect + spread * rng.normal(size=homes)
    table = pd.DataFrame({"cooling": cooling, "flat": flat, "age": age})
    trial = Trial(table, offered, before - during, np.full(homes, OFFERED))
    return Planted(trial, enrolled, before, during, effect, take_up)


def coverage_of_one(seed: int) -> dict[str, bool]:
    """Whether each interval of one draw holds the truth."""
    p = plant(HOMES, seed)
    t, truth = p.trial, p.effect_of_offer
    scores = dr_scores(t)
    predicted = cross_fit_effects(t)
    gates = effects_by_quantile(predicted, scores, GROUPS)
    rank = np.empty(HOMES, np.int64)
    rank[np.argsort(predicted, kind="stable")] = np.arange(HOMES)
    true_gates = [float(truth[rank * GROUPS // HOMES == g].mean()) for g in range(GROUPS)]
    late = float((p.take_up * p.effect_if_enrolled).sum() / p.take_up.sum())
    treat = t.covariates["cooling"].to_numpy() > 2.0  # a rule fixed beforehand
    value = float(np.mean(treat * (truth - COST_KWH)))
    found = {
        "average (doubly robust)": average_effect(scores).covers(truth.mean()),
        "per offered home": effect_per_offered(t.saved_kwh, t.offered).covers(truth.mean()),
        "per enrolled home": effect_per_enrolled(t.saved_kwh, t.offered, p.enrolled).covers(late),
        "difference in differences": difference_in_differences(p.before_kwh, p.during_kwh, t.offered).covers(
            truth.mean()
        ),
        "policy value": policy_value(treat, t, COST_KWH).covers(value),
    }
    for g in range(GROUPS):
        row = gates.iloc[g]
        found[f"group {g + 1} of {GROUPS} by predicted effect"] = bool(row["ci_low"] <= true_gates[g] <= row["ci_high"])
    return found


def coverage(draws: int, first_seed: int = 0) -> pd.Series:
    """Share of draws in which each interval held the truth."""
    return pd.DataFrame([coverage_of_one(first_seed + i) for i in range(draws)]).mean()


def learners(draws: int = 20, homes: int = 4000, first_seed: int = 50_000) -> pd.DataFrame:
    """Every learner on fresh homes: rank, calibration slope, value of its rule as a share of the best rule's."""
    rows = []
    for method in LEARNERS:
        for regressor in ("ridge", "boosting"):
            rank, slope, value = [], [], []
            for i in range(draws):
                model = fit_effects(plant(homes, first_seed + i).trial, method, regressor)
                fresh = plant(homes, first_seed + 1000 + i)
                predicted, truth = model.predict(fresh.trial.covariates), fresh.effect_of_offer
                rank.append(spearmanr(predicted, truth)[0])
                slope.append(calibration_slope(predicted, truth).value)
                gain = truth - COST_KWH
                value.append(gain[predicted > COST_KWH].sum() / gain[gain > 0].sum())
            rows.append((method, regressor, np.mean(rank), np.mean(slope), np.mean(value)))
    return pd.DataFrame(rows, columns=["learner", "regressor", "rank_correlation", "calibration_slope", "policy_share"])


def main(draws: int, first_seed: int = 0) -> bool:
    """Print both tables; True when all hold."""
    table = coverage(draws, first_seed)
    allowed = max(0.02, 3.0 * np.sqrt(0.95 * 0.05 / draws))
    print(f"coverage of 95 % intervals over {draws} draws from seed {first_seed} (allowed: 0.95 +- {allowed:.3f})")
    print(table.round(4).to_string(), flush=True)
    of_learners = learners(max(3, min(20, draws // 20)), first_seed=first_seed + 50_000)
    print("\nindividual effects, judged on fresh homes with the truth")
    print(of_learners.round(3).to_string(index=False))
    dr = of_learners[of_learners["learner"] == "dr"]
    sloped = dr["calibration_slope"].between(0.9, 1.1).all()
    return bool(((table - 0.95).abs() <= allowed).all() and sloped)


if __name__ == "__main__":
    good = main(*(int(a) for a in sys.argv[1:])) if len(sys.argv) > 1 else main(2000)
    print("holds" if good else "DOES NOT HOLD")
    sys.exit(0 if good else 1)
