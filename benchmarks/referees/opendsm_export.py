"""Write some meters, their temperatures and drsim's own estimates as CSV, for OpenDSM in its own environment."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.baselines import EventWindow, MeterHistory, estimate_all
from analysis.keyed_draws import uniforms
from analysis.meter_data.ami_store import read_reads
from analysis.meter_data.customers import chosen, read_customers
from analysis.meter_data.outdoor_temperature import read_temperature_series
from analysis.shapes.metered_days import MeteredDays, metered_days

RULES = ("time_of_week", "degree_day", "10_in_10")
FIRST, LAST, EVENTS, TRAIN_FRACTION = 17, 20, 20, 0.75


def main() -> None:
    """``reads.csv`` (start_utc, one column a home, degc), ``events.csv`` and ``drsim.csv`` (rule, day, home, kWh)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reads", type=Path)
    parser.add_argument("--temperature", type=Path, required=True)
    parser.add_argument("--customers", type=Path)
    parser.add_argument("--keep")
    parser.add_argument("--zone", default="Europe/London")
    parser.add_argument("--homes", type=int, default=20)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    reads = read_reads(asked.reads, asked.zone)
    good = ~reads.disqualified
    if asked.customers is not None and asked.keep is not None:
        good = good & chosen(read_customers(asked.customers), reads.premises, asked.keep, "--keep")
    reads = reads.only(good)
    outdoor = read_temperature_series(asked.temperature, asked.zone)
    few = np.sort(np.argsort(uniforms((1, 21), len(reads.premises)))[: asked.homes])
    kwh = np.vstack([reads.kwh[few], np.nanmean(reads.kwh, axis=0)[None, :]])
    names = [*(f"home{i:02d}" for i in range(len(few))), "mean"]
    asked.out.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame(kwh.T, index=reads.start_utc, columns=names).resample("1h").sum(min_count=60 // reads.minutes)
    table["degc"] = outdoor.resample("1h").mean().interpolate(limit=3).reindex(table.index)
    table.to_csv(asked.out / "reads.csv", index_label="start_utc", float_format="%.5g")
    days = metered_days(reads, None, outdoor)
    late = np.flatnonzero(days.workday & (np.arange(len(days.dates)) >= TRAIN_FRACTION * len(days.dates)))
    events = np.sort(late[np.argsort(uniforms((1, 22), len(late)))[:EVENTS]])
    busy = np.zeros(len(days.dates), bool)
    busy[events] = True
    _write_estimates(asked.out, days, events, busy, few, names)


def _write_estimates(
    out: Path, days: MeteredDays, events: np.ndarray, busy: np.ndarray, few: np.ndarray, names: list[str]
) -> None:
    windows = [EventWindow(int(d), FIRST, LAST) for d in events]
    whole = days.history(busy, int(events[0]))
    mean = np.nanmean(whole.kwh, axis=0)[None]
    history = MeterHistory(np.vstack([whole.kwh[few], mean]), whole.eligible, whole.weekday, whole.outdoor_degc)
    rows = []
    for rule, estimates in estimate_all(history, windows, RULES).items():
        for window, made in zip(windows, estimates, strict=True):
            actual = history.on(window.day, window.slots).sum(axis=1)
            day = days.dates[window.day].isoformat()
            rows += [(rule, day, n, b, a) for n, b, a in zip(names, made.window_kwh, actual, strict=True)]
    table = pd.DataFrame(rows, columns=["rule", "day", "home", "baseline_kwh", "actual_kwh"])
    table.to_csv(out / "drsim.csv", index=False, float_format="%.5g")
    end = days.dates[int(TRAIN_FRACTION * len(days.dates))].isoformat()
    facts = {"first_hour": FIRST, "last_hour": LAST, "train_end": end}
    pd.Series(facts).to_csv(out / "facts.csv", header=False)


if __name__ == "__main__":
    main()
