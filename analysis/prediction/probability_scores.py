"""How good predicted probabilities are: proper scores, ranking, reliability, lift, fairness, drift."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]
LEAST_PROBABILITY = 1e-6
#: Population stability index: below 0.1 nothing changed, above 0.25 the model should be fitted again.
DRIFT_WATCH, DRIFT_REFIT = 0.1, 0.25


def probability_scores(probability: Floats, happened: Labels) -> dict[str, float]:
    """Brier score, Brier skill over the base rate, log loss, AUC, and mean predicted and observed rates.

    ``brier = mean((p - y)^2)``; ``brier_skill = 1 - brier / (r (1 - r))`` with r the observed rate;
    ``log_loss = -mean(y ln p + (1 - y) ln(1 - p))``. AUC and skill are NaN where only one answer occurs.

    Examples
    --------
    >>> import numpy as np
    >>> scores = probability_scores(np.array([0.2, 0.8]), np.array([False, True]))
    >>> round(scores["brier"], 3), scores["auc"]
    (0.04, 1.0)
    """
    p, y = _checked(probability, happened)
    held = np.clip(p, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)
    rate = float(y.mean())
    brier = float(np.mean((p - y) ** 2))
    mixed = 0.0 < rate < 1.0
    return {
        "records": float(len(p)),
        "predicted_rate": float(p.mean()),
        "observed_rate": rate,
        "brier": brier,
        "brier_skill": 1.0 - brier / (rate * (1.0 - rate)) if mixed else float("nan"),
        "log_loss": float(-np.mean(y * np.log(held) + (1.0 - y) * np.log(1.0 - held))),
        "auc": float(roc_auc_score(y, p)) if mixed else float("nan"),
    }


def _checked(probability: Floats, happened: Labels) -> tuple[Floats, Floats]:
    p, y = np.asarray(probability, np.float64), np.asarray(happened, np.float64)
    if p.shape != y.shape or p.ndim != 1 or len(p) == 0:
        raise ValueError(f"probability has shape {p.shape} and happened {y.shape}; expected one of each per record")
    if not np.all((p >= 0.0) & (p <= 1.0)):
        raise ValueError("a probability lies outside 0..1")
    return p, y


def _quantile_groups(p: Floats, groups: int) -> NDArray[np.int64]:
    """Groups of equal size in rising order of p; ties by row."""
    rank = np.empty(len(p), dtype=np.int64)
    rank[np.argsort(p, kind="stable")] = np.arange(len(p))
    return rank * groups // len(p)


def reliability(probability: Floats, happened: Labels, groups: int = 10) -> pd.DataFrame:
    """Predicted against observed rate in groups of equal size, with a 95 % Wilson interval."""
    p, y = _checked(probability, happened)
    group = _quantile_groups(p, groups)
    rows = []
    for g in np.unique(group):
        inside = group == g
        n, rate = int(inside.sum()), float(y[inside].mean())
        low, high = wilson(rate, n)
        rows.append((int(g), n, float(p[inside].mean()), rate, low, high))
    return pd.DataFrame(rows, columns=["group", "records", "predicted", "observed", "ci_low", "ci_high"])


def wilson(rate: float, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a proportion."""
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def lift(probability: Floats, happened: Labels, groups: int = 10) -> pd.DataFrame:
    """Yes answers found when the likeliest are asked first: ``asked, found, lift`` (1 = no better than chance)."""
    p, y = _checked(probability, happened)
    order = np.argsort(-p, kind="stable")
    asked = (np.arange(1, groups + 1) * len(p)) // groups
    found = np.cumsum(y[order])[np.maximum(asked, 1) - 1] / max(y.sum(), 1.0)
    share = asked / len(p)
    return pd.DataFrame({"asked": share, "found": found, "lift": found / np.maximum(share, 1e-12)})


def error_by_group(probability: Floats, happened: Labels, group: NDArray[np.int64]) -> pd.DataFrame:
    """Does the model serve all alike? Scores per group (for example income tercile; -1 = not known)."""
    p, y = _checked(probability, happened)
    rows = []
    for g in np.unique(group):
        inside = group == g
        scores = probability_scores(p[inside], y[inside].astype(bool))
        rows.append({"group": int(g), **scores, "bias": scores["predicted_rate"] - scores["observed_rate"]})
    return pd.DataFrame(rows)


def population_stability(before: Floats, after: Floats, groups: int = 10) -> float:
    """Population stability index between two samples of one column, missing values a group of their own.

    ``sum (a - b) ln(a / b)`` over groups cut at the quantiles of ``before``; empty groups count as half a record.
    """
    before, after = np.asarray(before, np.float64), np.asarray(after, np.float64)
    known = before[np.isfinite(before)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, groups + 1)[1:-1])) if len(known) else np.empty(0)

    def shares(values: Floats) -> Floats:
        cell = np.where(np.isfinite(values), np.searchsorted(edges, values, side="right"), len(edges) + 1)
        counts = np.bincount(cell.astype(np.int64), minlength=len(edges) + 2).astype(np.float64)
        return np.asarray((counts + 0.5) / (counts + 0.5).sum())

    b, a = shares(before), shares(after)
    return float(np.sum((a - b) * np.log(a / b)))


def drift(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Columns that changed between the pilot and the season, most first, with a verdict in words."""
    rows = []
    for name in before.columns:
        one, two = (t[name].to_numpy(np.float64, na_value=np.nan) for t in (before, after))
        psi = population_stability(one, two)
        verdict = "refit" if psi > DRIFT_REFIT else "watch" if psi > DRIFT_WATCH else "stable"
        rows.append((name, psi, _mean(one), _mean(two), verdict))
    table = pd.DataFrame(rows, columns=["column", "psi", "mean_before", "mean_after", "verdict"])
    return table.sort_values("psi", ascending=False, kind="stable", ignore_index=True)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
