"""Arms against ``untargeted``, paired on the same homes, weather and dice.

Plain metrics: Student-t intervals over replications, of values and of paired differences. Ratios are
ratios of sums: Fieller's interval for a value, jackknife pseudo-values (Student-t) for a difference, and
"not defined" (blank) where a denominator's interval holds 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from scenarios.results.metrics import RATIOS, UNITS

Array = NDArray[np.float64]
REFERENCE = "untargeted"
ORACLE_SHARES = {
    "oracle_gain_share_peak": "peak_reduction_kw",
    "oracle_gain_share_event": "event_reduction_kw",
}
NOT_DEFINED = (float("nan"), float("nan"), float("nan"))
COLUMNS = ["arm", "metric", "unit", "mean", "ci_low", "ci_high", "diff_vs_untargeted", "diff_ci_low",
           "diff_ci_high", "replications"]  # fmt: skip


def t_interval(values: Array, confidence: float = 0.95) -> tuple[float, float, float]:
    """Mean and Student-t interval of independent values; the interval is NaN for fewer than two."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, float("nan"), float("nan")
    half = float(stats.t.ppf(0.5 + confidence / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half


def fieller(numerator: Array, denominator: Array, confidence: float = 0.95) -> tuple[float, float, float]:
    """Ratio of means with Fieller's interval (1954); NaN where the denominator is not clear of 0."""
    x, y = float(np.mean(denominator)), float(np.mean(numerator))
    if x == 0.0:
        return NOT_DEFINED
    n = len(numerator)
    if n < 2:
        return y / x, float("nan"), float("nan")
    t2 = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) ** 2
    covariance = np.cov(denominator, numerator, ddof=1) / n
    a = x * x - t2 * covariance[0, 0]
    b = x * y - t2 * covariance[0, 1]
    c = y * y - t2 * covariance[1, 1]
    if a <= 0.0:
        return NOT_DEFINED
    root = np.sqrt(max(0.0, b * b - a * c))
    return y / x, float((b - root) / a), float((b + root) / a)


def ratio_difference(
    numerator: Array, denominator: Array, other_numerator: Array, other_denominator: Array, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Difference of two paired ratios of sums, with a jackknife Student-t interval."""
    n = len(numerator)
    if any(np.isnan(fieller(*pair)[0]) for pair in ((numerator, denominator), (other_numerator, other_denominator))):
        return NOT_DEFINED
    whole = numerator.sum() / denominator.sum() - other_numerator.sum() / other_denominator.sum()
    if n < 3:
        return float(whole), float("nan"), float("nan")
    rest = np.ones((n, n)) - np.eye(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = rest @ numerator / (rest @ denominator) - rest @ other_numerator / (rest @ other_denominator)
    pseudo = n * whole - (n - 1) * left
    if not np.all(np.isfinite(pseudo)):
        return NOT_DEFINED
    _, low, high = t_interval(pseudo, confidence)
    return float(whole), low, high


def compare(values: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """``comparison.csv`` from the replications' values.

    Parameters
    ----------
    values
        One row per (arm, replication), columns are plain metrics and the ratios' parts.
    """
    by_arm = {arm: values[values["arm"] == arm].sort_values("replication") for arm in arms}
    reference = by_arm.get(REFERENCE)
    rows = []
    for arm, table in by_arm.items():
        for metric, unit in UNITS.items():
            rows.append(_row(arm, metric, unit, table, reference))
        if reference is not None and "oracle" in by_arm:
            rows += _oracle_shares(arm, table, reference, by_arm["oracle"])
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(arm: str, metric: str, unit: str, table: pd.DataFrame, reference: pd.DataFrame | None) -> list[object]:
    replications = len(table)
    if metric in RATIOS:
        top, bottom = (table[name].to_numpy(float) for name in RATIOS[metric])
        value = fieller(top, bottom)
    else:
        value = t_interval(table[metric].to_numpy(float))
    difference = NOT_DEFINED
    if reference is not None and arm != REFERENCE:
        if metric in RATIOS:
            other_top, other_bottom = (reference[name].to_numpy(float) for name in RATIOS[metric])
            difference = ratio_difference(top, bottom, other_top, other_bottom)
        else:
            difference = t_interval(table[metric].to_numpy(float) - reference[metric].to_numpy(float))
    return [arm, metric, unit, *value, *difference, replications]


def _oracle_shares(arm: str, table: pd.DataFrame, reference: pd.DataFrame, oracle: pd.DataFrame) -> list[list[object]]:
    """Share of the oracle's gain over ``untargeted`` that an arm captured; blank where that gain is not clear."""
    rows: list[list[object]] = []
    for name, metric in ORACLE_SHARES.items():
        gain, most = (t[metric].to_numpy(float) - reference[metric].to_numpy(float) for t in (table, oracle))
        rows.append([arm, name, "fraction", *fieller(gain, most), *NOT_DEFINED, len(table)])
    return rows


def detectable_gain(values: pd.DataFrame, arm: str, metric: str = "peak_reduction_kw", power: float = 0.8) -> float:
    """Smallest true gain over ``untargeted`` this run would have shown (two-sided 5 %) with ``power``."""
    pair = [values[values["arm"] == a].sort_values("replication")[metric].to_numpy(float) for a in (arm, REFERENCE)]
    if len(pair[0]) < 2 or len(pair[0]) != len(pair[1]):
        return float("nan")
    gain, n = pair[0] - pair[1], len(pair[0])
    error = float(np.std(gain, ddof=1) / np.sqrt(n))
    return float((stats.t.ppf(0.975, n - 1) + stats.t.ppf(power, n - 1)) * error)


def simultaneous_gains(values: pd.DataFrame, arms: list[str], metric: str = "peak_reduction_kw") -> pd.DataFrame:
    """Gains over ``untargeted`` with simultaneous 95 % (Bonferroni) intervals, as shares of its reduction."""
    base = values[values["arm"] == REFERENCE].sort_values("replication")[metric].to_numpy(float)
    confidence = 1.0 - 0.05 / max(1, len(arms))
    rows = []
    for arm in arms:
        gain = values[values["arm"] == arm].sort_values("replication")[metric].to_numpy(float) - base
        mean, low, high = t_interval(gain, confidence)
        rows.append({"arm": arm, "gain": mean / base.mean(), "low": low / base.mean(), "high": high / base.mean()})
    return pd.DataFrame(rows)
