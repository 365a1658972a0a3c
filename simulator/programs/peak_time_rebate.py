"""Peak-time rebate: people are asked to cut, and paid per kWh below an estimated baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.participation import willing_fraction
from simulator.compiled import compiled
from simulator.fields import AWAY, Record
from simulator.keyed_random import uniform

KIND = 1


@dataclass(frozen=True)
class PeakTimeRebate:
    """Offer: ``usd_per_kwh`` for each kWh below the household's own baseline in the event window."""

    name: str
    usd_per_kwh: float
    incentive_usd: float = 0.0
    baseline: str = "10_in_10"
    device_usd: float = 0.0
    offset_degc: float = 0.0
    kind: int = KIND

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Every metered home may join."""
        return np.ones(len(homes), dtype=bool)

    def believed_event_usd(self, homes: NDArray[np.void], window_hours: float, cut: float) -> NDArray[np.float64]:
        """What a household expects one event to pay: its usual use, cut by a round share, at the rate."""
        return np.asarray(homes["typical_kw"] * window_hours * cut * self.usd_per_kwh, dtype=np.float64)


@compiled
def decide(home: Record, b: Record, key: np.uint64, here: int) -> int:
    """Prepare today's response on the record; 1 = takes part, 0 = does not."""
    home.event_automatic = 0
    if here == AWAY and uniform(key, 3) >= b.away_acts_fraction:
        return 0
    if uniform(key, 2) >= willing_fraction(home, b):
        return 0
    home.event_offset_k = home.manual_offset_k
    home.event_cut = home.cut_fraction
    home.event_defers = 1
    return 1
