"""Reaching T kW for sure enough: the stochastic knapsack of Kwac and Rajagopal, with common shocks.

Each home, if asked, gives ``mu`` kW on average with standard deviation ``sd``. The chance that a chosen set
reaches the target is ``P = Phi((sum mu - T) / sqrt(V))``. With equicorrelated homes (weather and attention
are common) ``V = (1 - rho) sum sd^2 + rho (sum sd)^2``: leaving rho out overstates reliability.
The best set under a budget lies on a ray ``mu - lambda dV``: greedy by (mu - lambda dV) per dollar for a
handful of lambdas, negative ones for the case in which the target is out of reach on average and risk helps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
ROUNDS = 6
MOST_STARTS = 4
CLOSE = 0.01  # a weight this near its fixed point, relative to mean / mean square, is there


def reliability(
    mean_kw: Floats, sd_kw: Floats, target_kw: float, correlation: float = 0.0, chosen: NDArray[np.bool_] | None = None
) -> float:
    """Probability that the chosen homes together reach ``target_kw``.

    Examples
    --------
    Four homes of 1 +- 0.5 kW against 3 kW: z = (4 - 3) / sqrt(4 x 0.25) = 1; with rho = 1 the spread doubles.

    >>> import numpy as np
    >>> four = np.ones(4)
    >>> round(reliability(four, four / 2, 3.0), 4), round(reliability(four, four / 2, 3.0, 1.0), 4)
    (0.8413, 0.6915)
    """
    pick = slice(None) if chosen is None else chosen
    mu, sd = mean_kw[pick], sd_kw[pick]
    variance = (1.0 - correlation) * float(sd @ sd) + correlation * float(sd.sum()) ** 2
    margin = float(mu.sum()) - target_kw
    if variance <= 0.0:
        return float(margin >= 0.0)
    return float(ndtr(margin / np.sqrt(variance)))


@dataclass(frozen=True, eq=False)
class KnapsackChoice:
    """Homes to ask, in the order of asking, and how likely they reach the target."""

    order: NDArray[np.int64]
    probability: float
    cost_usd: float
    expected_kw: float


def stochastic_knapsack(
    mean_kw: Floats, sd_kw: Floats, cost_usd: Floats, target_kw: float, budget_usd: float, correlation: float = 0.0
) -> KnapsackChoice:
    """Homes that make ``target_kw`` likeliest within ``budget_usd`` (expected cost of asking each).

    Starts from several weights on the variance and walks each to its own fixed point; the best is returned.
    O(n log n) a step. ``cost_usd`` all 1 and ``budget_usd`` N is the published problem "at most N homes".
    """
    _check(mean_kw, sd_kw, cost_usd, correlation)
    best = KnapsackChoice(np.empty(0, np.int64), float(target_kw <= 0.0), 0.0, 0.0)
    scale = float(np.mean(mean_kw)) / max(float(np.mean(sd_kw**2)), 1e-12)
    starts: tuple[float, ...] = (0.0, 1.0)
    for place in range(MOST_STARTS):
        if place >= len(starts):
            break
        weight, seen = starts[place] * scale, float("nan")
        total_sd = float(sd_kw.sum()) * min(1.0, budget_usd / max(float(cost_usd.sum()), 1e-12))
        for _ in range(ROUNDS):
            risk = (1.0 - correlation) * sd_kw**2 + 2.0 * correlation * total_sd * sd_kw
            order = _greedy((mean_kw - weight * risk) / cost_usd, cost_usd, budget_usd)
            mu, sd = float(mean_kw[order].sum()), sd_kw[order]
            total_sd = float(sd.sum())
            variance = (1.0 - correlation) * float(sd @ sd) + correlation * total_sd**2
            found = reliability(mean_kw[order], sd, target_kw, correlation)
            if found > best.probability or (found == best.probability and mu > best.expected_kw):
                best = KnapsackChoice(order, found, float(cost_usd[order].sum()), mu)
            # d P / d x_i is proportional to mu_i - (sum mu - T) / (2 V) dV_i.
            following = (mu - target_kw) / (2.0 * variance) if variance > 0.0 else 0.0
            if place == 0 and np.isnan(seen) and mu < target_kw:
                starts = (0.0, -0.25, -1.0, 0.25)  # out of reach on average: variance helps
            if abs(following - seen) <= CLOSE * scale:
                break
            weight, seen = following, following
    return best


def _greedy(density: Floats, cost_usd: Floats, budget_usd: float) -> NDArray[np.int64]:
    """Homes by density until the money is gone; then cheaper ones that still fit, in one more pass."""
    order = np.argsort(-density, kind="stable")
    order = order[density[order] > 0.0]
    spent = np.cumsum(cost_usd[order])
    fits = int(np.searchsorted(spent, budget_usd * (1.0 + 1e-12), side="right"))
    chosen, rest = order[:fits], order[fits:]
    left = budget_usd - (float(spent[fits - 1]) if fits else 0.0)
    rest = rest[cost_usd[rest] <= left]
    if len(rest):
        more = rest[np.cumsum(cost_usd[rest]) <= left]
        chosen = np.concatenate([chosen, more])
    return chosen.astype(np.int64)


def _check(mean_kw: Floats, sd_kw: Floats, cost_usd: Floats, correlation: float) -> None:
    if not len(mean_kw) == len(sd_kw) == len(cost_usd):
        raise ValueError(f"{len(mean_kw)} means, {len(sd_kw)} spreads, {len(cost_usd)} costs; expected equal lengths")
    if len(cost_usd) and (cost_usd.min() <= 0.0 or sd_kw.min() < 0.0):
        raise ValueError("expected costs above 0 and spreads of 0 or more")
    if not 0.0 <= correlation <= 1.0:
        raise ValueError(f"correlation is {correlation}; expected 0 to 1")


def reliability_curve(
    mean_kw: Floats, sd_kw: Floats, order: NDArray[np.int64], target_kw: float, correlation: float = 0.0
) -> pd.DataFrame:
    """Probability of reaching the target after asking the first 1, 2, ... homes of an order."""
    mu, sd = mean_kw[order], sd_kw[order]
    total, spread = np.cumsum(mu), np.cumsum(sd)
    variance = (1.0 - correlation) * np.cumsum(sd**2) + correlation * spread**2
    z = np.divide(total - target_kw, np.sqrt(variance), out=np.full(len(mu), -np.inf), where=variance > 0.0)
    z = np.where((variance <= 0.0) & (total >= target_kw), np.inf, z)
    homes = np.arange(1, len(mu) + 1)
    return pd.DataFrame({"homes": homes, "expected_kw": total, "probability": ndtr(z)})
