"""Segments of homes with similar load shapes: k by stated criteria, stability reported, none too small.

How homes are divided is a segmenter's business (:mod:`analysis.segments.segmenters`; k-means unless said otherwise);
the rest is here and the same for all. A segment describes; it never causes a response. Everything is deterministic:
samples are taken at a fixed stride, scikit-learn gets an integer seed and one thread (its centres differ between
one and two).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import resample
from threadpoolctl import threadpool_limits

from analysis.segments.criteria import criteria_of, no_criteria
from analysis.segments.labels import name_segments
from analysis.segments.segmenters import Floats, Groups, HomeData, Labels, Segmenter, nearest, segmenter

NOT_ENOUGH_READS = -1
NOT_ENOUGH_READS_LABEL = "not enough reads"
K_RANGE = range(4, 11)
FIT_HOMES = 20_000
STARTS = 4
#: Smaller segments join the nearest: their mean is noise, and they come close to naming a home.
SMALLEST_SEGMENT = 15
#: At most this share of odd homes is left out of a fit (they are assigned all the same).
TRIM_FRACTION = 0.05
RESAMPLES = 10
RESAMPLE_STARTS = 2

__all__ = ["Segmentation", "nearest", "season_stability", "segment", "segment_means"]


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
        One row per k tried: ``k, segments`` (left once small ones are merged), ``silhouette,
        davies_bouldin, calinski_harabasz, mean_rank, chosen``.
    stability_ari : float
        Mean adjusted Rand index between this segmentation and ten made from bootstrap samples of the
        homes: 1 is the same every time, 0 is chance. NaN if it was not asked for.
    names : list of str
        A label a person understands for each segment; used by reports, never by targeting.
    method : str
        Name of the segmenter.
    """

    labels: Labels
    centres: Floats
    k: int
    criteria: pd.DataFrame
    stability_ari: float
    names: list[str]
    method: str = "kmeans"

    def sizes(self) -> NDArray[np.int64]:
        """Homes per segment, (k,)."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.k).astype(np.int64)


def segment(
    shapes: Floats,
    k: int | Literal["auto"] = "auto",
    random_state: int = 0,
    features: pd.DataFrame | None = None,
    stability: bool = True,
    smallest_segment: int = SMALLEST_SEGMENT,
    method: str = "kmeans",
    days: NDArray[np.float32] | None = None,
) -> Segmentation:
    """Divide homes into segments of similar shape.

    Parameters
    ----------
    shapes : (homes, 24) float64
        :meth:`analysis.shapes.load_shapes.LoadShapes.shapes`; a row with NaN gets label -1.
    k : int or "auto"
        Number of segments; "auto" takes the best average rank over three indices for k = 4..10
        (silhouette and Calinski-Harabasz high, Davies-Bouldin low), ties to the smaller k.
    random_state : int
        Seed of the k-means starts and of the bootstrap.
    features : DataFrame, optional
        :meth:`LoadShapes.features`, for the names ("... with cooling") and the feature tree.
    stability : bool
        Also estimate the bootstrap stability (ten more fits).
    smallest_segment : int
        Homes that would form a smaller segment are left out of the fit and join the nearest one, before
        the indices judge a k.
    method : str
        Name of a segmenter: ``kmeans``, ``gaussian_mixture``, ``hierarchical``, ``dictionary``, ``feature_tree``.
    days : (homes, sampled days, 24) float32, optional
        Daily shapes, for the dictionary (:class:`analysis.shapes.daily_shapes.DailyShapes`).

    Notes
    -----
    Fitted on at most 20,000 homes at a fixed stride; every home is then assigned. There may be fewer segments
    than asked for (few homes, equal shapes, merged ones); no usable shape gives none (``k`` = 0).
    """
    if shapes.ndim != 2:
        raise ValueError(f"shapes has {shapes.ndim} dimensions; expected (homes, hours)")
    if k != "auto" and k < 1:
        raise ValueError(f'k is {k}; expected "auto" or a whole number of at least 1')
    chosen = segmenter(method)
    data = HomeData(shapes, features, days)
    known: NDArray[np.bool_] = ~np.asarray(np.isnan(shapes).any(axis=1))
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        points = np.full((len(shapes), 1), np.nan)
        if known.any():
            points = np.asarray(chosen.points(data), dtype=np.float64)
            known &= ~np.isnan(points).any(axis=1)
        if not known.any():
            none = np.full(len(shapes), NOT_ENOUGH_READS, dtype=np.int64)
            empty = np.zeros((0, shapes.shape[1]))
            return Segmentation(none, empty, 0, no_criteria(), float("nan"), [], method)
        usable = _only(points, known)
        stride = -(-len(usable) // FIT_HOMES)
        fitter = _Fitter(chosen, usable[::stride], random_state, max(1, smallest_segment // stride))
        wanted, groups, criteria = _fit(fitter, k)
        ari = _stability(fitter, wanted, groups) if stability else float("nan")
        usable_labels = groups.assign(usable)
    inside = usable if points is shapes else _only(np.asarray(shapes, dtype=np.float64), known)
    usable_labels, centres = _largest_first(inside, usable_labels)
    del usable, inside, points, fitter  # as large as all shapes; the names need none of them
    labels = np.full(len(shapes), NOT_ENOUGH_READS, dtype=np.int64)
    labels[known] = usable_labels
    names = name_segments(centres, segment_means(labels, features, len(centres)))
    return Segmentation(labels, centres, len(centres), criteria, ari, names, method)


def _only(points: Floats, known: NDArray[np.bool_]) -> Floats:
    """The rows that are known; no copy where all are, for a million homes' shapes are the largest table at hand."""
    return np.ascontiguousarray(points if known.all() else points[known])


