"""Taking part in one event: read the notice, be able, find it worth it, not be too tired.

``logistic(w + m ln(1 + believed payment) + t taste - f fatigue)``; a household that is out when the
window opens can only act if it prepared before leaving (``away_acts_fraction``).
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import Record


@compiled
def willing_fraction(home: Record, b: Record) -> float:
    """Probability that a household which read the notice, and could act, does."""
    v = (
        b.take_part_intercept + b.take_part_money * np.log1p(max(float(home.believed_usd), 0.0))
        + b.take_part_taste * home.taste - b.take_part_fatigue * home.fatigue
    )  # fmt: skip
    return float(1.0 / (1.0 + np.exp(-v)))


@compiled
def opt_out_fraction(home: Record, b: Record) -> float:
    """Probability that the owner of an automated device opts out of the whole event beforehand."""
    return float(1.0 / (1.0 + np.exp(-(b.opt_out_intercept + b.opt_out_fatigue * home.fatigue))))


@compiled
def learn(home: Record, b: Record, paid_usd: float) -> None:
    """Move the believed payment of an event towards what the last one paid."""
    home.believed_usd += b.belief_learning * (paid_usd - home.believed_usd)
