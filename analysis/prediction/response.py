"""Whose load would an offer change, and by how much: effects learned from a randomised pilot.

Outcomes are per home (event-window kWh saved against the home's own past, so that positive is a
reduction), ``offered`` is the randomised assignment and ``offer_fraction`` its known probability. The
effect of an *offer* (ITT) is what targeting needs; nobody has to have enrolled.

Learners, all on scikit-learn regressors: **T** fits offered and control homes apart (the plain one);
**X** (Kuenzel and others 2019) swaps imputed effects between them, good when one side is small; **DR**
(Kennedy 2023) regresses doubly robust scores, whose mean is unbiased with a known ``offer_fraction``.
:func:`causal_tree` explains: an honest tree on the same scores, leaf effects from homes it was not grown on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import shuffle
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]
FOLDS = 5


def _ridge(random_state: int) -> Any:
    from sklearn.impute import SimpleImputer  # scikit-learn's models only now: most runs have no pilot
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("fit", RidgeCV(alphas=np.logspace(-1, 4, 12))),
        ]
    )


def _boosting(random_state: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    # Large leaves and few of them: an effect is far smaller than the noise of one home, and a small leaf learns noise.
    return HistGradientBoostingRegressor(
        max_iter=60, learning_rate=0.05, max_leaf_nodes=4, min_samples_leaf=100, l2_regularization=20.0,
        early_stopping=False, random_state=random_state,
    )  # fmt: skip


#: name -> maker of a regressor. Ridge, the default, shrinks to "the same for all" when a pilot is small.
REGRESSORS: Mapping[str, Callable[[int], Any]] = {"ridge": _ridge, "boosting": _boosting}


@dataclass(frozen=True, eq=False)
class Trial:
    """The records of a randomised pilot (or of an encouragement design); one row per home.

    Attributes
    ----------
    covariates : DataFrame
        Known before the assignment; NaN is "not known".
    offered : (homes,) bool
    saved_kwh : (homes,) float64
        Outcome, positive is a reduction [kWh per event].
    offer_fraction : (homes,) float64
        Probability with which each home was offered, strictly between 0 and 1.
    """

    covariates: pd.DataFrame
    offered: Labels
    saved_kwh: Floats
    offer_fraction: Floats

    def __post_init__(self) -> None:
        n = len(self.covariates)
        if not len(self.offered) == len(self.saved_kwh) == len(self.offer_fraction) == n:
            raise ValueError(f"{n} rows of covariates; expected as many offers, outcomes and offer fractions")
        if n and not np.all((self.offer_fraction > 0.0) & (self.offer_fraction < 1.0)):
            raise ValueError("offer_fraction must lie strictly between 0 and 1: a home sure to be asked has no control")
        if not np.isfinite(self.saved_kwh).all():
            raise ValueError("saved_kwh holds a missing value; leave such homes out and say how many")

    def __len__(self) -> int:
        return len(self.covariates)

    def take(self, rows: NDArray[Any]) -> Trial:
        """The same trial, some homes only."""
        return Trial(
            self.covariates.iloc[rows], self.offered[rows], self.saved_kwh[rows], self.offer_fraction[rows]
        )  # fmt: skip

    @property
    def matrix(self) -> Floats:
        """Covariates as numbers, infinite values missing, (homes, columns)."""
        return matrix_of(self.covariates)


def matrix_of(table: pd.DataFrame) -> Floats:
    """A table of numbers with infinite values as missing."""
    values = table.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


Predict = Callable[[Floats], Floats]
Learner = Callable[[Trial, str, int], Predict]


def _fit(x: Floats, y: Floats, regressor: str, random_state: int) -> Predict:
    if len(y) == 0:
        raise ValueError("a side of the trial is empty; expected offered homes and controls")
    known = np.isfinite(x).any(axis=0)
    if len(y) < 20 or not known.any():
        mean = float(y.mean())
        return lambda new: np.full(len(new), mean)
    model = REGRESSORS[regressor](random_state).fit(x[:, known], y)
    return lambda new: np.asarray(model.predict(new[:, known]), dtype=np.float64)


def _t(trial: Trial, regressor: str, random_state: int) -> Predict:
    x, w = trial.matrix, trial.offered
    yes = _fit(x[w], trial.saved_kwh[w], regressor, random_state)
    no = _fit(x[~w], trial.saved_kwh[~w], regressor, random_state)
    return lambda new: yes(new) - no(new)


def _x(trial: Trial, regressor: str, random_state: int) -> Predict:
    x, w, y = trial.matrix, trial.offered, trial.saved_kwh
    yes = _fit(x[w], y[w], regressor, random_state)
    no = _fit(x[~w], y[~w], regressor, random_state)
    of_offered = _fit(x[w], y[w] - no(x[w]), regressor, random_state)
    of_control = _fit(x[~w], yes(x[~w]) - y[~w], regressor, random_state)
    g = float(trial.offer_fraction.mean())
    return lambda new: g * of_control(new) + (1.0 - g) * of_offered(new)


def _dr(trial: Trial, regressor: str, random_state: int) -> Predict:
    return _fit(trial.matrix, dr_scores(trial, regressor, random_state), regressor, random_state)


#: name -> learner. Every entry is held to the conformance tests.
LEARNERS: Mapping[str, Learner] = {"t": _t, "x": _x, "dr": _dr}


def _folds(trial: Trial, folds: int, random_state: int) -> NDArray[np.int64]:
    """Fold of each home, balanced within offered and control, from an integer seed."""
    fold = np.empty(len(trial), dtype=np.int64)
    order = shuffle(np.arange(len(trial)), random_state=random_state)
    for side in (True, False):
        rows = order[trial.offered[order] == side]
        fold[rows] = np.arange(len(rows)) % folds
    return fold


def dr_scores(trial: Trial, regressor: str = "ridge", random_state: int = 0, folds: int = FOLDS) -> Floats:
    """Doubly robust score of each home, outcome models cross-fitted, (homes,) [kWh per event].

    ``m1(x) - m0(x) + w (y - m1(x)) / e - (1 - w) (y - m0(x)) / (1 - e)``: its mean over any group of homes is
    that group's effect, unbiased however poor m1 and m0 are, because e is known by design.
    """
    x, w, y, e = trial.matrix, trial.offered, trial.saved_kwh, trial.offer_fraction
    fold = _folds(trial, folds, random_state)
    m1, m0 = np.zeros(len(trial)), np.zeros(len(trial))
    with threadpool_limits(1):
        for f in range(folds):
            out, inside = fold == f, fold != f
            if not out.any():
                continue
            m1[out] = _fit(x[inside & w], y[inside & w], regressor, random_state)(x[out])
            m0[out] = _fit(x[inside & ~w], y[inside & ~w], regressor, random_state)(x[out])
    return np.asarray(m1 - m0 + w * (y - m1) / e - ~w * (y - m0) / (1.0 - e))


@dataclass(frozen=True, eq=False)
class EffectModel:
    """Predicted effect of an offer [kWh per event], of any home with the same columns."""

    method: str
    columns: tuple[str, ...]
    predict_matrix: Predict

    def predict(self, table: pd.DataFrame) -> Floats:
        """Effect of each row, (rows,)."""
        with threadpool_limits(1):
            return self.predict_matrix(matrix_of(table[list(self.columns)]))


def fit_effects(trial: Trial, method: str = "dr", regressor: str = "ridge", random_state: int = 0) -> EffectModel:
    """Learn the effect of an offer from a pilot.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> x = np.tile([0.0, 1.0], 200); w = np.arange(400) % 4 < 2
    >>> trial = Trial(pd.DataFrame({"cools": x}), w, 2.0 * x * w, np.full(400, 0.5))
    >>> fit_effects(trial, "t").predict(pd.DataFrame({"cools": [0.0, 1.0]})).round(1).tolist()
    [0.0, 2.0]
    """
    if method not in LEARNERS or regressor not in REGRESSORS:
        raise ValueError(
            f'method is "{method}" and regressor "{regressor}"; expected one of {", ".join(LEARNERS)} and one of '
            f"{', '.join(REGRESSORS)}"
        )
    with threadpool_limits(1):
        return EffectModel(method, tuple(trial.covariates.columns), LEARNERS[method](trial, regressor, random_state))


def cross_fit_effects(
    trial: Trial, method: str = "dr", regressor: str = "ridge", random_state: int = 0, folds: int = FOLDS
) -> Floats:
    """Effect of each home of the trial, predicted by a model that never saw it, (homes,)."""
    fold = _folds(trial, folds, random_state + 1)
    found = np.zeros(len(trial))
    for f in range(folds):
        model = fit_effects(trial.take(np.flatnonzero(fold != f)), method, regressor, random_state)
        out = np.flatnonzero(fold == f)
        found[out] = model.predict(trial.covariates.iloc[out])
    return found


def causal_tree(trial: Trial, depth: int = 3, least_homes: int = 50, random_state: int = 0) -> tuple[pd.DataFrame, str]:
    """An honest tree that explains where effects differ.

    Half the homes choose the splits, the other half give each leaf its effect and standard error.

    Returns
    -------
    leaves, text
        ``leaf, homes, effect_kwh, standard_error_kwh`` from largest to smallest, and the splits in words.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.tree import DecisionTreeRegressor, export_text

    fold = _folds(trial, 2, random_state + 2)
    scores = dr_scores(trial, random_state=random_state)
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    x = imputer.fit_transform(trial.matrix)
    grow, judge = fold == 0, fold == 1
    tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=least_homes, random_state=random_state)
    tree.fit(x[grow], scores[grow])
    leaf = tree.apply(x)
    rows = []
    for index in np.unique(leaf[judge]):
        inside = scores[judge & (leaf == index)]
        error = float(inside.std(ddof=1) / np.sqrt(len(inside))) if len(inside) > 1 else float("nan")
        rows.append((int(index), len(inside), float(inside.mean()), error))
    table = pd.DataFrame(rows, columns=["leaf", "homes", "effect_kwh", "standard_error_kwh"])
    text = str(export_text(tree, feature_names=list(trial.covariates.columns)))
    return table.sort_values("effect_kwh", ascending=False, kind="stable", ignore_index=True), text
