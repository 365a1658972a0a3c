"""What end uses add up to: a home's demand and heat gains, and its energy by end use over the day and the event."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import tile
from simulator.compiled import compiled_inline
from simulator.eights import eight, four_sums, put
from simulator.fields import (
    CLOTHES_WASHER,
    COOKING,
    DISHWASHER,
    DRYER,
    ELECTRONICS,
    LIGHTING,
    PLUG_HEATER,
    REFRIGERATOR,
    STANDBY,
    USES,
    WATER_HEATER,
)
from simulator.tile import tile_sum, window_sum

N_USES = len(USES)
OWN_GAINS, OWN_DEMAND = 0, 1  # rows of a home's own workspace: heat in its rooms, demand [kW]

#: Share of each end use's electricity that stays in the room as heat (vents and drains take the rest).
ROOM_SHARE = np.zeros(N_USES)
ROOM_SHARE[[REFRIGERATOR, LIGHTING, ELECTRONICS, STANDBY, PLUG_HEATER]] = 1.0, 1.0, 1.0, 0.8, 1.0
ROOM_SHARE[[COOKING, DRYER, CLOTHES_WASHER, DISHWASHER, WATER_HEATER]] = 0.6, 0.15, 0.3, 0.4, 0.05


@compiled_inline
def energy(
    use: int, k: int, e0: int, e1: int, use_kw: NDArray[np.float64], use_kwh: NDArray[np.float64],
    event_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """Energy of an end use of home ``k`` over the day and over the event window [kWh]."""
    use_kwh[k, use] = 0.25 * four_sums(use_kw, use * use_kw.shape[1], use_kw.shape[1])
    if e1 > e0:
        total = 0.0
        for i in range(max(e0, 0), min(e1, use_kw.shape[1])):
            total += use_kw[use, i]
        event_kwh[k, use] = 0.25 * total


@compiled_inline
def add_use(use: int, use_kw: NDArray[np.float64], own: NDArray[np.float64]) -> None:
    """Add an end use to the home's demand and heat gains, eight quarter-hours at once as far as they go."""
    n, share = use_kw.shape[1], ROOM_SHARE[use]
    for i in range(0, n - 7, 8):
        kw = eight(use_kw, use * n + i)
        put(own, i, eight(own, i) + share * kw)
        put(own, n + i, eight(own, n + i) + kw)
    for i in range(n - n % 8, n):
        own[OWN_GAINS, i] += share * use_kw[use, i]
        own[OWN_DEMAND, i] += use_kw[use, i]


@compiled_inline
def add_steady(use_kw: NDArray[np.float64], own: NDArray[np.float64]) -> None:
    """The same for the uses that every home has, one after the other, in one pass."""
    n = use_kw.shape[1]
    for i in range(0, n - 7, 8):
        heat, demand = eight(own, i), eight(own, n + i)
        for use in range(REFRIGERATOR, STANDBY + 1):
            kw = eight(use_kw, use * n + i)
            heat += ROOM_SHARE[use] * kw
            demand += kw
        put(own, i, heat)
        put(own, n + i, demand)
    for i in range(n - n % 8, n):
        for use in range(REFRIGERATOR, STANDBY + 1):
            own[OWN_GAINS, i] += ROOM_SHARE[use] * use_kw[use, i]
            own[OWN_DEMAND, i] += use_kw[use, i]


@compiled_inline
def climate_energy(
    use: int, row: int, n: int, homes: int, e0: int, e1: int, w: NDArray[np.float64], use_kwh: NDArray[np.float64],
    event_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """Energy of a climate use of all the tile's homes, from its row [kWh]."""
    put(w, tile.SUM, 0.25 * tile_sum(w, row, n))
    for k in range(homes):
        use_kwh[k, use] = w[tile.SUM + k]
    if e1 > e0:
        put(w, tile.SUM, 0.25 * window_sum(w, row, e0, e1, n))
        for k in range(homes):
            event_kwh[k, use] = w[tile.SUM + k]
