"""Load impact after the event (ex post) and before it (ex ante), from a baseline and the meter.

Load impact is baseline minus metered: positive is a reduction. Standard errors are over homes; the mean of a
season clusters by home, because a home's errors repeat from event to event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.baselines import Estimate, EventWindow, MeterHistory

Floats = NDArray[np.float64]
BEFORE, DURING, AFTER = "before", "event", "after"


@dataclass(frozen=True, eq=False)
class Impacts:
    """Baseline minus metered for one rule.

    Attributes
    ----------
    events : list of EventWindow
    kwh : one (homes, slots) array for each event [kWh], NaN without a baseline or a read
    slots_per_hour : float
    """

    events: list[EventWindow]
    kwh: list[Floats]
    slots_per_hour: float

    @classmethod
    def of(cls, history: MeterHistory, events: Sequence[EventWindow], estimates: Sequence[Estimate]) -> Impacts:
        """From the estimates of a rule for the events, in their order."""
        found = [e.kwh - history.on(w.day, w.slots) for w, e in zip(events, estimates, strict=True)]
        return cls(list(events), found, history.slots_per_hour)

    def per_home(self) -> Floats:
        """Mean demand cut in each event's own window, (homes, events) [kW]."""
        columns = [k[:, w.core].mean(axis=1) * self.slots_per_hour for w, k in zip(self.events, self.kwh, strict=True)]
        return np.stack(columns, axis=1) if columns else np.empty((0, 0))


def mean_and_error(values: Floats) -> tuple[float, float, int]:
    """Mean over homes, its standard error, and how many homes count; NaN are left out."""
    seen = values[np.isfinite(values)]
    if not len(seen):
        return float("nan"), float("nan"), 0
    error = float(np.std(seen, ddof=1) / np.sqrt(len(seen))) if len(seen) > 1 else float("nan")
    return float(seen.mean()), error, len(seen)


def by_hour(impacts: Impacts) -> pd.DataFrame:
    """Ex-post impact of every slot about every event.

    Returns
    -------
    DataFrame
        ``event, slot, phase, impact_kw_per_home, standard_error_kw, homes``; phase is before, event or after.
    """
    rows = []
    for event, (window, kwh) in enumerate(zip(impacts.events, impacts.kwh, strict=True), start=1):
        for column, slot in enumerate(window.slots.tolist()):
            phase = BEFORE if slot < window.first else DURING if slot < window.last else AFTER
            mean, error, homes = mean_and_error(kwh[:, column] * impacts.slots_per_hour)
            rows.append((event, slot, phase, mean, error, homes))
    names = ["event", "slot", "phase", "impact_kw_per_home", "standard_error_kw", "homes"]
    return pd.DataFrame(rows, columns=names)


