"""What a randomised pilot says on the whole: per offered home, per enrolled home, difference in differences.

Every estimate is a triple (estimate, standard error, 95 % interval) in an :class:`Estimate`; positive is a
reduction. The unit of randomisation is the home, so one number per home and period goes in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error and a two-sided interval [unit of the outcome]."""

    value: float
    standard_error: float
    ci_low: float
    ci_high: float

    @classmethod
    def of(cls, value: float, standard_error: float, freedom: float, confidence: float = 0.95) -> Estimate:
        """Student-t interval."""
        half = float(stats.t.ppf(0.5 + confidence / 2, max(freedom, 1.0))) * standard_error
        return cls(float(value), float(standard_error), float(value - half), float(value + half))

    def covers(self, truth: float) -> bool:
        """Whether the interval holds ``truth``."""
        return self.ci_low <= truth <= self.ci_high


def _needs_both(offered: Labels, least: int = 2) -> None:
    if min(int(offered.sum()), int((~offered).sum())) < least:
        raise ValueError(f"{int(offered.sum())} offered and {int((~offered).sum())} control homes; two of each needed")


def effect_per_offered(saved_kwh: Floats, offered: Labels) -> Estimate:
    """Difference in means (ITT) with Welch's standard error."""
    _needs_both(offered)
    one, none = saved_kwh[offered], saved_kwh[~offered]
    a, b = one.var(ddof=1) / len(one), none.var(ddof=1) / len(none)
    freedom = (a + b) ** 2 / max(a**2 / (len(one) - 1) + b**2 / (len(none) - 1), 1e-300)
    return Estimate.of(one.mean() - none.mean(), float(np.sqrt(a + b)), freedom)


def effect_per_enrolled(saved_kwh: Floats, offered: Labels, enrolled: Labels) -> Estimate:
    """Effect on those who enrol because they are offered (LATE): Wald ratio, delta-method error.

    ``(E[y|offered] - E[y|control]) / (E[d|offered] - E[d|control])`` with d = enrolled; it equals the effect
    per offered home divided by the take-up difference. NaN where the offer moved nobody.
    """
    _needs_both(offered)
    d = enrolled.astype(np.float64)
    take_up = d[offered].mean() - d[~offered].mean()
    if abs(take_up) < 1e-9:
        return Estimate(float("nan"), float("nan"), float("nan"), float("nan"))
    late = effect_per_offered(saved_kwh, offered).value / take_up
    residual = effect_per_offered(saved_kwh - late * d, offered)  # zero by construction; its error is what counts
    return Estimate.of(late, residual.standard_error / abs(take_up), float(len(d) - 2))


def difference_in_differences(before_kwh: Floats, during_kwh: Floats, offered: Labels) -> Estimate:
    """Reduction of offered homes' use from before to during, beyond the control homes' [kWh]."""
    return effect_per_offered(before_kwh - during_kwh, offered)


def average_effect(scores: Floats) -> Estimate:
    """Average effect from doubly robust scores (:func:`analysis.prediction.response.dr_scores`)."""
    n = len(scores)
    if n < 2:
        raise ValueError("expected at least two homes")
    return Estimate.of(scores.mean(), float(scores.std(ddof=1) / np.sqrt(n)), n - 1)


def effects_by_quantile(predicted_kwh: Floats, scores: Floats, groups: int = 5) -> pd.DataFrame:
    """Estimated effect in groups of homes by predicted effect (GATES), lowest prediction first.

    ``predicted_kwh`` must come from models that did not see the home (:func:`cross_fit_effects`).
    """
    rank = np.empty(len(predicted_kwh), dtype=np.int64)
    rank[np.argsort(predicted_kwh, kind="stable")] = np.arange(len(predicted_kwh))
    group = rank * groups // len(rank)
    rows = []
    for g in range(groups):
        inside = group == g
        found = average_effect(scores[inside])
        rows.append(
            (g, int(inside.sum()), float(predicted_kwh[inside].mean()), found.value, found.standard_error,
             found.ci_low, found.ci_high)
        )  # fmt: skip
    columns = ["group", "homes", "predicted_kwh", "estimated_kwh", "standard_error_kwh", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def calibration_slope(predicted_kwh: Floats, scores: Floats) -> Estimate:
    """Slope of the scores on the predictions (best linear predictor): 1 = as spread as the truth, 0 = noise.

    Heteroscedasticity-robust (HC1) error. NaN where every home is predicted alike.
    """
    x = predicted_kwh - predicted_kwh.mean()
    s_xx, n = float(x @ x), len(x)
    if s_xx <= 1e-18 * n or n < 3:
        return Estimate(float("nan"), float("nan"), float("nan"), float("nan"))
    slope = float(x @ scores) / s_xx
    residual = scores - scores.mean() - slope * x
    error = float(np.sqrt((x * x) @ (residual * residual) * n / (n - 2))) / s_xx
    return Estimate.of(slope, error, n - 2)
