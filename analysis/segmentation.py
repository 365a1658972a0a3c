"""Segments of homes with similar load shapes: k-means, k by stated criteria, stability reported.

A segment describes; it never causes a response. Everything here is deterministic: samples are taken at a
fixed stride, scikit-learn gets an integer seed and one thread (its centres differ between one and two).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from sklearn.utils import resample
from threadpoolctl import threadpool_limits

from analysis.labels import name_segments

NOT_ENOUGH_READS = -1
NOT_ENOUGH_READS_LABEL = "not enough reads"
K_RANGE = range(4, 11)
FIT_HOMES = 20_000
SILHOUETTE_HOMES = 2_000
STARTS = 4
RESAMPLES = 10
RESAMPLE_STARTS = 2

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Homes in ``k`` segments, numbered from the largest (0) to the smallest.

    Attributes
    ----------
    labels : (homes,) int
        Segment of each home; -1 is "not enough reads".
    centres : (k, 24) float64
        Mean shape of each segment's homes, in the units of the shapes given to :func:`segment`.
    k : int
    criteria : DataFrame
        One row per k tried: ``k, silhouette, davies_bouldin, calinski_harabasz, mean_rank, chosen``.
    stability_ari : float
        Mean adjusted Rand index between this segmentation and ten made from bootstrap samples of the
        homes: 1 is the same every time, 0 is chance. NaN if it was not asked for.
    names : list of str
        A label a person understands for each segment; used by reports, never by targeting.
    """

    labels: Labels
    centres: Floats
    k: int
    criteria: pd.DataFrame
    stability_ari: float
    names: list[str]

    def sizes(self) -> NDArray[np.int64]:
        """Homes per segment, (k,)."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.k).astype(np.int64)


def segment(
    shapes: Floats,
    k: int | Literal["auto"] = "auto",
    random_state: int = 0,
    features: pd.DataFrame | None = None,
    stability: bool = True,
) -> Segmentation:
    """Divide homes into segments of similar shape.

    Parameters
    ----------
    shapes : (homes, 24) float64
        :meth:`analysis.load_shapes.LoadShapes.shapes`; a row with NaN gets label -1.
    k : int or "auto"
        Number of segments; "auto" takes the best average rank over three indices for k = 4..10
        (silhouette and Calinski-Harabasz high, Davies-Bouldin low), ties to the smaller k.
    random_state : int
        Seed of the k-means starts and of the bootstrap.
    features : DataFrame, optional
        :meth:`LoadShapes.features`, used for the names only ("... with cooling").
    stability : bool
        Also estimate the bootstrap stability (ten more fits).

    Notes
    -----
    K-means (Lloyd, k-means++ starts) is fitted on at most 20,000 homes; every home then gets the nearest
    centre. Fewer distinct shapes than ``k`` give fewer segments; no usable shape gives none (``k`` = 0).
    """
    if shapes.ndim != 2:
        raise ValueError(f"shapes has {shapes.ndim} dimensions; expected (homes, hours)")
    if k != "auto" and k < 1:
        raise ValueError(f'k is {k}; expected "auto" or a whole number of at least 1')
    known = ~np.isnan(shapes).any(axis=1)
    usable = np.ascontiguousarray(shapes[known], dtype=np.float64)
    if len(usable) == 0:
        none = np.full(len(shapes), NOT_ENOUGH_READS, dtype=np.int64)
        return Segmentation(none, np.zeros((0, shapes.shape[1])), 0, _no_criteria(), float("nan"), [])
    with threadpool_limits(1):
        sample = usable[:: -(-len(usable) // FIT_HOMES)]
        centres, criteria = _fit(sample, k, random_state)
        ari = _stability(sample, centres, random_state) if stability else float("nan")
        usable_labels = nearest(usable, centres)
    usable_labels, centres = _largest_first(usable, usable_labels)
    labels = np.full(len(shapes), NOT_ENOUGH_READS, dtype=np.int64)
    labels[known] = usable_labels
    names = name_segments(centres, segment_means(labels, features, len(centres)))
    return Segmentation(labels, centres, len(centres), criteria, ari, names)


def nearest(shapes: Floats, centres: Floats) -> Labels:
    """Index of the nearest centre (Euclidean) for each row; ties to the lower index."""
    best = np.zeros(len(shapes), dtype=np.int64)
    least = np.full(len(shapes), np.inf)
    for index, centre in enumerate(centres):
        distance = ((shapes - centre) ** 2).sum(axis=1)
        closer = distance < least
        best[closer] = index
        least[closer] = distance[closer]
    return best


def segment_means(labels: Labels, features: pd.DataFrame | None, k: int) -> pd.DataFrame | None:
    """Mean of each feature over each segment's homes (rows 0..k-1); unknown values are left out."""
    if features is None:
        return None
    grouped = features.reset_index(drop=True).groupby(labels).mean()
    return grouped.reindex(range(k))


