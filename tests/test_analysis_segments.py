"""Load shapes, features and segments: planted truths are found, gaps are respected, reruns are equal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from analysis.segments.labels import name_segments
from analysis.segments.segmentation import Segmentation, segment
from analysis.shapes.load_shapes import LoadShapes
from analysis.shapes.weather_response import DESIGN_QUANTILE

DAYS = 56


def bump(begin: int, end: int, height: float, base: float = 0.3) -> NDArray[np.float64]:
    shape = np.full(24, base)
    shape[begin:end] = height
    return shape


PLANTED = np.stack([bump(17, 22, 2.0), bump(10, 15, 1.5), np.full(24, 0.5), bump(0, 5, 2.5)])


def planted_shapes(homes: int = 400, noise: float = 0.15) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Homes of four kinds (40, 30, 20, 10 %) with multiplicative noise; normalised shapes and the kinds."""
    rng = np.random.default_rng(7)
    kind = rng.choice(4, size=homes, p=[0.4, 0.3, 0.2, 0.1])
    kw = PLANTED[kind] * rng.lognormal(0.0, noise, (homes, 24)) * rng.lognormal(0.0, 0.6, (homes, 1))
    return kw / kw.sum(axis=1, keepdims=True), kind


def accumulate(
    kwh: NDArray[np.float32], degc: NDArray[np.float64] | None = None, event_hours: tuple[int, int] = (16, 19)
) -> LoadShapes:
    """``kwh`` (days, homes, 24); the day's mean is taken 7 degC below its maximum."""
    shapes = LoadShapes(kwh.shape[1], event_hours)
    for day, hourly in enumerate(kwh):
        high = float("nan") if degc is None else float(degc[day])
        shapes.add_day(hourly, day % 7 < 5, high - 7.0, high)
    return shapes


# ---- segments ----


def test_planted_segments_are_found() -> None:
    shapes, kind = planted_shapes()
    result = segment(shapes, "auto", random_state=3)
    assert result.k == 4
    assert adjusted_rand_score(kind, result.labels) > 0.99
    assert result.stability_ari > 0.95
    assert result.sizes().tolist() == sorted(result.sizes().tolist(), reverse=True)
    assert set(result.names) == {"evening peak", "midday", "flat", "night use (possible EV)"}
    assert result.criteria["k"].tolist() == [4, 5, 6, 7, 8, 9, 10]
    assert result.criteria["chosen"].tolist() == [True] + [False] * 6


def test_a_rerun_is_equal_and_homes_without_reads_change_nothing() -> None:
    shapes, _ = planted_shapes(200)
    first = segment(shapes, "auto", random_state=3)
    again = segment(shapes, "auto", random_state=3)
    assert np.array_equal(first.labels, again.labels)
    assert np.array_equal(first.centres, again.centres)
    assert first.stability_ari == again.stability_ari
    unread = np.full((1, 24), np.nan)
    more = segment(np.concatenate([unread, shapes, unread]), "auto", random_state=3)
    assert more.labels[[0, -1]].tolist() == [-1, -1]
    assert np.array_equal(more.labels[1:-1], first.labels)


def test_a_large_population_is_fitted_on_a_sample_and_assigned_in_full() -> None:
    shapes, kind = planted_shapes(50_000, noise=0.05)
    result = segment(shapes, 4, random_state=1, stability=False)
    assert adjusted_rand_score(kind, result.labels) > 0.99
    assert np.isnan(result.stability_ari)


@pytest.mark.parametrize(
    ("shapes", "k"),
    [
        (np.full((5, 24), np.nan), 0),  # nothing to read
        (np.full((30, 24), 1 / 24), 1),  # all alike
        (np.repeat(PLANTED[:2], 20, axis=0), 2),  # two kinds, exactly
        (np.repeat(PLANTED[:2], [30, 5], axis=0), 1),  # five homes are merged into the thirty
        (PLANTED, 1),  # four homes are not four segments
    ],
)
def test_few_or_equal_homes(shapes: NDArray[np.float64], k: int) -> None:
    result = segment(shapes, "auto", random_state=0)
    assert result.k == k == len(result.centres) == len(result.names)


def test_centres_are_the_means_of_their_homes() -> None:
    shapes, _ = planted_shapes(150)
    result = segment(shapes, 5, random_state=0)
    for index in range(result.k):
        np.testing.assert_allclose(result.centres[index], shapes[result.labels == index].mean(axis=0))


