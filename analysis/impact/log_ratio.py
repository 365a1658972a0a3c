"""Difference-in-differences of log ratios: the effect of events on homes that chose their own tariff.

Groups that were opted into differ in level and shape, so a raw difference of means is biased. Within each time
slot of the day the ratio of mean demand in event intervals to that in reference intervals is taken, for both
groups; the effect is the mean over slots of the difference of their logs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.keyed_draws import resample_counts

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class LogRatioEffect:
    """A relative change of load: ``fraction`` (-0.08 is a cut of 8 %) with a bootstrap interval over homes."""

    fraction: float
    low: float
    high: float
    standard_error: float
    treated_homes: int
    control_homes: int
    intervals: int

    @property
    def spans_zero(self) -> bool:
        """No effect is inside the interval."""
        return self.low <= 0.0 <= self.high


def log_ratio_effect(
    kw: NDArray[np.float32] | Floats, treated: Mask, event: Mask, reference: Mask, cell: NDArray[np.int64],
    draws: int = 500, seed: int = 1, confidence: float = 0.95,
) -> LogRatioEffect | None:  # fmt: skip
    """Effect of being treated in the ``event`` intervals.

    Parameters
    ----------
    kw : (homes, intervals) demand, NaN is a missing read
    treated : (homes,) bool; the others are controls
    event, reference : (intervals,) bool
    cell : (intervals,) int
        What is compared with what, for example the half hour of the day.
    draws : bootstrap samples of homes within each group

    Returns
    -------
    LogRatioEffect or None
        None where no cell has both event and reference intervals with load in both groups.
    """
    cells = int(cell.max()) + 1
    weight = np.bincount(cell[event], minlength=cells).astype(np.float64)
    weight[np.bincount(cell[reference], minlength=cells) == 0] = 0.0
    if not weight.any() or not treated.any() or treated.all():
        return None
    parts = [_by_cell(kw, interval, cell, cells) for interval in (event, reference)]
    one = np.ones(len(treated))
    whole = _effect(parts, treated, one, weight)
    if not np.isfinite(whole):
        return None
    sampled = np.empty(draws)
    counts = np.empty(len(treated))
    for draw in range(draws):
        for group, rows in enumerate((np.flatnonzero(treated), np.flatnonzero(~treated))):
            counts[rows] = resample_counts((seed, draw, group), len(rows))
        sampled[draw] = _effect(parts, treated, counts, weight)
    tail = (1.0 - confidence) / 2
    low, high = np.quantile(np.expm1(sampled), [tail, 1.0 - tail]) if draws else (np.nan, np.nan)
    spread = float(np.std(sampled, ddof=1)) if draws > 1 else float("nan")
    return LogRatioEffect(
        float(np.expm1(whole)), float(low), float(high), spread, int(treated.sum()), int((~treated).sum()),
        int((event & (weight[cell] > 0)).sum()),
    )  # fmt: skip


def _by_cell(
    kw: NDArray[np.float32] | Floats, interval: Mask, cell: NDArray[np.int64], cells: int
) -> tuple[Floats, Floats]:
    """Sum and count of the reads of each home in each cell, (homes, cells)."""
    total, count = np.zeros((len(kw), cells)), np.zeros((len(kw), cells))
    for c in np.unique(cell[interval]).tolist():
        reads = kw[:, interval & (cell == c)]
        total[:, c] = np.nansum(reads, axis=1, dtype=np.float64)
        count[:, c] = (~np.isnan(reads)).sum(axis=1)
    return total, count


def _effect(parts: list[tuple[Floats, Floats]], treated: Mask, counts: Floats, weight: Floats) -> float:
    """The log effect with each home counted ``counts`` times."""
    used = weight > 0
    logs = []
    for group in (treated, ~treated):
        share = counts[group]
        ratio = []
        for total, count in parts:
            load, reads = share @ total[group], share @ count[group]
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio.append(np.log(load / reads))
        logs.append((ratio[0] - ratio[1])[used])
    return float(np.average(logs[0] - logs[1], weights=weight[used]))
