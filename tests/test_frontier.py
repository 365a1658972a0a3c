"""The frontier and the flip map, from hand-made values and through the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.schema.scenario import Scenario
from scenarios.sweeps.frontier import break_even, flip_map, frontier, sentences
from scenarios.sweeps.frontier_run import run_flip_map, run_frontier
from scenarios.sweeps.sweep_points import axis_of, grid


def values_of(levels: dict[str, list[float]], noise: float = 0.2, replications: int = 8) -> pd.DataFrame:
    """``levels``: mean of each arm at each point; noise is common to the arms of a replication, plus a little."""
    rng = np.random.default_rng(0)
    rows = []
    for point in range(len(next(iter(levels.values())))):
        common = rng.normal(0, 5 * noise, replications)
        for arm, means in levels.items():
            own = means[point] + common + rng.normal(0, noise, replications)
            rows += [{"point": point, "arm": arm, "replication": r, "event_reduction_kw": x} for r, x in enumerate(own)]
    return pd.DataFrame(rows)


def test_a_frontier_by_hand(small_scenario: Scenario) -> None:
    points = grid(small_scenario, [axis_of("budget=400,800,1600", small_scenario)])
    levels = {"none": [0, 0, 0], "untargeted": [10, 20, 30], "load_ranked": [14, 22, 30], "placebo": [10, 20, 30],
              "oracle": [18, 26, 30]}  # fmt: skip
    table = frontier(points, values_of(levels))
    row = table[(table["budget_usd"] == 400) & (table["arm"] == "load_ranked")].iloc[0]
    assert row["gain"] == pytest.approx(4.0, abs=0.3)
    assert row["oracle_share"] == pytest.approx(0.5, abs=0.06)
    last = table[(table["budget_usd"] == 1600) & (table["arm"] == "load_ranked")].iloc[0]
    assert np.isnan(last["oracle_share"])  # where the oracle gains nothing there is nothing to share
    stops = break_even(table).set_index("arm").loc["load_ranked"]
    assert stops.tolist() == [400.0, 800.0, 1600.0]
    assert "no longer at 1,600 USD" in sentences(table, break_even(table))[0]


def test_a_flip_map_says_who_is_ahead_and_when_nobody_is(small_scenario: Scenario) -> None:
    axes = [axis_of("ac.share=0.5,0.9", small_scenario), axis_of("contact_cost=4,10", small_scenario)]
    points = grid(small_scenario, axes)
    levels = {"untargeted": [10, 10, 10, 10], "load_ranked": [12, 14, 10, 8], "segment_targeted": [14, 12, 10, 8]}
    table = flip_map(points, values_of(levels))
    assert table["ahead"].tolist() == ["segments", "plain ranking", "not clear", "untargeted"]
    assert table["over_untargeted"].tolist() == pytest.approx([0.4, 0.2, 0.0, -0.2], abs=0.03)


def test_picking_the_best_segment_arm_is_no_advantage(small_scenario: Scenario) -> None:
    """Two arms of pure noise: the better one, judged on fresh replications, gains nothing on average."""
    points = grid(small_scenario, [axis_of("contact_cost=4,6,8,10,12,14,16,18", small_scenario)])
    levels = {a: [10.0] * 8 for a in ("untargeted", "load_ranked", "segment_targeted", "segment_absolute")}
    table = flip_map(points, values_of(levels, noise=1.0))
    assert abs(table["over_untargeted"].mean()) < 0.04


@pytest.mark.slow
def test_the_runs_leave_their_tables(small_scenario: Scenario, tmp_path: Path) -> None:
    arms = {"arms": ["none", "untargeted", "load_ranked", "segment_targeted", "oracle"]}
    small = small_scenario.with_(arms)
    found = run_frontier(small, "300,600", tmp_path / "frontier", workers=1)
    assert {"frontier.csv", "break_even.csv", "sweep.html"} <= {p.name for p in found.folder.iterdir()}
    assert len(found.table) == 2 * 4
    more = found.table.pivot(index="arm", columns="budget_usd", values="mean")
    assert (more[600.0] >= more[300.0] - 1e-9).all()
    flips = run_flip_map(small, ["contact_cost=4,20", "ac.share=0.6,0.95"], tmp_path / "flips", workers=1)
    assert len(pd.read_csv(flips.folder / "flip_map.csv")) == 4
    assert flips.text().count("contact_cost") >= 4
