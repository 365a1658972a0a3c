"""Every baseline against the true event counterfactual, and what its errors pay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.baselines import RULES, ControlGroup, Estimate, EventWindow, MeterHistory, estimate_all, grouped
from analysis.impact.accuracy import accuracy
from analysis.money.settlement import SETTLEMENTS, mis_payment
from scenarios.measurement.kept import KeptReads
from scenarios.measurement.members import ArmMembers, Floats, event_windows, history_with_controls
from scenarios.running.replication import ReplicationResult

ALL = -1


def estimates_of(
    history: MeterHistory, events: list[EventWindow], members: int, rules: list[str] | None = None
) -> dict[str, list[Estimate]]:
    """Every rule for the arm's homes; only control rules look at the others."""
    own = history.rows(slice(0, members))
    made: dict[str, list[Estimate]] = {}
    for name in rules if rules is not None else list(RULES):
        rule = RULES[name]
        found = estimate_all(history if isinstance(rule, ControlGroup) else own, events, [name])[name]
        made[name] = [Estimate(e.kwh[:members], e.refusal[:members]) for e in found]
    return made


def baseline_errors(result: ReplicationResult, kept: KeptReads, arm: ArmMembers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables of one arm: errors by rule, level and segment; and settlement by rule and way of settling."""
    events = event_windows(result)
    history = history_with_controls(result, kept, arm)
    n = len(arm.rows)
    made = estimates_of(history, events, n)
    metered = np.stack([history.on(e.day, e.slots)[:n].sum(axis=1) for e in events], axis=1)
    counterfactual = metered + arm.true_event_kwh
    program = np.where(np.isnan(metered), np.nan, arm.true_program_kwh)
    errors, payments = [], []
    rate = max([p.usd_per_kwh for p in result.programs], default=0.0) or 1.0
    for rule, estimates in made.items():
        window = np.stack([e.window_kwh for e in estimates], axis=1)
        for segment in [ALL, *sorted(set(arm.segment.tolist()))]:
            pick = np.ones(n, bool) if segment == ALL else arm.segment == segment
            row = {"rule": rule, "level": "individual", "segment": segment, "homes": int(pick.sum())}
            gap = {"true_program_impact_kwh": float(np.nanmean(program[pick]))}
            errors.append(row | _errors(window[pick], metered[pick], counterfactual[pick]) | gap)
            group = _as_group(rule, history, events, window, metered, pick)
            row = row | {"level": "aggregate"}
            both = (_total(x[pick], metered[pick]) for x in (metered, counterfactual))
            gap = {"true_program_impact_kwh": float(_total(program[pick], metered[pick]).mean())}
            errors.append(row | _errors(group, *both) | gap)
        for settle in SETTLEMENTS.values():
            paid = settle(window, metered, rate)
            found = vars(mis_payment(paid, arm.true_event_kwh, rate))
            payments.append({"rule": rule, "settlement": paid.rule, "usd_per_kwh": rate, **found})
    head = {"arm": arm.arm, "replication": result.replication}
    return pd.DataFrame([head | r for r in errors]), pd.DataFrame([head | r for r in payments])


def _total(values: Floats, metered: Floats) -> Floats:
    """Sum over homes, (1, events)."""
    return np.asarray(np.where(np.isnan(metered), 0.0, values).sum(axis=0)[None, :])


def _as_group(
    rule: str, history: MeterHistory, events: list[EventWindow], window: Floats, metered: Floats, pick: np.ndarray
) -> Floats:
    """The rule on the group's mean load, as energy of the whole group, (1, events) [kWh]."""
    if isinstance(RULES[rule], ControlGroup):  # linear in the homes: the sum of theirs
        return np.nansum(window[pick], axis=0)[None, :] if np.isfinite(window[pick]).any() else window[:1] * np.nan
    label = np.full(history.homes, -1, dtype=np.int64)
    label[np.flatnonzero(pick)] = 0
    mean = grouped(replace(history, control=None), label, 1)
    found = [RULES[rule].estimate(mean, event).window_kwh for event in events]
    return np.stack(found, axis=1) * float(pick.sum())


def _errors(window: Floats, metered: Floats, counterfactual: Floats) -> dict[str, float]:
    """Errors against the truth, and the impact as estimated and as it was [kWh a home-event]."""
    refusal = [np.where(np.isnan(w), 1, 0) for w in window.T]
    made = [Estimate(w[:, None], r) for w, r in zip(window.T, refusal, strict=True)]
    found = accuracy(made, [c[:, None] for c in counterfactual.T])
    known = np.isfinite(window) & np.isfinite(metered)
    divide = max(1, int(known.sum()))
    return {
        "bias_fraction": found.bias_fraction,
        "cvrmse_fraction": found.cvrmse_fraction,
        "refused_fraction": found.refused_fraction,
        "estimated_impact_kwh": float((window - metered)[known].sum()) / divide,
        "true_event_impact_kwh": float((counterfactual - metered)[known].sum()) / divide,
        "home_events": int(known.sum()),
    }