@pytest.mark.parametrize("k", [0, -3])
def test_a_wrong_k_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        segment(np.full((30, 24), 1 / 24), k)


# ---- names ----


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        (bump(17, 21, 2.0), "evening peak"),
        (bump(21, 24, 2.0), "late evening"),
        (bump(10, 15, 2.0), "midday"),
        (bump(6, 9, 2.0), "morning peak"),
        (bump(1, 5, 2.0), "night use (possible EV)"),
        (np.full(24, 0.7), "flat"),
        (np.zeros(24), "flat"),
        (np.maximum(bump(6, 9, 1.8), bump(17, 21, 2.0)), "morning and evening"),
    ],
)
def test_a_name_says_what_the_profile_shows(centre: NDArray[np.float64], name: str) -> None:
    assert name_segments(centre[None, :]) == [name]
    assert name_segments(centre[None, :] * 40.0) == [name]  # units do not matter


def test_names_are_distinct_and_mention_cooling_and_heating() -> None:
    centres = np.stack([bump(17, 21, 2.0), bump(17, 21, 2.1), bump(17, 21, 2.2), bump(18, 22, 2.0)])
    means = pd.DataFrame(
        {
            "weather_sensitive_share": [0.5, 0.4, np.nan, np.nan],
            "cooling_slope_kw_per_degc": [0.2, 0.0, np.nan, np.nan],
            "heating_slope_kw_per_degc": [0.0, 0.1, np.nan, np.nan],
            "mean_kwh_per_day": [30.0, 20.0, 11.0, 11.0],
        }
    )
    names = name_segments(centres, means)
    assert names[0] == "evening peak with cooling"
    assert names[1] == "evening peak with electric heating"
    assert names[2] != names[3]
    assert len(set(name_segments(np.repeat(centres[:1], 5, axis=0)))) == 5


# ---- features ----


def test_features_of_a_home_worked_by_hand() -> None:
    # 0.5 kW all day, 1.5 kW in the three event hours: 12 + 3 = 15 kWh a day; night 6 x 0.5 / 15 = 0.2.
    day = np.full((1, 24), 0.5, np.float32)
    day[0, 16:19] = 1.5
    row = accumulate(np.repeat(day[None], 14, axis=0)).features().iloc[0]
    assert row["mean_kwh_per_day"] == 15.0
    assert row["event_kw"] == row["hot_event_kw"] == 1.5
    assert row["base_kw"] == 0.5
    assert row["peak_hour_kwh"] == 1.5
    assert row["night_share"] == pytest.approx(0.2)
    assert row["variability"] == pytest.approx(0.0, abs=1e-6)
    assert row["coverage"] == 1.0
    assert np.isnan(row["weather_sensitive_share"])  # no temperature was given


def cooling_homes(slopes: list[float], noise_kw: float) -> tuple[LoadShapes, NDArray[np.float64]]:
    """Homes at 1 kW, plus ``slope`` kW per degC of the day's maximum above 24, plus noise."""
    rng = np.random.default_rng(11)
    degc = rng.uniform(18.0, 38.0, DAYS)
    kw = 1.0 + np.array(slopes)[None, :] * np.maximum(0.0, degc - 24.0)[:, None]
    kwh = np.repeat(kw[:, :, None], 24, axis=2) + rng.normal(0.0, noise_kw, (DAYS, len(slopes), 24))
    workdays = np.arange(DAYS) % 7 < 5
    return accumulate(np.maximum(kwh, 0.0).astype(np.float32), degc), degc[workdays]


def test_a_planted_cooling_slope_is_recovered() -> None:
    shapes, degc = cooling_homes([0.2, 0.1], noise_kw=0.05)
    table = shapes.features()
    assert table["balance_degc"].tolist() == [24.0, 24.0]
    assert table["cooling_slope_kw_per_degc"].to_numpy() == pytest.approx([0.2, 0.1], rel=0.05)
    driven = 0.2 * (np.quantile(degc, DESIGN_QUANTILE) - 24.0)
    assert table["hot_event_kw"].iloc[0] == pytest.approx(1.0 + driven, rel=0.03)
    assert table["weather_sensitive_share"].iloc[0] == pytest.approx(driven / (1.0 + driven), rel=0.05)


