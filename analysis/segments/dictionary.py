"""A dictionary of daily load shapes, and how much each home keeps to it (after Kwac, Flora and Rajagopal 2014).

Adaptive k-means grows the number of shapes until every daily shape lies within a stated relative error of its
centre, then near-equal centres are merged. A home is described by how often it lives each shape; the entropy of
that mix says how variable it is. The mix, not a mean day, is what the ``dictionary`` segmenter divides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.segments.segmenters import CentreGroups, Floats, Groups, HomeData, KMeansShapes, nearest

#: A daily shape s is well represented by centre c if |s - c|^2 <= THRESHOLD |c|^2.
THRESHOLD = 0.25
LARGEST = 100
FIT_DAYS = 20_000
STARTS = 2


def adaptive_kmeans(
    shapes: Floats, threshold: float = THRESHOLD, first_k: int = 2, largest: int = LARGEST, random_state: int = 0
) -> Floats:
    """Centres such that every shape keeps ``|s - c|^2 <= threshold |c|^2``, unless ``largest`` is reached.

    Parameters
    ----------
    shapes : (days, 24), rows that sum to 1
    threshold : relative squared error that is allowed
    first_k : centres to begin with
    largest : centres at most

    Notes
    -----
    Each round splits every violating centre in two (2-means on its own shapes) and then runs Lloyd's iterations over
    all from there, as in the paper's adaptive k-means.
    """
    from sklearn.cluster import KMeans

    k = min(first_k, len(np.unique(shapes, axis=0)))
    centres = KMeans(k, n_init=STARTS, random_state=random_state).fit(shapes).cluster_centers_
    while len(centres) < largest:
        labels = nearest(shapes, centres)
        bad = np.flatnonzero(violating(shapes, centres, labels, threshold))
        if len(bad) == 0:
            break
        kept = [c for g, c in enumerate(centres) if g not in bad]
        for g in bad.tolist():
            mine = shapes[labels == g]
            parts = min(2, len(np.unique(mine, axis=0)))
            kept += list(KMeans(parts, n_init=STARTS, random_state=random_state).fit(mine).cluster_centers_)
        if len(kept) == len(centres):
            break
        start = np.array(kept[:largest])
        centres = KMeans(len(start), init=start, n_init=1, max_iter=20).fit(shapes).cluster_centers_
    return np.asarray(centres, dtype=np.float64)


def violating(
    shapes: Floats, centres: Floats, labels: NDArray[np.int64], threshold: float
) -> NDArray[np.bool_]:
    """Which centres have a shape farther off than the threshold allows, (k,)."""
    error = ((shapes - centres[labels]) ** 2).sum(axis=1)
    worst = np.zeros(len(centres))
    np.maximum.at(worst, labels, error)
    return np.asarray(worst > threshold * (centres**2).sum(axis=1))


def merge(centres: Floats, sizes: NDArray[np.int64], wanted: int) -> Floats:
    """Merge the two nearest centres, weighted by size, until ``wanted`` are left (the paper's second stage).

    Examples
    --------
    >>> merge(np.array([[0.0, 1.0], [0.1, 0.9], [1.0, 0.0]]), np.array([3, 1, 2]), 2).round(3).tolist()
    [[0.025, 0.975], [1.0, 0.0]]
    """
    centres, weight = centres.copy(), sizes.astype(np.float64).copy()
    while len(centres) > max(1, wanted):
        apart = ((centres[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        apart[np.tril_indices(len(centres))] = np.inf
        i, j = np.unravel_index(int(np.argmin(apart)), apart.shape)
        total = max(weight[i] + weight[j], 1e-300)
        centres[i] = (weight[i] * centres[i] + weight[j] * centres[j]) / total
        weight[i] = total
        centres, weight = np.delete(centres, j, axis=0), np.delete(weight, j)
    return centres


def occupancy(days: NDArray[np.float32], centres: Floats) -> Floats:
    """How often each home lives each shape, (homes, k), rows sum to 1; NaN for a home without a complete day.

    Parameters
    ----------
    days : (homes, days, 24), NaN in a day that is incomplete
    """
    homes, per_home, _ = days.shape
    flat = days.reshape(homes * per_home, -1)
    good = ~np.isnan(flat).any(axis=1)
    owner = np.repeat(np.arange(homes), per_home)[good]
    labels = nearest(flat[good].astype(np.float64), centres)
    counts = np.bincount(owner * len(centres) + labels, minlength=homes * len(centres)).reshape(homes, -1)
    total = counts.sum(axis=1, keepdims=True).astype(np.float64)
    return np.asarray(np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0))


def entropy(mix: Floats) -> Floats:
    """Shannon entropy of each home's mix over ln k, in [0, 1]: 0 always the same shape, 1 all equally often.

    Examples
    --------
    >>> entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist()
    [0.0, 1.0]
    """
    if mix.shape[1] < 2:
        return np.zeros(len(mix))
    log = np.log(np.where(mix > 0.0, mix, 1.0))
    return np.asarray(-(mix * log).sum(axis=1) / np.log(mix.shape[1])) + 0.0


@dataclass(frozen=True, eq=False)
class ShapeDictionary:
    """Shapes of whole days and how homes use them."""

    centres: Floats
    mix: Floats

    @property
    def entropy(self) -> Floats:
        """Variability of each home, (homes,) in [0, 1]."""
        return entropy(self.mix)


def learn(
    days: NDArray[np.float32], wanted: int, random_state: int = 0, threshold: float = THRESHOLD
) -> ShapeDictionary:
    """A dictionary of at most ``wanted`` shapes from a strided sample of complete days, and every home's mix."""
    flat = days.reshape(-1, days.shape[2])
    good = flat[~np.isnan(flat).any(axis=1)].astype(np.float64)
    sample = good[:: max(1, -(-len(good) // FIT_DAYS))]
    if len(sample) == 0:
        return ShapeDictionary(np.zeros((0, days.shape[2])), np.full((len(days), 0), np.nan))
    centres = adaptive_kmeans(sample, threshold, random_state=random_state)
    sizes = np.bincount(nearest(sample, centres), minlength=len(centres))
    centres = merge(centres, sizes, wanted)
    return ShapeDictionary(centres, occupancy(days, centres))


@dataclass(frozen=True)
class DictionaryMix:
    """Homes with a like mix of daily shapes: k-means on the square roots of their occupancy (Hellinger distance)."""

    shapes: int = 16

    def points(self, data: HomeData) -> Floats:
        """Square roots of the mix over a dictionary of at most ``shapes`` daily shapes."""
        if data.days is None:
            raise ValueError("the dictionary needs daily shapes; give them to segment()")
        return np.sqrt(learn(data.days, self.shapes).mix)

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """K-means."""
        groups = KMeansShapes().fit(points, k, random_state, starts)
        assert isinstance(groups, CentreGroups)
        return groups
