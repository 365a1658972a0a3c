"""``drsim baseline READS``: every baseline on a real meter file.

Placebo days show how wrong each rule is when nothing happened; with an event file each rule estimates the
events' impact; with a control group the effect is also estimated as a difference-in-differences of log ratios.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.baselines import (
    RULES,
    ControlGroup,
    Estimate,
    EventWindow,
    MeterHistory,
    estimate_all,
    grouped,
)
from analysis.impact.accuracy import Accuracy, accuracy, metered, placebo_days
from analysis.keyed_draws import uniforms
from analysis.meter_data.ami_store import read_reads
from analysis.meter_data.customers import chosen, read_customers
from analysis.meter_data.event_files import EventTimes, read_events
from analysis.meter_data.outdoor_temperature import read_temperature_series
from analysis.shapes.metered_days import metered_days, windows_of
from drsim.clock import quarter_of
from drsim.errors import DataError, Problem, ScenarioError
from scenarios.meter_files.baseline_events import EventEstimates, effect_by_hours, event_estimates
from scenarios.meter_files.baseline_meters import BaselineOptions, Mask, Meters

FEWEST_DAYS = 20


@dataclass(frozen=True, eq=False)
class BaselineStudy:
    """All tables of one study.

    Attributes
    ----------
    accuracy : placebo set x level x rule
    impact : rule x event (0 is the season), where there is an event file
    hours : rule x hour about events: mean impact over events
    ex_ante : rule x design temperature, where temperatures and a design temperature were given
    effect : part of the day x effect, where there is a control group
    """

    meters: Meters
    options: BaselineOptions
    accuracy: pd.DataFrame
    impact: pd.DataFrame
    hours: pd.DataFrame
    ex_ante: pd.DataFrame
    effect: pd.DataFrame
    refusals: pd.DataFrame
    events: int
    notes: list[str] = field(default_factory=list)


def study(path: str | Path, options: BaselineOptions) -> BaselineStudy:
    """Read, choose days, estimate, compare.

    ``path`` is a wide Parquet or long CSV file, or a folder that ``drsim import`` left.

    Raises
    ------
    ScenarioError
        Bad usage (exit code 2).
    DataError
        Data that cannot be used (exit code 3).
    """
    meters = _read(Path(path), options)
    times = None
    if options.events is not None:
        times = read_events(options.events, options.zone, options.window, options.band, options.reference_band)
    busy = _busy_days(meters, times)
    placebo, refusals = _placebo(meters, options, busy if meters.control is None else np.zeros_like(busy))
    found, notes = EventEstimates(), []
    effect = pd.DataFrame()
    if times is not None:
        found = event_estimates(meters, options, times, busy)
        if not found.windows:
            raise DataError(f"{options.events}: no event lies on a whole day of the reads")
        if meters.control is not None:
            effect = effect_by_hours(meters, options, times)
    if options.temperature is None:
        notes.append("no temperatures were given (--temperature): weather rules refuse")
    if options.country is None:
        notes.append("public holidays are kept as days like others (--country leaves them out)")
    tables = (placebo, found.impact, found.hours, found.ex_ante, effect, refusals)
    return BaselineStudy(meters, options, *tables, found.windows, notes)


def _read(path: Path, options: BaselineOptions) -> Meters:
    if not path.is_file() and not path.is_dir():
        raise ScenarioError(Problem("READS", f'"{path}", and there is no such file'))
    reads = read_reads(path, options.zone)
    reads = reads.only(~reads.disqualified)
    if not reads.premises:
        raise DataError(f"{path}: no premise has enough usable reads")
    outdoor = None if options.temperature is None else read_temperature_series(options.temperature, options.zone)
    days = metered_days(reads, options.country, outdoor)
    if len(days.dates) < FEWEST_DAYS:
        raise DataError(f"{path}: {len(days.dates)} whole days; at least {FEWEST_DAYS} are needed")
    called, control = np.ones(len(reads.premises), np.bool_), None
    if options.customers is not None:
        table = read_customers(options.customers)
        if options.called is not None:
            called = chosen(table, reads.premises, options.called, "--called")
        if options.control is not None:
            control = chosen(table, reads.premises, options.control, "--control")
            called = called & ~control
    return Meters(path.name, reads, days, called, control)


def _busy_days(meters: Meters, times: EventTimes | None) -> Mask:
    """Days with an event, (days,)."""
    busy = np.zeros(len(meters.days.dates), np.bool_)
    if times is not None:
        inside = times.inside(meters.reads.start_utc)
        for window in windows_of(inside, meters.reads.start_utc, meters.reads.zone, meters.days.dates):
            busy[window.day] = True
    return busy


def window_slots(window: str) -> tuple[int, int]:
    """Whole local hours that ``HH:MM-HH:MM`` touches."""
    begins, ends = window.split("-")
    return quarter_of(begins) // 4, -(-quarter_of(ends) // 4)


def _placebo(meters: Meters, options: BaselineOptions, busy: Mask) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accuracy of every rule on days when nothing happened, for single homes and for their mean."""
    quiet = meters.days.rows(meters.quiet)
    some_workday = int(np.argmax(quiet.workday))
    half = uniforms((options.seed, 17), len(quiet.kwh))
    by_lot = half < np.median(half)  # for control rules half of the quiet homes play the called ones
    first, last = window_slots(options.window)
    rows: list[dict[str, object]] = []
    refused: list[dict[str, object]] = []
    for placebo in options.placebo:
        kind, _, count = placebo.partition(":")
        free = quiet.history(busy, some_workday)
        events = placebo_days(free, first, last, kind, int(count), options.skip_days, options.seed)
        held = busy.copy()
        held[[e.day for e in events]] = True
        history = quiet.history(held, some_workday, control=~by_lot)
        for rule in options.rules:
            made = estimate_all(history, events, [rule])[rule]
            for level, found in _levels(rule, history, events, made, by_lot).items():
                rows.append({"days": placebo, "level": level, "rule": rule, **vars(found)})
            counts = np.bincount(np.concatenate([e.refusal for e in made]))
            refused += [
                {"days": placebo, "rule": rule, "reason": reason, "home_events": int(counts[reason])}
                for reason in range(1, len(counts))
                if counts[reason]
            ]
    return pd.DataFrame(rows), pd.DataFrame(refused, columns=["days", "rule", "reason", "home_events"])


def _levels(
    rule: str, history: MeterHistory, events: list[EventWindow], made: list[Estimate], by_lot: Mask
) -> dict[str, Accuracy]:
    """The rule on single homes and on the mean home."""
    if isinstance(RULES[rule], ControlGroup):
        own = [Estimate(e.kwh[by_lot], e.refusal[by_lot]) for e in made]
        reads = [r[by_lot] for r in metered(history, events)]
        pooled = [
            Estimate(_mean(e.kwh + 0 * r), np.zeros(1, np.int64)) for e, r in zip(own, reads, strict=True)
        ]
        return {
            "individual": accuracy(own, reads),
            "aggregate": accuracy(pooled, [_mean(r + 0 * e.kwh) for e, r in zip(own, reads, strict=True)]),
        }
    mean = grouped(history, np.zeros(history.homes, np.int64), 1)
    return {
        "individual": accuracy(made, metered(history, events)),
        "aggregate": accuracy([RULES[rule].estimate(mean, e) for e in events], metered(mean, events)),
    }


def _mean(kwh: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the homes that have both, (1, slots); NaN where none has."""
    seen = np.isfinite(kwh)
    count = seen.sum(axis=0)
    return np.where(count > 0, np.where(seen, kwh, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)[None, :]
