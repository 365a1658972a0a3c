"""Difference-in-differences of log ratios: the effect of events on homes that chose their own tariff.

Groups that were opted into differ in level and shape, so a raw difference of means is biased. Within each time
slot of the day the ratio of mean demand in event intervals to that in reference intervals is taken, for both
groups; the effect is the mean over slots of the difference of their logs.

A logarithm needs loads well above zero. Where solar panels bring a group's mean net load near zero or below, no
relative change is defined: such slots are left out, and how many is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.keyed_draws import resample_counts

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: A slot of the day is compared where all four of its mean loads are at least this share of their group's mean load.
LEAST_SHARE = 0.2
#: With a larger share of bootstrap samples in which some load is not above zero there is no interval.
MOST_UNDEFINED = 0.01


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
    intervals_left_out: int = 0  # event intervals in slots whose net load nears zero

    @property
    def spans_zero(self) -> bool:
        """No effect is inside the interval, or there is none."""
        return not (self.low > 0.0 or self.high < 0.0)


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
        None where no cell has both event and reference intervals with load in both groups. Where every such cell
        was left out because net load nears zero the numbers are NaN and ``intervals`` is 0.
    """
    cells = int(cell.max()) + 1
    weight = np.bincount(cell[event], minlength=cells).astype(np.float64)
    weight[np.bincount(cell[reference], minlength=cells) == 0] = 0.0
    if not weight.any() or not treated.any() or treated.all():
        return None
    parts = [_by_cell(kw, interval, cell, cells) for interval in (event, reference)]
    one = np.ones(len(treated))
    compared = weight > 0
    if not np.isfinite([_means(parts, g, one) for g in (treated, ~treated)])[:, :, compared].any():
        return None
    weight[~_well_above_zero(parts, treated, weight)] = 0.0
    if not weight.any():
        draws = 0
    whole = _effect(parts, treated, one, weight)
    sampled = np.empty(draws)
    counts = np.empty(len(treated))
    for draw in range(draws):
        for group, rows in enumerate((np.flatnonzero(treated), np.flatnonzero(~treated))):
            counts[rows] = resample_counts((seed, draw, group), len(rows))
        sampled[draw] = _effect(parts, treated, counts, weight)
    tail = (1.0 - confidence) / 2
    defined = sampled[np.isfinite(sampled)]
    enough = draws > 1 and len(defined) >= (1.0 - MOST_UNDEFINED) * draws
    low, high = np.quantile(np.expm1(defined), [tail, 1.0 - tail]) if enough else (np.nan, np.nan)
    spread = float(np.std(defined, ddof=1)) if enough else float("nan")
    return LogRatioEffect(
        float(np.expm1(whole)), float(low), float(high), spread, int(treated.sum()), int((~treated).sum()),
        int((event & (weight[cell] > 0)).sum()), int((event & compared[cell] & (weight[cell] == 0)).sum()),
    )  # fmt: skip


def _means(parts: list[tuple[Floats, Floats]], group: Mask, counts: Floats) -> list[Floats]:
    """Mean load of a group's homes in each cell, in events and in reference hours; NaN where nothing was read."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return [(counts[group] @ total[group]) / (counts[group] @ count[group]) for total, count in parts]


def _well_above_zero(parts: list[tuple[Floats, Floats]], treated: Mask, weight: Floats) -> Mask:
    """Cells in which both groups' mean loads bear a logarithm, (cells,)."""
    good, one = weight > 0, np.ones(len(treated))
    for group in (treated, ~treated):
        means = _means(parts, group, one)
        usual = float(np.nanmean(np.abs(np.concatenate(means)[np.tile(weight > 0, 2)])))
        for mean in means:
            good &= np.nan_to_num(mean, nan=-1.0) >= max(LEAST_SHARE * usual, 1e-12)
    return good


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
        with np.errstate(divide="ignore", invalid="ignore"):
            in_events, beside = (np.log(mean) for mean in _means(parts, group, counts))
        logs.append((in_events - beside)[used])
    return float(np.average(logs[0] - logs[1], weights=weight[used])) if used.any() else float("nan")
