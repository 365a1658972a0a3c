"""Fit the behavioural parameters to the five trials named for it, and to nothing else of the trials.

    python benchmarks/fit_behaviour.py             # how the parameters stand against what they are fitted to
    python benchmarks/fit_behaviour.py --fit       # fit, and print the rows for behaviour.yaml

Three stages, each a bounded least squares with common random numbers (the same homes, weather and dice at every
step). A figure counts in units of half its band; a parameter that leaves the value it started from by a fifth of its
range counts as a figure missed by half a unit, so that what the trials do not tell stays where it was. Enrolment:
take-up of offers alone, without living a season. Taking part: the seasons of Keihanna, Ireland and Sacramento at a
reduced size, two replications. Overrides: Austin.

The one figure that is no trial's: what doubling USD 40 adds to the take-up of a letter in a US mass market, 15 to 40 %
(recalled and unverified), without which money and taste could not be told apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from scenarios.trials.results import fitted_measures
from scenarios.trials.run import run_trial
from scenarios.trials.spec import Trial, load_trial, trial_files
from scenarios.trials.worlds import group_program, mean_kw_of_a_week, offer, participants, trial_world
from simulator.behaviour.enrolment import enrolment_probability
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.world import World

ENROLMENT = ("enrol_intercept", "enrol_money", "enrol_taste", "enrol_uncertainty", "default_pull")
TAKING_PART = (
    "take_part_intercept", "take_part_money", "warm_glow_usd", "cut_mean", "manual_offset_mean_k", "routine_days",
)  # fmt: skip
OVERRIDES = ("override_hazard_per_k",)
SEASONS = {"keihanna": 0.4, "irish_cer": 0.35, "smud_smartpricing": 0.5, "thermostat_austin": 0.3}  # of its homes
REPLICATIONS, WORKERS = 2, 2
DOUBLED = (0.15, 0.275, 0.40)
Residuals = dict[str, tuple[float, float, float]]  # figure -> (published, simulated, half of the band)


@cache
def _trial(name: str, share: float = 1.0) -> Trial:
    trial = load_trial(trial_files()[name])
    return trial.model_copy(update={"homes": int(trial.homes * share)})


def _measured(name: str, found: Mapping[str, float], into: Residuals, take_up: bool) -> None:
    for band in _trial(name).reproduced_if:
        groups, _, statistic = band.measure.partition(".")
        if band.measure in fitted_measures()[name] and (statistic == "take_up") == take_up:
            values = [found[f"{group}.{statistic}"] for group in groups.split("/")]
            simulated = values[0] / values[1] if len(values) == 2 else values[0]
            into[f"{name} {band.measure}"] = (band.published, simulated, 0.5 * (band.high - band.low))


def enrolment(changes: Mapping[str, float]) -> Residuals:
    """Take-up figures, as probabilities."""
    found: Residuals = {}
    for name in ("smud_smartpricing", "yokohama"):
        _measured(name, _take_up(name, changes), found, True)
    behaviour = load_behaviour(changes)
    homes = sample(load_region("us_hot_dry"), behaviour, 4000, 77, 0).homes
    once, twice = (_letter_take_up(homes, behaviour_record(behaviour), usd) for usd in (40.0, 80.0))
    found["mass market, USD 40 doubled"] = (DOUBLED[1], twice / once - 1.0, 0.5 * (DOUBLED[2] - DOUBLED[0]))
    return found


@cache
def _asked(name: str) -> World:
    """A trial's homes and what they judge an offer on; no parameter of the first stage moves these."""
    trial = _trial(name)
    world, _ = participants(trial, trial_world(trial, 0, 77))
    world.population.homes["typical_kw"] = mean_kw_of_a_week(world)
    return world


def _take_up(name: str, changes: Mapping[str, float]) -> dict[str, float]:
    trial, world = _trial(name), replace(_asked(name), behaviour=behaviour_record(load_behaviour(changes)))
    return {
        f"{key}.take_up": float(
            offer(trial, group, group_program(key, group, trial, world), world, world.population.homes)[1].mean()
        )
        for key, group in trial.groups.items()
    }


def _letter_take_up(homes: NDArray[np.void], b: np.void, usd: float) -> float:
    return float(np.mean([enrolment_probability(home, b, usd, False, False) for home in homes]))


def _lived(job: tuple[str, int, dict[str, float]]) -> dict[str, float]:
    name, replication, changes = job
    return run_trial(_trial(name, SEASONS[name]), replication, changes=changes)


def seasons(names: tuple[str, ...], changes: Mapping[str, float]) -> Residuals:
    """Figures of lived trials, means over replications."""
    jobs = [(name, replication, dict(changes)) for name in names for replication in range(REPLICATIONS)]
    lived = list(_pool().map(_lived, jobs))
    found: Residuals = {}
    for i, name in enumerate(names):
        mine = lived[i * REPLICATIONS : (i + 1) * REPLICATIONS]
        _measured(name, {key: float(np.mean([one[key] for one in mine])) for key in mine[0]}, found, False)
    return found


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(WORKERS)


def taking_part(changes: Mapping[str, float]) -> Residuals:
    """What people do in events."""
    return seasons(("keihanna", "irish_cer", "smud_smartpricing"), changes)


def overrides(changes: Mapping[str, float]) -> Residuals:
    """What people do to a device that acts for them."""
    return seasons(("thermostat_austin",), changes)


def fit(names: tuple[str, ...], figures: Callable[[Mapping[str, float]], Residuals],
        fixed: Mapping[str, float]) -> dict[str, float]:  # fmt: skip
    """Bounded least squares over ``names``, from their values in the file; the others stay as ``fixed`` says."""
    table = load_behaviour()
    low, high, start = (np.array([getattr(table[n], key) for n in names]) for key in ("low", "high", "value"))
    width = high - low

    def residuals(x: NDArray[np.float64]) -> NDArray[np.float64]:
        found = figures({**fixed, **dict(zip(names, low + x * width, strict=True))})
        missed = [(simulated - published) / half for published, simulated, half in found.values()]
        return np.array([*missed, *(0.5 * (x - begin) / 0.2)])

    begin = np.clip((start - low) / width, 0.02, 0.98)
    best = least_squares(residuals, begin, bounds=(0.0, 1.0), diff_step=0.1, max_nfev=3)
    return {n: float(f"{v:.2g}") for n, v in zip(names, low + best.x * width, strict=True)}


def show(found: Residuals) -> None:
    """Published beside simulated."""
    for name, (published, simulated, half) in found.items():
        print(f"  {name:<52}{published:8.3f}{simulated:9.3f}  {(simulated - published) / half:+.2f} half bands")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    changes: dict[str, float] = {}
    fits = parser.parse_args().fit
    for names, figures in ((ENROLMENT, enrolment), (TAKING_PART, taking_part), (OVERRIDES, overrides)):
        if fits:
            found = fit(names, figures, changes)
            changes |= found
            for name, value in found.items():
                p = load_behaviour()[name]
                print(f"  {name}: {p.value:g} -> {value:g}   ({p.low:g} to {p.high:g})", flush=True)
        show(figures(changes))


if __name__ == "__main__":
    main()
