"""What a trial's analyst works out from meters: pure functions of group-mean loads. No truth comes in here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def log_ratio_effect(treated: Floats, control: Floats, event: Mask, reference: Mask, clock: NDArray[np.int16]) -> float:
    """Difference in differences of log mean loads by time of day, as a fraction of load; negative = a cut.

    Parameters
    ----------
    treated, control : (intervals,) group-mean load.
    event, reference : (intervals,) where the treatment acts, and where the groups are compared without it.
    clock : (intervals,) local quarter-hour; like is compared with like, weighted by the event's quarter-hours.
    """
    total, weight = 0.0, 0
    for q in np.unique(clock[event]):
        now, before = event & (clock == q), reference & (clock == q)
        if not before.any():
            continue
        n = int(now.sum())
        own, theirs = treated[now].mean() / treated[before].mean(), control[now].mean() / control[before].mean()
        gap = np.log(own / theirs)
        total, weight = total + n * gap, weight + n
    return float(np.expm1(total / weight)) if weight else float("nan")


def mean_cut_kw(treated: Floats, control: Floats, event: Mask, reference: Mask, clock: NDArray[np.int16]) -> float:
    """The same effect in kW: the control's event load, scaled to the treated group's level before, less theirs."""
    same = reference & np.isin(clock, np.unique(clock[event]))
    level = treated[same].mean() / control[same].mean()
    return float(level * control[event].mean() - treated[event].mean())


def per_enrolled(per_offered: float, take_up: float) -> float:
    """Effect on those who took the offer, when the offer was randomised: per offered over take-up."""
    return per_offered / take_up if take_up > 0.0 else float("nan")
