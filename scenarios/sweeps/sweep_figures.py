"""Figures of a sweep: a curve, a response surface, a tornado."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenarios.report.arms import NO_PROGRAMME, arm, present
from scenarios.report.drawing import Drawing, finish, name_lines, padded, place, sheet
from scenarios.report.numbers import Estimate, number

if TYPE_CHECKING:
    from scenarios.sweeps.sweep import SweepResult
    from scenarios.sweeps.sweep_points import Axis

METRIC = "event_reduction_kw"
LEFT, WIDTH = 0.95, 5.6


def sweep_drawings(result: SweepResult, gains: Mapping[int, Estimate], subject: str) -> list[Drawing]:
    """Those figures that the sweep's axes allow."""
    numeric = [axis for axis in result.axes if axis.numeric]
    made: list[Drawing] = []
    if len(result.axes) == 1 and numeric:
        made.append(curves(result, numeric[0]))
    if len(numeric) >= 2 and gains and _is_grid(result):
        made.append(surface(result, numeric[0], numeric[1], gains, subject))
    if len(result.axes) >= 2 and gains:
        made.append(tornado(result, gains, subject))
    return made


def _is_grid(result: SweepResult) -> bool:
    return not any(result.table[axis.name].isna().any() for axis in result.axes)


def curves(result: SweepResult, axis: Axis) -> Drawing:
    """Reduction in event hours of every arm against the one thing that was varied, with intervals."""
    table = result.table[result.table["metric"] == METRIC]
    keys = [key for key in present(table["arm"]) if key != NO_PROGRAMME]
    caption = f"Mean reduction in event hours by {axis.name}, kW; bars: 95 % interval"
    with sheet(4.6) as figure:
        axes = place(figure, LEFT, 0.7, WIDTH, 3.6)
        said = []
        every = np.array(sorted(float(v) for v in axis.values))  # type: ignore[arg-type]
        step = float(np.diff(every).min()) if len(every) > 1 else 1.0
        for at, key in enumerate(keys):
            rows = table[table["arm"] == key].sort_values(axis.name)
            x = rows[axis.name].to_numpy(float) + 0.03 * step * (at - len(keys) / 2)
            look = arm(key)
            axes.plot(x, rows["mean"], look.dash, color=look.colour, marker=look.marker, markersize=5)
            axes.vlines(x, rows["ci_low"], rows["ci_high"], color=look.colour, linewidth=1.0)
            said.append(f"{look.name} {number(rows['mean'].iloc[0], 1)} to {number(rows['mean'].iloc[-1], 1)} kW")
        bounds = table[table["arm"].isin(keys)][["mean", "ci_low", "ci_high"]].to_numpy(float)
        axes.set_ylim(*padded(bounds, 0.06, include_zero=True))
        axes.set_xticks(every if len(every) <= 12 else every[:: math.ceil(len(every) / 12)])
        axes.set_xlabel(axis.name)
        axes.grid(axis="y")
        last = table[table[axis.name].astype(float) == every[-1]].set_index("arm")["mean"]
        order = sorted(keys, key=lambda key: -float(last[key]))
        name_lines(axes, [(arm(k).name, arm(k).colour, arm(k).dash, 1.7) for k in order])
        return finish(figure, "curves", caption, f"Line chart, {axis.name} from {every[0]:g} to {every[-1]:g}: "
                      + "; ".join(said) + ".")  # fmt: skip


