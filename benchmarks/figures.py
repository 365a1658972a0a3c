"""A measured figure beside its target: how the parts of ``benchmarks/run.py`` say what they found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, the figure in words, its target in words, and whether it is met (None: no target)."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    def row(self) -> str:
        """A row of a Markdown table."""
        verdict = "" if self.met is None else ("met" if self.met else "**missed**")
        return f"| {self.what} | {self.measured} | {self.target} | {verdict} |"


HEAD = "| what | measured | target | verdict |\n|---|---|---|---|"


def at_least(what: str, value: float, target: float, words: str = "{:,.0f}", more: str = "") -> Figure:
    """A figure that should reach ``target``; ``words`` formats both, ``more`` follows the measured one."""
    return Figure(what, words.format(value) + more, "at least " + words.format(target), value >= target)


def at_most(what: str, value: float, target: float, words: str = "{:.2f} s", more: str = "") -> Figure:
    """A figure that should stay under ``target``."""
    return Figure(what, words.format(value) + more, "under " + words.format(target), value < target)


@dataclass(frozen=True)
class Cost:
    """Wall and processor seconds of a process and its children, and peak memory of its largest process [GB]."""

    wall: float
    cpu: float
    gb: float

    def less(self, other: Cost) -> float:
        """Processor seconds beyond another's."""
        return max(self.cpu - other.cpu, 1e-9)

    def words(self) -> str:
        """All three."""
        return f"{self.wall:.1f} s of wall time, {self.cpu:.1f} CPU s, {self.gb:.2f} GB"


def python(*arguments: str) -> tuple[Cost, str]:
    """A Python process of its own: what it cost, its own children included, and what it printed."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    said = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"the measured process ended with exit code {child.returncode}")
    per_gb = 1e9 if sys.platform == "darwin" else 1e6  # macOS reports bytes, Linux kilobytes
    wall = time.perf_counter() - begin
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_gb), said


def script(text: str, asked: object) -> tuple[Cost, list[float]]:
    """As :func:`python`, for a script that reads ``asked`` as JSON and prints a JSON list of numbers last."""
    cost, said = python("-c", text, json.dumps(asked))
    return cost, json.loads(said.splitlines()[-1])