def by_event(impacts: Impacts, segment: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """Ex-post impact by event and over the season, for all homes and for each segment.

    Returns
    -------
    DataFrame
        ``event`` (0 is the season), ``segment`` (-1 is all homes), ``impact_kw_per_home, standard_error_kw, homes,
        pre_event_kw, snapback_kw, shifted_kwh_per_home``. Pre-event and snapback are mean *increases* of demand in
        the slots estimated before and after; ``shifted_kwh_per_home`` is the part of the saving that came back there.
    """
    per_home = impacts.per_home()
    groups = [-1] if segment is None else [-1, *sorted(set(segment[segment >= 0].tolist()))]
    rows = []
    for group in groups:
        pick = np.ones(len(per_home), bool) if group < 0 or segment is None else segment == group
        around = np.array([_around(w, k[pick]) for w, k in zip(impacts.events, impacts.kwh, strict=True)])
        for event in range(per_home.shape[1]):
            beside = _scaled(around[event].tolist(), impacts)
            rows.append((event + 1, group, *mean_and_error(per_home[pick, event]), *beside))
        seen = np.isfinite(per_home[pick])
        with np.errstate(invalid="ignore"):
            own = np.where(seen, per_home[pick], 0.0).sum(axis=1) / np.where(seen.any(axis=1), seen.sum(axis=1), np.nan)
        whole = [mean_and_error(column)[0] for column in around.T] if len(around) else [np.nan] * 3
        rows.append((0, group, *mean_and_error(own), *_scaled(whole, impacts)))
    names = ["event", "segment", "impact_kw_per_home", "standard_error_kw", "homes", "pre_event_kw", "snapback_kw",
             "shifted_kwh_per_home"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _around(window: EventWindow, kwh: Floats) -> tuple[float, float, float]:
    """Mean increase a slot before and after the event, and the energy that moved there [kWh a home]."""
    seen = kwh[np.isfinite(kwh).all(axis=1)]
    if not len(seen):
        return (np.nan,) * 3
    mean = -seen.mean(axis=0)
    before, after = mean[: window.core.start], mean[window.core.stop :]
    return (
        float(before.mean()) if len(before) else np.nan,
        float(after.mean()) if len(after) else np.nan,
        float(before.sum() + after.sum()),
    )


def _scaled(around: Sequence[float], impacts: Impacts) -> tuple[float, float, float]:
    before, after, moved = around
    return before * impacts.slots_per_hour, after * impacts.slots_per_hour, moved


@dataclass(frozen=True)
class ExAnte:
    """What an event would deliver at a design temperature: ``impact_kw_per_home`` with a standard error."""

    impact_kw_per_home: float
    standard_error_kw: float
    slope_kw_per_degc: float
    events: int


def ex_ante(event_kw: Floats, event_degc: Floats, design_degc: float) -> ExAnte | None:
    """Impact under design weather: a line of event impact on outdoor temperature, read at ``design_degc``.

    Ordinary least squares over events; the standard error is that of a new event's expected value (it does not
    hold the spread of single events). None with fewer than four events or no spread in temperature.
    """
    seen = np.isfinite(event_kw) & np.isfinite(event_degc)
    y, t = event_kw[seen], event_degc[seen]
    n = len(y)
    if n < 4 or np.ptp(t) == 0.0:
        return None
    away = t - t.mean()
    slope = float((away * y).sum() / (away**2).sum())
    level = float(y.mean())
    left = y - level - slope * away
    variance = float((left**2).sum() / (n - 2))
    beyond = design_degc - float(t.mean())
    error = float(np.sqrt(variance * (1.0 / n + beyond**2 / float((away**2).sum()))))
    return ExAnte(level + slope * beyond, error, slope, n)


@dataclass(frozen=True)
class Effect:
    """A mean difference between called and control homes, with Welch's standard error and p-value."""

    impact_kw_per_home: float
    standard_error_kw: float
    p_value: float
    called_homes: int
    control_homes: int


def randomised_effect(impacts: Impacts, control: NDArray[np.bool_]) -> Effect | None:
    """Impact of the called homes less that of the controls, each home once, clustered by home.

    Use with the impacts of *all* homes from any rule on own history (``10_in_10`` ...): what the rule gets wrong
    on both sides alike cancels, so with control drawn by lot the estimate is unbiased whatever the rule. The error
    holds the controls' part, which a standard error over called homes alone leaves out.
    """
    from scipy import stats

    per_home = impacts.per_home()
    seen = np.isfinite(per_home)
    own = np.where(seen, per_home, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    known = seen.any(axis=1)
    called, controls = own[known & ~control], own[known & control]
    if min(len(called), len(controls)) < 2:
        return None
    parts = [float(np.var(x, ddof=1)) / len(x) for x in (called, controls)]
    difference, error = float(called.mean() - controls.mean()), float(np.sqrt(sum(parts)))
    if error == 0.0:
        return Effect(difference, 0.0, float("nan"), len(called), len(controls))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(called) - 1) + parts[1] ** 2 / (len(controls) - 1))
    p_value = 2.0 * float(stats.t.sf(abs(difference) / error, freedom))
    return Effect(difference, error, p_value, len(called), len(controls))
