"""Running a frontier or a flip map: a sweep, with its own tables beside the sweep's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from drsim.errors import Problem, ScenarioError
from scenarios.running.parallel import Progress
from scenarios.running.run_folder import write_csv
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.frontier import (
    NOTHING_CLEAR,
    RANKING,
    REFERENCE,
    SEGMENTS,
    break_even,
    flip_map,
    frontier,
    sentences,
)
from scenarios.sweeps.sweep import run_sweep
from scenarios.sweeps.sweep_points import axis_of, grid


@dataclass(frozen=True)
class FrontierResult:
    """A finished frontier or flip map: its folder, its table, what it says."""

    scenario: Scenario
    folder: Path
    table: pd.DataFrame
    findings: list[str]

    def to_frame(self) -> pd.DataFrame:
        """``frontier.csv`` or ``flip_map.csv``."""
        return self.table.copy()

    def text(self) -> str:
        """For the terminal."""
        said = "\n".join(f"- {line}" for line in self.findings)
        return f"{self.scenario.question}\n\n{said}\n\nTables and figures: {self.folder}"


def run_frontier(
    scenario: Scenario, budgets: str, out: Path | None = None, workers: int | None = None,
    progress: Progress | None = None, resume: bool = False, command: str = "",
) -> FrontierResult:  # fmt: skip
    """Every arm at every budget, on the same homes, weather and dice."""
    try:
        axis = axis_of(f"budget={budgets}", scenario)
        points = grid(scenario, [axis])
    except ScenarioError as error:
        raise ScenarioError([Problem("--budgets", problem.message) for problem in error.problems]) from None
    swept = run_sweep(scenario, [axis], points, out, workers, progress, resume, command)
    table = frontier(points, swept.values)
    stops = break_even(table)
    write_csv(table, swept.folder / "frontier.csv")
    write_csv(stops, swept.folder / "break_even.csv")
    return FrontierResult(scenario, swept.folder, table, sentences(table, stops))


def run_flip_map(
    scenario: Scenario, settings: Sequence[str], out: Path | None = None, workers: int | None = None,
    progress: Progress | None = None, resume: bool = False, command: str = "",
) -> FrontierResult:  # fmt: skip
    """Who is ahead in every cell of two settings."""
    missing = [arm for arm in (REFERENCE, RANKING) if arm not in scenario.arms]
    if missing or not set(SEGMENTS) & set(scenario.arms):
        needs = f"{REFERENCE}, {RANKING} and a segment arm"
        raise ScenarioError(Problem("arms", f"a flip map compares {needs}; the scenario lacks some of them."))
    axes = [axis_of(text, scenario) for text in settings]
    points = grid(scenario, axes)
    swept = run_sweep(scenario, axes, points, out, workers, progress, resume, command)
    table = flip_map(points, swept.values)
    write_csv(table, swept.folder / "flip_map.csv")
    counts = table["ahead"].value_counts()
    said = [
        f"nobody clearly ahead in {n} of {len(table)} cells." if ahead == NOTHING_CLEAR
        else f"{ahead}: ahead in {n} of {len(table)} cells." for ahead, n in counts.items()
    ]  # fmt: skip
    names = list(points[0].settings)
    for row in table.to_dict("records"):
        where = ", ".join(f"{name} = {row[name]}" for name in names)
        said.append(
            f"{where}: {row['ahead']} (best segments {100 * row['over_untargeted']:+.0f} % over untargeted, "
            f"{100 * row['over_ranking']:+.0f} % of it over plain ranking)."
        )
    return FrontierResult(scenario, swept.folder, table, said)
