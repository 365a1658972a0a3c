"""Every page of docs/extending is followed, word for word, in a copy of the project, and its last command passes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "extending").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
COPIED = ("drsim", "simulator", "analysis", "scenarios", "tests", "pyproject.toml")


def follow(page: str, project: Path) -> list[list[str]]:
    """Do what a page says in a project; give the commands it ends with."""
    commands = []
    for language, text in BLOCK.findall(page):
        if language == "sh":
            commands += [shlex.split(line) for line in text.splitlines()]
        elif language == "python":
            name = re.match(r"# (\S+) \(new\)\n", text)
            assert name, f"a Python block begins with '# FILE (new)': {text[:60]!r}"
            assert not (project / name[1]).exists(), f"{name[1]} is not new"
            (project / name[1]).write_text(text[name.end() :], encoding="utf-8")
        elif language == "diff":
            edit(project, text)
    return commands


def edit(project: Path, text: str) -> None:
    """Apply one edit: ``--- FILE``, then lines that stay, go (-) or come (+); they must fit one place."""
    head, *lines = text.splitlines()
    file = project / head.removeprefix("--- ")
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    found = file.read_text(encoding="utf-8")
    assert found.count(f"\n{before}") == 1, f"{head} has not exactly one place with:\n{before}"
    file.write_text(found.replace(f"\n{before}", f"\n{after}"), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_can_be_followed(page: Path, tmp_path: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "runs"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    commands = follow(page.read_text(encoding="utf-8"), tmp_path)
    assert commands and all(command[0] == "pytest" for command in commands)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for command in commands:
        done = subprocess.run([sys.executable, "-m", *command, "-p", "no:cacheprovider"], cwd=tmp_path, env=environment,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert re.search(r"\b[2-9]\d* passed|\b1\d+ passed", done.stdout), done.stdout[-500:]
    style = [sys.executable, "-m", "ruff", "check", "-q", "--no-cache", *COPIED[:4]]
    checked = subprocess.run(style, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-2000:]
