"""Real events in a meter file: what each baseline makes of them, and what they did against a control group."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.baselines import RULES, ControlGroup, Estimate, EventWindow
from analysis.impact.load_impact import Impacts, by_event, by_hour, ex_ante, mean_and_error
from analysis.impact.log_ratio import LogRatioEffect, log_ratio_effect
from analysis.meter_data.event_files import EventTimes
from analysis.shapes.metered_days import windows_of
from scenarios.meter_files.baseline_meters import BaselineOptions, Mask, Meters

#: Parts of the day [local hours, half-open] that the effect is also shown for.
PARTS = {"7-23 h": (7, 23), "7-12 h": (7, 12), "12-17 h": (12, 17), "17-23 h": (17, 23), "23-7 h": (23, 7)}
AROUND_HOURS = 2


@dataclass(frozen=True, eq=False)
class EventEstimates:
    """Tables of the rules' estimates for the called homes, and how many event windows there were."""

    impact: pd.DataFrame = field(default_factory=pd.DataFrame)
    hours: pd.DataFrame = field(default_factory=pd.DataFrame)
    ex_ante: pd.DataFrame = field(default_factory=pd.DataFrame)
    windows: int = 0


def event_estimates(meters: Meters, options: BaselineOptions, times: EventTimes, busy: Mask) -> EventEstimates:
    """What each rule makes of the real events, for the called homes."""
    inside = times.inside(meters.reads.start_utc)
    windows = windows_of(inside, meters.reads.start_utc, meters.reads.zone, meters.days.dates)
    windows = [w for w in windows if w.day >= options.skip_days]
    if not windows:
        return EventEstimates()
    impact, hours, ahead = [], [], []
    dates = [meters.days.dates[w.day].isoformat() for w in windows]
    for rule in options.rules:
        found = _impacts(meters, rule, windows, busy)
        table = by_event(found).drop(columns="segment")
        table.insert(1, "date", [dates[e - 1] if e else "all" for e in table["event"].tolist()])
        impact.append(table.assign(rule=rule))
        hours.append(_about(by_hour(found), windows).assign(rule=rule))
        ahead.append(_ahead(meters, options, rule, windows, found))
    known = [row for row in ahead if row is not None]
    return EventEstimates(
        _rule_first(pd.concat(impact, ignore_index=True)), _rule_first(pd.concat(hours, ignore_index=True)),
        pd.DataFrame(known), len(windows),
    )  # fmt: skip


def _rule_first(table: pd.DataFrame) -> pd.DataFrame:
    return table[["rule", *[c for c in table.columns if c != "rule"]]]


def _impacts(meters: Meters, rule: str, windows: list[EventWindow], busy: Mask) -> Impacts:
    """Baseline minus meter of the called homes, with the hours beside each event."""
    rows = np.ones(len(meters.called), np.bool_) if isinstance(RULES[rule], ControlGroup) else meters.called
    control = None if meters.control is None else meters.control[rows]
    called = np.flatnonzero(meters.called[rows])
    made, used = [], []
    for window in windows:
        history = meters.days.history(busy, window.day, rows, control)
        wide = window.wider(AROUND_HOURS, AROUND_HOURS, 24)
        found = RULES[rule].estimate(history, wide)
        made.append(Estimate(found.kwh[called], found.refusal[called]))
        used.append(wide)
    own = meters.days.history(busy, windows[0].day, rows).rows(called)
    return Impacts.of(own, used, made)


def _about(hours: pd.DataFrame, windows: list[EventWindow]) -> pd.DataFrame:
    """Mean impact by phase and local hour, over events."""
    mean = hours.groupby(["phase", "slot"], sort=False)
    table = mean["impact_kw_per_home"].mean().reset_index().rename(columns={"slot": "local_hour"})
    table["events"] = mean["event"].nunique().to_numpy()
    return table.sort_values(["phase", "local_hour"], ignore_index=True)


def _ahead(
    meters: Meters, options: BaselineOptions, rule: str, windows: list[EventWindow], found: Impacts
) -> dict[str, object] | None:  # fmt: skip
    """Impact at the design temperature; None without temperatures."""
    outdoor = meters.days.outdoor_degc
    if outdoor is None or options.design_degc is None:
        return None
    per_home = found.per_home()
    mean = np.array([mean_and_error(column)[0] for column in per_home.T])
    degc = np.array([outdoor[w.day, w.first : w.last].mean() for w in windows])
    made = ex_ante(mean, degc, options.design_degc)
    return None if made is None else {"rule": rule, "design_degc": options.design_degc, **vars(made)}


def effect_by_hours(meters: Meters, options: BaselineOptions, times: EventTimes) -> pd.DataFrame:
    """Difference-in-differences of log ratios per time of day, with the hours beside events as a placebo."""
    reads = meters.reads
    both = meters.called | (meters.control if meters.control is not None else False)
    kwh, treated = reads.kwh[both], meters.called[both]
    local = reads.start_utc.tz_convert(reads.zone)
    hour = np.asarray(local.hour)
    cell = np.asarray((hour * 60 + np.asarray(local.minute)) // reads.minutes, dtype=np.int64)
    event, beside = times.inside(reads.start_utc), times.beside(reads.start_utc, 2, 2)
    quiet = times.comparison(reads.start_utc) & ~beside
    wanted = [("all hours", "effect", event, times.comparison(reads.start_utc))]
    for name, (first, last) in PARTS.items():
        part = (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
        wanted.append((name, "effect", event & part, times.comparison(reads.start_utc)))
    wanted.append(("2 h before", "placebo", times.beside(reads.start_utc, 2, 0), quiet))
    wanted.append(("2 h after", "placebo", times.beside(reads.start_utc, 0, 2), quiet))
    rows = []
    for name, role, chosen_hours, reference in wanted:
        found: LogRatioEffect | None = None
        if chosen_hours.any():
            found = log_ratio_effect(kwh, treated, chosen_hours, reference, cell, options.bootstrap, options.seed)
        if found is not None:
            rows.append({"hours": name, "role": role, **vars(found), "spans_zero": found.spans_zero})
    return pd.DataFrame(rows)
