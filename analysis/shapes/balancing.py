"""Weights that make a sample look like a target: entropy balancing (Hainmueller 2012), slightly relaxed.

Among all weights whose weighted means come near the targets, the ones closest to equal weights (in Kullback-Leibler
divergence). A small penalty instead of exact constraints keeps the answer finite where a target is out of reach;
what is missed then shows as misfit, it is not hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
#: Penalty on the multipliers; at 1e-3 a reachable target is met to about a thousandth of a standard deviation.
PENALTY = 1e-3


def balance(moments: Floats, target: Floats, most: float = 20.0) -> Floats:
    """Weights of the rows of ``moments`` whose weighted mean is near ``target``.

    Parameters
    ----------
    moments : (rows, m)
    target : (m,)
    most : no row counts more than this many times the mean row

    Returns
    -------
    (rows,) float64, positive, summing to 1

    Examples
    --------
    >>> import numpy as np
    >>> w = balance(np.array([[0.0], [1.0]]), np.array([0.75]))
    >>> w.round(2).tolist()
    [0.25, 0.75]
    """
    spread = moments.std(axis=0)
    use = spread > 1e-12
    x = (moments[:, use] - target[use]) / spread[use]
    rows = len(moments)
    if not use.any():
        return np.full(rows, 1.0 / rows)

    def dual(theta: Floats) -> tuple[float, Floats]:
        score = x @ theta
        top = float(score.max())
        raw = np.exp(score - top)
        weight = raw / raw.sum()
        value = top + float(np.log(raw.mean())) + 0.5 * PENALTY * float(theta @ theta)
        return value, x.T @ weight + PENALTY * theta

    found = minimize(dual, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    score = x @ found.x
    low, high = 0.0, 1.0
    if _tilted(score).max() > most / rows:  # a tilt too strong is weakened until no row counts too much
        for _ in range(40):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if _tilted(middle * score).max() > most / rows else (middle, high)
        score = low * score
    return _tilted(score)


def _tilted(score: Floats) -> Floats:
    raw = np.exp(score - score.max())
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def effective_rows(weight: Floats) -> float:
    """How many equally weighted rows the weights are worth: 1 / sum of squares."""
    return float(1.0 / (weight**2).sum())


def resample(weight: Floats, size: int, start: float) -> NDArray[np.int64]:
    """Systematic resampling: ``size`` rows, each as often as its weight says, up to one.

    Parameters
    ----------
    start : one uniform number in [0, 1); the same one gives the same rows
    """
    at = (start + np.arange(size)) / size
    edges = np.cumsum(weight)
    found = np.searchsorted(edges, at * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(weight) - 1), dtype=np.int64)
