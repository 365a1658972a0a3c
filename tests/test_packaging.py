"""What is handed out: the wheel works in an empty folder, extras stay extras, the lock names no index host."""

from __future__ import annotations

import importlib.util
import os
import pkgutil
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("drsim", "simulator", "analysis", "scenarios")
EXTRAS = ("streamlit", "SALib", "playwright", "dask", "distributed", "econml", "duckdb", "jupytext")
NEEDS_STREAMLIT = {"scenarios.app.page", "scenarios.app.meters"}


def test_no_module_needs_an_extra() -> None:
    names = [
        module.name
        for room in ROOMS
        for module in pkgutil.walk_packages([str(ROOT / room)], prefix=f"{room}.")
        if module.name not in NEEDS_STREAMLIT
    ]
    code = (
        "import importlib, sys\n"
        f"blocked = {EXTRAS!r}\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in blocked: raise ImportError(name + ' is an extra')\n"
        "sys.meta_path.insert(0, Block())\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_lock_has_hashes_and_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.M)
    assert len(pinned) > 20 and {"numpy", "numba", "mesa"} <= {name.lower() for name in pinned}
    assert "--index" not in text and "://" not in text and "file:" not in text
    blocks = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("build") is None, reason="build (extra: dev) is not installed")
def test_the_wheel_works_in_an_empty_folder(tmp_path: Path) -> None:
    """Built, unpacked and run from an empty folder; the libraries are those of this environment."""
    built = subprocess.run(
        [sys.executable, "-m", "build", "-q", "--wheel", "-o", str(tmp_path / "dist"), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-2000:]
    wheel = next((tmp_path / "dist").glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    for wanted in ("scenarios/heat_wave.yaml", "scenarios/schema.json", "scenarios/report/report.html.j2",
                   "simulator/parameters/behaviour.yaml", "drsim/py.typed", "scenarios/app/page.py"):  # fmt: skip
        assert wanted in names, f"{wanted} is not in the wheel"
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    empty = tmp_path / "empty"
    empty.mkdir()
    libraries = str(Path(np.__file__).resolve().parents[1])
    places = os.pathsep.join([str(tmp_path / "site"), libraries])
    start = "from scenarios.cli import main; main()"

    def drsim(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-c", start, *arguments], cwd=empty, env={**os.environ, "PYTHONPATH": places},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert "heat_wave" in drsim("list").stdout
    small = ["--households", "30", "--replications", "2", "--set", "season.end=2024-06-12", "--set", "history_days=14"]
    done = drsim("run", "heat_wave", *small, "--out", "r", "--workers", "2", "--quiet")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (empty / "r" / "report.html").is_file() and sorted(p.name for p in empty.iterdir()) == ["r"]
