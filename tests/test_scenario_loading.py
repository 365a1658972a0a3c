"""What a good scenario becomes: values, defaults, changes, what-ifs, a stable text and hash."""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from drsim.errors import ScenarioError
from scenarios.loader import BUNDLED, bundled_names, load_scenario
from scenarios.schema.edit import dotted_path
from scenarios.schema.parts import region_names
from scenarios.schema.scenario import Scenario
from scenarios.schema.source import read_source

SMALL = """\
schema: 1
question: Is this small?
seed: 7
population: {region: uk_london, households: 20}
season: {start: "2024-11-01", end: 2024-11-30}
events: {kind: none}
budget_usd: 1
arms: [none]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", bundled_names())
def test_bundled_scenarios_are_valid_and_say_what_they_ask(name: str) -> None:
    scenario = load_scenario(name)
    first, text = (BUNDLED / f"{name}.yaml").read_text(encoding="utf-8").split("\n", 1)
    assert first == "# yaml-language-server: $schema=schema.json"
    assert "\nschema: 1\nquestion: " in text
    assert scenario.name == name
    assert scenario.question.endswith("?")
    for what_if in scenario.what_ifs:
        assert scenario.what_if(what_if).hash != scenario.hash


def test_there_are_four_bundled_scenarios() -> None:
    assert {"heat_wave", "winter_evening", "null_case", "positive_control"} <= set(bundled_names())


def test_regions_are_those_of_the_simulator() -> None:
    from simulator.parameters import tables

    assert region_names() == tables.region_names()


def test_heat_wave_asks_the_main_question() -> None:
    scenario = load_scenario("heat_wave")
    assert scenario.population.region == "us_hot_dry"
    assert scenario.population.households == 1000
    assert (scenario.season.start, scenario.season.end) == (date(2024, 6, 1), date(2024, 9, 30))
    assert scenario.season.days == 122
    assert scenario.events.window_local == f"{scenario.events.begins}-{scenario.events.ends}"
    assert scenario.events.window_hours == 4.0
    assert list(scenario.programs) == ["cool", "rebate"]
    assert scenario.programs["cool"].kind == "thermostat_setback"
    assert len(scenario.arms) == 9


def test_a_small_scenario_gets_every_default(small: Path) -> None:
    scenario = load_scenario(small)
    assert scenario.season.start == date(2024, 11, 1)
    assert (scenario.history_days, scenario.replications, scenario.messages) == (56, 10, True)
    assert scenario.programs == {} and scenario.parameters == {} and scenario.what_ifs == {}
    assert scenario.targeting.segments == "auto" and scenario.targeting.wave_homes == 20
    assert scenario.outputs.reads == "none" and scenario.outputs.read_minutes == 30
    assert scenario.weather_path is None
    assert scenario.path == small and scenario.name == "small"


def test_none_is_added_to_the_arms() -> None:
    assert load_scenario("heat_wave", ["arms=[untargeted, oracle]"]).arms == ("none", "untargeted", "oracle")
    assert load_scenario("heat_wave", ["arms=[oracle, none]"]).arms == ("oracle", "none")


def test_yaml_is_version_1_2(small: Path) -> None:
    source = read_source("x", b"{a: 17:00, b: NO, c: 1e3, d: 2024-06-01, e: 0x10, f: ~, g: none, h: 010}")
    assert source.problems == []
    values = {
        "a": "17:00",
        "b": "NO",
        "c": 1000.0,
        "d": date(2024, 6, 1),
        "e": 16,
        "f": None,
        "g": "none",
        "h": 10,
    }
    assert source.data == values
    small.write_text(
        SMALL.replace("{kind: none}", "{kind: none, window_local: 17:00-20:00}"), encoding="utf-8"
    )
    assert load_scenario(small).events.window_local == "17:00-20:00"


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(small: Path) -> None:
    plain = load_scenario(small).hash
    small.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_scenario(small).hash == plain


def test_resolved_yaml_reads_back_as_the_same_scenario(tmp_path: Path) -> None:
    for name in bundled_names():
        scenario = load_scenario(name)
        path = tmp_path / "resolved.yaml"
        path.write_text(scenario.resolved_yaml(), encoding="utf-8")
        again = load_scenario(path)
        assert again.hash == scenario.hash
        assert again.resolved_yaml() == scenario.resolved_yaml()


def test_the_hash_follows_values_not_comments_order_or_spelling(small: Path) -> None:
    before = load_scenario(small)
    assert len(before.hash) == 10 and int(before.hash, 16) >= 0
    lines = SMALL.replace("budget_usd: 1\n", "budget_usd: 1.0  # same\n").splitlines()
    small.write_text("\n".join(reversed(lines)), encoding="utf-8")
    assert load_scenario(small).hash == before.hash
    assert load_scenario(small, seed=8).hash != before.hash


def test_a_scenario_is_frozen_and_travels_to_workers() -> None:
    scenario = load_scenario("heat_wave")
    with pytest.raises(ValidationError):
        scenario.seed = 3  # type: ignore[misc]
    copy: Scenario = pickle.loads(pickle.dumps(scenario))
    assert (copy.hash, copy.name, copy.path) == (scenario.hash, scenario.name, scenario.path)


def test_with_changes_a_copy() -> None:
    scenario = load_scenario("heat_wave")
    changed = scenario.with_(dotted={"households": 50, "programs.cool.incentive_usd_per_season": 20.0})
    assert changed.population.households == 50 and scenario.population.households == 1000
    assert changed.programs["cool"].incentive_usd_per_season == 20.0
    assert (changed.name, changed.path) == (scenario.name, scenario.path)
    with pytest.raises(ScenarioError, match="with_ budget_usd: budget_usd is -1; expected a number above 0"):
        scenario.with_({"budget_usd": -1})


def test_set_reads_values_as_yaml() -> None:
    sets = ["seed=9", "programs.cool.offset_degc=1", "messages=false", "events.window_local=15:00-18:00"]
    scenario = load_scenario("heat_wave", [*sets, "targeting={segments: 6}", "parameters.ac.share=0.9"])
    assert scenario.seed == 9 and scenario.messages is False
    assert scenario.programs["cool"].offset_degc == 1.0  # type: ignore[union-attr]
    assert scenario.events.window_local == "15:00-18:00"
    assert scenario.targeting.segments == 6
    assert scenario.parameters == {"ac.share": 0.9}
    assert load_scenario("heat_wave").apply_set(sets).seed == 9


def test_short_forms_win_over_set() -> None:
    scenario = load_scenario("heat_wave", ["seed=9"], seed=10, households=30, replications=2)
    assert (scenario.seed, scenario.population.households, scenario.replications) == (10, 30, 2)


def test_set_reports_every_unreadable_change_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("heat_wave", ["a", "b=[", "=3", "c..d=1"])
    assert [p.place for p in caught.value.problems] == ["--set a", "--set b", "--set =3", "--set c..d=1"]


def test_dotted_paths_keep_parameter_names_whole() -> None:
    assert dotted_path("programs.cool.kind") == ("programs", "cool", "kind")
    assert dotted_path("parameters.ac.share") == ("parameters", "ac.share")
    assert dotted_path("parameters") == ("parameters",)


def test_what_if_is_a_delta_on_the_body() -> None:
    scenario = load_scenario("heat_wave")
    doubled = scenario.what_if("doubled_incentive")
    assert doubled.programs["cool"].incentive_usd_per_season == 80.0
    assert doubled.name == "heat_wave-doubled_incentive"
    assert doubled.what_ifs == {}
    body = scenario.with_({"budget_usd": 500.0}).what_if("doubled_incentive")
    assert (body.budget_usd, body.seed) == (500.0, scenario.seed)
    with pytest.raises(ScenarioError, match='did you mean "doubled_incentive"'):
        scenario.what_if("doubled_incentives")


def test_weather_file_is_relative_to_the_file_or_to_where_set_was_typed(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "beside.epw").touch()
    (elsewhere / "here.epw").touch()
    monkeypatch.chdir(elsewhere)
    small.write_text(SMALL + "weather: {file: beside.epw}\n", encoding="utf-8")
    beside = load_scenario(os.path.relpath(small))
    assert beside.weather_path is not None and beside.weather_path.samefile(tmp_path / "beside.epw")
    here = load_scenario(small, ["weather.file=here.epw"])
    assert here.weather_path == elsewhere / "here.epw"
    assert here.with_({"seed": 3}).weather_path == here.weather_path


def test_a_path_is_not_mistaken_for_a_bundled_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(BUNDLED / "heat_wave.yaml", tmp_path / "mine.txt")
    (tmp_path / "heat_wave").mkdir()  # a folder of that name does not hide the bundled scenario
    assert load_scenario("heat_wave").path == BUNDLED / "heat_wave.yaml"
    assert load_scenario("mine.txt").name == "mine"
    with pytest.raises(ScenarioError, match="no such file"):
        load_scenario("heat_wave.yaml")
