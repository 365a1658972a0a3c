"""The house keeps its own rules: rooms apart, short files, no traces of the machine it was built on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("drsim", "simulator", "analysis", "scenarios")
LONGEST_FILE = 300
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".cff", ".j2", ".html", ".css", ".txt", ".csv", ""}
# Put together from parts, so that this file does not find itself.
FOLDERS = ["work", "tmp", "root", "home", "opt", "Users"]
HOSTS = ["py" + "pi.org", "python" + "hosted", "index" + "-url"]
TRACES = re.compile(rf"(?<![\w.<>~*)}}\]-])/({'|'.join(FOLDERS)})(/[\w.]|[\"'`])|{'|'.join(HOSTS)}")
LEFT_BEHIND = {"__pycache__", "_build", "build", "dist", "runs", "results"}


def tracked_files() -> Iterator[Path]:
    """Every text file of the project; walks, so that it also works in a copy without version control."""
    for folder, names, files in os.walk(ROOT):
        hidden = [n for n in names if n.startswith(".") and n != ".ci"]
        gone = [*hidden, *(n for n in names if n in LEFT_BEHIND or n.endswith((".egg-info", ".partial")))]
        names[:] = sorted(set(names) - set(gone))
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix in TEXT and name != ".git":  # a worktree keeps a file of that name
                yield path


def code_block_under(heading: str) -> str:
    """The first shell block under a heading of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}$.*?^```sh\n(.*?)\n```", readme, re.M | re.S)
    assert found, f"README.md has no sh block under '## {heading}'"
    return found.group(1)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the packages that stand in ``folder`` (not of the installed ones)."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def copy_of_rooms(tmp_path: Path) -> Path:
    """The four packages and the contracts, free to be broken."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.yaml"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"files over {LONGEST_FILE} lines: {long}"


def test_no_machine_paths_and_no_registry_hosts() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if TRACES.search(line)
    ]
    assert not found, "traces of a machine or of a registry:\n" + "\n".join(found)


def test_the_search_for_traces_finds_them() -> None:
    for folder in FOLDERS:
        assert TRACES.search(f'path = "/{folder}"')
        assert TRACES.search(f"see /{folder}/somebody/file.csv")
        assert TRACES.search(f"file:///{folder}/wheels")
    assert TRACES.search(f"https://{HOSTS[0]}/simple")
    for innocent in ["kWh/home and day", "../shared/data", "a work/home split", "docs/work/notes.md"]:
        assert not TRACES.search(innocent)


def test_import_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("room", "forbidden", "contract"),
    [
        ("analysis", "simulator", "analysis never reaches the truth"),
        ("analysis", "scenarios", "analysis never reaches the truth"),
        ("drsim", "analysis", "drsim, the common language"),
        ("simulator", "scenarios", "simulator knows neither"),
    ],
)
def test_a_broken_contract_is_caught(copy_of_rooms: Path, room: str, forbidden: str, contract: str) -> None:
    untouched = lint_imports(copy_of_rooms)
    assert untouched.returncode == 0, untouched.stdout + untouched.stderr
    victim = sorted((copy_of_rooms / room).glob("*.py"))[-1]
    victim.write_text(victim.read_text(encoding="utf-8") + f"\nimport {forbidden}\n", encoding="utf-8")
    broken = lint_imports(copy_of_rooms)
    assert broken.returncode != 0
    assert re.search(rf"{re.escape(contract)}.*BROKEN", broken.stdout), broken.stdout
    assert re.search(rf"{room}(\.{victim.stem})? -> {forbidden}", broken.stdout), broken.stdout


def test_the_analyst_has_no_back_door_to_the_truth() -> None:
    """An import by name at run time would pass the contract; the analyst's room holds none."""
    back_door = re.compile(r"\bimportlib\b|__import__|\bexec\(|\beval\(|sys\.modules|runpy")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "analysis").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if back_door.search(line)
    ]
    assert not found


def test_results_never_draw_from_a_stream() -> None:
    """Random numbers are keyed; ``np.random`` and ``random`` have no place where results are made."""
    stream = re.compile(r"\bnp\.random\b|\bnumpy\.random\b|^\s*(import|from) random\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("simulator", "analysis")
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if stream.search(line.split("#")[0])
    ]
    assert not found


def test_the_readme_and_ci_run_the_same_commands() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"main_command='{code_block_under('The main job')}'" in ci
    assert f"test_command='{code_block_under('The tests')}'" in ci


def test_one_version_everywhere() -> None:
    def version(name: str, pattern: str) -> str:
        found = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.M)
        assert found, f"no version in {name}"
        return found.group(1)

    declared = version("pyproject.toml", r'^version = "([^"]+)"$')
    assert version("CITATION.cff", r"^version: (.+)$") == declared
    assert version("CHANGELOG.md", r"^## ([0-9][^ ]*)") == declared
