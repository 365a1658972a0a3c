"""Day-matching baselines: what a home would have used, estimated from its own recent days.

A baseline is an estimate and usually wrong for one home (see ``docs/analyst.md``); a rebate is paid
against it all the same. The true counterfactual never enters here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.quality import NO_BASELINE
from drsim.findings import Finding

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def high_x_of_y(
    window_kwh: Floats | NDArray[np.float32], eligible: Mask, day: int, x: int, y: int
) -> tuple[Floats, Mask]:
    """Mean of the ``x`` highest of the last ``y`` eligible days before ``day``, chosen per home.

    Parameters
    ----------
    window_kwh : (homes, days) [kWh]
        Metered energy in the event window; NaN is a missing read.
    eligible : (days,) or (homes, days) bool
        Days of the same type without an event (for this home).
    day : int
        The event day; only days before it are used.
    x, y : int
        ``x = y = 10`` is 10-in-10.

    Returns
    -------
    baseline_kwh, insufficient
        (homes,) float64 and (homes,) bool. Where fewer than ``y // 2`` (at least one) eligible days with
        reads exist the baseline is NaN and ``insufficient`` is True; nowhere else. With between that and
        ``y`` days, the ``x`` highest of those are used, or all where there are fewer than ``x``.
    """
    homes, days = window_kwh.shape
    if not 1 <= x <= y:
        raise ValueError(f"x is {x} and y is {y}; expected 1 <= x <= y, for example x=5, y=10")
    if not 0 <= day <= days:
        raise ValueError(f"day is {day}; expected 0..{days}")
    if eligible.shape not in {(days,), (homes, days)}:
        raise ValueError(f"eligible has shape {eligible.shape}; expected ({days},) or ({homes}, {days})")
    kept, found = _last_days(window_kwh, eligible, day, y)
    insufficient = found < max(1, y // 2)
    highest = -np.sort(-kept, axis=1)[:, :x]  # NaN (no such day) sorts last
    total = np.where(np.isnan(highest), 0.0, highest).sum(axis=1)
    baseline = total / np.maximum(np.minimum(found, x), 1)
    baseline[insufficient] = np.nan
    return baseline, insufficient


def _last_days(
    window_kwh: Floats | NDArray[np.float32], eligible: Mask, day: int, y: int
) -> tuple[Floats, NDArray[np.int64]]:
    """The last ``y`` usable days of each home, (homes, y) padded with NaN, and how many there are."""
    homes = window_kwh.shape[0]
    kept = np.full((homes, y), np.nan)
    found = np.zeros(homes, dtype=np.int64)
    for d in range(day - 1, -1, -1):
        usable = eligible[d] if eligible.ndim == 1 else eligible[:, d]
        if not np.any(usable):
            continue
        rows = np.flatnonzero(usable & ~np.isnan(window_kwh[:, d]) & (found < y))
        kept[rows, found[rows]] = window_kwh[rows, d]
        found[rows] += 1
        if bool((found == y).all()):
            break
    return kept, found


@dataclass(frozen=True)
class Baseline:
    """A named rule, called as ``rule(window_kwh, eligible, day) -> (baseline_kwh, insufficient)``."""

    name: str
    x: int
    y: int
    title: str
    source: str

    def __call__(
        self, window_kwh: Floats | NDArray[np.float32], eligible: Mask, day: int
    ) -> tuple[Floats, Mask]:
        return high_x_of_y(window_kwh, eligible, day, self.x, self.y)


#: Every rule a scenario can name. A rule added here is held to the conformance tests.
BASELINES: Mapping[str, Baseline] = {
    rule.name: rule
    for rule in (
        Baseline("10_in_10", 10, 10, "mean of the last 10 days", "CAISO 10-in-10, no day-of adjustment"),
        Baseline("high_5_of_10", 5, 10, "5 highest of the last 10 days", "NYISO; CAISO 5-in-10 residential"),
        Baseline("high_4_of_5", 4, 5, "4 highest of the last 5 days", "PJM economic programme"),
    )
}


def rebate_usd(
    baseline_kwh: Floats, metered_kwh: Floats | NDArray[np.float32], usd_per_kwh: float
) -> Floats:
    """Payment for use below the baseline, never negative, (homes,) [USD].

    Nobody is charged for using more. Where the baseline or the reading is unknown (NaN) nothing is paid;
    :func:`insufficient_findings` says for whom.
    """
    if usd_per_kwh < 0.0:
        raise ValueError(f"usd_per_kwh is {usd_per_kwh}; expected 0 or more")
    below = np.asarray(baseline_kwh, dtype=np.float64) - metered_kwh
    return np.where(np.isnan(below), 0.0, np.maximum(below, 0.0)) * usd_per_kwh


def insufficient_findings(
    premises: Sequence[str], insufficient: Mask, rule: Baseline, day: str
) -> list[Finding]:
    """One finding for each premise that has no baseline on ``day``."""
    needed = max(1, rule.y // 2)
    message = f"fewer than {needed} eligible days with reads before {day}: no {rule.name} baseline"
    data = {"rule": rule.name, "day": day}
    rows = np.flatnonzero(insufficient).tolist()
    return [Finding(NO_BASELINE, premises[row], message, data) for row in rows]
