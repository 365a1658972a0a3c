"""Scripts that regenerate documented figures: their commands exist, and the real files end as the issue asks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.real_files import FILES, reference_files, through
from benchmarks.targeting_figures import STEPS, shown_command
from scenarios.cli import app
from scenarios.loader import load_scenario

DATA = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data"))
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", list(STEPS))
def test_each_step_of_the_figures_can_be_run(name: str) -> None:
    program, what, *rest = STEPS[name]
    if program == "python":
        assert (ROOT / what).is_file()
        return
    sets = [rest[i + 1] for i, part in enumerate(rest) if part == "--set"]
    assert load_scenario(rest[0], sets).arms
    known = CliRunner().invoke(app, [what, "--help"]).output
    assert all(part in known for part in rest if part.startswith("--"))


def test_the_page_shows_the_steps_commands() -> None:
    page = (ROOT / "docs" / "targeting.md").read_text(encoding="utf-8")
    assert "benchmarks/targeting_figures.py" in page
    assert "{out}" not in shown_command(STEPS["pilot"])


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="reference data is absent (DRSIM_REFERENCE_DATA)")
def test_every_real_file_ends_in_a_report_or_in_counted_reasons(tmp_path: Path) -> None:
    files = reference_files(DATA, [])
    assert len(files) >= len(FILES)
    for path, options in files:
        outcome = through(path, options, tmp_path)
        assert outcome.good, outcome
        if outcome.imported == 3 or outcome.segmented == 3:
            assert any(letter.isdigit() for letter in outcome.said), outcome
        else:
            assert (tmp_path / f"segment-{path.name.split('.')[0]}" / "report.html").is_file()
