"""The evidence table and the two-sample check, on meters whose answer is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.evidence import meters as m
from scenarios.evidence import table
from scenarios.evidence.facts import Fact, within
from scenarios.evidence.two_sample import WEEK, home_weeks, two_sample, week_features, whole_weeks


def toy(homes: int, seed: int, night_spread: float = 0.1, days: int = 365) -> m.Meters:
    """Homes with a level, a habitual evening and noise; only ``night_spread`` is a matter of side."""
    dice = np.random.default_rng(seed)
    index = pd.date_range("2013-01-01", periods=48 * days, freq="30min", tz="UTC")
    level = np.exp(0.5 * dice.normal(size=(homes, 1)))
    hour = (np.arange(48 * days) % 48) / 2.0
    evening = np.exp(-0.5 * ((hour[None] - 19.0 - dice.normal(size=(homes, 1))) / 2.0) ** 2)
    noise = np.exp(np.where(hour < 6.0, night_spread, 0.4) * dice.normal(size=(homes, 48 * days)))
    return m.Meters.of((level * (0.2 + evening) * noise).astype(np.float32), index, "Europe/London")


def test_whole_weeks_leave_out_the_weeks_of_the_clock_change() -> None:
    meters = toy(2, 0)
    weeks = whole_weeks(meters)
    assert len(weeks) == 51 - 2  # 51 Mondays with a whole week behind them, two weeks of 334 and 338 half hours
    for week in weeks:
        assert week.stop - week.start == WEEK
        assert (meters.date[week.start].astype("int64") + 3) % 7 == 0
        assert meters.hour[week.start] == 0


def test_a_week_with_a_gap_is_not_used() -> None:
    meters = toy(3, 0)
    meters.kw[1, 100::336] = np.nan
    assert set(home_weeks(meters)[1]) == {0, 2}


def test_features_of_a_known_week() -> None:
    flat = np.full((1, 7, 48), 0.5, np.float32)
    flat[0, :, 38] = 1.0
    f = week_features(flat).iloc[0]
    assert f["peak_hour"] == 19.0
    assert f["autocorrelation_48"] == pytest.approx(1.0)
    assert f["night_roughness"] == 0.0
    assert f["q50_over_mean"] == pytest.approx(48 / 49, rel=1e-6)
    assert f["weekend_over_weekday"] == pytest.approx(1.0)


def test_alike_homes_are_not_told_apart_and_a_planted_difference_is_found() -> None:
    real = toy(60, 1)
    alike = two_sample(real, toy(60, 2), halves=1)
    assert alike.auc < 0.65
    told = two_sample(real, toy(60, 3, night_spread=0.02), halves=1)
    assert told.auc > 0.95
    assert told.tells["feature"].iloc[0] == "night_roughness"


def test_shape_clusters_of_two_kinds_of_day() -> None:
    """Every home alternates between two shapes: two clusters explain all, and its entropy is ln 2 / ln 2."""
    kw = np.zeros((4, 48 * 200), np.float32)
    for day in range(200):
        kw[:, 48 * day + (20 if day % 2 else 40)] = 1.0
    index = pd.date_range("2013-11-01", periods=kw.shape[1], freq="30min", tz="UTC")
    r2, entropy = m.shape_clusters(m.Meters.of(kw, index, "UTC"), 2)
    assert r2 == pytest.approx(1.0)
    assert entropy == pytest.approx(1.0, abs=1e-3)


def test_verdicts() -> None:
    assert Fact(1, "x", 1.0, 0.1, 1.1, None, "fitted").verdict == "pass"
    assert Fact(1, "x", 1.0, 0.1, 1.11, None, "fitted").verdict == "FAIL"
    assert Fact(1, "x", 1.0, float("inf"), 9.0, None, "related").verdict == "shown"
    assert within(18, "x", 0.6, 0.95, 0.61, "predicted").passes
    assert not within(18, "x", 0.6, 0.95, 0.59, "predicted").passes
    assert Fact(1, "x", 1.0, 0.1, float("nan"), None, "fitted").verdict == "FAIL"


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (2.0, 1)])
def test_a_required_miss_fails_the_command(value: float, code: int, monkeypatch: Any, tmp_path: Path) -> None:
    row = lambda: [Fact(1, "x | y", 1.0, 0.5, value, None, "fitted", "a source", 0.9, 1.1)]  # noqa: E731
    monkeypatch.setattr(table, "ROWS", {1: row})
    monkeypatch.setattr("scenarios.evidence.page.write_page", lambda *a: None)
    assert table.run_evidence((), tmp_path / "out") == code
    written = pd.read_csv(tmp_path / "out" / "evidence.csv")
    assert list(written["verdict"]) == ["pass" if code == 0 else "FAIL"]
    assert "| 1 | x" in (tmp_path / "out" / "evidence.md").read_text()
    assert table.run_evidence((2,)) == 2
