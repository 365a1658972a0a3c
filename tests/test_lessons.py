"""Every lesson runs from top to bottom, and the notebooks for download hold the same code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

LESSONS = Path(__file__).resolve().parents[1] / "docs" / "lessons"
PAGES = sorted(path for path in LESSONS.glob("[0-9]_*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_lesson_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block after block in one namespace, as a student would."""
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {"__name__": "lesson"}
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        exec(compile(block, page.name, "exec"), space)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_lesson_has_its_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    number = page.stem[0]
    assert "**Predict" in text and "## Questions" in text and "[Answers](answers.md)" in text
    assert f"\n## {number}. " in (LESSONS / "answers.md").read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) >= 3


def test_there_are_eight_and_notebooks_hold_the_same_code() -> None:
    import sys

    sys.path.insert(0, str(LESSONS.parent))
    try:
        from lesson_notebooks import notebook_of
    finally:
        sys.path.pop(0)
    assert [page.stem[0] for page in PAGES] == list("12345678")
    for page in PAGES:
        made = json.loads(notebook_of(page))
        code = ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code"]
        assert code == [block.rstrip("\n") for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
