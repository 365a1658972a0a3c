"""Satisfaction, and leaving: a household compares what events bring with what they cost it.

``S <- S + a (x - S)`` after an event, ``x = ln(1 + paid) - c discomfort - e effort``. Leaving is a daily hazard,
``u exp(-k S)``, on top of the hazard of moving house; the operator may remove a home after so many opt-outs
or overrides in a row.
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

_MEMBERSHIP = int(Purpose.MEMBERSHIP)


@compiled
def feel(home: Record, b: Record, paid_usd: float, acted_by_hand: bool) -> None:
    """Move satisfaction towards what the last event was worth."""
    worth = np.log1p(max(paid_usd, 0.0)) - b.satisfaction_per_kh * home.discomfort_kh
    if acted_by_hand:
        worth -= b.satisfaction_effort
    home.satisfaction += b.satisfaction_learning * (worth - home.satisfaction)


@compiled
def leaving_hazard(home: Record, b: Record) -> float:
    """Probability in [0, 1] of leaving the programme today, by choice."""
    return float(min(1.0, b.unenrol_per_day * np.exp(-b.unenrol_satisfaction * home.satisfaction)))


@compiled
def leaves(home: Record, b: Record, seed: int, replication: int, ordinal: int) -> bool:
    """Whether the household leaves today, by choice or by moving house; with dice of its own."""
    key = mix(home_day_key(seed, replication, home.household, ordinal), np.int64(_MEMBERSHIP))
    moves = uniform(key, 0) < b.moves_per_year / 365.0
    return bool(moves or uniform(key, 1) < leaving_hazard(home, b))
