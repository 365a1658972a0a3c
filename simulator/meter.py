"""Interval reads as a head-end has them: whole watt-hours, gaps, estimates, quality codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

VALID, ESTIMATED, MISSING = 0, 1, 2
_READ_QUALITY = int(Purpose.READ_QUALITY)
MEAN_GAP_QUARTERS = 24


@compiled
def read_quality(
    rows: NDArray[np.int64], seed: int, replication: int, ordinal: int, gap_fraction: float,
    estimated_fraction: float, quality: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Fill quality codes (rows, intervals) of one day: a home-day loses or estimates one run of reads.

    The chance of a run is chosen so that ``gap_fraction`` and ``estimated_fraction`` of all reads are hit.
    """
    n = quality.shape[1]
    for r in range(len(rows)):
        for i in range(n):
            quality[r, i] = 0
        key = mix(home_day_key(seed, replication, rows[r], ordinal), np.int64(_READ_QUALITY))
        draw = uniform(key, 0) * MEAN_GAP_QUARTERS / n
        if draw < gap_fraction + estimated_fraction:
            first = int(uniform(key, 1) * n)
            length = 1 + int(2 * MEAN_GAP_QUARTERS * uniform(key, 2))
            code = 2 if draw < gap_fraction else 1
            for i in range(first, min(n, first + length)):
                quality[r, i] = code


def metered_wh(
    load_wh: NDArray[np.int32], quality: NDArray[np.uint8], yesterday_wh: NDArray[np.int32] | None
) -> NDArray[np.float64]:
    """Reads [Wh] of one day, (homes, intervals): NaN where missing, yesterday's value where estimated."""
    reads = load_wh.astype(np.float64)
    if yesterday_wh is not None:
        n = min(reads.shape[1], yesterday_wh.shape[1])
        guess = quality[:, :n] == ESTIMATED
        reads[:, :n][guess] = yesterday_wh[:, :n][guess]
    reads[quality == MISSING] = np.nan
    return reads


def hourly_kwh(reads_wh: NDArray[np.float64], quarter: NDArray[np.int16]) -> NDArray[np.float32]:
    """Reads of one local day as 24 clock hours of demand x 1 h [kWh], (homes, 24).

    An hour that occurs twice (autumn) is averaged, one that never occurs (spring) is NaN; an hour with a
    missing read is NaN.
    """
    if len(quarter) == 96:
        return np.asarray(reads_wh.reshape(len(reads_wh), 24, 4).sum(axis=2) / 1e3, dtype=np.float32)
    hours = quarter // 4
    out = np.full((len(reads_wh), 24), np.nan, dtype=np.float32)
    for hour in range(24):
        at = np.flatnonzero(hours == hour)
        if len(at):
            out[:, hour] = reads_wh[:, at].sum(axis=1) / 1e3 * (4.0 / len(at))
    return out


def to_minutes(wh: NDArray[np.int32], minutes: int) -> NDArray[np.int64]:
    """Quarter-hour sums [Wh] of one day as 15-, 30- or 60-minute sums; exact, they are whole numbers."""
    step = minutes // 15
    return np.asarray(wh.reshape(wh.shape[0], -1, step).sum(axis=2, dtype=np.int64))
