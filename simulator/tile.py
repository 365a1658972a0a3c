"""Where the numbers of a tile's homes stand: eight homes side by side in one flat array of float64.

First a home's numbers for the day, one *lane* of eight a name; then *rows*, eight numbers a quarter-hour. So the
eight homes of a name, or of a quarter-hour, are neighbours: one value of ``eights``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled_inline
from simulator.eights import WIDTH, Eight, eight, eight_of

#: Homes that live side by side. Their chains, in which each quarter-hour waits for the one before, run as one.
TILE = WIDTH
MAX_INTERVALS = 100
#: Lanes: coefficients, setpoints, capacities in K over a step, electricity of heat moved, state, today's event,
#: sums, who was there before the day, hot-water tanks.
(AA, AM, AO, AQ, AS, MA, MM, MO, MQ, MS, EVEN_M2, MAIN_M2, FACING, ROOF, WALLS, PEOPLE, COOL_HOME, COOL_AWAY,
 COOL_SLEEP, HEAT_HOME, HEAT_BACK, COOL_K, PUMP_K, BACKUP_K, FAN, FAN_FROM, WINDOW, WINDOW_FROM, LEAK_KW, KW_PER_K,
 COOL_INPUT_KW, PUMP_KW, PUMP_RATIO, BACKUP_RATIO, AIR, MASS, COOL_NOW, HEAT_NOW, LEFT, WARM, RUNNING, SUM,
 BEFORE, TANK, TANK_LOSS, LITRE_SHARE, ELEMENT_K, ELEMENT_KW, ON_FROM, ON_UNTIL,
 KEPT) = range(0, 51 * TILE, TILE)  # fmt: skip
_LANES = 51 * TILE
#: Rows: who is there; heat of other uses and their demand [kW]; demand of climate uses [kW]; air at the end [degC];
#: hot water drawn [litres], then what a storage tank took to heat it [kW].
HERE, GAINS, DEMAND, COOLING, HEATING, FANNING, ROOM, WATER = range(8)
_ROW = MAX_INTERVALS * TILE
SIZE = _LANES + 8 * _ROW


@compiled_inline
def at(row: int, i: int) -> int:
    """Where the eight numbers of quarter-hour ``i`` of a row start."""
    return _LANES + row * _ROW + i * TILE


@compiled_inline
def tile_sum(w: NDArray[np.float64], row: int, n: int) -> Eight:
    """Sums of a row, an eight; four running sums, for one would wait for each addition before it starts the next."""
    a, b, c, d = eight_of(0.0), eight_of(0.0), eight_of(0.0), eight_of(0.0)
    for q in range(n // 4):
        a += eight(w, at(row, 4 * q))
        b += eight(w, at(row, 4 * q + 1))
        c += eight(w, at(row, 4 * q + 2))
        d += eight(w, at(row, 4 * q + 3))
    for i in range(4 * (n // 4), n):
        a += eight(w, at(row, i))
    return (a + b) + (c + d)


@compiled_inline
def window_sum(w: NDArray[np.float64], row: int, e0: int, e1: int, n: int) -> Eight:
    """Sums of a row over the event window, an eight."""
    total = eight_of(0.0)
    for i in range(max(e0, 0), min(e1, n)):
        total += eight(w, at(row, i))
    return total


def row_of(w: NDArray[np.float64], row: int, k: int, n: int) -> NDArray[np.float64]:
    """A row's ``n`` quarter-hours of home ``k``, (n,); a view."""
    return w[at(row, 0) : at(row, n)].reshape(n, TILE)[:, k]
