"""Parameter files: one common table, regions that override rows, and the command that lists them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.homes.parameter_table import every_parameter, region_table
from scenarios.schema.parameters import known_parameters
from simulator.parameters import documents, files
from simulator.parameters.tables import load_region, region_names

META = """
meta:
  title: "A made-up place"
  zone: Europe/London
  country: GB
  currency: GBP
  usd_per_unit: 1.27
  climate: london
parameters:
"""


def region_file(folder: Path, rows: str) -> Path:
    (folder / "here.yaml").write_text(META + rows, encoding="utf-8")
    return folder


def test_a_region_is_the_common_table_with_its_own_rows_laid_over() -> None:
    common = documents.document(files.COMMON)["parameters"]
    for name in region_names():
        own = documents.document(files.REGIONS / f"{name}.yaml")["parameters"]
        region = load_region(name)
        assert list(region.parameters) == list(common)
        for key, parameter in region.parameters.items():
            row = own.get(key, common[key])
            assert parameter.value == row["value"] and parameter.unit == common[key]["unit"]
            assert parameter.source == row.get("source", "")


def test_where_a_number_comes_from_is_never_inherited(tmp_path: Path) -> None:
    folder = region_file(tmp_path, "  washer.kwh: {value: 0.3, low: 0.2, high: 0.4, assumption: true}\n")
    row = files.region_rows("here", folder)["washer.kwh"]
    assert row["unit"] == "kWh" and row["assumption"] is True and "source" not in row


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("  wsher.kwh: {value: 0.3, low: 0.2, high: 0.4, assumption: true}\n", "wsher.kwh stands in no row"),
        ("  washer.kwh: {value: 0.3, low: 0.2, high: 0.4}\n", "either a source or"),
        ("  washer.kwh: {value: 0.3, low: 0.2, high: 0.4, assumption: true, source: x}\n", "not both"),
        ("  washer.kwh: {value: 0.9, low: 0.2, high: 0.4, source: x}\n", "outside its own range"),
        ("  washer.kwh: {low: 0.2, high: 0.4, source: x}\n", "lacks value"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, rows: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        files.region_rows("here", region_file(tmp_path, rows))


def test_every_number_of_the_model_has_a_range_and_a_source_or_is_an_assumption() -> None:
    table = every_parameter()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (table["source"].str.len().gt(0) != table["assumption"]).all()
    assert table["unit"].str.len().gt(0).all()


def test_the_table_of_a_region_says_which_file_a_row_comes_from() -> None:
    table = region_table("uk_london").set_index("name")
    assert table.loc["ac.share", "file"] == "uk_london.yaml"
    assert table.loc["ac.cop", "file"] == "common.yaml"
    assert table.loc["climate.latitude_deg", "value"] == 51.48


def test_a_scenario_may_set_what_the_tables_allow() -> None:
    known = known_parameters("uk_london")
    assert known["ac.share"].low == 0.0 and known["ac.share"].high == 1.0
    assert set(load_region("uk_london").parameters) <= set(known)


def test_the_command_lists_and_marks() -> None:
    run = CliRunner().invoke(app, ["parameters", "--region", "uk_london", "--assumptions", "--json"])
    rows = json.loads(run.stdout)
    assert run.exit_code == 0 and rows and all(row["assumption"] for row in rows)
    text = CliRunner().invoke(app, ["parameters"]).stdout
    assert "ac.set_degc" in text and "ASSUMPTION" in text and "of them assumptions." in text
    wrong = CliRunner().invoke(app, ["parameters", "--region", "uk_londn"])
    assert wrong.exit_code == 2 and "uk_london" in wrong.output


# ---- the copies of the files in the user's cache ----


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and no document remembered in this process."""
    monkeypatch.setenv("DRSIM_CACHE_DIR", str(tmp_path / "cache"))
    documents.document.cache_clear()
    yield tmp_path / "cache" / "documents"
    documents.document.cache_clear()


def _read_again(path: Path) -> object:
    documents.document.cache_clear()
    return documents.document(path)


def test_every_parameter_file_is_the_same_from_its_copy(cache: Path) -> None:
    paths = sorted(files.FOLDER.rglob("*.yaml"))
    first = [repr(_read_again(path)) for path in paths]
    assert len(list(cache.iterdir())) == len(paths) > 5
    for copy in cache.iterdir():  # a mark that only the copy has
        copy.write_text(copy.read_text().replace('"title": "', '"title": "copied '))
    again = [repr(_read_again(path)) for path in paths]
    assert sum("copied " in text for text in again) >= 5
    assert [text.replace("copied ", "") for text in again] == first


def test_an_edited_file_is_read_anew_and_a_damaged_copy_is_not_believed(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("parameters: {a: {value: 1.5, unit: kW}}\n")
    before = _read_again(path)
    for copy in cache.iterdir():
        copy.write_text('{"parameters": {"a": {"va')
    assert _read_again(path) == before == {"parameters": {"a": {"value": 1.5, "unit": "kW"}}}
    path.write_text("parameters: {a: {value: 2, unit: kW}}\n")
    assert _read_again(path) == {"parameters": {"a": {"value": 2, "unit": "kW"}}}


@pytest.mark.parametrize("text", ["{2024: 1}", "{a: 2024-06-01}", "[.nan]"])
def test_what_json_can_not_hold_has_no_copy(cache: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(text)
    assert repr(_read_again(path)) == repr(_read_again(path))
    assert not cache.exists()


def test_without_a_cache_folder_the_yaml_is_read(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("DRSIM_CACHE_DIR", str(tmp_path / "a file"))
    assert _read_again(files.BEHAVIOUR)["parameters"]  # type: ignore[index]
