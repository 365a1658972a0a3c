"""Taking part in one event: read the notice, be able, find it worth it, not be too tired.

Money and messages act through one utility: the warm glow of being asked is worth some dollars, which each
ask wears off (``fatigue`` F) and time restores::

    V = w + m ln(1 + believed payment + glow exp(-k F)) + t taste + h habit + s neighbours - f F

A standing price is not weighed by the day: its worth is that of ``routine_days`` of acting, and nobody asks. The
household acts with probability ``logistic(V)``; one that is out when the window opens can only act if
it prepared before leaving (``away_acts_fraction``).
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import AWAY, Record
from simulator.keyed_random import uniform


@compiled
def willing_fraction(home: Record, b: Record, glows: bool) -> float:
    """Probability that a household which read the notice, and could act, does; ``glows`` = it was asked, else it lives
    with a standing price."""
    worth = max(float(home.believed_usd), 0.0)
    if glows:
        worth += b.warm_glow_usd * np.exp(-b.habituation * home.fatigue)
    else:
        worth *= b.routine_days
    v = (
        b.take_part_intercept + b.take_part_money * np.log1p(worth) + b.take_part_taste * home.taste
        + b.take_part_habit * home.habit + b.take_part_neighbours * home.neighbours
        - b.take_part_fatigue * home.fatigue
    )  # fmt: skip
    return float(1.0 / (1.0 + np.exp(-v)))


@compiled
def acts(home: Record, b: Record, glows: bool, dice: np.uint64, here: int) -> bool:
    """The household's answer to an event it knows of."""
    if here == AWAY and uniform(dice, 3) >= b.away_acts_fraction:
        return False
    return bool(uniform(dice, 2) < willing_fraction(home, b, glows))


@compiled
def opt_out_fraction(home: Record, b: Record) -> float:
    """Probability that the owner of an automated device opts out of the whole event beforehand."""
    return float(1.0 / (1.0 + np.exp(-(b.opt_out_intercept + b.opt_out_fatigue * home.fatigue))))


@compiled
def learn(home: Record, b: Record, paid_usd: float) -> None:
    """Move the believed payment of an event towards what the last one paid."""
    home.believed_usd += b.belief_learning * (paid_usd - home.believed_usd)
