"""Set the habits and loads of ``uk_london`` by simulated moments; shows the fit and what was held back.

    python benchmarks/calibrate_london.py                 # report of the parameters as they stand
    python benchmarks/calibrate_london.py --search 400    # search from there, print the rows for uk_london.yaml

Needs the London meters (``DRSIM_REFERENCE_DATA``). Fitted to one random half of the real homes. Moments: level and its
spread over homes; mean load by three-hour block in winter and summer on working and free days; quantiles of weekly
features of one home (level, peaks, memory, roughness). Held back: the other half of the homes, and the figures of
evidence rows 2, 4, 5 and 17, which are nobody's moment. A moment counts in units of its own spread over home-weeks.
The search is a (1+1) evolution strategy with common random numbers: the same homes, weather and dice at every step, so
the misfit is a smooth function of the parameters; every parameter stays between its ``low`` and ``high``.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date

import numpy as np
import pandas as pd

from drsim.clock import Clock
from scenarios.evidence.london import YEAR, real_year
from scenarios.evidence.meters import Meters
from scenarios.evidence.two_sample import home_weeks, week_features, whole_weeks
from simulator.climate import load_climate
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.weather import generate
from simulator.world import Lives, World

PARAMETERS = (
    "household.out_at_work_share", "routine.goes_out_weekend", "routine.spread_hours", "routine.jitter_hours",
    "routine.habit_mean", "routine.mood_sd", "routine.away_week_fraction", "standby.kw", "standby.log_sd",
    "standby.spell_log_sd", "media.kw", "media.log_sd", "media.left_on_fraction", "light.kw_per_m2", "light.log_sd",
    "cook.kw", "cook.kettle_kw", "cook.log_sd", "common.log_sd", "fridge.kw", "fridge.log_sd",
    "fridge.cycle_quarters", "fridge.duty", "freezer.share", "washer.per_day_per_person",
    "dryer.line_dry_fraction", "heat.plug_share",
    "heat.plug_kw", "water.shower_share", "water.tank_share",
)  # fmt: skip
QUARTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
FEATURES = (
    "log_mean_kw", "log_max_kw", "log_min_kw", "q05_over_mean", "q25_over_mean", "q50_over_mean", "q90_over_mean",
    "cv_half_hours", "cv_days", "cv_evenings", "autocorrelation_1", "autocorrelation_4", "autocorrelation_48",
    "roughness",
    "night_roughness", "weekend_over_weekday", "share_00_03h", "share_06_09h", "share_12_15h", "share_18_21h",
)  # fmt: skip
HOMES, EVERY = 300, 3  # simulated homes; every third whole week is lived


def simulated_weeks(overrides: dict[str, float], seed: int = 1) -> tuple[Meters, np.ndarray]:
    """Half-hourly meters of the chosen weeks only (the rest stays NaN), and the positions of the chosen weeks."""
    region = load_region("uk_london", overrides)
    clock = Clock(date(YEAR - 1, 12, 31), date(YEAR, 12, 31), region.zone, region.country)
    weather = _weather(region.climate, clock, seed)
    behaviour = load_behaviour()
    population = sample(region, behaviour, HOMES, seed, 0)
    lives = Lives(World(population, clock, weather, behaviour_record(behaviour), seed, 0, 1), population.homes)
    start = pd.Timestamp(clock.utc()[clock.first[1]]).tz_localize("UTC")
    half_hours = (len(clock.local_quarter) - clock.first[1]) // 2
    index = pd.date_range(start, periods=half_hours, freq="30min")
    meters = Meters.of(np.full((HOMES, half_hours), np.nan, np.float32), index, region.zone)
    weeks = whole_weeks(meters)[::EVERY]
    for week in weeks:
        first = int(np.searchsorted(clock.first, clock.first[1] + 2 * week.start, side="right")) - 1
        lives.day(first - 1)  # warms the house up
        for day in range(first, first + 7):
            lives.day(day)
            at = (clock.first[day] - clock.first[1]) // 2
            meters.kw[:, at : at + 48] = lives.load_wh.reshape(HOMES, -1, 2).sum(axis=2) / 500.0
    return meters, np.concatenate([np.arange(w.start, w.stop) for w in weeks])


_kept: dict[tuple[str, int], object] = {}


def _weather(climate: str, clock: Clock, seed: int):  # type: ignore[no-untyped-def]
    if (climate, seed) not in _kept:
        _kept[climate, seed] = generate(load_climate(climate), clock, seed, 0)
    return _kept[climate, seed]


def moments(meters: Meters, positions: np.ndarray) -> pd.Series:
    """All moments of one side, by name."""
    month = meters.date.astype("datetime64[M]").astype(int) % 12
    inside = np.zeros(meters.kw.shape[1], bool)
    inside[positions] = True
    mean, found = np.nanmean(meters.kw, axis=0, dtype=np.float64), {}
    for season, months in (("winter", (11, 0, 1, 2)), ("summer", (4, 5, 6, 7))):
        for day, weekdays in (("working", True), ("free", False)):
            for block in range(8):
                chosen = inside & np.isin(month, months) & (meters.weekdays() == weekdays) & (meters.hour // 3 == block)
                found[f"kW {season} {day} {3 * block:02d}h"] = float(np.nanmean(mean[chosen]))
    kwh = 24.0 * np.nanmean(meters.kw[:, positions], axis=1)
    found["kWh/day"], found["CV of kWh/day"] = float(kwh.mean()), float(kwh.std() / kwh.mean())
    features = week_features(home_weeks(meters)[0])
    for name in FEATURES:
        for q, value in zip(QUARTILES, features[name].quantile(list(QUARTILES)), strict=True):
            found[f"{name} q{round(100 * q):02d}"] = float(value)
    return pd.Series(found)


def scales(meters: Meters, target: pd.Series) -> pd.Series:
    """What one unit of misfit is, by moment: 5 % of a load, 3 % of level and spread, a quarter of the features' sd."""
    features = week_features(home_weeks(meters)[0])
    scale = pd.Series({name: 0.25 * features[name.rsplit(" ", 1)[0]].std() for name in target.index if " q" in name})
    loads = target[[name for name in target.index if name.startswith("kW ")]]
    return pd.concat([0.07 * loads, pd.Series({"kWh/day": 0.3, "CV of kWh/day": 0.03}), scale])[target.index]


