"""Enrolment: a discrete choice behind an attention gate.

A household that reads the offer (probability ``attention``) joins with probability ``logistic(V)``::

    V = a + m ln(1 + gain / 25) + t taste - h hassle + c (tolerance - 1.4) + y income

``gain`` is what the household *believes* it would earn in a season. The two dice are keyed by household
alone, so the same home answers the same offer alike in every arm, and a better offer never loses it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

GAIN_SCALE_USD = 25.0
TOLERANCE_REFERENCE_K = 1.4
_ENROLMENT = int(Purpose.ENROLMENT)


@compiled
def enrolment_logit(home: Record, b: Record, gain_usd: float) -> float:
    """Utility of joining over not joining, on the logit scale."""
    return float(
        b.enrol_intercept + b.enrol_money * np.log1p(max(gain_usd, 0.0) / GAIN_SCALE_USD)
        + b.enrol_taste * home.taste - b.enrol_hassle * home.hassle_z
        + b.enrol_comfort * (home.tolerance_k - TOLERANCE_REFERENCE_K) + b.enrol_income * home.income_z
    )  # fmt: skip


@compiled
def enrolment_probability(home: Record, b: Record, gain_usd: float) -> float:
    """Probability of joining when offered."""
    return float(home.attention / (1.0 + np.exp(-enrolment_logit(home, b, gain_usd))))


@compiled
def enrols(home: Record, b: Record, seed: int, replication: int, gain_usd: float) -> bool:
    """The household's answer to an offer, with its own two dice."""
    key = mix(home_day_key(seed, replication, home.household, 0), np.int64(_ENROLMENT))
    reads = uniform(key, 0) < home.attention
    return bool(reads and uniform(key, 1) * (1.0 + np.exp(-enrolment_logit(home, b, gain_usd))) < 1.0)


@compiled
def answers(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, gain_usd: NDArray[np.float64],
    joins: NDArray[np.bool_], probability: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill ``joins`` and ``probability`` (households,) for offers worth ``gain_usd``; NaN = not eligible."""
    for i in range(len(homes)):
        if np.isnan(gain_usd[i]):
            joins[i], probability[i] = False, 0.0
        else:
            joins[i] = enrols(homes[i], b, seed, replication, gain_usd[i])
            probability[i] = enrolment_probability(homes[i], b, gain_usd[i])
