"""Enrolment: a discrete choice behind an attention gate.

A household that reads the offer (probability ``attention``) joins with probability ``logistic(V)``::

    V = a + m ln(1 + G / 25) - u [not informed] + t taste - h hassle + r trust + g green
        + c (tolerance - 1.4) + y income

``G = gain exp(error)`` is what the household *believes* it would earn in a season; told its own expected gain, it
neither errs nor shies from the uncertain. With default enrolment it is in unless it read the letter and
wants out; it stays with probability ``logistic(V + d)``, on the same dice. The dice are keyed by household alone, so
the same home answers the same offer alike in every arm, and a better offer never loses it.
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
def enrolment_logit(home: Record, b: Record, gain_usd: float, informed: bool) -> float:
    """Utility of joining over not joining, on the logit scale."""
    believed, unsure = max(gain_usd, 0.0), 0.0
    if not informed:
        believed *= np.exp(home.belief_log)
        unsure = b.enrol_uncertainty
    return float(
        b.enrol_intercept + b.enrol_money * np.log1p(believed / GAIN_SCALE_USD) - unsure
        + b.enrol_taste * home.taste - b.enrol_hassle * home.hassle_z + b.enrol_trust * home.trust_z
        + b.enrol_green * home.green_z + b.enrol_comfort * (home.tolerance_k - TOLERANCE_REFERENCE_K)
        + b.enrol_income * home.income_z
    )  # fmt: skip


@compiled
def enrolment_probability(home: Record, b: Record, gain_usd: float, informed: bool, default: bool) -> float:
    """Probability of being in the programme once offered it."""
    wants = 1.0 / (1.0 + np.exp(-enrolment_logit(home, b, gain_usd, informed) - (b.default_pull if default else 0.0)))
    return float(1.0 - home.attention * (1.0 - wants)) if default else float(home.attention * wants)


@compiled
def enrols(
    home: Record, b: Record, seed: int, replication: int, gain_usd: float, informed: bool, default: bool
) -> bool:
    """The household's answer to an offer, with its own two dice."""
    key = mix(home_day_key(seed, replication, home.household, 0), np.int64(_ENROLMENT))
    reads = uniform(key, 0) < home.attention
    v = enrolment_logit(home, b, gain_usd, informed) + (b.default_pull if default else 0.0)
    wants = uniform(key, 1) * (1.0 + np.exp(-v)) < 1.0
    return bool(wants or not reads) if default else bool(reads and wants)


@compiled
def answers(
    homes: NDArray[np.void], b: Record, seed: int, replication: int, gain_usd: NDArray[np.float64],
    informed: NDArray[np.bool_], default: NDArray[np.bool_], joins: NDArray[np.bool_],
    probability: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill ``joins`` and ``probability`` (households,) for offers worth ``gain_usd``; NaN = not eligible.

    ``informed`` and ``default`` (households,) are terms of each home's own offer.
    """
    for i in range(len(homes)):
        if np.isnan(gain_usd[i]):
            joins[i], probability[i] = False, 0.0
        else:
            joins[i] = enrols(homes[i], b, seed, replication, gain_usd[i], informed[i], default[i])
            probability[i] = enrolment_probability(homes[i], b, gain_usd[i], informed[i], default[i])
