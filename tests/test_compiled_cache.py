"""The compiled cache: keyed by all sources, and dispensable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.compiled import source_hash

ROOT = Path(__file__).parents[1]
PROBE = """
import numpy as np
from simulator.outdoor import COOL_INPUT, _fill, outdoor_table

sky = outdoor_table(np.full(96, 42, np.float32), np.full(96, 400, np.float32))
print(sky[COOL_INPUT].sum(), sum(_fill.stats.cache_hits.values()))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ("simulator", "drsim"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "probe.py").write_text(PROBE)
    return tmp_path


def _probe(folder: Path, cache: Path) -> tuple[float, int, str]:
    """Electricity for a day of unit cooling, cache hits, and what was said."""
    environment = os.environ | {"DRSIM_CACHE_DIR": str(cache), "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "0"}
    environment.pop("NUMBA_CACHE_DIR", None)  # the parent's cache would answer for the copy
    run = subprocess.run([sys.executable, "probe.py"], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    energy, hits = run.stdout.split()
    return float(energy), int(hits), run.stderr


def _edit(folder: Path) -> None:
    """Another efficiency in a file that the compiled day calls but does not stand in."""
    path = folder / "simulator" / "appliances" / "air_conditioner.py"
    before = path.read_text()
    path.write_text(before.replace("INPUT_RATIO_PER_K = 0.019", "INPUT_RATIO_PER_K = 0.030"))
    assert path.read_text() != before


def test_an_edited_appliance_reaches_the_compiled_day(copy: Path) -> None:
    first, again = _probe(copy, copy / "cache"), _probe(copy, copy / "cache")
    assert first[:2] == (again[0], 0) and again[1] == 1, "the second run comes from the cache"
    _edit(copy)
    edited = _probe(copy, copy / "cache")
    assert edited[1] == 0 and edited[0] > 1.03 * first[0]


def test_without_the_hash_the_old_appliance_would_answer(copy: Path) -> None:
    """The trap is real: with one folder for all sources, numba serves the day with the old appliance in it."""
    path = copy / "simulator" / "compiled.py"
    path.write_text(path.read_text().replace("return digest.hexdigest()[:16]", 'return "one"'))
    first = _probe(copy, copy / "cache")
    _edit(copy)
    stale = _probe(copy, copy / "cache")
    assert stale[:2] == (first[0], 1)


def test_where_nothing_is_writable_it_says_so_and_works(copy: Path) -> None:
    (copy / "file").write_text("")  # a folder below a file can not be made, not even by root
    said = _probe(copy, copy / "file" / "cache")
    assert "no writable cache" in said[2] and said[1] == 0
    usual = _probe(copy, copy / "cache")
    assert said[0] == usual[0] and "no writable" not in usual[2]


def test_the_hash_sees_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    first = source_hash(tmp_path)
    (tmp_path / "a.py").write_text("x = 2")
    second = source_hash(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, source_hash(tmp_path)}) == 3


def _warm(folder: Path, cache: Path, first: str = "") -> str:
    environment = os.environ | {"DRSIM_CACHE_DIR": str(cache), "PYTHONPATH": str(folder)}
    code = f"from simulator.compiled import mark_warm, warm; {first}print(warm())"
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    return run.stdout.strip()


def test_a_second_copy_of_the_same_sources_is_not_warm(copy: Path, tmp_path: Path) -> None:
    """Numba keeps its files apart by their place, so a copy elsewhere has to be compiled, and said to be."""
    cache = tmp_path / "cache"
    assert [_warm(ROOT, cache), _warm(ROOT, cache, "mark_warm(); "), _warm(ROOT, cache)] == ["False", "True", "True"]
    assert _warm(copy, cache) == "False"
