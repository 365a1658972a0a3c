"""Turns the lessons into notebooks for download: the same words, the same code, no outputs."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

FENCE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def notebook_of(page: Path) -> str:
    """A lesson as the text of an ``.ipynb`` file."""
    cells: list[dict[str, object]] = []
    text, at = page.read_text(encoding="utf-8"), 0
    for found in FENCE.finditer(text):
        cells += _words(text[at : found.start()])
        cells.append({"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
                      "source": _lines(found[1].rstrip("\n"))})  # fmt: skip
        at = found.end()
    cells += _words(text[at:])
    for number, cell in enumerate(cells):
        cell["id"] = f"{page.stem.replace('_', '-')}-{number}"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _words(text: str) -> list[dict[str, object]]:
    text = text.strip().replace("[Answers](answers.md)", "").strip()
    return [{"cell_type": "markdown", "metadata": {}, "source": _lines(text)}] if text else []


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def write_all(docs: Path, out: Path) -> None:
    """All lessons as notebooks in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    for page in sorted((docs / "lessons").glob("[0-9]_*.md")):
        (out / f"{page.stem}.ipynb").write_text(notebook_of(page), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(__file__).parent, Path(sys.argv[1]))
