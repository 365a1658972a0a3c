"""How wrong a baseline is on days when nothing happened, and what it would have paid for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.baselines import Estimate, EventWindow, MeterHistory
from analysis.keyed_draws import uniforms

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Accuracy:
    """Errors of one rule against what was metered (or against the truth), over homes and events.

    Attributes
    ----------
    bias_fraction : (baseline - load) / load, sums over everything; positive over-estimates and over-pays
    cvrmse_fraction : root mean square error of the window's energy / mean window energy
    hourly_cvrmse_fraction : the same for single hours
    paid_without_response_fraction : sum of max(0, baseline - load) / sum of load
    refused_fraction : share of home-events without a baseline
    """

    bias_fraction: float
    cvrmse_fraction: float
    hourly_cvrmse_fraction: float
    paid_without_response_fraction: float
    refused_fraction: float
    home_events: int


def accuracy(estimates: Sequence[Estimate], truth_kwh: Sequence[Floats]) -> Accuracy:
    """Compare estimates of several events with (homes, slots) reads of the same windows [kWh]."""
    base, load = (np.concatenate([x.sum(axis=1) for x in side]) for side in ([e.kwh for e in estimates], truth_kwh))
    hourly = np.concatenate([(e.kwh - t).ravel() for e, t in zip(estimates, truth_kwh, strict=True)])
    hours = np.concatenate([np.asarray(t).ravel() for t in truth_kwh])
    refused = float(np.mean(np.concatenate([e.refusal > 0 for e in estimates])))
    both = np.isfinite(base) & np.isfinite(load)
    hourly_ok = np.isfinite(hourly) & np.isfinite(hours)
    if not both.any() or load[both].sum() == 0.0:
        nan = float("nan")
        return Accuracy(nan, nan, nan, nan, refused, int(both.sum()))
    error, mean = (base - load)[both], float(load[both].mean())
    return Accuracy(
        bias_fraction=float(error.sum() / load[both].sum()),
        cvrmse_fraction=float(np.sqrt((error**2).mean()) / mean),
        hourly_cvrmse_fraction=float(np.sqrt((hourly[hourly_ok] ** 2).mean()) / hours[hourly_ok].mean()),
        paid_without_response_fraction=float(np.maximum(error, 0.0).sum() / load[both].sum()),
        refused_fraction=refused,
        home_events=int(both.sum()),
    )


def metered(history: MeterHistory, events: Sequence[EventWindow]) -> list[Floats]:
    """What was read in each event's window, (homes, slots) [kWh]."""
    return [history.on(event.day, event.slots) for event in events]


def placebo_days(
    history: MeterHistory, first_slot: int, last_slot: int, kind: str, count: int, skip_days: int = 30, seed: int = 1
) -> list[EventWindow]:
    """Days to treat as events although nothing happened.

    Parameters
    ----------
    kind : "highest" or "random"
        The days with the highest mean load in the window, as a utility would call them; or any.
    skip_days : first days that only serve as history
    """
    if kind not in {"highest", "random"}:
        raise ValueError(f'kind is "{kind}"; expected "highest" or "random"')
    some = np.asarray(np.atleast_2d(history.eligible).any(axis=0))
    days = np.flatnonzero(some & (np.arange(history.days) >= skip_days))
    window = history.kwh[:, :, first_slot:last_slot].sum(axis=2, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        seen = ~np.isnan(window)
        mean = np.where(seen, window, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    score = mean[days] if kind == "highest" else uniforms((seed, 13), len(days))
    chosen = np.sort(days[np.argsort(-score, kind="stable")[:count]])
    return [EventWindow(int(day), first_slot, last_slot) for day in chosen]
