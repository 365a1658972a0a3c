"""Real load shapes, planted responses: does targeting find what is there, and nothing where nothing is?

    python benchmarks/london_targeting.py        # 200 draws, a few CPU minutes; needs the London reads
    python benchmarks/london_targeting.py 20

The simulator's homes respond as its authors imagine. Here the reads are those of real London homes (the Low Carbon
London trial, 2013, standard tariff; folder ``DRSIM_REFERENCE_DATA``), and only the response is planted, in four
documented ways. History is January to September, the twelve events are the weekdays from October on with the highest
evening (17-20 h local) load. A home that enrols saves, per event, in kWh:

    proportional   15 % of its own evening use on event days
    end_use        40 % of what its evenings use beyond its early afternoons (12-15 h): an evening appliance
    random         a gamma draw that knows nothing of the reads, same mean as `proportional`
    none           nothing

One home in four enrols if asked, whoever it is. Arms ask 30 % of the homes. ``uplift_targeted`` learns from a
randomised pilot on the half of the homes that is not scored, ``uplift_large_pilot`` from 6,000 homes resampled from
that half (a home's events resampled too); all other arms see reads alone.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from analysis.prediction.experiment import (
    average_effect,
    calibration_slope,
    difference_in_differences,
    effect_per_enrolled,
    effect_per_offered,
)
from analysis.prediction.response import Trial, dr_scores, fit_effects
from analysis.segments.segmentation import segment
from analysis.shapes.load_shapes import LoadShapes
from analysis.targeting.orderings import ORDERINGS, Records

Floats = NDArray[np.float64]
FAMILIES = ("proportional", "end_use", "random", "none")
LEARNED = (("t", "ridge"), ("x", "ridge"), ("dr", "ridge"), ("dr", "boosting"))
TAKE_UP, ASKED, EVENTS, WINDOW = 0.25, 0.30, 12, (17, 20)
LARGE_PILOT = 6000


@dataclass(frozen=True)
class London:
    """What the bench needs of the real homes; one row each."""

    shapes: LoadShapes
    before_kwh: Floats  # mean evening of the last 20 weekdays before October
    during_kwh: Floats  # (homes, events)
    afternoon_kwh: Floats  # mean of 12-15 h on the event days


def load(folder: Path) -> London | None:
    """Read the London homes; None where the reference data is absent."""
    try:
        table = pd.read_parquet(folder / "lcl" / "lcl_2013_wh.parquet")
        homes = pd.read_csv(folder / "lcl" / "households.csv")
        degc = pd.read_csv(folder / "lcl" / "london_city_airport_temp_2013_30min.csv", index_col=0, parse_dates=True)
    except OSError:
        return None
    standard = [c for c in homes.loc[homes["tariff"] == "Std", "LCLid"] if c in table.columns]
    index = pd.DatetimeIndex(table.index)
    index = index.tz_localize("UTC") if index.tz is None else index
    wh = table[standard].astype("float64").where(lambda x: x >= 0)
    local = index.tz_convert("Europe/London")
    hourly = (wh / 1e3).groupby([local.date, local.hour]).sum(min_count=1)
    temperature = degc.iloc[:, 0].groupby(degc.index.date)
    mean, most = temperature.mean(), temperature.max()
    shapes = LoadShapes(len(standard), WINDOW)
    days, evenings, afternoons = sorted({d for d, _ in hourly.index}), {}, {}
    for day in days:
        kwh = hourly.loc[day].reindex(range(24)).to_numpy().T.astype(np.float32)
        if day.month <= 9:
            shapes.add_day(kwh, day.weekday() < 5, float(mean.get(day, np.nan)), float(most.get(day, np.nan)))
        evenings[day], afternoons[day] = kwh[:, 17:20].sum(axis=1), kwh[:, 12:15].sum(axis=1)
    weekdays = [d for d in days if d.weekday() < 5]
    past = [d for d in weekdays if d.month <= 9][-20:]
    read = [d for d in weekdays if d.month >= 10 and np.isfinite(evenings[d]).mean() > 0.5]
    late = sorted(read, key=lambda d: -np.nanmean(evenings[d]))[:EVENTS]
    found = [np.stack([source[d] for d in which], axis=1).astype(float) for source, which in
             ((evenings, past), (evenings, late), (afternoons, late))]  # fmt: skip
    before, during, afternoon = found
    return London(shapes, np.nanmean(before, axis=1), during, np.nanmean(afternoon, axis=1))


def responses(london: London, family: str, rng: np.random.Generator) -> Floats:
    """Planted reduction per event of each home if it enrols [kWh]."""
    evening = np.nanmean(london.during_kwh, axis=1)
    if family == "proportional":
        return 0.15 * evening
    if family == "end_use":
        return 0.40 * np.maximum(0.0, evening - london.afternoon_kwh)
    if family == "random":
        return rng.gamma(1.0, 0.15 * evening.mean(), len(evening))
    return np.zeros(len(evening))


def records_of(london: London, rng: np.random.Generator) -> Records:
    """What the orders may look at."""
    n, features = london.shapes.homes, london.shapes.features()
    cut = [segment(london.shapes.shapes(normalised=x), "auto", 0, features, stability=False) for x in (True, False)]
    return Records(features, rng.uniform(size=n), rng.uniform(size=n), cut[0], cut[1], TAKE_UP, 10.0)


def one_draw(london: London, records: Records, family: str, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Gain of every arm over asking at random, and every estimator's verdict, with fresh dice."""
    rng = np.random.default_rng(seed)
    n = london.shapes.homes
    saves = responses(london, family, rng)
    pilot = rng.permutation(n) < n // 2
    fresh = Records(
        records.features, rng.uniform(size=n), rng.uniform(size=n), records.normalised, records.absolute, TAKE_UP, 10.0
    )
    orders = {name: rule(fresh)[0] for name, rule in ORDERINGS.items()}
    verdicts, predicted = estimators(london, records.features, saves, np.flatnonzero(pilot), rng)
    _, much = estimators(london, records.features, saves, rng.choice(np.flatnonzero(pilot), LARGE_PILOT), rng)
    orders["uplift_targeted"] = np.argsort(-predicted, kind="stable")
    orders["uplift_large_pilot"] = np.argsort(-much, kind="stable")
    orders["oracle"] = np.argsort(-saves, kind="stable")
    scored = np.flatnonzero(~pilot)
    asked = round(ASKED * len(scored))
    usual = saves[scored].mean()
    gains = {}
    for name, order in orders.items():
        reached = order[~pilot[order]][:asked]
        gains[name] = float(saves[reached].mean() / usual - 1.0) if usual > 0 else 0.0
    return gains, verdicts


