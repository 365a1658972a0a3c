"""The command line: what it prints where, its exit codes, and that it starts quickly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drsim.errors import DataError, DrsimError
from scenarios.cli import app, main
from scenarios.commands.schema import schema_text

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "numpy",
    "pandas",
    "sklearn",
    "numba",
    "scipy",
    "matplotlib",
    "mesa",
    "pydantic",
    "ruamel",
    "rich",
    "pvlib",
)


class Result:
    """Stands for a finished run."""

    folder = Path("runs/x")

    def summary_text(self) -> str:
        return "The answer: 12.3 kW more (95 % interval 4.1 to 20.5)."

    def summary(self) -> dict[str, Any]:
        return {"answer_kw": 12.3, "usd_per_kw": float("nan"), "folder": self.folder}


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Put a function in the place of ``scenarios.pipeline.run_scenario``."""

    def put(function: Callable[..., Any]) -> None:
        stand_in = types.ModuleType("scenarios.pipeline")
        stand_in.run_scenario = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "scenarios.pipeline", stand_in)

    return put


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys; from scenarios.cli import app\n"
        "try:\n    app(['--help'], prog_name='drsim')\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "Usage: drsim [OPTIONS] COMMAND" in result.stdout
    assert result.stderr.strip() == "[]"


def test_the_front_door_is_light_and_lazy() -> None:
    code = (
        "import sys, drsim\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], 'load' in dir(drsim))\n"
        "print(drsim.load('heat_wave').name)\n"
        "try:\n    drsim.nothing\nexcept AttributeError as error: print(error)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    lines = result.stdout.splitlines()
    assert lines[:2] == ["[] True", "heat_wave"], result.stderr
    assert lines[2].startswith(
        "module 'drsim' has no attribute 'nothing'; it offers DemandResponseModel, RunResult, Scenario, home, load"
    )


@pytest.mark.parametrize("room", ["analysis", "scenarios", "simulator"])
def test_a_file_that_hides_a_room_is_named(tmp_path: Path, room: str) -> None:
    (tmp_path / f"{room}.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text(
        f"import sys\nsys.path.append({str(ROOT)!r})\nfrom drsim import load\n", encoding="utf-8"
    )
    result = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert f"{room}.py hides drsim's own package '{room}'; rename that file" in result.stderr


def test_run_prints_the_answer_and_where_the_report_is(
    pipeline: Callable[[Callable[..., Any]], None],
) -> None:
    called: dict[str, Any] = {}

    def run_scenario(scenario: Any, **how: Any) -> Result:
        called.update(how, scenario=scenario)
        how["progress"](1, 2, "replication 1")
        how["progress"](1, 2, "replication 1")
        return Result()

    pipeline(run_scenario)
    options = ["--seed", "3", "--households", "40", "--replications", "2", "--workers", "2"]
    result = invoke("run", "heat_wave", *options, "--set", "budget_usd=500", "--out", "mine")
    assert result.exit_code == 0
    assert result.stdout == f"{Result().summary_text()}\nReport: {Path('runs/x/report.html')}\n"
    assert result.stderr == "[1/2] replication 1\n"
    scenario = called["scenario"]
    assert (scenario.seed, scenario.population.households, scenario.replications) == (3, 40, 2)
    assert (scenario.budget_usd, called["out"], called["workers"]) == (500.0, Path("mine"), 2)


def test_run_json_is_strict_and_quiet_is_quiet(pipeline: Callable[[Callable[..., Any]], None]) -> None:
    called: dict[str, Any] = {}
    pipeline(lambda scenario, **how: called.update(how, scenario=scenario) or Result())
    result = invoke("run", "heat_wave", "--json", "--quiet", "--what-if", "doubled_incentive")
    assert json.loads(result.stdout) == {"answer_kw": 12.3, "usd_per_kw": None, "folder": str(Path("runs/x"))}
    assert result.stderr == ""
    assert called["progress"] is None and called["out"] is None and called["workers"] is None
    assert called["scenario"].name == "heat_wave-doubled_incentive"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DrsimError("the disk is full"), 1, "drsim: the disk is full\n"),
        (DataError("x.epw has no temperature"), 3, "drsim: x.epw has no temperature\n"),
        (KeyboardInterrupt(), 130, "drsim: interrupted\n"),
    ],
)
def test_errors_become_exit_codes_without_a_traceback(
    pipeline: Callable[[Callable[..., Any]], None], error: BaseException, code: int, words: str
) -> None:
    def run_scenario(scenario: Any, **how: Any) -> Result:
        raise error

    pipeline(run_scenario)
    result = invoke("run", "heat_wave", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", words)


def test_an_interrupt_outside_a_command_is_130_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scenarios.cli.app", interrupted)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 130


def test_list_names_every_bundled_scenario_with_its_question() -> None:
    lines = invoke("list").stdout.splitlines()
    assert any(line.startswith("heat_wave ") and line.endswith("?") for line in lines)
    assert {"heat_wave", "null_case"} <= {row["name"] for row in json.loads(invoke("list", "--json").stdout)}


def test_check_writes_out_every_default() -> None:
    result = invoke("check", "heat_wave", "--set", "seed=5")
    assert result.exit_code == 0
    assert "\nseed: 5\n" in result.stdout and "\nhistory_days: 56\n" in result.stdout
    checked = json.loads(invoke("check", "heat_wave", "--what-if", "doubled_incentive", "--json").stdout)
    assert checked["scenario"]["programs"]["cool"]["incentive_usd_per_season"] == 80.0


def test_the_shipped_schema_is_fresh(tmp_path: Path) -> None:
    """After changing a key, run ``drsim schema --out scenarios/schema.json``."""
    assert (ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8") == schema_text()
    assert invoke("schema").stdout == schema_text()
    assert invoke("schema", "--out", str(tmp_path / "s.json")).exit_code == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == schema_text()
    assert invoke("schema", "--out", str(tmp_path / "no" / "s.json")).exit_code == 2


def test_every_key_has_a_description_for_editors() -> None:
    schema = json.loads(schema_text())
    parts = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]
    silent = [key for part in parts for key, node in part["properties"].items() if "description" not in node]
    assert silent == []


def test_every_key_and_command_is_in_the_docs() -> None:
    schema = json.loads(schema_text())
    parts = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]
    keys = {key for part in parts for key in part["properties"]}
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert [key for key in sorted(keys) if not re.search(rf"`(\w+\.)?{key}`", page)] == []
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    named = [command.name for command in app.registered_commands]
    assert [name for name in named if f"## `drsim {name}" not in commands] == []