def misfit(overrides: dict[str, float], target: pd.Series, scale: pd.Series) -> float:
    """Mean squared scaled distance of simulated from target moments."""
    found = moments(*simulated_weeks(overrides))
    return float((((found - target) / scale) ** 2).clip(upper=25.0).mean())


def search(start: dict[str, float], steps: int, target: pd.Series, scale: pd.Series) -> dict[str, float]:
    """The best parameters found in ``steps`` evaluations."""
    table = load_region("uk_london").parameters
    low = np.array([table[name].low for name in start])
    width = np.array([table[name].high for name in start]) - low
    dice = np.random.default_rng(1)
    best = np.array(list(start.values()))
    score, reach = misfit(start, target, scale), 0.15
    print(f"start {score:.3f}", file=sys.stderr)
    for step in range(steps):
        few = dice.random(len(best)) < 0.25
        trial = np.clip(best + reach * width * dice.normal(size=len(best)) * few, low, low + width)
        found = misfit(dict(zip(start, trial, strict=True)), target, scale)
        reach = min(0.3, max(0.02, reach * (1.25 if found < score else 0.95)))
        if found < score:
            best, score = trial, found
            print(f"{step} {score:.3f}", file=sys.stderr, flush=True)
    return {name: float(f"{value:.3g}") for name, value in zip(start, best, strict=True)}


def halves(real: Meters) -> tuple[Meters, Meters]:
    """The real homes in two random halves."""
    order = np.random.default_rng(0).permutation(len(real.kw))
    cut = len(order) // 2
    return tuple(Meters(real.kw[np.sort(part)], real.hour, real.date) for part in (order[:cut], order[cut:]))  # type: ignore[return-value]


def main() -> int:
    """Report, or search and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--search", type=int, default=0, metavar="STEPS")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="start from these values")
    asked = parser.parse_args()
    real = real_year()
    if real is None:
        print("the London meters are not there; DRSIM_REFERENCE_DATA names their folder", file=sys.stderr)
        return 3
    fitted, held = halves(real)
    positions = simulated_weeks({})[1]
    target, other = moments(fitted, positions), moments(held, positions)
    scale = scales(real, target)
    table = load_region("uk_london").parameters
    start = {name: table[name].value for name in PARAMETERS}
    start |= {name: float(value) for name, value in (item.split("=") for item in asked.set)}
    found = search(start, asked.search, target, scale) if asked.search else start
    after = moments(*simulated_weeks(found))
    distance = [float((((after - side) / scale) ** 2).mean()) for side in (target, other)]
    between = float((((other - target) / scale) ** 2).mean())
    print(pd.DataFrame({"fitted half": target, "simulated": after, "held-back half": other}).round(3).to_string())
    print(f"misfit: fitted half {distance[0]:.2f}, held-back half {distance[1]:.2f}, between the halves {between:.2f}")
    for name, value in found.items():
        row = table[name]
        print(f"  {name}: {{value: {value:g}, low: {row.low:g}, high: {row.high:g}}}  # was {row.value:g} {row.unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
