"""The London trial's High and Low blocks of 2013: the published schedule where it lies, else one of the same make.

The schedule itself is not part of drsim. Without it a keyed schedule is drawn with as many blocks (69 High, 92
Low) of 3 to 12 hours at any time of day; results then differ in detail.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from drsim.clock import Clock
from simulator.keyed_random import Purpose, uniforms

Block = tuple[int, int, int, bool]  # ordinal of the local date, first and end quarter-hour, High
HIGH_BLOCKS, LOW_BLOCKS = 69, 92


@cache
def _published() -> pd.DataFrame | None:
    from scenarios.evidence.london import reference_folder  # that package imports this one

    path = reference_folder() / "lcl" / "dtou_tariff_2013.csv"
    return pd.read_csv(path, parse_dates=["start_local"]) if path.exists() else None


def london_blocks(clock: Clock, first_day: int) -> list[Block]:
    """One block a day, High before Low, the longest of its kind; a block past midnight is cut there."""
    table = _published()
    blocks = _drawn(clock, first_day) if table is None else _from_table(table)
    best: dict[int, Block] = {}
    for block in blocks:
        held = best.get(block[0])
        if held is None or (block[3], block[2] - block[1]) > (held[3], held[2] - held[1]):
            best[block[0]] = block
    first, last = clock.start.toordinal() + first_day, clock.end.toordinal()
    return [best[day] for day in sorted(best) if first <= day <= last]


def _from_table(table: pd.DataFrame) -> list[Block]:
    found: list[Block] = []
    rows = table[table["band"].isin(["High", "Low"])]
    local = rows["start_local"]
    quarter = local.dt.hour * 4 + local.dt.minute // 15
    for (day, band), at in quarter.groupby([local.dt.date, rows["band"]]):
        times = np.sort(at.to_numpy())
        for run in np.split(times, np.flatnonzero(np.diff(times) > 2) + 1):
            found.append((day.toordinal(), int(run[0]), int(run[-1]) + 2, band == "High"))
    return found


def _drawn(clock: Clock, first_day: int) -> list[Block]:
    days = clock.days - first_day
    draws = uniforms(2013, 0, 0, 3 * days, Purpose.EVENT_CALENDAR).reshape(3, days)
    order = np.argsort(draws[0])
    found: list[Block] = []
    for rank, d in enumerate(order[: HIGH_BLOCKS + LOW_BLOCKS]):
        length = (12, 24, 48)[int(3 * draws[1, d])]
        begin = int(draws[2, d] * (96 - length))
        found.append((clock.start.toordinal() + first_day + int(d), begin, begin + length, rank < HIGH_BLOCKS))
    return found