def test_version_names_what_results_depend_on() -> None:
    result = invoke("version")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()][:3] == ["drsim", "python", "mesa"]
    assert invoke("--version").stdout == result.stdout.splitlines()[0] + "\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["segment", __file__, "--temperature", "no.csv"],
            '--temperature is "no.csv", and there is no such file',
        ),
        (["segment", "nowhere.parquet"], 'FILE is "nowhere.parquet", and there is no such file'),
        (
            ["segment", "x", "--segments", "1"],
            'expected "auto" or a whole number from 2 to 30, for example 6',
        ),
        (
            ["segment", "x", "--zone", "Europe/Lundon"],
            "expected an IANA time zone, for example Europe/London",
        ),
        (["evidence", "--rows", "1;2"], "expected row numbers with commas, for example 1,17,19"),
        (["frontier", "targeting_frontier", "--budgets", "x"], '--budgets: budget_usd is "x"; expected a number'),
        (["evidences"], "evidences"),
    ],
)
def test_bad_usage_is_2(arguments: list[str], words: str) -> None:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_segment_and_evidence_pass_on_what_was_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    class Segments:
        folder = tmp_path

        def summary(self) -> dict[str, Any]:
            return {"folder": str(tmp_path), "stability_ari": float("nan")}

        def summary_text(self) -> str:
            return "6 segments"

    segment = types.ModuleType("scenarios.meter_files.segment_file")
    segment.segment_file = lambda path, **how: asked.append((path, how)) or Segments()  # type: ignore[attr-defined]
    evidence = types.ModuleType("scenarios.evidence")
    evidence.run_evidence = lambda *how: asked.append(how) or 1  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "scenarios.meter_files.segment_file", segment)
    monkeypatch.setitem(sys.modules, "scenarios.evidence", evidence)
    file = tmp_path / "reads.csv"
    file.touch()
    result = invoke("segment", str(file), "--segments", "6", "--zone", "America/Phoenix")
    assert (result.exit_code, result.stdout) == (0, "6 segments\n")
    how = {"out": None, "segments": 6, "zone": "America/Phoenix", "temperature": None}
    more = {"event_window": "17:00-20:00", "method": "kmeans", "smallest_segment": 15, "members": False}
    assert asked.pop() == (file, how | more)
    assert json.loads(invoke("segment", str(file), "--json").stdout)["stability_ari"] is None
    assert invoke("evidence", "--rows", "17,1,17").exit_code == 1
    assert asked.pop() == ((17, 1), None, False)
