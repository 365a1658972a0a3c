"""Who will enrol, take part, opt out or leave: probabilities learned from programme records.

One interface for every yes-or-no question an analyst asks of past programmes. ``logistic`` is the
reference: few homes, few columns, readable. ``boosting`` bends where homes differ in kind, and is
calibrated on folds it did not see. Both take missing values, because customer tables have them.
How good a prediction is, is :mod:`analysis.prediction.probability_scores`' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

#: Fewer yes or no answers than this and only the base rate is learned.
LEAST_OF_EACH_ANSWER = 10
#: A column known for fewer records is left out: nothing could be learned from it.
LEAST_KNOWN_VALUES = 20
CALIBRATION_FOLDS = 3
#: With fewer records the ridge of the logistic model is chosen by cross-validated log loss among RIDGES.
MANY_RECORDS = 20_000
#: Trees learn from at most so many records, drawn by lot: more would take minutes and change next to nothing.
MOST_BOOSTED = 200_000
RIDGES = (0.001, 0.01, 0.1, 1.0)


def _logistic(random_state: int, records: int = 0) -> Any:
    """Median imputation with missing flags, unit variance, a ridge: cross-validated unless records abound."""
    from sklearn.impute import SimpleImputer  # scikit-learn's models only now: most runs have no pilot
    from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    if records < MANY_RECORDS:
        fit = LogisticRegressionCV(
            Cs=RIDGES, cv=3, scoring="neg_log_loss", max_iter=1000, random_state=random_state, l1_ratios=(0.0,),
            use_legacy_attributes=False,
        )  # fmt: skip
    else:
        fit = LogisticRegression(C=1.0, max_iter=1000, random_state=random_state)
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("fit", fit),
        ]
    )


def _boosting(random_state: int, records: int = 0) -> Any:
    """Small trees; sigmoid calibration on folds the trees did not see (too few answers for a free curve)."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=20, l2_regularization=1.0,
        early_stopping=False, random_state=random_state,
    )  # fmt: skip
    return CalibratedClassifierCV(trees, method="sigmoid", cv=CALIBRATION_FOLDS)


#: name -> maker of a scikit-learn classifier. Every entry is held to the conformance tests.
CLASSIFIERS: Mapping[str, Callable[[int, int], Any]] = {"logistic": _logistic, "boosting": _boosting}


@dataclass(frozen=True, eq=False)
class ParticipationModel:
    """A fitted model of a yes-or-no answer.

    Attributes
    ----------
    method : str
    columns : tuple of str
        The columns it reads, in order: those known for at least ``LEAST_KNOWN_VALUES`` records.
    base_rate : float
        Share of yes among the records it learned from.
    classifier : object or None
        None where there were too few answers of one kind: then everyone gets the base rate.
    """

    method: str
    columns: tuple[str, ...]
    base_rate: float
    classifier: Any

    def predict(self, table: pd.DataFrame) -> Floats:
        """Probability of yes for each row, (rows,) [fraction]."""
        if self.classifier is None:
            return np.full(len(table), self.base_rate)
        missing = [name for name in self.columns if name not in table]
        if missing:
            raise ValueError(f"the table lacks {', '.join(missing)}; expected the columns the model learned from")
        with threadpool_limits(1):
            return np.asarray(self.classifier.predict_proba(_matrix(table, self.columns))[:, 1], dtype=np.float64)


def _matrix(table: pd.DataFrame, columns: tuple[str, ...]) -> Floats:
    """Numbers, with infinite values treated as missing."""
    values = table[list(columns)].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def fit_participation(
    table: pd.DataFrame, answered_yes: Labels, method: str = "logistic", random_state: int = 0
) -> ParticipationModel:
    """Learn the probability of a yes.

    Parameters
    ----------
    table : DataFrame, one row per record
        Numeric columns only; NaN is "not known" and may be any share of a column.
    answered_yes : (rows,) bool
        Enrolled, took part, opted out, or (with :func:`person_periods`) left.
    method : name in ``CLASSIFIERS``
    random_state : int

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> size = np.linspace(-2, 2, 400)
    >>> yes = size + np.sin(np.arange(400) * 7.0) > 0
    >>> model = fit_participation(pd.DataFrame({"size": size}), yes)
    >>> small, large = model.predict(pd.DataFrame({"size": [-1.5, 1.5]}))
    >>> bool(small < 0.2 < 0.8 < large)
    True
    """
    if method not in CLASSIFIERS:
        raise ValueError(f'method is "{method}"; expected one of {", ".join(CLASSIFIERS)}')
    yes = np.asarray(answered_yes, dtype=bool)
    if len(yes) != len(table) or len(yes) == 0:
        raise ValueError(f"{len(table)} rows and {len(yes)} answers; expected as many answers as rows, at least one")
    known = np.isfinite(_matrix(table, tuple(table.columns))).sum(axis=0) >= min(LEAST_KNOWN_VALUES, len(yes))
    columns, rate = tuple(table.columns[known]), float(yes.mean())
    if method == "boosting" and len(table) > MOST_BOOSTED:
        from sklearn.utils import shuffle

        rows = shuffle(np.arange(len(table)), random_state=random_state, n_samples=MOST_BOOSTED)
        table, yes = table.iloc[rows], yes[rows]
    if min(yes.sum(), (~yes).sum()) < LEAST_OF_EACH_ANSWER or not columns:
        return ParticipationModel(method, columns, rate, None)
    with threadpool_limits(1):
        classifier = CLASSIFIERS[method](random_state, len(table)).fit(_matrix(table, columns), yes)
    return ParticipationModel(method, columns, rate, classifier)


