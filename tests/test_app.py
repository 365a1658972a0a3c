"""The what-if page without a browser: levers, reproduction, and the page run by Streamlit's own test harness."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from drsim.errors import ScenarioError
from scenarios.app import working
from scenarios.app.levers import edited, levers_of, window_text, without_programs
from scenarios.loader import bundled_names, load_scenario
from scenarios.pipeline import run
from scenarios.schema.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "scenarios" / "app" / "page.py"
needs_streamlit = pytest.mark.skipif(
    importlib.util.find_spec("streamlit") is None, reason="Streamlit (extra: app) is not installed"
)


SERVER = """
import os, pathlib, time
pathlib.Path(os.environ["DRSIM_TEST_MARKER"]).write_text(str(os.getpid()))
time.sleep(120)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for a process in /proc")
def test_a_page_that_is_asked_to_end_takes_its_server_along(tmp_path: Path) -> None:
    (tmp_path / "streamlit").mkdir()  # stands in for the real one, which takes seconds to start
    (tmp_path / "streamlit" / "__init__.py").touch()
    (tmp_path / "streamlit" / "__main__.py").write_text(SERVER)
    marker = tmp_path / "pid"
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "DRSIM_TEST_MARKER": str(marker)}
    page = subprocess.Popen([sys.executable, "-m", "drsim", "app", "--no-browser"], cwd=ROOT, env=environment)
    until = time.monotonic() + 90
    while time.monotonic() < until and page.poll() is None and not (marker.exists() and marker.read_text()):
        time.sleep(0.05)
    server = Path("/proc") / marker.read_text()
    assert server.exists()
    page.terminate()
    assert page.wait(60) == 128 + signal.SIGTERM
    assert not server.exists()


@pytest.mark.parametrize("name", bundled_names())
def test_levers_at_their_start_change_nothing(name: str) -> None:
    scenario = load_scenario(name)
    levers = levers_of(scenario)
    assert all(lever.low <= lever.value <= lever.high for lever in levers)
    same = edited(scenario, {lever.key: lever.value for lever in levers})
    assert same.hash == scenario.model_copy(update={"what_ifs": {}}).hash


def test_levers_move_their_keys_and_misfits_are_said() -> None:
    scenario = load_scenario("heat_wave")
    chosen = {"programs.cool.incentive_usd_per_season": 80.0, "events.window_local": window_text(17, 3)}
    moved = edited(scenario, chosen)
    assert moved.programs["cool"].incentive_usd_per_season == 80.0 and moved.events.window_local == "17:00-20:00"
    assert list(without_programs(scenario, ["rebate"])) == ["rebate"]
    with pytest.raises(ScenarioError):
        edited(scenario, {"budget_usd": 1.0})


def test_what_is_on_screen_is_what_a_run_of_the_yaml_gives(small_scenario: Scenario, tmp_path: Path) -> None:
    chosen = {"arms": ["none", "untargeted", "segment_targeted"], "budget_usd": 260.0}
    scenario = edited(small_scenario, chosen)
    parts = [working.replication(scenario, number) for number in range(2)]
    shown = working.result_of(scenario, parts)
    (tmp_path / "mine.yaml").write_text(shown.scenario.resolved_yaml(), encoding="utf-8")
    again = run(load_scenario(tmp_path / "mine.yaml"), out=tmp_path / "r", workers=1)
    assert again.comparison.equals(shown.comparison)
    assert again.values.equals(shown.values)
    report = working.report_html(shown)
    assert "<svg" in report and f"drsim run {shown.scenario.name}-{shown.scenario.hash}.yaml" in report
    assert set(working.compliance(shown).columns) <= {"untargeted", "segment_targeted"}
    thirds = working.who_benefits(shown, "untargeted")
    first = shown.values[(shown.values["arm"] == "untargeted") & (shown.values["replication"] == 0)]
    assert thirds["enrolled"].sum() == first["enrolled_homes"].iloc[0]
    assert working.difference(shown.values, shown.values, "untargeted", "event_reduction_kw") == (0.0, 0.0, 0.0)


def test_a_difference_between_two_settings_in_words() -> None:
    nan = float("nan")
    said = [working.verdict(*found) for found in ((0.0, 0.0, 0.0), (0.0, nan, nan), (1.2, nan, nan), (1.0, -1.0, 3.0))]
    assert said == ["the same", "the same", "one draw", "no clear difference"]
    assert (working.verdict(1.0, 0.2, 1.8), working.verdict(-1.0, -1.8, -0.2)) == ("more", "less")


def test_segments_of_a_meter_file_are_told_in_words() -> None:
    segment = {
        "segment": 0, "label": "evening peak", "homes": 30, "share": 0.25, "mean_kwh_per_day": 9.04, "event_kw": 0.61,
        "suggested": "thermostat_setback", "kw_per_enrolled_home": [0.1, 0.34],
    }  # fmt: skip
    row = working.segment_row(segment)
    assert row["homes"] == "30 (25 %)" and row["suggested programme"] == "thermostat setback"
    assert row["kW an enrolled home would give"] == "0.10 to 0.34"
    assert not any("_" in head for head in row), "no raw column names on the page"


@needs_streamlit
def test_the_page_answers_and_says_what_does_not_fit() -> None:
    from streamlit.testing.v1 import AppTest

    page: Any = AppTest.from_file(str(PAGE), default_timeout=300)
    page.session_state["heat_wave-count"] = 1
    page.session_state["heat_wave-population.households"] = 50
    page.run()
    assert not page.exception, page.exception
    assert any("untargeted" in m.value for m in page.markdown)
    page.sidebar.multiselect(key="heat_wave-programs").set_value(["cool"])
    page.sidebar.slider(key="heat_wave-programs.cool.incentive_usd_per_season").set_value(200)
    page.sidebar.slider(key="heat_wave-budget_usd").set_value(100).run()
    assert not page.exception
    assert page.error and all("do not fit together" in said.value for said in page.error)
    assert "budget_usd is 100, which buys nothing" in page.error[0].value
    assert not page.subheader  # no answer stands under a setting that can not be run
