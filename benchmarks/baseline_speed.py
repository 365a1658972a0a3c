"""Every baseline for many homes and events: CPU seconds, peak memory, and a plain pandas version of one rule beside it.

    python -m benchmarks.baseline_speed [--homes 100000] [--events 15]

Loads are random with a daily shape and 0.2 % gaps (the rules do not care). pandas is timed on 1 % of the homes and the
time multiplied, which favours pandas if anything.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

import numpy as np
import pandas as pd

from analysis.baselines import RULES, EventWindow, MeterHistory, estimate_all

DAYS, FIRST, LAST = 80, 16, 20


def some_meters(homes: int, days: int = DAYS) -> MeterHistory:
    """Random loads; a tenth of the homes were called, the others may be controls."""
    rng = np.random.default_rng(1)
    shape = (1 + 0.6 * np.sin((np.arange(24) - 10) / 24 * 2 * np.pi)).astype(np.float32)
    kwh = rng.random((homes, days, 24), dtype=np.float32)
    kwh *= shape
    kwh *= rng.random((homes, 1, 1), dtype=np.float32) * 2
    kwh.reshape(-1)[rng.integers(0, kwh.size, kwh.size // 500)] = np.nan
    weekday = np.arange(days) % 7
    degc = 28 + 5 * rng.standard_normal((days, 1)) + 4 * np.sin(np.arange(24) / 24 * 2 * np.pi)
    control = np.arange(homes) >= homes // 10
    return MeterHistory(kwh, weekday < 5, weekday, degc, control)


def called_days(history: MeterHistory, events: int) -> tuple[MeterHistory, list[EventWindow]]:
    """The last workdays but every second, as events."""
    days = np.flatnonzero(history.eligible)[::-1][: 2 * events : 2][::-1]
    eligible = history.eligible.copy()
    eligible[days] = False
    held = MeterHistory(history.kwh, eligible, history.weekday, history.outdoor_degc, history.control)
    return held, [EventWindow(int(d), FIRST, LAST) for d in days]


def in_pandas(history: MeterHistory, events: list[EventWindow]) -> np.ndarray:
    """10-in-10 as one would write it with a group-by: (homes, events) [kWh]."""
    window = history.kwh[:, :, FIRST:LAST].sum(axis=2)
    homes, days = window.shape
    table = pd.DataFrame({"home": np.repeat(np.arange(homes), days), "day": np.tile(np.arange(days), homes),
                          "kwh": window.ravel()})  # fmt: skip
    table = table[history.eligible[table["day"].to_numpy()]].dropna()
    made = []
    for event in events:
        before = table[table["day"] < event.day]
        last = before.groupby("home").tail(10)
        made.append(last.groupby("home")["kwh"].mean().reindex(range(homes)).to_numpy())
    return np.stack(made, axis=1)


def main() -> None:
    """Print one line a rule, the sum, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=15)
    chosen = parser.parse_args()
    history, events = called_days(some_meters(chosen.homes), chosen.events)
    total, wall = 0.0, time.perf_counter()
    one = 0.0
    for name in RULES:
        began = time.process_time()
        estimate_all(history, events, [name])
        spent = time.process_time() - began
        total += spent
        one = spent if name == "10_in_10" else one
        print(f"{name:<20} {spent:6.1f} CPU s")
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"all {len(RULES)} rules, {chosen.homes} homes x {len(events)} events: {total:.1f} CPU s, "
          f"{wall:.1f} s wall, peak {peak:.2f} GB, {os.cpu_count()} cores")  # fmt: skip
    few = history.rows(slice(0, max(100, chosen.homes // 100)))
    began = time.process_time()
    plain = in_pandas(few, events)
    spent = (time.process_time() - began) * chosen.homes / few.homes
    ours = np.stack([e.kwh.sum(axis=1) for e in estimate_all(few, events, ["10_in_10"])["10_in_10"]], axis=1)
    print(f"10_in_10 in plain pandas: {spent:.1f} CPU s (scaled from {few.homes} homes), {spent / max(one, 1e-9):.1f} "
          f"times ours; largest difference {np.nanmax(np.abs(plain - ours)):.2g} kWh")  # fmt: skip


if __name__ == "__main__":
    main()