def time_folds(
    premise: NDArray[Any], time: NDArray[Any], folds: int = 3
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Train and test rows: later records of homes that the training part never held.

    Homes are dealt to ``folds`` groups by their order of first appearance; the record times are cut into
    ``folds + 1`` spans of equal count. Fold f tests group f in span f + 1 and trains on the other groups'
    records before that span. So neither a home nor the future leaks.
    """
    premise, time = np.asarray(premise), np.asarray(time)
    if folds < 1 or len(premise) != len(time):
        raise ValueError(f"folds is {folds} over {len(premise)} premises and {len(time)} times; expected equal lengths")
    homes, inverse = np.unique(premise, return_inverse=True)
    if len(homes) < max(2, folds):
        raise ValueError(f"{len(homes)} homes; expected at least {max(2, folds)}, one group a fold")
    group = inverse % folds
    moments, code = np.unique(time, return_inverse=True)
    span = np.minimum(code * (folds + 1) // len(moments), folds)
    for fold in range(folds):
        mine = group == fold if folds > 1 else inverse % 2 == 0
        test = np.flatnonzero(mine & (span == fold + 1))
        train = np.flatnonzero(~mine & (span < fold + 1))
        if len(test) and len(train):
            yield train.astype(np.int64), test.astype(np.int64)


def cross_predict(
    table: pd.DataFrame, answered_yes: Labels, premise: NDArray[Any], time: NDArray[Any], method: str = "logistic",
    folds: int = 3, random_state: int = 0,
) -> tuple[NDArray[np.int64], Floats]:  # fmt: skip
    """Rows that some fold tested, and the probability predicted for each from other homes' past."""
    rows: list[NDArray[np.int64]] = []
    found: list[Floats] = []
    for train, test in time_folds(premise, time, folds):
        model = fit_participation(table.iloc[train], answered_yes[train], method, random_state)
        rows.append(test)
        found.append(model.predict(table.iloc[test]))
    if not rows:
        raise ValueError("no fold has both earlier and later records; expected records at two or more times")
    return np.concatenate(rows), np.concatenate(found)


def person_periods(
    entered: NDArray[np.int64], left: NDArray[np.int64], last: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Labels]:
    """One row per home and period at risk, for a discrete-time hazard of leaving.

    Parameters
    ----------
    entered : (homes,) int
        Period in which the home enrolled.
    left : (homes,) int
        Period in which it left; -1 = still there when ``last`` ended (censored).
    last : int
        Last observed period.

    Returns
    -------
    home, elapsed, leaves
        Row of the home, periods since it entered, and whether it left in that period. Fit ``leaves`` on
        the home's columns and ``elapsed`` with :func:`fit_participation`: the prediction is the hazard.
    """
    entered, left = np.asarray(entered, np.int64), np.asarray(left, np.int64)
    gone = left >= 0
    if np.any(gone & (left < entered)):
        raise ValueError("a home left before it entered; expected left >= entered, or -1")
    until = np.where(gone, np.minimum(left, last), last)
    count = np.maximum(until - entered + 1, 0)
    home = np.repeat(np.arange(len(entered)), count)
    elapsed = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    leaves = gone[home] & (entered[home] + elapsed == left[home])
    return home.astype(np.int64), elapsed.astype(np.int64), leaves


def survival_fraction(hazard: Floats) -> Floats:
    """Share still enrolled after each period, from hazards (homes, periods): cumulative product of 1 - h."""
    return np.asarray(np.cumprod(1.0 - np.asarray(hazard, np.float64), axis=1))
