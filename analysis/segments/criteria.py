"""Which k: three indices of each one tried, and their mean rank."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, pairwise_distances, silhouette_score

from analysis.segments.segmenters import Floats, Groups

SILHOUETTE_HOMES = 2_000
CRITERIA = ["k", "segments", "silhouette", "davies_bouldin", "calinski_harabasz", "mean_rank", "chosen"]


def criteria_of(sample: Floats, fits: dict[int, Groups]) -> pd.DataFrame:
    """One row a k, columns :data:`CRITERIA`; ``sample`` is (homes, features), ``fits`` the groups of each k tried."""
    small = sample[:: -(-len(sample) // SILHOUETTE_HOMES)]
    apart = pairwise_distances(small)  # the same for every k
    rows = []
    for k, groups in fits.items():
        labels, small_labels = groups.assign(sample), groups.assign(small)
        if len(np.unique(small_labels)) < 2:  # all merged into one: the worst value of each index
            rows.append((k, groups.k, -1.0, np.inf, 0.0))
            continue
        indices = (
            float(silhouette_score(apart, small_labels, metric="precomputed")),
            float(davies_bouldin_score(sample, labels)),
            float(calinski_harabasz_score(sample, labels)),
        )
        rows.append((k, groups.k, *indices))
    table = pd.DataFrame(rows, columns=CRITERIA[:5])
    ranks = (
        table["silhouette"].rank(ascending=False)
        + table["davies_bouldin"].rank()
        + table["calinski_harabasz"].rank(ascending=False)
    )
    table["mean_rank"] = ranks / 3.0
    # argmin takes the first, so ties go to the smaller k.
    table["chosen"] = np.arange(len(table)) == int(np.argmin(ranks.to_numpy()))
    return table


def no_criteria() -> pd.DataFrame:
    """The table where no k was tried."""
    return pd.DataFrame(columns=CRITERIA)


def favourites(criteria: pd.DataFrame) -> dict[str, int]:
    """The k each index would choose on its own: they seldom agree."""
    if criteria.empty:
        return {}
    best = {"silhouette": "idxmax", "davies_bouldin": "idxmin", "calinski_harabasz": "idxmax"}
    return {name: int(criteria["k"].loc[getattr(criteria[name], how)()]) for name, how in best.items()}
