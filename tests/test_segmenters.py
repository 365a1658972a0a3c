"""One conformance suite for every segmenter, hand-worked cases of the dictionary, and what each is for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from analysis.segments.criteria import favourites
from analysis.segments.dictionary import adaptive_kmeans, entropy, learn, merge, occupancy, violating
from analysis.segments.feature_tree import FeatureTree
from analysis.segments.segmentation import SMALLEST_SEGMENT, Segmentation, season_stability, segment
from analysis.segments.segmenters import METHODS, HomeData, nearest, segmenter

EVENING, MIDDAY, NIGHT = (np.full(24, 0.3) for _ in range(3))
EVENING[17:22], MIDDAY[10:15], NIGHT[0:5] = 2.0, 1.8, 2.2
KINDS = np.stack([EVENING, MIDDAY, NIGHT])


def homes(count: int = 240, seed: int = 3) -> tuple[HomeData, NDArray[np.int64]]:
    """Homes of three kinds that differ in shape, in features and in their daily shapes."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, count, p=[0.5, 0.3, 0.2])
    days = KINDS[kind][:, None, :] * rng.lognormal(0.0, 0.25, (count, 12, 24))
    shapes = days.mean(axis=1)
    features = pd.DataFrame(
        {
            "cooling_slope_kw_per_degc": np.array([0.20, 0.02, 0.0])[kind] + rng.normal(0, 0.01, count),
            "heating_slope_kw_per_degc": np.zeros(count),
            "event_kw": np.array([2.0, 0.5, 0.3])[kind] + rng.normal(0, 0.1, count),
            "variability": np.array([0.2, 0.3, 0.6])[kind] + rng.normal(0, 0.02, count),
            "mean_kwh_per_day": shapes.sum(axis=1),
            "weather_sensitive_share": np.array([0.5, 0.0, 0.0])[kind],
        }
    )
    normal = (days / days.sum(axis=2, keepdims=True)).astype(np.float32)
    return HomeData(shapes / shapes.sum(axis=1, keepdims=True), features, normal), kind


def cut(data: HomeData, method: str, k: int | str = 3, **options: object) -> Segmentation:
    return segment(data.shapes, k, 5, data.features, method=method, days=data.days, **options)  # type: ignore[arg-type]


# ---- conformance: every registered segmenter ----


@pytest.mark.parametrize("method", METHODS)
class TestEverySegmenter:
    def test_planted_kinds_are_found(self, method: str) -> None:
        data, kind = homes()
        result = cut(data, method)
        assert result.method == method and result.k == 3
        assert adjusted_rand_score(kind, result.labels) > 0.95
        assert result.stability_ari > 0.9

    def test_a_rerun_is_equal(self, method: str) -> None:
        data, _ = homes()
        one, two = cut(data, method, "auto"), cut(data, method, "auto")
        assert np.array_equal(one.labels, two.labels) and one.stability_ari == two.stability_ari
        pd.testing.assert_frame_equal(one.criteria, two.criteria)

    def test_the_order_of_homes_does_not_name_them(self, method: str) -> None:
        data, _ = homes()
        turned = np.arange(len(data.shapes))[::-1]
        features = data.features
        assert features is not None and data.days is not None
        back = HomeData(data.shapes[turned], features.iloc[turned].reset_index(drop=True), data.days[turned])
        one, two = cut(data, method, stability=False), cut(back, method, stability=False)
        assert adjusted_rand_score(one.labels[turned], two.labels) > 0.98

    def test_unread_homes_get_no_segment_and_change_nothing(self, method: str) -> None:
        data, _ = homes()
        assert data.features is not None and data.days is not None
        shapes = np.concatenate([data.shapes, np.full((2, 24), np.nan)])
        features = pd.concat([data.features, data.features.iloc[:2] * np.nan], ignore_index=True)
        days = np.concatenate([data.days, np.full((2, *data.days.shape[1:]), np.nan, np.float32)])
        one = cut(data, method, stability=False)
        two = segment(shapes, 3, 5, features, stability=False, method=method, days=days)
        assert two.labels[-2:].tolist() == [-1, -1]
        assert np.array_equal(two.labels[:-2], one.labels)

    def test_no_segment_is_too_small(self, method: str) -> None:
        data, _ = homes(150)
        for k in (5, 8, "auto"):
            result = cut(data, method, k, stability=False)
            assert result.sizes().min() >= SMALLEST_SEGMENT and result.sizes().sum() == 150
            assert len(result.names) == len(set(result.names)) == result.k

    def test_any_point_has_a_group_and_dissolving_one_leaves_the_rest(self, method: str) -> None:
        data, _ = homes()
        chosen = segmenter(method)
        points = chosen.points(data)
        groups = chosen.fit(points, 4, 1, 2)
        while groups.k > 1:
            labels = groups.assign(points)
            assert labels.min() >= 0 and labels.max() < groups.k
            fewer = groups.without(0)
            stayed = labels > 0
            assert fewer.k == groups.k - 1
            assert np.array_equal(fewer.assign(points)[stayed], labels[stayed] - 1)
            groups = fewer
        assert (groups.assign(points) == 0).all()

    def test_equal_homes_are_one_segment(self, method: str) -> None:
        data, _ = homes(60)
        assert data.features is not None and data.days is not None
        same = HomeData(
            np.repeat(data.shapes[:1], 60, axis=0),
            pd.concat([data.features.iloc[:1]] * 60, ignore_index=True),
            np.repeat(data.days[:1], 60, axis=0),
        )
        assert cut(same, method, "auto", stability=False).k == 1


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="kmeans, gaussian_mixture"):
        segmenter("k-means")