def test_noise_does_not_score() -> None:
    table = cooling_homes([0.0] * 500, noise_kw=0.6)[0].features()
    share = table["weather_sensitive_share"]
    assert (share == 0.0).mean() > 0.9
    assert share.mean() < 0.01


def test_a_heating_home_heats_when_it_is_cold() -> None:
    rng = np.random.default_rng(5)
    high = rng.uniform(3.0, 22.0, DAYS)
    kw = 0.5 + 0.1 * np.maximum(0.0, 13.0 - (high - 7.0))
    kwh = np.repeat(kw[:, None], 24, axis=1)[:, None, :].astype(np.float32)
    row = accumulate(kwh, high).features().iloc[0]
    assert row["balance_degc"] == 13.0
    assert row["heating_slope_kw_per_degc"] == pytest.approx(0.1, rel=0.01)
    assert row["cooling_slope_kw_per_degc"] == 0.0
    assert row["weather_sensitive_share"] > 0.6


# ---- gaps, shapes, size ----


def test_gaps_leave_means_alone_and_a_half_read_home_has_no_shape() -> None:
    kwh = np.ones((DAYS, 3, 24), np.float32)
    kwh[::5, 1, 7] = np.nan
    kwh[: DAYS // 2 + 4, 2, :] = np.nan
    shapes = accumulate(kwh)
    table, shape = shapes.features(), shapes.shapes()
    assert table["mean_kwh_per_day"].tolist() == [24.0, 24.0, 24.0]
    assert table["coverage"].to_numpy() == pytest.approx([1.0, 1 - 12 / (24 * 56), 24 / 56])
    np.testing.assert_allclose(shape[:2], 1 / 24)
    assert np.isnan(shape[2]).all()
    np.testing.assert_allclose(shapes.shapes(normalised=False)[:2], 1.0)


def test_a_home_never_read_is_unknown_not_zero() -> None:
    shapes = accumulate(np.full((14, 1, 24), np.nan, np.float32), np.full(14, 30.0))
    row = shapes.features().iloc[0]
    assert row["coverage"] == 0.0
    assert row[["mean_kwh_per_day", "event_kw", "hot_event_kw", "base_kw"]].isna().all()
    assert np.isnan(shapes.shapes()).all()


def test_a_home_that_uses_nothing_has_no_normalised_shape() -> None:
    shapes = accumulate(np.zeros((14, 1, 24), np.float32))
    assert np.isnan(shapes.shapes()).all()
    assert (shapes.shapes(normalised=False) == 0.0).all()


def test_the_short_daylight_saving_day_counts_as_whole() -> None:
    kwh = np.ones((7, 1, 24), np.float32)
    kwh[2, 0, 2] = np.nan
    assert accumulate(kwh).features()["variability"].iloc[0] == pytest.approx(0.016, abs=0.002)


def test_wrong_sizes_are_refused() -> None:
    shapes = LoadShapes(2, (16, 19))
    with pytest.raises(ValueError, match="hourly_kwh has shape"):
        shapes.add_day(np.zeros((3, 24), np.float32), True, 20.0, 25.0)
    with pytest.raises(ValueError, match="event_hours"):
        LoadShapes(2, (19, 16))
    with pytest.raises(ValueError, match="homes"):
        LoadShapes(0, (16, 19))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.95))
def test_any_reads_give_features_in_range(seed: int, gaps: float) -> None:
    rng = np.random.default_rng(seed)
    kwh = rng.gamma(0.5, 1.0, (20, 8, 24)).astype(np.float32)
    kwh[rng.uniform(size=kwh.shape) < gaps] = np.nan
    shapes = accumulate(kwh, rng.normal(25, 8, 20))
    table = shapes.features()
    for column in ("weather_sensitive_share", "night_share", "coverage"):
        assert table[column].dropna().between(0.0, 1.0).all()
    for column in ("mean_kwh_per_day", "hot_event_kw", "cooling_slope_kw_per_degc", "variability"):
        assert (table[column].dropna() >= 0.0).all()
    shape = shapes.shapes()
    known = ~np.isnan(shape).any(axis=1)
    np.testing.assert_allclose(shape[known].sum(axis=1), 1.0)
    assert isinstance(segment(shape, "auto", stability=False), Segmentation)