def surface(
    result: SweepResult, across: Axis, up: Axis, gains: Mapping[int, Estimate], subject: str
) -> Drawing:
    """Gain over ``untargeted`` in each cell; cells without a clear difference are written in grey brackets."""
    first = result.table.drop_duplicates("point").set_index("point")
    others = [axis for axis in result.axes if axis not in (across, up)]
    keep = np.ones(len(first), bool)
    for axis in others:
        keep &= (first[axis.name].astype(str) == str(axis.values[0])).to_numpy()
    fixed = "".join(f"; {axis.name} = {axis.values[0]}" for axis in others)
    x, y = sorted(across.values, key=float), sorted(up.values, key=float)  # type: ignore[arg-type]
    cells = np.full((len(y), len(x)), np.nan)
    signs = np.zeros(cells.shape, int)
    for point in first.index[keep]:
        at = y.index(first.loc[point, up.name]), x.index(first.loc[point, across.name])
        cells[at], signs[at] = gains[point].mean, gains[point].sign
    caption = f"{arm(subject).name} against untargeted, kW in event hours, by {across.name} and {up.name}{fixed}"
    with sheet(1.6 + 0.5 * len(y)) as figure:
        axes = place(figure, 1.3, 0.8, 7.6, 0.5 * len(y) + 0.2)
        most = float(np.nanmax(np.abs(cells))) or 1.0
        axes.imshow(cells, origin="lower", cmap="PuOr_r", vmin=-1.7 * most, vmax=1.7 * most, aspect="auto")
        for (row, column), value in np.ndenumerate(cells):
            text = number(float(value), 1, sign=True)
            clear = signs[row, column] != 0
            axes.text(column, row, text if clear else f"[{text}]", ha="center", va="center", fontsize=9,
                      color="black", fontweight="bold" if clear else "normal")  # fmt: skip
        axes.set_xticks(range(len(x)), [str(v) for v in x])
        axes.set_yticks(range(len(y)), [str(v) for v in y])
        axes.set_xlabel(f"{across.name}      [in brackets: no clear difference]")
        axes.set_ylabel(up.name)
        clear_cells = int((signs != 0).sum())
        low, high = (number(float(end), 1, True) for end in (np.nanmin(cells), np.nanmax(cells)))
        alt = f"Table of gains from {low} to {high} kW; {clear_cells} of {cells.size} cells differ clearly from zero."
        return finish(figure, "surface", caption, alt)


def tornado(result: SweepResult, gains: Mapping[int, Estimate], subject: str) -> Drawing:
    """How far each varied thing moves the gain over ``untargeted``, the others averaged over."""
    first = result.table.drop_duplicates("point").set_index("point")
    first = first.assign(gain=pd.Series({point: e.mean for point, e in gains.items()}))
    base = first[first[[a.name for a in result.axes]].isna().all(axis=1)]["gain"]
    middle = float(base.iloc[0]) if len(base) else float(first["gain"].mean())
    bars = []
    for axis in result.axes:
        means = {str(at): float(rows.mean()) for at, rows in first.groupby(axis.name, sort=False)["gain"]}
        least, most = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        bars.append((axis.name, means[least], means[most], least, most))
    bars.sort(key=lambda bar: bar[2] - bar[1])
    caption = f"What moves the gain of {arm(subject).name.lower()} over untargeted, kW in event hours"
    with sheet(1.2 + 0.5 * len(bars)) as figure:
        axes = place(figure, 2.6, 0.65, 5.0, 0.5 * len(bars) + 0.2)
        for row, (_, low, high, at_low, at_high) in enumerate(bars):
            axes.barh(row, high - low, left=low, height=0.55, color="#56B4E9")
            axes.annotate(at_low, (low, row), (-4, 0), textcoords="offset points", ha="right", va="center", fontsize=9)
            axes.annotate(at_high, (high, row), (4, 0), textcoords="offset points", ha="left", va="center", fontsize=9)
        axes.axvline(middle, color="black", linewidth=1.2)
        axes.set_yticks(range(len(bars)), [bar[0] for bar in bars])
        axes.set_xlim(*padded([value for bar in bars for value in bar[1:3]], 0.25))
        axes.set_xlabel("kW; line: " + ("the scenario as it is" if len(base) else "mean over all settings"))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        said = "; ".join(
            f"{name} from {number(low, 1, True)} to {number(high, 1, True)} kW" for name, low, high, *_ in bars[::-1]
        )
        return finish(figure, "tornado", caption, f"Bars, widest first: {said}.")
