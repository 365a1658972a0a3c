"""How ``benchmarks/run.py`` says what it measured: verdicts, and the divisions of the cost on paper."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from figures import Cost, Figure, at_least, at_most, python
from paper import costs, duration


def test_a_figure_says_whether_it_meets_its_target() -> None:
    assert at_least("rate", 300_000.0, 300_000.0).met is True
    assert at_least("rate", 299_999.0, 300_000.0).row() == "| rate | 299,999 | at least 300,000 | **missed** |"
    assert at_most("wall", 0.5, 0.5).met is False
    assert at_most("wall", 0.4, 0.5, more=" in all").row() == "| wall | 0.40 s in all | under 0.50 s | met |"
    assert Figure("no target", "7").row() == "| no target | 7 |  |  |"


def test_cost_on_paper_by_hand() -> None:
    # 1 ms and at most 2 KB a home: 10 million take 10,000 s = 2.78 h; 312.5 s on 32 processors, 10 s on a thousand
    assert costs(1e-3, 10_000_000) == (
        "2.78 CPU hours (0.14 USD); 5.2 min on 32 processors, 10 s on 1,000 processors; 20 GB in all"
    )
    assert [duration(s) for s in (119.0, 120.0, 7199.0, 7200.0)] == ["119 s", "2.0 min", "120.0 min", "2.0 h"]


@pytest.mark.skipif(sys.platform == "win32", reason="os.wait4 is not there")
def test_a_measured_process_tells_its_output_and_a_failure_ends_the_benchmark() -> None:
    cost, said = python("-c", "print(6 * 7)")
    assert said.strip() == "42"
    assert cost.cpu > 0.0 and cost.gb > 0.0 and cost.wall > 0.0
    with pytest.raises(SystemExit, match="exit code 3"):
        python("-c", "raise SystemExit(3)")
    assert Cost(1.0, 5.0, 0.1).less(Cost(9.0, 2.0, 0.1)) == 3.0
