"""What a utility would estimate with a baseline, against what the events truly took off the load."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scenarios.report.arms import NO_PROGRAMME, arm, present
from scenarios.report.drawing import Drawing, finish, padded, place, sheet
from scenarios.report.input import ReportInput
from scenarios.report.numbers import decimals, mean_interval, number, percent, ratio, span

PREFIX = "estimated_impact_kw_"
TRUE = "true_event_impact_kw"
MOST_DOTS = 2000  # keeps the page small; the table below the figure uses all events


def methods(events: pd.DataFrame) -> dict[str, str]:
    """Baseline methods of the table: column name and the name to show."""
    found = [str(name) for name in events.columns if str(name).startswith(PREFIX)]
    return {name: name.removeprefix(PREFIX).replace("_", "-") for name in found if events[name].notna().any()}


def _events(tables: ReportInput) -> pd.DataFrame:
    rows = tables.events
    return rows[(rows["arm"] != NO_PROGRAMME) & (rows["notified"].astype(float) > 0)] if len(rows) else rows


def estimated(tables: ReportInput) -> Drawing | None:
    """One panel per baseline: each event of each arm as a dot; on the diagonal the estimate is right."""
    rows = _events(tables)
    found = methods(rows) if len(rows) else {}
    if not found:
        return None
    count = min(len(found), 3)
    size = (9.6 - 0.85 - 0.2 - 0.6 * (count - 1)) / max(count, 2)
    low, high = padded(rows[[TRUE, *list(found)[:count]]].to_numpy(dtype=np.float64), include_zero=True)
    caption = "Impact as a baseline estimates it, against the truth: one dot per arm, event and replication"
    every = math.ceil(len(rows) / MOST_DOTS)
    if every > 1:
        caption += f" (1 in {every} shown)"
    shown = rows.iloc[::every]
    with sheet(size + 1.05) as figure:
        for i, (column, name) in enumerate(list(found.items())[:count]):
            axes = place(figure, 0.85 + i * (size + 0.6), 0.65, size, size)
            _scatter(axes, shown[TRUE], shown[column], (low, high))
            axes.set_title(f"Baseline {name}", loc="left")
            if i == 0:
                axes.set_ylabel("estimated impact, kW")
        said = "; ".join(
            f"{row['method']}: mean estimate {row['estimated']} kW, truth {row['true']} kW"
            for row in baseline_rows(tables)
        )
        return finish(figure, "estimated_impact", caption, f"Scatter plots with a diagonal. {said}.")


def _scatter(axes: Axes, true: pd.Series[float], guess: pd.Series[float], ends: tuple[float, float]) -> None:
    low, high = ends
    axes.plot(ends, ends, color="black", linewidth=1.2)
    corner = low + 0.08 * (high - low)
    axes.annotate(
        "estimate = truth",
        xy=(corner, corner),
        xytext=(8, 0),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=9,
    )
    axes.plot(true, guess, "o", color="#0072B2", alpha=0.35, markersize=3.5, markeredgewidth=0)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_xlabel("true event impact, kW")
    axes.grid()
    axes.set_axisbelow(True)


def baseline_rows(tables: ReportInput) -> list[dict[str, str]]:
    """Mean true and estimated impact of an event by baseline, with the error's interval over replications."""
    rows = _events(tables)
    found = methods(rows) if len(rows) else {}
    said: list[dict[str, str]] = []
    for column, name in found.items():
        used = rows[rows[column].notna() & rows[TRUE].notna()]
        means = used.groupby("replication", sort=True)[[TRUE, column]].mean()
        true, guess = float(means[TRUE].mean()), float(means[column].mean())
        error = mean_interval((means[column] - means[TRUE]).to_numpy())
        digits = decimals(true, guess)
        said.append(
            {
                "method": name,
                "events": f"{len(used):,}",
                "true": number(true, digits),
                "estimated": number(guess, digits),
                "error": number(error.mean, decimals(error.mean, error.low, error.high), sign=True)
                + (f" ({span(error)})" if error.has_interval else ""),
                "relative": _relative(error.mean, true),
            }
        )
    return said


def _relative(error: float, true: float) -> str:
    share = ratio(error, true)
    if not math.isfinite(share):
        return "not defined"
    return f"{percent(abs(share))} too {'high' if share > 0 else 'low'}"


def event_rows(tables: ReportInput) -> list[dict[str, str]]:
    """Means over events and replications by arm: notices, opt-outs, overrides, impact and snapback."""
    rows = _events(tables)
    said: list[dict[str, str]] = []
    for key in present(rows["arm"]) if len(rows) else []:
        mine = rows[rows["arm"] == key]
        notices = float(mine["notified"].sum())
        said.append(
            {
                "name": arm(key).name,
                "participation": percent(ratio(float(mine["participated"].sum()), notices)),
                "opted_out": percent(ratio(float(mine["opted_out"].sum()), notices)),
                "overrode": percent(ratio(float(mine["overrode"].sum()), float(mine["participated"].sum()))),
                "impact": number(float(mine[TRUE].mean()), 1),
                "snapback": number(float(mine["snapback_kw"].mean()), 1),
            }
        )
    return said
