"""Can boosted trees tell simulated homes from real ones? Weekly features of one home, homes kept together.

Both sides go through the same functions: the same calendar weeks, the same whole-watt-hour resolution, complete
weeks only, as many weeks from every home. The classifier never sees the date, a gap or the number of reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.evidence.meters import HALF_HOURS, Meters
from simulator.keyed_random import uniforms

Array = NDArray[np.float64]
WEEK = 7 * HALF_HOURS
WEEKS_PER_HOME = 10
FOLDS = 5


@dataclass(frozen=True)
class TwoSample:
    """What the classifier reached, and what it went by.

    ``auc`` simulated against real, ``auc_halves`` of random halves of the real homes against each other (mean over
    draws), ``tells`` one line per feature: ``importance`` (fall of the AUC when the feature is shuffled among
    held-out home-weeks), ``auc_alone`` and the medians of both sides; largest importance first.
    """

    auc: float
    auc_halves: float
    homes: tuple[int, int]
    tells: pd.DataFrame


def whole_weeks(meters: Meters) -> list[slice]:
    """Half-hour positions of the calendar weeks (Monday first) that have all 336 half hours."""
    days, first, length = np.unique(meters.date, return_index=True, return_counts=True)
    whole = length == HALF_HOURS
    monday = np.flatnonzero((days.view("int64") + 3) % 7 == 0)
    full = [d for d in monday if d + 7 <= len(days) and whole[d : d + 7].all()]
    return [slice(int(first[d]), int(first[d]) + WEEK) for d in full]


def home_weeks(meters: Meters, per_home: int = WEEKS_PER_HOME) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """``per_home`` complete weeks of every home drawn at random, (home-weeks, 7, 48) [kW], and their homes."""
    blocks = np.stack([meters.kw[:, w] for w in whole_weeks(meters)], axis=1)
    found, owner = [], []
    for home, weeks in enumerate(blocks):
        good = np.flatnonzero(np.isfinite(weeks).all(axis=1) & (weeks.mean(axis=1) > 0.01))
        if len(good) >= per_home:
            pick = good[np.argsort(uniforms(17, 0, home, len(good), 903))[:per_home]]
            found.append(weeks[np.sort(pick)].reshape(per_home, 7, HALF_HOURS))
            owner.append(np.full(per_home, home))
    return np.concatenate(found), np.concatenate(owner)


def _lagged(x: Array, lag: int) -> Array:
    """Correlation of each week with itself ``lag`` half hours later."""
    a, b = x[:, :-lag], x[:, lag:]
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    return np.asarray((a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1) + 1e-12))


def _entropy(shares: Array) -> Array:
    return np.asarray(-(shares * np.log(np.maximum(shares, 1e-9))).sum(axis=1) / np.log(shares.shape[1]))


def week_features(weeks: NDArray[np.float32]) -> pd.DataFrame:
    """Level, shape, peaks, autocorrelation and entropy of home-weeks (home-weeks, 7, 48) [kW], one line each."""
    days = weeks.astype(np.float64)
    x = days.reshape(len(days), WEEK)
    mean = x.mean(axis=1)
    f: dict[str, Array] = {"log_mean_kw": np.log(mean), "log_max_kw": np.log(x.max(axis=1))}
    f["log_min_kw"] = np.log(x.min(axis=1) + 0.002)
    for q in (5, 25, 50, 75, 90, 97):
        f[f"q{q:02d}_over_mean"] = np.quantile(x, q / 100.0, axis=1) / mean
    f["max_over_mean"] = x.max(axis=1) / mean
    profile = days.mean(axis=1)
    blocks = profile.reshape(len(days), 8, 6).sum(axis=2) / profile.sum(axis=1, keepdims=True)
    for k in range(8):
        f[f"share_{3 * k:02d}_{3 * k + 3:02d}h"] = blocks[:, k]
    f["weekend_over_weekday"] = days[:, 5:].mean(axis=(1, 2)) / days[:, :5].mean(axis=(1, 2))
    f["peak_hour"] = profile.argmax(axis=1) / 2.0
    f["profile_peak_over_mean"] = profile.max(axis=1) / mean
    f["cv_half_hours"] = x.std(axis=1) / mean
    totals = days.sum(axis=2)
    f["cv_days"] = totals.std(axis=1) / totals.mean(axis=1)
    evening = days[:, :, 34:40].sum(axis=2)
    f["cv_evenings"] = evening.std(axis=1) / evening.mean(axis=1)
    for lag in (1, 2, 4, 48, 96):
        f[f"autocorrelation_{lag}"] = _lagged(x, lag)
    f["roughness"] = np.abs(np.diff(x, axis=1)).mean(axis=1) / mean
    night = days[:, :, 2:10]
    f["night_roughness"] = np.abs(np.diff(night, axis=2)).mean(axis=(1, 2)) / night.mean(axis=(1, 2)).clip(0.005)
    f["entropy_week"] = _entropy(x / x.sum(axis=1, keepdims=True))
    f["entropy_profile"] = _entropy(profile / profile.sum(axis=1, keepdims=True))
    return pd.DataFrame(f)


def _held_out_auc(table: pd.DataFrame, label: NDArray[np.int64], group: NDArray[np.int64], seed: int,
                  importance: bool = False) -> tuple[float, Array]:  # fmt: skip
    """Cross-validated AUC with a home's weeks in one fold; the fall of it by shuffling each feature."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    x = table.to_numpy()
    score, falls = np.zeros(len(x)), np.zeros(x.shape[1])
    for train, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(x, label, group):
        model = HistGradientBoostingClassifier(
            max_iter=120, learning_rate=0.08, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=1.0,
            early_stopping=False, random_state=seed,
        ).fit(x[train], label[train])  # fmt: skip
        score[test] = model.predict_proba(x[test])[:, 1]
        if importance:
            whole = roc_auc_score(label[test], score[test])
            for k in range(x.shape[1]):
                mixed = x[test].copy()
                mixed[:, k] = mixed[np.argsort(uniforms(seed, k, 0, len(test), 904)), k]
                falls[k] += (whole - roc_auc_score(label[test], model.predict_proba(mixed)[:, 1])) / FOLDS
    return float(roc_auc_score(label, score)), falls


