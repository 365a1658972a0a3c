"""Screening with SALib (extra ``sensitivity``): Morris elementary effects, Sobol shares of variance."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from drsim.errors import DrsimError, Problem, ScenarioError
from scenarios.report.arms import REFERENCE, present, primary
from scenarios.running.parallel import Progress
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.sweep import run_points
from scenarios.sweeps.sweep_points import Axis, points

METRIC = "event_reduction_kw"
WHOLE = ("segments", "events", "households", "history")  # whole numbers; draws are rounded


def screen(
    scenario: Scenario, axes: Sequence[Axis], method: str, draws: int, workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Rank axes by how much they move the targeted arm's gain over ``untargeted`` in event hours [kW].

    Each axis is drawn between its lowest and highest value; all draws share homes, weather and dice. Morris gives
    the mean absolute elementary effect ``mu_star`` and its spread ``sigma`` (Morris 1991; Campolongo et al. 2007),
    Sobol first-order and total shares of variance (Saltelli et al. 2010).
    """
    try:
        sample = importlib.import_module(f"SALib.sample.{method}")
        analyze = importlib.import_module(f"SALib.analyze.{method}")
    except ImportError as error:
        raise DrsimError("this method needs SALib: pip install 'drsim[sensitivity]'") from error
    if not all(axis.numeric and len(axis.values) >= 2 for axis in axes):
        said = f"{method} needs a range of numbers for each name, for example cut_mean=0.1..0.6."
        raise ScenarioError(Problem("--vary", said))
    whole = [axis.name in WHOLE for axis in axes]
    bounds = [[min(map(float, a.values)), max(map(float, a.values))] for a in axes]  # type: ignore[arg-type]
    problem: dict[str, Any] = {"num_vars": len(axes), "names": [a.name for a in axes], "bounds": bounds}
    drawn = sample.sample(problem, draws, seed=scenario.seed)
    settings = [
        {a.name: (round(float(v)) if w else float(v)) for a, v, w in zip(axes, row, whole, strict=True)}
        for row in drawn
    ]
    tell: Progress = progress if progress is not None else (lambda done, total, what: None)
    values = run_points(points(scenario, axes, settings), None, workers, tell)
    gain = _gain(values)
    if method == "morris":
        found = analyze.analyze(problem, drawn, gain, seed=scenario.seed)
        table = pd.DataFrame({"name": problem["names"], "mu_star": found["mu_star"], "sigma": found["sigma"]})
        return table.sort_values("mu_star", ascending=False, ignore_index=True)
    found = analyze.analyze(problem, gain, seed=scenario.seed)
    shown = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    table = pd.DataFrame({"name": problem["names"], **{name: found[key] for name, key in shown.items()}})
    return table.sort_values("total", ascending=False, ignore_index=True)


def _gain(values: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    subject = primary(present(values["arm"]))
    by = values.groupby(["point", "arm"])[METRIC].mean().unstack()
    reference = by[REFERENCE] if REFERENCE in by and subject else 0.0
    return np.asarray(by[subject or REFERENCE] - reference, dtype=np.float64)
