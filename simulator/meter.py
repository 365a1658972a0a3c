"""Interval reads as a head-end has them: whole watt-hours, gaps, estimates, and registers that misbehave.

Flagged trouble (missing, estimated) comes with a quality code. Silent trouble does not: a stuck register shows
nothing and then all at once, a late one shows each interval's energy in the next, a meter whose clock is off stamps
everything by minutes early or late, a meter without net registration shows no export. None of it moves energy in the
home, and stuck and late registers lose none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.keyed_random import Purpose, home_day_key, mix, uniform

VALID, ESTIMATED, MISSING = 0, 1, 2
_READ_QUALITY = int(Purpose.READ_QUALITY)
MEAN_GAP_QUARTERS = 24
MEAN_FAULT_QUARTERS = 12
_FAULTS, _CLOCK = int(Purpose.METER_FAULT), int(Purpose.METER_CLOCK)


class MeterRules(NamedTuple):
    """How good the reads are: shares of reads, of meters for the clock, and whether export is registered."""

    gap_fraction: float = 0.0
    estimated_fraction: float = 0.0
    stuck_fraction: float = 0.0
    late_fraction: float = 0.0
    clock_offset_fraction: float = 0.0
    clock_offset_minutes: int = 15
    net_metering: bool = True

    @property
    def misreads(self) -> bool:
        """Whether any register misbehaves silently."""
        silent = self.stuck_fraction + self.late_fraction + self.clock_offset_fraction
        return silent > 0.0 or not self.net_metering


GOOD_METERS = MeterRules()


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


@compiled
def _clock_quarters(household: int, seed: int, replication: int, fraction: float, quarters: int) -> int:
    """By how many quarter-hours a meter's clock is behind; the same all its life, 0 for good clocks."""
    key = mix(home_day_key(seed, replication, household, 0), np.int64(_CLOCK))
    if uniform(key, 0) >= fraction:
        return 0
    return quarters if uniform(key, 1) < 0.5 else -quarters


@compiled
def misread(
    load_wh: NDArray[np.int32], yesterday_wh: NDArray[np.int32], rows: NDArray[np.int64], seed: int, replication: int,
    ordinal: int, stuck: float, late: float, clock: float, quarters: int, net: bool, shown_wh: NDArray[np.int32],
) -> None:  # fmt: skip
    """What the registers show of one day, (homes, intervals) [Wh], before quality codes.

    A clock that is behind shows today what happened ``quarters`` earlier, and begins with yesterday's end; one that is
    ahead repeats the day's end, for tomorrow is not known yet.
    """
    n, m = load_wh.shape[1], yesterday_wh.shape[1]
    for r in range(len(rows)):
        back = _clock_quarters(rows[r], seed, replication, clock, quarters)
        for i in range(n):
            j = min(i - back, n - 1)
            wh = load_wh[r, j] if j >= 0 else yesterday_wh[r, m + j]
            shown_wh[r, i] = wh if net else max(wh, 0)
        key = mix(home_day_key(seed, replication, rows[r], ordinal), np.int64(_FAULTS))
        draw = uniform(key, 0) * MEAN_FAULT_QUARTERS / n
        if draw >= stuck + late:
            continue
        first = int(uniform(key, 1) * (n - 2 * MEAN_FAULT_QUARTERS))
        last = first + int(2 * MEAN_FAULT_QUARTERS * uniform(key, 2))
        held = 0
        for i in range(first, last + 1):
            now = shown_wh[r, i]
            if draw < stuck:
                held += now
                shown_wh[r, i] = held if i == last else 0
            else:
                shown_wh[r, i] = held + now if i == last else held
                held = now


def read_day(
    load_wh: NDArray[np.int32], households: NDArray[np.int64], seed: int, replication: int, ordinal: int,
    rules: MeterRules, yesterday_wh: NDArray[np.int32] | None, quality: NDArray[np.uint8],
) -> NDArray[np.float64]:  # fmt: skip
    """Reads [Wh] of one day, (homes, intervals), NaN where missing; ``quality`` receives the codes.

    Without ``yesterday_wh`` an estimate stays the true value, and a late clock begins with the day's own end.
    """
    shown = load_wh
    if rules.misreads:
        shown = np.empty_like(load_wh)
        before = load_wh if yesterday_wh is None else yesterday_wh
        misread(
            load_wh, before, households, seed, replication, ordinal, rules.stuck_fraction, rules.late_fraction,
            rules.clock_offset_fraction, rules.clock_offset_minutes // 15, rules.net_metering, shown,
        )  # fmt: skip
    gaps, estimates = rules.gap_fraction, rules.estimated_fraction
    read_quality(households, seed, replication, ordinal, gaps, estimates, quality)
    return metered_wh(shown, quality, yesterday_wh)


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
