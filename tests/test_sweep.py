"""Sweeps: what is varied, shared counterfactuals, resuming, tidy tables, what is said."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from drsim.errors import ScenarioError
from scenarios.cli import app
from scenarios.loader import load_scenario
from scenarios.running.histories import HistoryCut, HistoryPlan
from scenarios.running.replication import run_replication
from scenarios.running.shards import Arrays, living
from scenarios.running.shared import sharing, world_key
from scenarios.schema.scenario import Scenario
from scenarios.sweeps import sweep as sweeping
from scenarios.sweeps.sweep import SweepResult, run_sweep
from scenarios.sweeps.sweep_points import axis_of, grid, one_at_a_time
from scenarios.sweeps.sweep_report import findings


@pytest.fixture(scope="module")
def scenario(small_scenario: Scenario) -> Scenario:
    return small_scenario.with_({"arms": ["none", "untargeted", "load_ranked", "segment_targeted"], "budget_usd": 250})


def test_values_are_read_as_people_write_them() -> None:
    scenario = load_scenario("heat_wave")
    assert axis_of("incentive=10,25", scenario).keys == ("programs.cool.incentive_usd_per_season",)
    assert axis_of("rebate=1,2", scenario).keys == ("programs.rebate.usd_per_kwh",)
    assert axis_of("segments=4..7", scenario).values == (4, 5, 6, 7)
    assert axis_of("ac.share=0.5..0.9/3", scenario) == axis_of("ac.share=0.5,0.7,0.9", scenario)
    assert axis_of("ac.share=0.5,0.7", scenario).keys == ("parameters.ac.share",)
    assert axis_of("window=16:00-19:00,17:00-20:00", scenario).values == ("16:00-19:00", "17:00-20:00")
    assert not axis_of("window=16:00-19:00,17:00-20:00", scenario).numeric
    for text, words in {
        "incentive": 'is not "NAME=VALUES"',
        "incentiv=1,2": 'did you mean "incentive"',
        "ac.share=0.5..0.9": "needs its number of values",
        "segments=7..4": "4 is not above 7",
        "segments=4,4": "holds a value twice",
        "offset_of_nothing.x=1": "neither a key nor a parameter",
    }.items():
        with pytest.raises(ScenarioError, match=words):
            axis_of(text, scenario)
    with pytest.raises(ScenarioError, match=r"--vary take_up.*less than or equal to 1|expected"):
        grid(scenario, [axis_of("take_up=0.1,7", scenario)])


def test_a_grid_is_every_combination_and_a_star_is_not() -> None:
    scenario = load_scenario("heat_wave")
    axes = [axis_of("budget=3000,6000", scenario), axis_of("segments=4..6", scenario)]
    assert len(grid(scenario, axes)) == 6 and len(one_at_a_time(scenario, axes)) == 6
    assert one_at_a_time(scenario, axes)[0].scenario.hash == scenario.model_copy(update={"what_ifs": {}}).hash


def test_played_back_worlds_give_the_same_to_the_bit(scenario: Scenario) -> None:
    """The counterfactual of another incentive, budget or number of segments is the same world; of more heat not."""
    other = scenario.with_({"programs.cool.incentive_usd_per_season": 90.0, "targeting.segments": 4})
    alone = run_replication(other, 1)
    with sharing() as store:
        run_replication(scenario, 1)
        assert store.played == 0
        again = run_replication(other, 1)
        assert store.played == alone.world.clock.days
        for arm, values in alone.metrics.items():  # what is not defined is NaN in both
            assert np.array_equal(list(again.metrics[arm].values()), list(values.values()), equal_nan=True), arm
        assert np.array_equal(again.world.population.homes, alone.world.population.homes)
        run_replication(scenario.with_({"weather.warmer_degc": 1.0}), 1)
        assert store.played == alone.world.clock.days, "another climate is another world"
    assert world_key(scenario, 0) != world_key(scenario, 1)


@pytest.fixture(scope="module")
def result(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    axes = [axis_of("budget=150,350", scenario), axis_of("segments=2,3", scenario)]
    return run_sweep(scenario, axes, grid(scenario, axes), tmp_path_factory.mktemp("sweep") / "s", workers=1)


def test_the_table_is_tidy_and_equals_plain_runs(result: SweepResult, scenario: Scenario) -> None:
    read = pd.read_parquet(result.folder / "sweep.parquet")
    assert list(read.columns[:5]) == ["point", "budget", "segments", "arm", "metric"]
    assert read["point"].nunique() == 4 and not read.duplicated(["point", "arm", "metric"]).any()
    row = read[(read["point"] == 2) & (read["arm"] == "untargeted") & (read["metric"] == "event_reduction_kw")].iloc[0]
    plain = scenario.with_({"budget_usd": 350, "targeting.segments": 2})
    both = [run_replication(plain, r).metrics["untargeted"]["event_reduction_kw"] for r in range(2)]
    assert (row["budget"], row["segments"]) == (350, 2) and row["mean"] == pytest.approx(np.mean(both))
    page = (result.folder / "sweep.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org", "") and "<svg" in page
    assert {p.stem for p in (result.folder / "figures").iterdir()} == {"surface", "tornado"}


def test_an_interrupted_sweep_goes_on(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    axes = [axis_of("heat=0,1", scenario)]
    points = grid(scenario.with_({"replications": 1}), axes)
    real, calls = sweeping.run_task, []

    def breaks(task: Any, keep: Path | None) -> pd.DataFrame:
        calls.append(task)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(task, keep)

    monkeypatch.setattr(sweeping, "run_task", breaks)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(scenario, axes, points, tmp_path / "s", workers=1)
    assert len(list((tmp_path / "s.partial" / "finished").rglob("*.rows"))) == 1
    done = run_sweep(scenario, axes, points, tmp_path / "s", workers=1, resume=True)
    assert len(calls) == 3, "only the unfinished world is run again"
    fresh = run_sweep(scenario, axes, points, tmp_path / "t", workers=1)
    pd.testing.assert_frame_equal(done.table, fresh.table)
    assert (tmp_path / "s" / "figures" / "curves.svg").is_file()
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / "mine.txt").touch()
    with pytest.raises(ScenarioError, match="holds something else"):
        run_sweep(scenario, axes, points, tmp_path / "u", workers=1)


def test_what_a_sweep_kept_is_read_back_by_shard_and_only_whole(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    axes = [axis_of("heat=0,1", scenario)]
    points = grid(scenario.with_({"replications": 1}), axes)
    real, lived = HistoryPlan.live, []

    def breaks(plan: HistoryPlan, cut: HistoryCut) -> Arrays:
        lived.append(cut.piece)
        if len(lived) == 5:
            raise KeyboardInterrupt
        return real(plan, cut)

    monkeypatch.setattr(HistoryPlan, "live", breaks)
    with living(homes=30), pytest.raises(KeyboardInterrupt):
        run_sweep(scenario, axes, points, tmp_path / "s", workers=1)
    kept = sorted((tmp_path / "s.partial" / "finished").rglob("*.*"))
    assert [path.suffix for path in kept if path.is_file()] == [".rows", ".shard"]
    rows = next(path for path in kept if path.suffix == ".rows")
    rows.write_bytes(rows.read_bytes()[:-9])  # damaged: its world is run again
    with living(homes=30):
        done = run_sweep(scenario, axes, points, tmp_path / "s", workers=1, resume=True)
    assert len(lived) == 5 + 3 + 2
    monkeypatch.undo()
    fresh = run_sweep(scenario, axes, points, tmp_path / "t", workers=1)
    pd.testing.assert_frame_equal(done.values, fresh.values, check_exact=True)
    assert not list(tmp_path.rglob("*.shard"))


def test_findings_say_where_a_verdict_flips(result: SweepResult, scenario: Scenario) -> None:
    axis = axis_of("budget=100,200,300", scenario)
    rows = []
    for point, gain in enumerate([5.0, 5.1, 0.0]):
        for replication, noise in enumerate([-0.5, 0.0, 0.5]):
            for arm, value in {"untargeted": 10.0, "segment_targeted": 10.0 + gain + noise}.items():
                rows.append({"point": point, "arm": arm, "replication": replication, "event_reduction_kw": value})
    table = pd.DataFrame({"point": [0, 1, 2], "budget": [100, 200, 300], "arm": "segment_targeted"})
    made = SweepResult(scenario, Path("x"), (axis,), table, pd.DataFrame(rows))
    said = " ".join(findings(made))
    assert "clearly more in 2, clearly less in 0, no clear difference in 1" in said
    assert "From budget = 300 on: no clear difference from untargeted." in said
    assert len(findings(result)) >= 4


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    shared = ["--set", "season.end=2024-06-20", "--set", "arms=[untargeted,segment_targeted]", "--quiet"]
    small = ["--households", "40", "--replications", "2", "--workers", "1", "--json"]
    made = CliRunner().invoke(
        app, ["sweep", "heat_wave", "--vary", "budget=200,400", "--out", str(tmp_path / "s"), *shared, *small]
    )
    assert made.exit_code == 0 and json.loads(made.stdout)["points"] == 2, made.stderr
    nothing = CliRunner().invoke(app, ["sweep", "heat_wave"])
    assert nothing.exit_code == 2 and "nothing to vary" in nothing.stderr


@pytest.mark.skipif(importlib.util.find_spec("SALib") is None, reason="SALib (extra: sensitivity) is not installed")
def test_morris_finds_what_matters(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a planted response, y = 3 a + 0 b, the elementary effects of a are 3 and of b are 0."""
    from scenarios.sweeps import sensitivity

    def planted(points: Any, *_: Any) -> pd.DataFrame:
        rows = []
        for p in points:
            gain = 3.0 * float(p.settings["cut_mean"]) + 0.0 * float(p.settings["attention_mean"])
            rows += [{"point": p.number, "arm": a, "replication": 0, "event_reduction_kw": v}
                     for a, v in {"untargeted": 1.0, "segment_targeted": 1.0 + gain}.items()]  # fmt: skip
        return pd.DataFrame(rows)

    monkeypatch.setattr(sensitivity, "run_points", planted)
    axes = [axis_of(t, scenario) for t in ("cut_mean=0.2..0.5/2", "attention_mean=0.4..0.7/2")]
    found = sensitivity.screen(scenario, axes, "morris", 4).set_index("name")
    assert found["mu_star"]["cut_mean"] == pytest.approx(3.0 * 0.3) and found["mu_star"]["attention_mean"] == 0.0
