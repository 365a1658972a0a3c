"""The comparison of runs on several Pythons notices what it is for."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest

PLACE = Path(__file__).parents[1] / ".ci" / "same_tables.py"


def _module():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("same_tables", PLACE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("text", "apart"), [
    ("arm,n,kw\na,1,2.0\nb,2,\n", 0.0), ("arm,n,kw\na,1,2.00000002\nb,2,\n", 1e-8),
    ("arm,n,kw\na,1,2.0\nb,3,\n", float("inf")),
    ("arm,n,kw\na,1,2.0\nc,2,\n", float("inf")), ("arm,n,kw\na,1,2.0\nb,2,1.0\n", float("inf")),
    ("arm,n,kw\na,1,2.0\n", float("inf")), ("arm,n,w\na,1,2.0\nb,2,\n", float("inf")),
])  # fmt: skip
def test_a_difference_is_measured(tmp_path: Path, text: str, apart: float) -> None:
    (tmp_path / "a.csv").write_text("arm,n,kw\na,1,2.0\nb,2,\n")
    (tmp_path / "b.csv").write_text(text)
    assert _module().difference(tmp_path / "a.csv", tmp_path / "b.csv") == pytest.approx(apart, rel=1e-3)


def test_runs_with_other_numbers_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions = dict.fromkeys(("python", "numpy", "pandas", "numba", "scikit-learn"), "1")
    for run in "abc":
        (tmp_path / run).mkdir()
        (tmp_path / run / "manifest.json").write_text(json.dumps({"versions": versions}))
        for number in range(8):
            (tmp_path / run / f"{number}.csv").write_text("kw\n1.5\n")
        kw = 1.5 + (run == "b") * 1e-11 + (run == "c") * 1e-7
        pd.DataFrame({"kw": [kw]}).to_parquet(tmp_path / run / "x.parquet")
    compare = _module().main
    assert compare([tmp_path / "a", tmp_path / "b"]) == 0
    assert "8 of 9 byte for byte, largest difference 6.7e-12 (x.parquet)" in capsys.readouterr().out
    assert compare([tmp_path / "a", tmp_path / "c"]) == 1