# ---- the dictionary, by hand ----


def test_adaptive_kmeans_worked_by_hand() -> None:
    # Three days: half-half twice over, and all in the second half. Two centres represent them exactly; the
    # threshold 0.25 forbids one centre: from (1/2, 1/2) the third day is 0.5 away in square, 0.5 > 0.25 x |c|^2.
    days = np.array([[0.5, 0.5], [0.5, 0.5], [0.0, 1.0]])
    one = days.mean(axis=0, keepdims=True)
    assert violating(days, one, np.zeros(3, np.int64), 0.25).tolist() == [True]
    centres = adaptive_kmeans(days, threshold=0.25, first_k=1)
    assert sorted(centres.tolist()) == [[0.0, 1.0], [0.5, 0.5]]
    # With a threshold that allows the distance, one centre is enough: |(0,1) - (1/3,2/3)|^2 = 2/9 = 0.4 |c|^2.
    assert len(adaptive_kmeans(days, threshold=0.41, first_k=1)) == 1
    assert len(adaptive_kmeans(days, threshold=0.39, first_k=1)) == 2


def test_merging_worked_by_hand() -> None:
    centres = np.array([[1.0, 0.0], [0.8, 0.2], [0.0, 1.0], [0.1, 0.9]])
    merged = merge(centres, np.array([3, 1, 1, 1]), 2)
    # Nearest pair first: the last two, to (0.05, 0.95); then the first two, 3 : 1, to (0.95, 0.05).
    np.testing.assert_allclose(merged, [[0.95, 0.05], [0.05, 0.95]])


def test_occupancy_and_entropy_worked_by_hand() -> None:
    centres = np.array([[1.0, 0.0], [0.0, 1.0]])
    nan = float("nan")
    days = np.array(
        [
            [[1, 0], [0.9, 0.1], [1, 0], [1, 0]],  # always the first
            [[1, 0], [0, 1], [1, 0], [0, 1]],  # half and half
            [[1, 0], [1, 0], [1, 0], [0, 1]],  # three to one
            [[0, 1], [nan, 1], [nan, nan], [nan, nan]],  # one complete day
            [[nan, nan]] * 4,
        ],
        dtype=np.float32,
    )
    mix = occupancy(days, centres)
    np.testing.assert_allclose(mix[:4], [[1, 0], [0.5, 0.5], [0.75, 0.25], [0, 1]])
    assert np.isnan(mix[4]).all()
    quarter = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) / np.log(2)
    np.testing.assert_allclose(entropy(mix)[:4], [0.0, 1.0, quarter, 0.0], atol=1e-12)


def test_every_day_is_within_the_threshold_of_its_shape() -> None:
    data, _ = homes(80)
    assert data.days is not None
    flat = data.days.reshape(-1, 24).astype(np.float64)
    centres = adaptive_kmeans(flat, threshold=0.2)
    labels = nearest(flat, centres)
    assert not violating(flat, centres, labels, 0.2).any()
    assert 3 < len(centres) < 100


def test_a_home_of_two_kinds_of_day_is_told_from_a_steady_one_with_the_same_mean() -> None:
    rng = np.random.default_rng(9)
    evening, night = EVENING / EVENING.sum(), NIGHT / NIGHT.sum()
    steady = np.broadcast_to((evening + night) / 2, (40, 12, 24))
    both = np.broadcast_to(np.where(np.arange(12)[:, None] % 2 == 0, evening, night), (40, 12, 24))
    days = np.concatenate([steady, both]) * rng.lognormal(0, 0.1, (80, 12, 24))
    days /= days.sum(axis=2, keepdims=True)
    shapes, kind = days.mean(axis=1), np.repeat([0, 1], 40)
    by_days = segment(shapes, 2, method="dictionary", days=days.astype(np.float32), stability=False)
    by_mean = segment(shapes, 2, stability=False)
    assert adjusted_rand_score(kind, by_days.labels) == 1.0
    assert adjusted_rand_score(kind, by_mean.labels) < 0.5
    found = learn(days.astype(np.float32), 8)
    assert found.entropy[40:].min() > found.entropy[:40].max()


# ---- the tree, k and seasons ----


def test_the_tree_splits_where_the_kinds_part() -> None:
    data, _ = homes()
    tree = FeatureTree()
    groups = tree.fit(tree.points(data), 3, 0, 1)
    assert {split.column for split in groups.splits} <= {0, 1, 2}  # type: ignore[attr-defined]
    assert len(groups.splits) == 2  # type: ignore[attr-defined]


def test_each_index_has_its_own_favourite_k() -> None:
    table = pd.DataFrame(
        {
            "k": [4, 5, 6],
            "silhouette": [0.3, 0.2, 0.1],
            "davies_bouldin": [1.2, 1.0, 1.1],
            "calinski_harabasz": [10.0, 11.0, 12.0],
        }
    )
    assert favourites(table) == {"silhouette": 4, "davies_bouldin": 5, "calinski_harabasz": 6}
    assert favourites(table.iloc[:0]) == {}


def test_season_stability_is_one_for_the_same_shapes_and_low_for_shuffled_ones() -> None:
    data, kind = homes()
    again, _ = homes(seed=3)
    assert season_stability(data.shapes, again.shapes, 3) == (1.0, 1.0)
    shuffled = data.shapes[np.random.default_rng(0).permutation(len(kind))]
    ari, kept = season_stability(data.shapes, shuffled, 3)
    assert ari < 0.1 and kept < 0.6
    assert np.isnan(season_stability(data.shapes[:20], again.shapes[:20], 3)).all()
