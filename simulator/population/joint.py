"""Ownership that leans on income, dwelling, tenure and floor area, without moving the share the table states.

A share such as "9 % own an electric vehicle" is a marginal; "richer homes more often" is a lean. A logistic
shift alone would move the marginal, so the intercept is solved for on a *reference society*: a grid over income,
dwelling kind, tenure and floor area with the weights that the region's own parameters give it. The grid
depends on parameters only, never on the sample, so a home does not change when another is added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm

from simulator.parameters.files import KINDS
from simulator.parameters.tables import Region

Array = NDArray[np.float64]
_INCOME_POINTS, _AREA_POINTS = 25, 9


@dataclass(frozen=True)
class Lean:
    """How ownership leans, on the logit scale: per SD of income, per dwelling kind, for owners, per log of area."""

    income: float = 0.0
    kinds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    owner: float = 0.0
    area: float = 0.0

    def of(self, income: Array, kind: NDArray[np.integer], owner: Array, log_area: Array) -> Array:
        """The shift of each home, or of each point of a society."""
        shift = self.income * income + np.array(self.kinds)[kind] + self.owner * owner + self.area * log_area
        return np.asarray(shift, dtype=np.float64)


@dataclass(frozen=True)
class Society:
    """Reference points and their weights (sum 1): income score, dwelling kind, tenure, log of relative area."""

    income: Array
    kind: NDArray[np.int64]
    owner: Array
    log_area: Array
    weight: Array

    def intercept(self, share: float, lean: Lean) -> float:
        """The logit at which ``lean`` leaves the mean ownership at ``share`` (inside 0..1)."""
        shift = lean.of(self.income, self.kind, self.owner, self.log_area)

        def excess(at: float) -> float:
            return float(self.weight @ expit(at + shift)) - share

        widest = 40.0 + float(np.abs(shift).max())
        return float(brentq(excess, -widest, widest, xtol=1e-10))


def kind_score_scale(region: Region) -> float:
    """Spread of the score that picks the dwelling kind: own noise plus the lean on income."""
    return float(np.hypot(region["dwelling.kind_income_slope"] * region["household.income_sd"], 1.0))


def kind_edges(region: Region) -> Array:
    """Quantiles of the standard score at which the dwelling kind changes, (3,)."""
    shares = np.array([region[f"dwelling.{kind}_share"] for kind in KINDS])
    return np.asarray(norm.ppf(np.clip(np.cumsum(shares / shares.sum())[:-1], 0.0, 1.0)))


def tenure_lean(region: Region) -> Lean:
    """Owning the home leans on income and on the kind of dwelling."""
    by_kind = region["household.owner_kind_slope"] * (np.arange(4) - 1.5)
    kinds = (float(by_kind[0]), float(by_kind[1]), float(by_kind[2]), float(by_kind[3]))
    return Lean(income=region["household.owner_income_slope"], kinds=kinds)


def society(region: Region) -> Society:
    """The reference society of a region, as its dwelling, income, tenure and area parameters make it."""
    probability = (np.arange(_INCOME_POINTS) + 0.5) / _INCOME_POINTS
    income = region["household.income_sd"] * norm.ppf(probability)
    own = kind_edges(region)[None, :] * kind_score_scale(region)
    own = own - region["dwelling.kind_income_slope"] * income[:, None]
    below = np.concatenate([np.zeros((len(income), 1)), norm.cdf(own), np.ones((len(income), 1))], axis=1)
    by_kind = np.diff(below, axis=1) / _INCOME_POINTS  # (income, kind)
    log_sd = region["dwelling.area_log_sd"]
    deviation = log_sd * norm.ppf((np.arange(_AREA_POINTS) + 0.5) / _AREA_POINTS)
    shape = (_INCOME_POINTS, len(KINDS), 2, _AREA_POINTS)
    at = np.indices(shape)
    income_at, kind_at, owner_at = income[at[0]], at[1], at[2].astype(np.float64)
    log_area = deviation[at[3]] + region["dwelling.area_income_slope"] * income_at
    weight = by_kind[at[0], at[1]] / _AREA_POINTS
    flat = Society(income_at.ravel(), kind_at.ravel(), owner_at.ravel(), log_area.ravel(), weight.ravel())
    owns = _tenure_probability(region, flat)
    weighted = flat.weight * np.where(flat.owner > 0.5, owns, 1.0 - owns)
    return Society(flat.income, flat.kind, flat.owner, flat.log_area, weighted)


def _tenure_probability(region: Region, points: Society) -> Array:
    """Chance of owning at each point; ``points`` doubles every income and kind, so half the weight is each tenure's."""
    share = region["household.owner_share"]
    if not 0.0 < share < 1.0:
        return np.full(len(points.income), share)
    lean = tenure_lean(region)
    halved = Society(points.income, points.kind, points.owner, points.log_area, 0.5 * points.weight)
    return np.asarray(
        expit(halved.intercept(share, lean) + lean.of(points.income, points.kind, points.owner, points.log_area))
    )
