"""Participation: what is planted is found, nothing leaks, missing values and drift are seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.prediction.participation import (
    CLASSIFIERS,
    cross_predict,
    fit_participation,
    person_periods,
    survival_fraction,
    time_folds,
)
from analysis.prediction.probability_scores import (
    drift,
    error_by_group,
    lift,
    population_stability,
    probability_scores,
    reliability,
)


def planted(n: int, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Columns, true probability and answers: logit = -1 + 1.5 x0 - x1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    p = 1 / (1 + np.exp(1 - 1.5 * x[:, 0] + x[:, 1]))
    return pd.DataFrame(x, columns=["x0", "x1", "noise"]), p, rng.uniform(size=n) < p


@pytest.mark.parametrize("method", sorted(CLASSIFIERS))
def test_every_classifier_recovers_the_true_propensity(method: str) -> None:
    table, _, yes = planted(3000)
    fresh, truth, happened = planted(3000, seed=2)
    model = fit_participation(table, yes, method)
    p = model.predict(fresh)
    assert np.corrcoef(p, truth)[0, 1] > 0.93
    assert abs(p.mean() - truth.mean()) < 0.02  # calibrated in the large
    table_of = reliability(p, happened)
    inside = (table_of["predicted"] > table_of["ci_low"] - 0.03) & (table_of["predicted"] < table_of["ci_high"] + 0.03)
    assert inside.sum() >= 8
    assert np.array_equal(p, fit_participation(table, yes, method).predict(fresh))


def test_trees_learn_from_a_fair_part_of_very_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _, yes = planted(6000)
    order = np.argsort(~yes, kind="stable")  # all who said yes first: an unfair part would show in the base rate
    monkeypatch.setattr("analysis.prediction.participation.MOST_BOOSTED", 3000)
    model = fit_participation(table.iloc[order], yes[order], "boosting")
    fresh, truth, _ = planted(3000, seed=2)
    p = model.predict(fresh)
    assert np.corrcoef(p, truth)[0, 1] > 0.93
    assert abs(p.mean() - truth.mean()) < 0.03
    assert model.base_rate == yes.mean()


@pytest.mark.parametrize("method", sorted(CLASSIFIERS))
def test_missing_columns_and_values_are_lived_with(method: str) -> None:
    table, _, yes = planted(1500)
    table.loc[::2, "x0"] = np.nan
    table["income"] = np.nan  # never known
    table.loc[3, "noise"] = np.inf
    p = fit_participation(table, yes, method).predict(table)
    assert np.isfinite(p).all()
    assert probability_scores(p, yes)["auc"] > 0.65
    with pytest.raises(ValueError, match="lacks x1"):
        fit_participation(table, yes, method).predict(table.drop(columns="x1"))


def test_with_too_few_answers_everyone_gets_the_base_rate() -> None:
    table, _, _ = planted(50)
    yes = np.arange(50) < 4
    assert np.all(fit_participation(table, yes).predict(table) == 0.08)


def test_folds_leak_neither_homes_nor_the_future() -> None:
    premise = np.repeat(np.arange(30), 8)
    time = np.tile(np.arange(8), 30)
    folds = list(time_folds(premise, time, 3))
    assert len(folds) == 3
    for train, test in folds:
        assert not set(premise[train]) & set(premise[test])
        assert time[train].max() < time[test].min()
    with pytest.raises(ValueError, match="homes"):
        list(time_folds(np.zeros(5), np.arange(5), 3))


def test_cross_prediction_shows_that_noise_predicts_nothing() -> None:
    rng = np.random.default_rng(4)
    n = 2000
    table = pd.DataFrame(rng.normal(size=(n, 5))).rename(columns=str)
    yes = rng.uniform(size=n) < 0.3
    rows, p = cross_predict(table, yes, np.arange(n), rng.integers(0, 8, n), "boosting")
    assert abs(probability_scores(p, yes[rows])["auc"] - 0.5) < 0.06  # in-sample this would be about 0.8


def test_a_hazard_of_leaving_by_hand_and_recovered() -> None:
    # Home 0 enters in 0 and leaves in 2; home 1 enters in 1 and stays until 3.
    home, elapsed, leaves = person_periods(np.array([0, 1]), np.array([2, -1]), 3)
    assert home.tolist() == [0, 0, 0, 1, 1, 1]
    assert elapsed.tolist() == [0, 1, 2, 0, 1, 2]
    assert leaves.tolist() == [False, False, True, False, False, False]
    assert survival_fraction(np.array([[0.5, 0.5, 0.0]])).tolist() == [[0.5, 0.25, 0.25]]
    rng = np.random.default_rng(0)
    mover = rng.uniform(size=4000) < 0.5
    hazard = np.where(mover, 0.12, 0.03)
    left = rng.geometric(hazard) - 1
    home, elapsed, leaves = person_periods(np.zeros(4000, np.int64), np.where(left > 9, -1, left), 9)
    table = pd.DataFrame({"mover": mover[home].astype(float), "elapsed": elapsed.astype(float)})
    model = fit_participation(table, leaves)
    found = model.predict(pd.DataFrame({"mover": [0.0, 1.0], "elapsed": [4.0, 4.0]}))
    assert found == pytest.approx([0.03, 0.12], abs=0.012)


def test_scores_by_hand() -> None:
    scores = probability_scores(np.array([0.5, 0.5]), np.array([True, False]))
    assert scores["brier"] == 0.25
    assert scores["brier_skill"] == 0.0
    assert scores["log_loss"] == pytest.approx(np.log(2))
    perfect = lift(np.linspace(1, 0, 10), np.arange(10) < 2, groups=5)
    assert perfect["found"].tolist() == [1.0] * 5
    assert perfect["lift"].iloc[0] == 5.0
    with pytest.raises(ValueError, match="outside"):
        probability_scores(np.array([1.2]), np.array([True]))


def test_a_model_that_fails_the_poor_shows_it() -> None:
    rng = np.random.default_rng(3)
    tercile = rng.integers(0, 3, 6000)
    truth = np.where(tercile == 0, 0.5, 0.2)
    yes = rng.uniform(size=6000) < truth
    table = error_by_group(np.full(6000, 0.2), yes, tercile)
    assert table.set_index("group")["bias"].tolist() == pytest.approx([-0.3, 0.0, 0.0], abs=0.03)


def test_drift_names_the_column_that_changed() -> None:
    rng = np.random.default_rng(5)
    before = pd.DataFrame({"same": rng.normal(size=3000), "moved": rng.normal(size=3000), "lost": np.ones(3000)})
    after = pd.DataFrame(
        {"same": rng.normal(size=2000), "moved": rng.normal(1, 1, 2000), "lost": np.full(2000, np.nan)}
    )
    verdicts = drift(before, after).set_index("column")["verdict"].to_dict()
    assert verdicts == {"lost": "refit", "moved": "refit", "same": "stable"}
    assert population_stability(before["same"].to_numpy(), before["same"].to_numpy()) == 0.0