def two_sample(real: Meters, simulated: Meters, halves: int = 4) -> TwoSample:
    """Set simulated against real home-weeks, and random halves of the real homes against each other."""
    from sklearn.metrics import roc_auc_score
    from threadpoolctl import threadpool_limits

    (real_weeks, real_home), (sim_weeks, sim_home) = home_weeks(real), home_weeks(simulated)
    a, b = week_features(real_weeks), week_features(sim_weeks)
    table = pd.concat([a, b], ignore_index=True)
    label = np.r_[np.zeros(len(a), np.int64), np.ones(len(b), np.int64)]
    group = np.r_[real_home, 1_000_000 + sim_home]
    with threadpool_limits(1):
        auc, falls = _held_out_auc(table, label, group, 0, importance=True)
        homes = np.unique(real_home)
        among = []
        for draw in range(halves):
            half = homes[np.argsort(uniforms(19, draw, 0, len(homes), 905))[: len(homes) // 2]]
            among.append(_held_out_auc(a, np.isin(real_home, half).astype(np.int64), real_home, draw)[0])
    alone = [roc_auc_score(label, table[c]) for c in table]
    tells = pd.DataFrame({
        "feature": list(table), "importance": falls, "auc_alone": [max(v, 1.0 - v) for v in alone],
        "real_median": a.median().to_numpy(), "simulated_median": b.median().to_numpy(),
    })  # fmt: skip
    tells = tells.sort_values("importance", ascending=False, kind="stable").reset_index(drop=True)
    counts = (len(homes), len(np.unique(sim_home)))
    return TwoSample(auc, float(np.mean(among)), counts, tells)


AUC_AIM = 0.70


def print_london() -> TwoSample | None:
    """Run the check on London homes and print it; None (and a reason) without the reference data."""
    from scenarios.evidence.london import real_year, simulated_year

    real = real_year()
    if real is None:
        print("two-sample check: skipped, the London meters are not there (DRSIM_REFERENCE_DATA names their folder)")
        return None
    result = two_sample(real, simulated_year(len(real.kw)))
    print(
        f"\ntwo-sample check on home-weeks, {result.homes[0]} real and {result.homes[1]} simulated homes: AUC "
        f"{result.auc:.3f} (aim {AUC_AIM:.2f} or less); two halves of the real homes {result.auc_halves:.3f}"
    )
    print(f"{'what gives the simulation away':<32}{'importance':>11}{'AUC alone':>11}{'real':>10}{'simulated':>11}")
    for tell in result.tells.head(12).itertuples():
        print(f"{tell.feature:<32}{tell.importance:>11.4f}{tell.auc_alone:>11.3f}"
              f"{tell.real_median:>10.3f}{tell.simulated_median:>11.3f}")  # fmt: skip
    return result
