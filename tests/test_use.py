"""Using it: starting a scenario, comparing two runs, and the same from Python."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from drsim.errors import ScenarioError
from scenarios.cli import app
from scenarios.commands.options import complete_scenario
from scenarios.commands.progress import progress_on_stderr, time_left
from scenarios.loader import bundled_names, load_scenario
from scenarios.pipeline import RunResult, run
from scenarios.results.compare_runs import compare_runs
from scenarios.schema.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def scenario(small_scenario: Scenario) -> Scenario:
    return small_scenario.with_({"arms": ["none", "untargeted", "segment_targeted"], "budget_usd": 300})


@pytest.fixture(scope="module")
def result(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run(scenario, out=tmp_path_factory.mktemp("use") / "a", workers=1)


def test_every_command_shows_an_example() -> None:
    """Add ``\\b`` and ``Examples:`` with a line ``drsim NAME ...`` to the docstring of a command that fails here."""
    for command in app.registered_commands:
        shown = invoke(str(command.name), "--help").stdout
        assert f"drsim {command.name}" in shown.split("Example", 1)[-1], command.name


def test_scenario_names_complete() -> None:
    assert complete_scenario("heat_w") == ["heat_wave"]
    assert complete_scenario("") == bundled_names()


def test_progress_tells_the_time_left_and_no_color_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert time_left(10.0, 2, 8) == ", about 40 s left"
    assert time_left(100.0, 1, 5) == ", about 8 min left"
    assert time_left(1.0, 0, 8) == time_left(0.1, 1, 8) == ""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    with progress_on_stderr(quiet=False) as progress:
        assert progress is not None
        progress(1, 2, "homes")
    assert "\x1b[3" not in capsys.readouterr().err, "a colour in spite of NO_COLOR"


def test_init_writes_a_scenario_that_checks(tmp_path: Path) -> None:
    file = tmp_path / "town.yaml"
    assert invoke("init", str(file), "--like", "winter_evening").exit_code == 0
    assert load_scenario(file).hash == load_scenario("winter_evening").hash
    assert file.read_text(encoding="utf-8").count("#") > 5, "comments stay"
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["title"] == "drsim scenario"
    again = invoke("init", str(file))
    assert again.exit_code == 2 and "--force" in again.stderr
    assert invoke("init", str(file), "--force").exit_code == 0
    assert load_scenario(file).hash == load_scenario("heat_wave").hash
    wrong = invoke("init", str(tmp_path / "x.yaml"), "--like", "heat_wav")
    assert wrong.exit_code == 2 and 'did you mean "heat_wave"' in wrong.stderr
    assert invoke("init", str(tmp_path / "x")).exit_code == 2


def test_two_runs_differ_as_their_tables_do(scenario: Scenario, result: RunResult, tmp_path: Path) -> None:
    more = run(scenario.with_({"programs.cool.incentive_usd_per_season": 10}), out=tmp_path / "b", workers=1)
    found = compare_runs(result.folder, more.folder)
    assert found.changed == {"programs.cool.incentive_usd_per_season": (40.0, 10.0)}
    row = found.table.set_index(["arm", "metric"]).loc[("untargeted", "event_reduction_kw")]
    sides = [pd.read_csv(r.folder / "replications.csv") for r in (result, more)]
    a, b = (
        t[(t["arm"] == "untargeted") & (t["metric"] == "event_reduction_kw")]["value"].to_numpy() for t in sides
    )
    assert row["difference"] == pytest.approx(np.mean(b - a))
    half = 12.706205 * np.std(b - a, ddof=1) / np.sqrt(2)  # Student-t with one degree of freedom
    assert row["ci_high"] - row["difference"] == pytest.approx(half, rel=1e-6)
    said = invoke("compare", str(result.folder), str(more.folder))
    assert said.exit_code == 0 and "incentive_usd_per_season: 40.0 in A, 10.0 in B" in said.stdout
    assert json.loads(invoke("compare", str(result.folder), str(more.folder), "--json").stdout)["differences"]


def test_a_run_equals_itself_and_strangers_are_refused(result: RunResult, tmp_path: Path) -> None:
    same = compare_runs(result.folder, result.folder)
    assert not same.changed and (same.table["difference"].fillna(0.0) == 0.0).all()
    assert "The two scenarios are the same." in same.summary_text()
    other = tmp_path / "other"
    shutil.copytree(result.folder, other)
    text = (other / "scenario.resolved.yaml").read_text(encoding="utf-8")
    (other / "scenario.resolved.yaml").write_text(text.replace("seed: 2024", "seed: 1"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"seed is 2024 in A and 1 in B.*--seed 2024"):
        compare_runs(result.folder, other)
    missing = invoke("compare", str(result.folder), str(tmp_path / "nowhere"))
    assert missing.exit_code == 2 and "is not the folder of a finished run" in missing.stderr


def test_a_result_answers_draws_and_tabulates(result: RunResult, tmp_path: Path) -> None:
    assert {"question", "answer", "folder", "arms"} <= set(result.summary())
    assert set(result.to_frame()["arm"]) == {"none", "untargeted", "segment_targeted"}
    drawing = result.plot.peak_day()
    drawing.save(tmp_path / "p.svg")
    assert (tmp_path / "p.svg").read_text(encoding="utf-8") == drawing.svg
    assert drawing.alt in (result.folder / "report.html").read_text(encoding="utf-8")
    assert "<svg" in drawing._repr_html_()


def test_a_script_without_a_main_guard_may_use_workers(tmp_path: Path) -> None:
    changes = "['season.end=2024-06-05','history_days=14','events.kind=none','arms=[none,untargeted]']"
    (tmp_path / "mine.py").write_text(
        "from drsim import load, run\n"
        f"made = run(load('heat_wave', {changes}, households=20, replications=2), out='r', workers=2)\n"
        "print(made.folder)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "r"), done.stderr


def test_the_stub_and_the_front_door_offer_the_same() -> None:
    import drsim

    stub = (ROOT / "drsim" / "__init__.pyi").read_text(encoding="utf-8")
    assert f"__all__ = {drsim.__all__}".replace("'", '"') in stub
    assert typer and drsim.Scenario is Scenario
