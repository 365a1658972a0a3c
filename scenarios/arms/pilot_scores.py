"""A pilot's predictions set against the truth of the homes they were made for."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from analysis.prediction.experiment import calibration_slope
from analysis.prediction.probability_scores import drift, probability_scores
from scenarios.arms.customers import covariates_of
from scenarios.arms.oracle_choice import Worth
from scenarios.arms.recruiting import Recruited
from scenarios.schema.scenario import Scenario
from simulator.world import World

Floats = NDArray[np.float64]
COLUMNS = [
    "terms", "homes", "cost_usd", "estimated_kwh", "ci_low", "ci_high", "predicted_take_up", "true_take_up", "brier",
    "auc", "take_up_rank_correlation", "effect_rank_correlation", "effect_calibration_slope", "true_kwh",
    "best_terms", "columns_drifted",
]  # fmt: skip


def pilot_rows(
    scenario: Scenario, world: World, features: pd.DataFrame, recruited: Recruited, worth: Worth | None, best: int
) -> pd.DataFrame:
    """One row per set of terms the pilot tried: what it said of the scored homes, and what is true of them.

    ``worth`` (true expectations) needs the oracle; without it the columns of effects stay empty. The winner's
    curse shows where ``best_terms`` has ``estimated_kwh`` above ``true_kwh``.
    """
    pilot = recruited.pilot
    if pilot is None:
        return pd.DataFrame(columns=COLUMNS)
    table = covariates_of(scenario, world, features)
    take_up, value = pilot.models.take_up(table), pilot.models.value_kwh(table)
    drifted = int((drift(pilot.records.covariates, table)["verdict"] != "stable").sum())
    rows = []
    for k, terms in enumerate(pilot.terms):
        answers, average = recruited.menus.answers[k], pilot.models.averages[k]
        scores = probability_scores(np.clip(take_up[k], 0.0, 1.0), answers.joins)
        truth = np.nan_to_num(worth.value_kwh[k], nan=0.0) if worth is not None else None
        rows.append(
            (terms.label(list(scenario.programs)), pilot.homes, pilot.cost_usd, average.value, average.ci_low,
             average.ci_high, float(take_up[k].mean()), float(answers.probability.mean()), scores["brier"],
             scores["auc"], _rank(take_up[k], answers.probability), _rank(value[k], truth),
             calibration_slope(value[k], truth).value if truth is not None else float("nan"),
             float(truth.mean()) if truth is not None else float("nan"), k == best, drifted)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _rank(predicted: Floats, truth: Floats | None) -> float:
    if truth is None or np.ptp(predicted) == 0.0 or np.ptp(truth) == 0.0:
        return float("nan")
    return float(spearmanr(predicted, truth)[0])
