"""``drsim evidence --trials``: the table, the scores with the predicted one first, and a figure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd

from drsim.errors import Problem, ScenarioError
from scenarios.schema.suggestions import did_you_mean
from scenarios.trials.results import scores, trial_table
from scenarios.trials.spec import trial_files

COLOURS = {"predicted": "#1b6ca8", "related": "#8a8a8a", "fitted": "#c98a2b"}


def print_trials(names: tuple[str, ...], out: Path | None) -> int:
    """Run trials, print them and, with ``out``, write ``trials.csv``, ``trials.md`` and ``trials.svg``.

    Returns 1 when a figure is not reproduced.
    """
    known = trial_files()
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; expected some of {', '.join(known)}."
            raise ScenarioError(Problem("--only", f"{name} is no trial{hint}"))
    table = trial_table(names or tuple(known), tell=lambda name: print(f"{name} ...", file=sys.stderr))
    for trial, part in table.groupby("trial", sort=False):
        print(trial)
        for row in part.itertuples():
            verdict = "reproduced" if row.reproduced else "MISSED"
            figures = f"{row.published:8.3f}  [{row.low:.3f}, {row.high:.3f}]  {row.simulated:8.3f}"
            interval = f"({row.ci_low:.3f} to {row.ci_high:.3f})"
            print(f"  {row.measure:<42}{figures}  {interval:<20}{row.role:<10}{verdict}")
    for role, score in scores(table).items():
        print(f"{role}: {score} figures reproduced")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        table.to_csv(out / "trials.csv", index=False)
        (out / "trials.md").write_text(markdown(table), encoding="utf-8")
        draw(table, out / "trials.svg")
    return 0 if bool(table["reproduced"].all()) else 1


def markdown(table: pd.DataFrame) -> str:
    """The table as Markdown, for ``docs/validation.md``."""
    lines = ["| trial | measure | published | band | simulated | 95 % interval | role | |", "|---" * 8 + "|"]
    for r in table.itertuples():
        lines.append(
            f"| {r.trial} | {r.measure} | {r.published:.3g} | {r.low:.3g} to {r.high:.3g} | {r.simulated:.3g} | "
            f"{r.ci_low:.3g} to {r.ci_high:.3g} | {r.role} | {'reproduced' if r.reproduced else '**missed**'} |"
        )
    return "\n".join(lines) + "\n"


def draw(table: pd.DataFrame, path: Path) -> None:
    """Published against simulated as a share of the published figure, with bands and intervals."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = list(table.iloc[::-1].to_dict("records"))
    figure, axes = plt.subplots(figsize=(8.0, 0.28 * len(rows) + 1.4), layout="constrained")
    for i, row in enumerate(rows):
        scale, colour = float(row["published"]), COLOURS[str(row["role"])]

        def at(name: str, row: dict[Any, Any] = row, scale: float = scale) -> float:
            return float(row[name]) / scale

        axes.plot([at("low"), at("high")], [i, i], color="#dddddd", lw=8, solid_capstyle="butt")
        axes.plot([at("ci_low"), at("ci_high")], [i, i], color=colour, lw=1.2)
        axes.plot([at("simulated")], [i], "o", color=colour, ms=5)
    axes.axvline(1.0, color="#444444", lw=0.8)
    axes.set_yticks(range(len(rows)), [f"{row['trial']}: {row['measure']}" for row in rows])
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlim(-0.5, 3.0)
    axes.set_xlabel("simulated / published (grey: what counts as reproduced)")
    for role, colour in COLOURS.items():
        axes.plot([], [], "o", color=colour, label=role)
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