def estimators(
    london: London, features: pd.DataFrame, saves: Floats, rows: NDArray[np.int64], rng: np.random.Generator
) -> tuple[dict[str, float], Floats]:
    """Estimates on the pilot half (do they cover?), learners on the other half; and the DR ridge's predictions."""
    pilot = np.zeros(london.shapes.homes, bool)
    pilot[rows] = True
    offered = np.zeros(len(rows), bool)
    offered[rng.permutation(len(rows))[: len(rows) // 2]] = True
    enrolled = offered & (rng.uniform(size=len(rows)) < TAKE_UP)
    resampled = len(np.unique(rows)) < len(rows)
    which = rng.integers(0, EVENTS, (len(rows), EVENTS)) if resampled else np.tile(np.arange(EVENTS), (len(rows), 1))
    during = np.nanmean(london.during_kwh[rows[:, None], which], axis=1) - enrolled * saves[rows]
    before = london.before_kwh[rows]
    columns = features.select_dtypes("number")
    trial = Trial(columns.iloc[rows], offered, before - during, np.full(len(rows), 0.5))
    itt = TAKE_UP * saves[rows].mean()
    verdicts = {
        "covers: average (doubly robust)": average_effect(dr_scores(trial)).covers(itt),
        "covers: per offered home": effect_per_offered(trial.saved_kwh, offered).covers(itt),
        "covers: difference in differences": difference_in_differences(before, during, offered).covers(itt),
        "covers: per enrolled home": effect_per_enrolled(trial.saved_kwh, offered, enrolled).covers(saves[rows].mean()),
    }
    predictions = {}
    for method, regressor in LEARNED if not resampled else (("dr", "ridge"),):
        predictions[f"{method} {regressor}"] = fit_effects(trial, method, regressor).predict(columns)
    for name, predicted in predictions.items():
        truth, guess = TAKE_UP * saves[~pilot], predicted[~pilot]
        spread = np.ptp(truth) > 0 and np.ptp(guess) > 1e-9
        verdicts[f"rank: {name}"] = spearmanr(guess, truth)[0] if spread else np.nan
        verdicts[f"slope: {name}"] = calibration_slope(guess, truth).value if spread else np.nan
    return {k: float(v) for k, v in verdicts.items()}, predictions["dr ridge"]


def table(london: London, draws: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and 95 % interval over draws of every arm's gain; means of the estimators' verdicts."""
    records = records_of(london, np.random.default_rng(0))
    arms, verdicts = {}, {}
    for family in FAMILIES:
        both = [one_draw(london, records, family, 1000 + i) for i in range(draws)]
        gains = pd.DataFrame([g for g, _ in both])
        low, high = gains.quantile(0.025), gains.quantile(0.975)
        arms[family] = [f"{100 * gains[a].mean():+.0f} ({100 * low[a]:+.0f} to {100 * high[a]:+.0f})" for a in gains]
        names = list(gains)
        verdicts[family] = pd.DataFrame([v for _, v in both]).mean()
    return pd.DataFrame(arms, index=names), pd.DataFrame(verdicts)


if __name__ == "__main__":
    found = load(Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data")))
    if found is None:
        sys.exit("the London reads are absent; DRSIM_REFERENCE_DATA names the folder")
    draws_asked = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    of_arms, of_estimators = table(found, draws_asked)
    print(f"{found.shapes.homes} London homes, {draws_asked} draws")
    print("saving per home asked, % over asking at random; mean and middle 95 % of draws")
    print(of_arms.to_string())
    print("\nestimators: share of 95 % intervals that cover; rank correlation and calibration slope on unseen homes")
    print(of_estimators.round(2).to_string())
