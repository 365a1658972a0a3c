"""Intervals of the comparison: definitions checked against their own equations, and paired differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scenarios.loader import load_scenario
from scenarios.pipeline import RunResult
from scenarios.report.arms import arm as known
from scenarios.results.comparison import COLUMNS, compare, fieller, ratio_difference, simultaneous_gains, t_interval
from scenarios.results.metrics import RATIOS, UNITS


def test_fieller_ends_satisfy_their_equation() -> None:
    """Both ends r solve (y - r x)^2 = t^2 var(y - r x) / n, which defines Fieller's set."""
    x, y = np.array([8.0, 10.0, 12.0, 9.0, 11.0]), np.array([3.0, 5.5, 6.0, 3.5, 6.5])
    ratio, low, high = fieller(y, x)
    assert ratio == pytest.approx(24.5 / 50.0) and low < ratio < high
    for end in (low, high):
        left = y - end * x
        assert left.mean() ** 2 == pytest.approx(stats.t.ppf(0.975, 4) ** 2 * left.var(ddof=1) / 5)


def test_fieller_over_a_constant_is_the_t_interval() -> None:
    y = np.array([1.0, 2.0, 3.0])
    assert fieller(y, np.full(3, 10.0)) == pytest.approx([v / 10 for v in t_interval(y)])


def test_fieller_is_not_defined_where_the_denominator_spans_zero() -> None:
    spans = np.array([1.0, 2.0, -0.5, 0.2])
    assert t_interval(spans)[1] < 0.0 < t_interval(spans)[2]
    assert np.isnan(fieller(np.array([1.0, 2.0, 3.0, 4.0]), spans)).all()
    assert np.isnan(fieller(np.ones(3), np.zeros(3))).all()
    assert np.isfinite(fieller(np.array([1.0, 2.0, 3.0, 4.0]), spans + 10.0)).all()


def test_the_jackknife_of_means_is_the_t_interval() -> None:
    """With constant denominators the pseudo-values are the values, so the jackknife is plain Student-t."""
    a, b, ten = np.array([4.0, 6.0, 5.0, 9.0]), np.array([3.0, 4.0, 5.0, 4.0]), np.full(4, 10.0)
    assert ratio_difference(a, ten, b, ten) == pytest.approx([v / 10 for v in t_interval(a - b)])


def test_the_jackknife_covers() -> None:
    rng, hits = np.random.default_rng(4), 0
    for _ in range(600):
        x, z = rng.normal(20.0, 3.0, 12), rng.normal(20.0, 3.0, 12)
        _, low, high = ratio_difference(3.0 * x + rng.normal(0, 4, 12), x, 2.0 * z + rng.normal(0, 4, 12), z)
        hits += low <= 1.0 <= high
    assert 0.92 < hits / 600 < 0.98


def _values(arms: list[str], n: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    parts = {name for pair in RATIOS.values() for name in pair}
    names = sorted((UNITS.keys() - RATIOS.keys()) | parts)
    noise = 0.1 * rng.standard_normal((len(arms), n))  # first, so that a new metric does not redraw it
    common = 50.0 + 10.0 * rng.standard_normal((n, len(names)))
    return pd.DataFrame(
        [
            {"arm": arm, "replication": r} | dict(zip(names, common[r] + k + noise[k, r], strict=True))
            for k, arm in enumerate(arms)
            for r in range(n)
        ]
    )


def test_compare_pairs_replications() -> None:
    """Replications differ by 10, arms by 1 and a little noise: only a paired difference sees the 1."""
    values = _values(["none", "untargeted", "load_ranked"])
    table = compare(values, ["none", "untargeted", "load_ranked"]).set_index(["arm", "metric"])
    row = table.loc[("load_ranked", "peak_reduction_kw")]
    assert row["diff_ci_low"] < 1.0 < row["diff_ci_high"] and row["diff_ci_high"] - row["diff_ci_low"] < 1.0
    assert row["ci_high"] - row["ci_low"] > 8.0
    assert np.isnan(table.loc[("untargeted", "peak_reduction_kw"), "diff_vs_untargeted"])
    assert set(table.index.get_level_values("metric")) == set(UNITS)
    assert [*table.reset_index()[COLUMNS].columns] == COLUMNS


def test_without_a_reference_there_are_no_differences() -> None:
    table = compare(_values(["none", "load_ranked"]), ["none", "load_ranked"])
    assert table["diff_vs_untargeted"].isna().all() and table["mean"].notna().all()


def test_share_of_the_oracle_s_gain() -> None:
    arms = ["none", "untargeted", "load_ranked", "oracle"]
    table = compare(_values(arms), arms).set_index(["arm", "metric"])
    assert table.loc[("oracle", "oracle_gain_share_peak"), "mean"] == pytest.approx(1.0)
    assert table.loc[("load_ranked", "oracle_gain_share_peak"), "mean"] == pytest.approx(0.5, abs=0.1)
    same = _values(arms)
    rows = same["arm"] == "oracle"
    noise = np.random.default_rng(9).standard_normal(int(rows.sum()))
    same.loc[rows, "peak_reduction_kw"] = same.loc[same["arm"] == "untargeted", "peak_reduction_kw"].to_numpy() + noise
    unclear = compare(same, arms).set_index(["arm", "metric"])
    assert np.isnan(unclear.loc[("load_ranked", "oracle_gain_share_peak"), "mean"])


def test_simultaneous_intervals_are_wider() -> None:
    values = _values(["none", "untargeted", "a", "b", "c", "d"])
    many = simultaneous_gains(values, ["a", "b", "c", "d"])
    one = simultaneous_gains(values, ["a"])
    widths = [float((t["high"] - t["low"]).iloc[0]) for t in (many, one)]
    ratio = stats.t.ppf(1 - 0.0125 / 2, 5) / stats.t.ppf(0.975, 5)
    assert widths[0] / widths[1] == pytest.approx(ratio)


def test_the_closing_summary_calls_arms_as_the_report_does() -> None:
    arms = ["none", "untargeted", "segment_targeted", "oracle"]
    row = dict.fromkeys(("mean", "ci_low", "ci_high", "diff_vs_untargeted", "diff_ci_low", "diff_ci_high"), 1.5)
    metrics = ("peak_reduction_kw", "usd_per_kw", "event_reduction_kw")
    table = pd.DataFrame([{"arm": arm, "metric": metric, **row} for arm in arms for metric in metrics])
    scenario = load_scenario("heat_wave").with_({"arms": arms})
    said = RunResult(scenario, Path("r"), table, pd.DataFrame(), 1.0).summary_text().splitlines()
    at = next(number for number, line in enumerate(said) if line.startswith("arm "))
    assert [line.split("  ")[0] for line in said[at + 1 : at + 5]] == [known(arm).name for arm in arms]
    assert len({len(line) for line in said[at : at + 5]}) == 1, "columns stand below each other"
