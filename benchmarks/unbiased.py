"""With no response, randomised and difference-in-differences estimates must be centred on zero and reject in 1 of 20.

    python -m benchmarks.unbiased [--draws 400] [--homes 80]

Every draw samples new homes and weather, lives six weeks without any programme, picks half of the homes by lot and
calls four pretended events on warm workdays. Nothing happens, so every clear effect is a false alarm. Day-matching
baselines are shown beside: they are *not* expected to be zero, for event days are warm days.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.baselines import EventWindow, MeterHistory, estimate_all
from analysis.impact.load_impact import Impacts, mean_and_error, randomised_effect
from analysis.impact.log_ratio import log_ratio_effect
from drsim.clock import Clock
from simulator.climate import load_climate
from simulator.keyed_random import uniforms
from simulator.meter import hourly_kwh
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.weather import generate
from simulator.world import Lives, World

FIRST, LAST, EVENTS, LOT = 16, 20, 4, 950


@dataclass(frozen=True)
class Draw:
    """One pretended trial: the meters, the lot, the pretended events."""

    kwh: np.ndarray  # (homes, days, 24)
    called: np.ndarray
    events: list[EventWindow]
    eligible: np.ndarray


def pretend(draw: int, homes: int, region_name: str = "us_hot_dry") -> Draw:
    """New homes, new weather, no programme."""
    region, behaviour = load_region(region_name), load_behaviour()
    clock = Clock(date(2024, 6, 3), date(2024, 7, 14), region.zone, region.country)
    weather = generate(load_climate(region.climate), clock, 1, draw)
    population = sample(region, behaviour, homes, 1, draw)
    lives = Lives(World(population, clock, weather, behaviour_record(behaviour), 1, draw, 0), population.homes)
    kwh = np.empty((homes, clock.days, 24), np.float32)
    for day in range(clock.days):
        lives.day(day)
        kwh[:, day] = hourly_kwh(lives.load_wh.astype(float), clock.local_quarter[clock.slice(day)])
    late = np.arange(clock.days) >= 20
    warm = weather.daily_max_degc(clock)
    days = np.sort(np.flatnonzero(late & clock.is_workday)[np.argsort(-warm[late & clock.is_workday])[:EVENTS]])
    eligible = clock.is_workday.copy()
    eligible[days] = False
    lot = uniforms(1, draw, 0, homes, LOT)
    called = lot < np.median(lot)
    return Draw(kwh, called, [EventWindow(int(d), FIRST, LAST) for d in days], eligible)


def estimates(trial: Draw, bootstrap: int) -> dict[str, tuple[float, float, bool]]:
    """Estimator -> (effect, standard error, whether 5 % rejects no effect)."""
    history = MeterHistory(trial.kwh, trial.eligible, control=~trial.called)
    made = {}
    matched = estimate_all(history, trial.events, ["10_in_10"])["10_in_10"]
    impacts = Impacts.of(history, trial.events, matched)
    effect = randomised_effect(impacts, ~trial.called)
    assert effect is not None
    made["randomised, kW a home"] = (effect.impact_kw_per_home, effect.standard_error_kw, effect.p_value < 0.05)
    days = trial.kwh.shape[1]
    event = np.zeros((days, 24), bool)
    for window in trial.events:
        event[window.day, window.first : window.last] = True
    reference = np.repeat(trial.eligible[:, None], 24, axis=1)
    cell = np.tile(np.arange(24), days)
    flat = trial.kwh.reshape(len(trial.kwh), -1)
    ratio = log_ratio_effect(flat, trial.called, event.ravel(), reference.ravel(), cell, bootstrap)
    assert ratio is not None
    made["log-ratio DiD, fraction"] = (ratio.fraction, ratio.standard_error, not ratio.spans_zero)
    own = impacts.per_home()[trial.called].mean(axis=1)
    mean, error, _ = mean_and_error(own)
    made["10-in-10 alone, kW a home"] = (mean, error, abs(mean) > 1.96 * error)
    return made


def run(draws: int, homes: int, bootstrap: int = 200) -> dict[str, np.ndarray]:
    """Estimator -> (draws, 3)."""
    rows: dict[str, list[tuple[float, float, bool]]] = {}
    for draw in range(draws):
        for name, found in estimates(pretend(draw, homes), bootstrap).items():
            rows.setdefault(name, []).append(found)
    return {name: np.array(found, dtype=float) for name, found in rows.items()}


def main() -> None:
    """Print centre and false alarms of each estimator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--homes", type=int, default=80)
    chosen = parser.parse_args()
    began = time.process_time()
    for name, found in run(chosen.draws, chosen.homes).items():
        mean, error = found[:, 0].mean(), found[:, 0].std(ddof=1) / np.sqrt(len(found))
        print(
            f"{name:<28} mean {mean:+.4f} ({mean / error:+.1f} standard errors), spread {found[:, 0].std(ddof=1):.4f}, "
            f"mean reported error {found[:, 1].mean():.4f}, rejects {100 * found[:, 2].mean():.1f} %"
        )
    print(f"{chosen.draws} draws of {chosen.homes} homes, {time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
