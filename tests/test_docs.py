"""The documentation against the code: every output column is in the data dictionary, generated pages are whole."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from scenarios.cli import app
from scenarios.pipeline import run
from scenarios.results.metrics import UNITS
from scenarios.schema.scenario import Scenario

DOCS = Path(__file__).resolve().parents[1] / "docs"
FEATURE = re.compile(r"h\d\d|true_\w+|estimated_impact_kw_\w+|\w+_log_sd")


def test_every_output_column_is_in_the_data_dictionary(small_scenario: Scenario, tmp_path: Path) -> None:
    scenario = small_scenario.with_({"arms": ["none", "untargeted", "segment_targeted"], "outputs.reads": "sample"})
    folder = run(scenario, out=tmp_path / "r", workers=1).folder
    words = set(re.findall(r"`(\w+)`", "".join(p.read_text(encoding="utf-8") for p in DOCS.glob("*.md"))))
    silent = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".parquet"):
            table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
            lacking = [c for c in table.columns if c not in words and not FEATURE.fullmatch(str(c))]
            if lacking:
                silent[path.name] = lacking
    assert silent == {}, "columns that docs/data_dictionary.md (or another page) does not name"
    assert [m for m in UNITS if m not in words] == []


@pytest.fixture
def reference() -> object:
    sys.path.insert(0, str(DOCS))
    try:
        import reference_pages
    finally:
        sys.path.pop(0)
    return reference_pages


def test_the_generated_references_are_whole(reference: object) -> None:
    keys = reference.scenario_reference()  # type: ignore[attr-defined]
    assert "| `budget_usd` | number 0.0 to 1000000000.0 | required |" in keys and "## Events" in keys
    commands = reference.command_reference()  # type: ignore[attr-defined]
    assert all(f"## drsim {command.name}" in commands for command in app.registered_commands)


def test_the_architecture_page_shows_every_shelf() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    shelves = [
        folder.name
        for room in ("simulator", "analysis", "scenarios")
        for folder in (DOCS.parent / room).iterdir()
        if (folder / "__init__.py").is_file()
    ]
    assert len(shelves) > 20 and [name for name in sorted(shelves) if f"{name}/`" not in page] == []