def _fit(sample: Floats, k: int | Literal["auto"], random_state: int) -> tuple[Floats, pd.DataFrame]:
    """Centres for the wanted or the best k, and the criteria of each k tried."""
    distinct = len(np.unique(sample, axis=0))
    if k != "auto":
        return _centres(sample, min(k, distinct), random_state, STARTS), _no_criteria()
    # A segment of fewer than five homes on average is not a segment.
    tried = [kk for kk in K_RANGE if kk < distinct and 5 * kk <= len(sample)]
    if not tried:
        return _centres(sample, max(1, min(distinct, len(sample) // 5)), random_state, STARTS), _no_criteria()
    fits = {kk: _centres(sample, kk, random_state, STARTS) for kk in tried}
    criteria = _criteria(sample, fits)
    best = int(criteria.loc[criteria["chosen"], "k"].iloc[0])
    return fits[best], criteria


def _centres(sample: Floats, k: int, random_state: int, starts: int) -> Floats:
    model = KMeans(n_clusters=k, n_init=starts, random_state=random_state).fit(sample)
    return np.asarray(model.cluster_centers_, dtype=np.float64)


def _criteria(sample: Floats, fits: dict[int, Floats]) -> pd.DataFrame:
    small = sample[:: -(-len(sample) // SILHOUETTE_HOMES)]
    rows = []
    for k, centres in fits.items():
        labels, small_labels = nearest(sample, centres), nearest(small, centres)
        silhouette = silhouette_score(small, small_labels) if len(np.unique(small_labels)) > 1 else -1.0
        rows.append(
            {
                "k": k,
                "silhouette": float(silhouette),
                "davies_bouldin": float(davies_bouldin_score(sample, labels)),
                "calinski_harabasz": float(calinski_harabasz_score(sample, labels)),
            }
        )
    table = pd.DataFrame(rows)
    ranks = (
        table["silhouette"].rank(ascending=False)
        + table["davies_bouldin"].rank()
        + table["calinski_harabasz"].rank(ascending=False)
    )
    table["mean_rank"] = ranks / 3.0
    # argmin takes the first, so ties go to the smaller k.
    table["chosen"] = np.arange(len(table)) == int(np.argmin(ranks.to_numpy()))
    return table


def _no_criteria() -> pd.DataFrame:
    columns = ["k", "silhouette", "davies_bouldin", "calinski_harabasz", "mean_rank", "chosen"]
    return pd.DataFrame(columns=columns)


def _stability(sample: Floats, centres: Floats, random_state: int) -> float:
    """Mean adjusted Rand index of ten bootstrap fits, each judged on all homes of the sample."""
    labels = nearest(sample, centres)
    scores = []
    for draw in range(RESAMPLES):
        redrawn = resample(sample, random_state=random_state + 1 + draw)
        k = min(len(centres), len(np.unique(redrawn, axis=0)))
        again = _centres(redrawn, k, random_state, RESAMPLE_STARTS)
        scores.append(adjusted_rand_score(labels, nearest(sample, again)))
    return float(np.mean(scores))


def _largest_first(shapes: Floats, labels: Labels) -> tuple[Labels, Floats]:
    """Renumber by size (ties by centre, so that the order never depends on the fit) and average afresh."""
    used = np.unique(labels)
    centres = np.stack([shapes[labels == old].mean(axis=0) for old in used])
    sizes = [int((labels == old).sum()) for old in used]
    order = sorted(range(len(used)), key=lambda i: (-sizes[i], *centres[i].tolist()))
    renumber = np.zeros(int(used.max()) + 1, dtype=np.int64)
    for new, old in enumerate(order):
        renumber[used[old]] = new
    return renumber[labels], centres[order]
