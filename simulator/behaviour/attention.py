"""Whether an offer is considered, and whether a message is read in time.

One letter is considered with the household's ``attention``; a campaign of ``n`` letters, calls and visits is
``n`` chances, ``1 - (1 - attention)**n``.

A notice reaches the household with the channel's ``reach``; the delay until it is read is exponential with
the channel's median for a household of average attention, shorter for an attentive one. Short notice works
through this delay alone; there is no separate factor for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import Record


def after_contacts(attention: NDArray[np.floating], contacts: int) -> NDArray[np.float64]:
    """Probability that a household considers an offer made ``contacts`` times, (homes,)."""
    return np.asarray(1.0 - (1.0 - attention.astype(np.float64)) ** contacts)


@compiled
def read_in_time_fraction(home: Record, b: Record, notice_hours: float, read_hours: float, reach: float) -> float:
    """Probability that a notice sent ``notice_hours`` before the event is read before it starts."""
    median_hours = read_hours * b.attention_mean / max(float(home.attention), 0.05)
    return float(reach * (1.0 - 0.5 ** (max(notice_hours, 0.0) / max(median_hours, 1e-6))))
