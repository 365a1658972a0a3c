"""How much a household that acts gives up: a finite stock, and a small elasticity on what is left of it.

Willingness is where most of a price's effect lies. What remains is small and intensive: of the discretionary
use that a home would keep, a price ratio r removes a further share ``1 - r**-e``, and the thermostat moves
``1 + g ln r`` times its usual offset. So the whole cut can never pass the stock::

    cut = 1 - (1 - own cut) r**-e          r > 1: a reward or a high price
    cut = -l (own cut)                     r < 1: a low price; use moves into it
"""

from __future__ import annotations

import numpy as np

from simulator.compiled import compiled
from simulator.fields import Record


@compiled
def discretionary_cut(home: Record, b: Record, price_ratio: float) -> float:
    """Share of discretionary use given up in the window; negative = more is used, because it is cheap."""
    if price_ratio < 1.0:
        return float(-b.low_price_uptake * home.cut_fraction)
    return float(1.0 - (1.0 - home.cut_fraction) * price_ratio ** (-b.depth_elasticity))


@compiled
def thermostat_offset_k(home: Record, b: Record, price_ratio: float) -> float:
    """How far a person moves the thermostat [K]; nothing for a low price."""
    if price_ratio < 1.0:
        return 0.0
    return float(home.manual_offset_k * (1.0 + b.thermostat_price_slope * np.log(price_ratio)))
