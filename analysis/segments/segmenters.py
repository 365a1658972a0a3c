"""Ways of dividing homes into segments, behind one small interface, by name.

A segmenter turns what is known of each home into points and divides them into k groups. Everything else - how k is
chosen, how stable the result is, that no segment is too small to hide a home, the names - is the same for all and
stands in :mod:`analysis.segments.segmentation`. Each is deterministic for a seed, and passes one conformance suite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HomeData:
    """What a segmenter may look at, one row per home.

    Attributes
    ----------
    shapes : (homes, 24) mean workday shapes, normalised or in kW
    features : columns of :meth:`analysis.shapes.load_shapes.LoadShapes.features`, if known
    days : (homes, sampled days, 24) float32 daily shapes that sum to 1, NaN where a day is incomplete, if known
    """

    shapes: Floats
    features: pd.DataFrame | None = None
    days: NDArray[np.float32] | None = None

    def only(self, rows: NDArray[np.bool_]) -> HomeData:
        """The same for the homes where ``rows`` is True."""
        features = None if self.features is None else self.features.reset_index(drop=True)[rows]
        return HomeData(self.shapes[rows], features, None if self.days is None else self.days[rows])


class Groups(Protocol):
    """A division that can place any point."""

    @property
    def k(self) -> int:
        """Number of groups."""

    def assign(self, points: Floats) -> Labels:
        """Group of each point, 0..k-1."""

    def without(self, group: int) -> Groups:
        """The same division with one group dissolved; its points go to their next best group."""


class Segmenter(Protocol):
    """One way of dividing homes."""

    def points(self, data: HomeData) -> Floats:
        """What is divided, (homes, dimensions); a home with NaN gets no segment."""

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """At most ``k`` groups of points without NaN."""


def nearest(points: Floats, centres: Floats, chunk: int = 1 << 16) -> Labels:
    """Index of the nearest centre (Euclidean) for each row; ties to the lower index.

    |x - c|^2 = |x|^2 - 2 x.c + |c|^2, and |x|^2 is the same for every centre, so a matrix product is enough.
    """
    best = np.empty(len(points), dtype=np.int64)
    half = 0.5 * (centres**2).sum(axis=1)
    for begin in range(0, len(points), chunk):
        rows = slice(begin, begin + chunk)
        best[rows] = np.argmin(half - points[rows] @ centres.T, axis=1)
    return best


@dataclass(frozen=True, eq=False)
class CentreGroups:
    """Groups of points nearest to centres (k, dimensions)."""

    centres: Floats

    @property
    def k(self) -> int:
        """Number of groups."""
        return len(self.centres)

    def assign(self, points: Floats) -> Labels:
        """Nearest centre."""
        return nearest(points, self.centres)

    def without(self, group: int) -> CentreGroups:
        """Without one centre."""
        return CentreGroups(np.delete(self.centres, group, axis=0))


@dataclass(frozen=True)
class KMeansShapes:
    """K-means (Lloyd, k-means++ starts) on load shapes: the default."""

    def points(self, data: HomeData) -> Floats:
        """The shapes."""
        return data.shapes

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """Centres of k-means."""
        from sklearn.cluster import KMeans

        model = KMeans(n_clusters=k, n_init=starts, random_state=random_state).fit(points)
        return CentreGroups(np.asarray(model.cluster_centers_, dtype=np.float64))


@dataclass(frozen=True)
class WardShapes:
    """Agglomerative clustering (Ward) of a sample of shapes; every home joins the nearest group mean."""

    sample: int = 2_000

    def points(self, data: HomeData) -> Floats:
        """The shapes."""
        return data.shapes

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """Means of the k groups of Ward's tree on at most ``sample`` points at a fixed stride."""
        from sklearn.cluster import AgglomerativeClustering

        few = points[:: -(-len(points) // self.sample)]
        labels = AgglomerativeClustering(n_clusters=min(k, len(few)), linkage="ward").fit(few).labels_
        return CentreGroups(np.stack([few[labels == g].mean(axis=0) for g in range(int(labels.max()) + 1)]))


@dataclass(frozen=True, eq=False)
class _MixtureGroups:
    mean: Floats
    axes: Floats
    centres: Floats
    variances: Floats
    log_weights: Floats

    @property
    def k(self) -> int:
        return len(self.centres)

    def assign(self, points: Floats) -> Labels:
        scores = (points - self.mean) @ self.axes
        log = np.empty((len(points), self.k))
        for g in range(self.k):
            apart = ((scores - self.centres[g]) ** 2 / self.variances[g]).sum(axis=1)
            log[:, g] = self.log_weights[g] - 0.5 * (apart + np.log(self.variances[g]).sum())
        return np.asarray(np.argmax(log, axis=1), dtype=np.int64)

    def without(self, group: int) -> _MixtureGroups:
        keep = np.arange(self.k) != group
        return _MixtureGroups(self.mean, self.axes, self.centres[keep], self.variances[keep], self.log_weights[keep])


@dataclass(frozen=True)
class MixtureShapes:
    """Gaussian mixture (diagonal) on the first principal components of the shapes: groups may differ in spread."""

    components: int = 8

    def points(self, data: HomeData) -> Floats:
        """The shapes."""
        return data.shapes

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """Components of the mixture, most likely one for each home."""
        from sklearn.mixture import GaussianMixture

        mean = points.mean(axis=0)
        axes = np.linalg.svd(points - mean, full_matrices=False)[2][: self.components].T
        scores = (points - mean) @ axes
        floor = max(1e-12, 1e-3 * float(scores.var(axis=0).max()))  # no component may shrink onto equal homes
        model = GaussianMixture(k, covariance_type="diag", reg_covar=floor, n_init=max(1, starts // 2),
                                random_state=random_state, init_params="k-means++").fit(scores)  # fmt: skip
        return _MixtureGroups(mean, axes, model.means_, model.covariances_, np.log(model.weights_ + 1e-300))


def segmenter(method: str) -> Segmenter:
    """A segmenter by name: ``kmeans``, ``gaussian_mixture``, ``hierarchical``, ``dictionary``, ``feature_tree``."""
    from analysis.segments.dictionary import DictionaryMix
    from analysis.segments.feature_tree import FeatureTree

    made: dict[str, Segmenter] = {
        "kmeans": KMeansShapes(),
        "gaussian_mixture": MixtureShapes(),
        "hierarchical": WardShapes(),
        "dictionary": DictionaryMix(),
        "feature_tree": FeatureTree(),
    }
    if method not in made:
        raise ValueError(f"method is {method!r}; expected one of {', '.join(made)}")
    return made[method]


METHODS = ("kmeans", "gaussian_mixture", "hierarchical", "dictionary", "feature_tree")
