"""Figures of the segments: the shape of their day, and from which of them each arm enrolled homes."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from scenarios.report.arms import NO_PROGRAMME, arm, present
from scenarios.report.drawing import QUIET, SHADE, Drawing, finish, place, sheet
from scenarios.report.figures_days import event_window
from scenarios.report.input import HOURS, ReportInput
from scenarios.report.numbers import NOT_DEFINED, as_float, money, number, percent, ratio

COLUMNS = 3


def shapes(tables: ReportInput) -> Drawing | None:
    """Small multiples: mean workday demand of one home of each segment, all on one scale."""
    rows = tables.segments
    if not len(rows):
        return None
    window = event_window(tables.events)
    loads = [demand_kw(row) for _, row in rows.iterrows()]
    top = 1.12 * max(float(load.max()) for load in loads)
    deep = math.ceil(len(rows) / COLUMNS)
    caption = "The segments: mean demand of one home on a workday, kW"
    said = []
    with sheet(2.3 * deep + 0.2) as figure:
        for i, ((_, row), load) in enumerate(zip(rows.iterrows(), loads, strict=True)):
            down, across = divmod(i, COLUMNS)
            axes = place(figure, 0.6 + 3.05 * across, 0.5 + 2.3 * (deep - 1 - down), 2.6, 1.45)
            _shape(axes, row, load, window)
            axes.set_ylim(0, top)
            if across == 0:
                axes.set_ylabel("kW per home")
            if i + COLUMNS >= len(rows):
                axes.set_xlabel("local hour")
            peak = int(load.argmax())
            said.append(f"{row['label']}: highest at {peak:02d}:00 with {number(float(load[peak]), 2)} kW")
        return finish(figure, "segments", caption, f"{len(rows)} small line charts. " + "; ".join(said) + ".")


def demand_kw(row: pd.Series[float]) -> NDArray[np.float64]:
    """Mean demand by hour [kW]: the profile's shape, scaled so that the day adds up to the segment's kWh."""
    profile = np.asarray([as_float(row[hour]) for hour in HOURS], dtype=np.float64)
    profile = np.nan_to_num(profile, nan=0.0)
    total = float(profile.sum())
    return profile / total * as_float(row["mean_kwh_per_day"]) if total else profile


def _shape(
    axes: Axes, row: pd.Series[float], load: NDArray[np.float64], window: tuple[float, float] | None
) -> None:
    if window:
        axes.axvspan(*window, color=SHADE, linewidth=0, zorder=0)
    axes.plot(np.arange(24) + 0.5, load, color="#0072B2", linewidth=2)
    axes.fill_between(np.arange(24) + 0.5, load, color="#0072B2", alpha=0.12, linewidth=0)
    axes.set_xlim(0, 24)
    axes.set_xticks([0, 6, 12, 18, 24])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    name = textwrap.shorten(str(row["label"]), 42, placeholder=" …")
    homes = f"{number(as_float(row['homes']), 0)} homes ({percent(as_float(row['share']))})"
    daily = f"{number(as_float(row['mean_kwh_per_day']), 1)} kWh a day"
    axes.text(0, 1.17, name, transform=axes.transAxes, fontweight="bold", fontsize=9.5, va="bottom")
    axes.text(0, 1.03, f"{homes}, {daily}", transform=axes.transAxes, color=QUIET, fontsize=8.5, va="bottom")


def segment_rows(tables: ReportInput) -> list[dict[str, str]]:
    """Rows of the segment table."""
    return [
        {
            "label": str(row["label"]),
            "homes": f"{number(as_float(row['homes']), 0)} ({percent(as_float(row['share']))})",
            "daily": number(as_float(row["mean_kwh_per_day"]), 1),
            "enrolment": percent(as_float(row["enrolment_rate"])),
            "participation": percent(as_float(row["event_participation_rate"])),
            "impact": number(as_float(row["impact_kw_per_enrolled_home"]), 2),
            "cost": money(as_float(row["usd_per_kw"]), tables.currency),
        }
        for _, row in tables.segments.iterrows()
    ]


def enrolled(tables: ReportInput) -> Drawing | None:
    """Grid of segment by arm: homes enrolled, of homes offered; darker is a larger part of the arm."""
    rows = tables.enrolled_by_segment
    keys = [key for key in present(rows["arm"]) if key != NO_PROGRAMME] if len(rows) else []
    if not keys:
        return None
    names = rows.drop_duplicates("segment").set_index("segment")["label"].astype(str)
    cell = {
        (str(row["arm"]), row["segment"]): (as_float(row["enrolled"]), as_float(row["offered"]))
        for _, row in rows.iterrows()
    }
    caption = "Who enrolled: homes enrolled from each segment, of homes offered (means over replications)"
    left, step = 2.75, 0.48
    with sheet(step * len(names) + 1.0) as figure:
        axes = place(figure, left, 0.35, 9.6 - left - 0.15, step * len(names))
        totals = {key: sum(cell.get((key, s), (0.0, 0.0))[0] for s in names.index) for key in keys}
        for x, key in enumerate(keys):
            for y, segment in enumerate(names.index):
                _cell(axes, x, len(names) - 1 - y, cell.get((key, segment)), totals[key])
        axes.set_xlim(-0.5, len(keys) - 0.5)
        axes.set_ylim(-0.5, len(names) - 0.5)
        axes.xaxis.tick_top()
        heads = ["\n".join(textwrap.wrap(arm(key).name, 11)) for key in keys]
        axes.set_xticks(range(len(keys)), heads, fontsize=8.5)
        axes.set_yticks(
            range(len(names)), ["\n".join(textwrap.wrap(n, 34)[:2]) for n in reversed(list(names))]
        )
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.text(
            1,
            -0.03,
            "enrolled / offered; darker: a larger part of that column's enrolled homes",
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=8.5,
            color=QUIET,
        )
        return finish(figure, "enrolled_by_segment", caption, _enrolled_words(keys, names, cell, totals))


def _cell(axes: Axes, x: int, y: int, counts: tuple[float, float] | None, total: float) -> None:
    took, offered = counts or (0.0, 0.0)
    part = ratio(took, total)
    part = part if math.isfinite(part) else 0.0
    blue = tuple(
        1 - min(part * 1.4, 1.0) * (1 - channel) for channel in (0.0, 0.32, 0.55)
    )  # white to dark blue
    axes.fill(
        [x - 0.48, x + 0.48, x + 0.48, x - 0.48],
        [y - 0.46, y - 0.46, y + 0.46, y + 0.46],
        color=blue,
        linewidth=0,
    )
    axes.text(
        x,
        y,
        f"{number(took, 0)} / {number(offered, 0)}",
        ha="center",
        va="center",
        color="white" if part > 0.4 else "black",
        fontsize=9,
    )


def _enrolled_words(
    keys: list[str],
    names: pd.Series[str],
    cell: dict[tuple[str, object], tuple[float, float]],
    totals: dict[str, float],
) -> str:
    said = []
    for key in keys:
        counts = {str(names[s]): cell.get((key, s), (0.0, 0.0))[0] for s in names.index}
        most = max(counts, key=lambda name: counts[name])
        share = percent(ratio(counts[most], totals[key]))
        part = "nobody enrolled" if share == NOT_DEFINED else f"most from {most} ({share} of the enrolled)"
        said.append(f"{arm(key).name}: {part}")
    return "Grid of segments by arms. " + "; ".join(said) + "."