def segment_means(labels: Labels, features: pd.DataFrame | None, k: int) -> pd.DataFrame | None:
    """Mean of each feature over each segment's homes (rows 0..k-1); unknown values are left out."""
    if features is None:
        return None
    grouped = features.reset_index(drop=True).groupby(labels).mean()
    return grouped.reindex(range(k))


@dataclass(frozen=True, eq=False)
class _Fitter:
    """A segmenter on one sample of points, with one seed, and small segments merged."""

    segmenter: Segmenter
    sample: Floats
    random_state: int
    smallest: int

    def groups(self, k: int, starts: int = STARTS) -> Groups:
        """At most k groups that all have ``smallest`` homes of the sample.

        Clustering spends groups on a handful of odd homes. Those are set aside and the rest fitted again
        (trimmed k-means), up to a twentieth of the homes; what is still too small then is merged.
        """
        inside = np.ones(len(self.sample), dtype=np.bool_)
        most_trimmed = TRIM_FRACTION * len(self.sample)
        while True:
            groups = self.segmenter.fit(self.sample[inside], k, self.random_state, starts)
            labels = groups.assign(self.sample)
            odd = inside & (np.bincount(labels[inside], minlength=groups.k) < self.smallest)[labels]
            if not odd.any() or (~inside | odd).sum() > most_trimmed or (inside & ~odd).sum() < k:
                return self._merged(groups)
            inside &= ~odd

    def _merged(self, groups: Groups) -> Groups:
        while groups.k > 1:
            sizes = np.bincount(groups.assign(self.sample), minlength=groups.k)
            least = int(np.argmin(sizes))
            if sizes[least] >= self.smallest:
                break
            groups = groups.without(least)
        return groups

    def redrawn(self, draw: int) -> _Fitter:
        """The same on a bootstrap sample of the homes."""
        seed = self.random_state + 1 + draw
        return _Fitter(self.segmenter, resample(self.sample, random_state=seed), seed, self.smallest)


def _fit(fitter: _Fitter, k: int | Literal["auto"]) -> tuple[int, Groups, pd.DataFrame]:
    """The k asked for or the best one, its groups, and the criteria of each k tried."""
    homes = len(fitter.sample)
    distinct = len(np.unique(fitter.sample, axis=0))
    most = max(1, min(distinct, homes // fitter.smallest))
    if k != "auto":
        return min(k, distinct), fitter.groups(min(k, distinct)), no_criteria()
    tried = [kk for kk in K_RANGE if kk <= most and kk < distinct]
    if not tried:
        return most, fitter.groups(most), no_criteria()
    fits = {kk: fitter.groups(kk) for kk in tried}
    criteria = criteria_of(fitter.sample, fits)
    best = int(criteria.loc[criteria["chosen"], "k"].iloc[0])
    return best, fits[best], criteria


def _stability(fitter: _Fitter, k: int, groups: Groups) -> float:
    """Mean adjusted Rand index of ten bootstrap fits, each judged on all homes of the sample."""
    labels = groups.assign(fitter.sample)
    scores = []
    for draw in range(RESAMPLES):
        redrawn = fitter.redrawn(draw)
        distinct = len(np.unique(redrawn.sample, axis=0))
        again = redrawn.groups(min(k, distinct), RESAMPLE_STARTS)
        scores.append(adjusted_rand_score(labels, again.assign(fitter.sample)))
    return float(np.mean(scores))


def season_stability(first: Floats, second: Floats, k: int, random_state: int = 0) -> tuple[float, float]:
    """How far segments of one season hold in another: k-means on each season's shapes of the same homes.

    Parameters
    ----------
    first, second : (homes, 24) shapes of two seasons; homes unknown in either are left out
    k : segments

    Returns
    -------
    adjusted Rand index, share of homes that keep their segment
        The index compares two separate fits; the share assigns the second season's shapes to the first's centres.
        NaN with fewer than 15 homes a segment.
    """
    known = ~np.isnan(first).any(axis=1) & ~np.isnan(second).any(axis=1)
    if k < 1 or known.sum() < SMALLEST_SEGMENT * k:
        return float("nan"), float("nan")
    with threadpool_limits(1):
        fits = [_Fitter(segmenter("kmeans"), season[known], random_state, SMALLEST_SEGMENT).groups(k)
                for season in (first, second)]  # fmt: skip
        one, two = fits[0].assign(first[known]), fits[1].assign(second[known])
        kept = float((fits[0].assign(second[known]) == one).mean())
    return float(adjusted_rand_score(one, two)), kept


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
