"""Segments by thresholds on a few features: a tree that a person can read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis.segments.segmenters import Floats, Groups, HomeData, Labels


@dataclass(frozen=True, eq=False)
class _Split:
    column: int
    threshold: float
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class TreeGroups:
    """Leaves of a tree of thresholds; a group that is dissolved joins its sister leaf."""

    splits: list[_Split]  # node number -> split; children are nodes or, negative, leaves ~leaf
    leaves: int
    alias: dict[int, int] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """Number of groups."""
        return self.leaves - len(self.alias)

    def _leaf(self, points: Floats) -> Labels:
        at = np.zeros(len(points), dtype=np.int64) if self.splits else np.full(len(points), -1)
        for node, split in enumerate(self.splits):
            here = at == node
            at[here] = np.where(points[here, split.column] <= split.threshold, split.low, split.high)
        return ~at

    def assign(self, points: Floats) -> Labels:
        """Leaf of each point, numbered without the dissolved ones."""
        leaf = self._leaf(points)
        target = np.arange(self.leaves)
        for dissolved, into in self.alias.items():
            target[target == dissolved] = into
        kept = [leaf_ for leaf_ in range(self.leaves) if leaf_ not in self.alias]
        number = np.full(self.leaves, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        return np.asarray(number[target[leaf]], dtype=np.int64)

    def without(self, group: int) -> TreeGroups:
        """Its homes join the leaf beside it."""
        kept = [leaf for leaf in range(self.leaves) if leaf not in self.alias]
        gone = kept[group]
        others = [leaf for leaf in kept if leaf != gone]
        sister = next((_sister(s, gone) for s in self.splits if ~gone in (s.low, s.high)), None)
        into = sister if sister in others else min(others, key=lambda leaf: abs(leaf - gone))
        alias = {old: (into if new == gone else new) for old, new in self.alias.items()}
        return TreeGroups(self.splits, self.leaves, {**alias, gone: into})


def _sister(split: _Split, leaf: int) -> int | None:
    other = split.high if split.low == ~leaf else split.low
    return ~other if other < 0 else None


@dataclass(frozen=True)
class FeatureTree:
    """A tree of thresholds on a few features: each split takes the most variance out of the standardised features.

    Readable (``evening kW over 1.2``), and coarse: it sees no shape beyond the features.
    """

    columns: tuple[str, ...] = ("weather_slope", "event_kw", "variability")

    def points(self, data: HomeData) -> Floats:
        """Temperature slope (cooling plus heating), event-window kW and variability, each in standard deviations."""
        if data.features is None:
            raise ValueError("the feature tree needs features; give them to segment()")
        f = data.features
        slope = (f["cooling_slope_kw_per_degc"] + f["heating_slope_kw_per_degc"]).fillna(0.0)
        raw = np.column_stack([slope, f["event_kw"], f["variability"]]).astype(np.float64)
        spread = np.nanstd(raw, axis=0)
        return np.asarray((raw - np.nanmean(raw, axis=0)) / np.where(spread > 0.0, spread, 1.0))

    def fit(self, points: Floats, k: int, random_state: int, starts: int) -> Groups:
        """Grow leaf by leaf, always the split that helps most; none leaves fewer than a fiftieth on a side."""
        rows = [np.arange(len(points))]
        best: list[tuple[float, int, float]] = []  # of each leaf: gain, column, threshold
        splits: list[_Split] = []
        where: list[tuple[int, bool]] = []  # where leaf i hangs: (node, whether on the high side)
        least = max(1, len(points) // 50)
        while len(rows) < k:
            best += [_best(points[r], least) for r in rows[len(best) :]]
            leaf = max(range(len(rows)), key=lambda at: (best[at][0], -at))
            gain, column, threshold = best[leaf]
            if gain <= 0.0:
                break
            node, new = len(splits), len(rows)
            if where:
                self._hang(splits, where[leaf], node)
            else:
                where = [(0, False)]
            splits.append(_Split(column, threshold, ~leaf, ~new))
            low = points[rows[leaf], column] <= threshold
            rows.append(rows[leaf][~low])
            rows[leaf] = rows[leaf][low]
            best[leaf] = _best(points[rows[leaf]], least)
            where[leaf] = (node, False)
            where.append((node, True))
        return TreeGroups(splits, len(rows))

    @staticmethod
    def _hang(splits: list[_Split], place: tuple[int, bool], node: int) -> None:
        parent, high = place
        old = splits[parent]
        splits[parent] = _Split(old.column, old.threshold, old.low if high else node, node if high else old.high)


def _best(points: Floats, least: int) -> tuple[float, int, float]:
    """Gain (drop in squared error), column and threshold of the best split; 0.0 where none helps.

    With the points in order of a column, the squared error on either side of every cut follows from running sums.
    """
    n, best = len(points), (0.0, 0, 0.0)
    if n < 2 * least:
        return best
    centred = points - points.mean(axis=0)
    for column in range(points.shape[1]):
        order = np.argsort(points[:, column], kind="stable")
        values, sums = points[order, column], np.cumsum(centred[order], axis=0)
        left = np.arange(1, n)
        # Error taken away by a cut = |sum left|^2 / n left + |sum right|^2 / n right; the whole sums to zero.
        gain = (sums[:-1] ** 2).sum(axis=1) * (1.0 / left + 1.0 / (n - left))
        gain[(values[1:] <= values[:-1]) | (left < least) | (n - left < least)] = 0.0
        at = int(np.argmax(gain))
        if gain[at] > best[0] + 1e-9:
            best = (float(gain[at]), column, float(values[at]))
    return best
