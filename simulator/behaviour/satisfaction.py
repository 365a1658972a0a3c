"""Satisfaction, and leaving: events are felt as comfort and effort, money is read on the bill.

``S <- S + a (x - S)``, after an event with ``x = -c discomfort - e effort``, and at the end of each month with
``x = sign(g) ln(1 + |g|)``, where ``g`` is what the bill says the programme brought: event payments less what its
tariff added to the usual one. A bill without such a line teaches nothing; a payment for joining is no part of it.
Leaving is a daily hazard, ``u exp(-k S)``, on top of the hazard of moving house; the operator may remove a home after
so many opt-outs or overrides in a row.
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

_MEMBERSHIP = int(Purpose.MEMBERSHIP)


@compiled
def feel(home: Record, b: Record, acted_by_hand: bool) -> None:
    """Move satisfaction towards what the last event cost in comfort and effort."""
    worth = -b.satisfaction_per_kh * home.discomfort_kh
    if acted_by_hand:
        worth -= b.satisfaction_effort
    home.satisfaction += b.satisfaction_learning * (worth - home.satisfaction)


@compiled
def read_bill(home: Record, b: Record, gain_usd: float) -> None:
    """Move satisfaction towards what the month's bill says the programme brought."""
    if gain_usd != 0.0:
        worth = np.sign(gain_usd) * np.log1p(abs(gain_usd))
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
