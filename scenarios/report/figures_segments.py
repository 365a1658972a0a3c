"""Figure of the segments: the shape of their day."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from scenarios.report.drawing import QUIET, SHADE, Drawing, finish, place, sheet
from scenarios.report.figures_days import event_window
from scenarios.report.input import HOURS, ReportInput
from scenarios.report.numbers import Estimate, as_float, common_decimals, number, percent, symbol, with_span

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
    with sheet(2.45 * deep + 0.2) as figure:
        for i, ((_, row), load) in enumerate(zip(rows.iterrows(), loads, strict=True)):
            down, across = divmod(i, COLUMNS)
            axes = place(figure, 0.6 + 3.05 * across, 0.5 + 2.45 * (deep - 1 - down), 2.6, 1.45)
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
    name = "\n".join(textwrap.wrap(str(row["label"]), 30, max_lines=2, placeholder=" …"))
    homes = f"{number(as_float(row['homes']), 0)} homes ({percent(as_float(row['share']))})"
    daily = f"{number(as_float(row['mean_kwh_per_day']), 1)} kWh a day"
    axes.text(0, 1.17, name, transform=axes.transAxes, fontweight="bold", fontsize=9.5, va="bottom")
    axes.text(0, 1.03, f"{homes}, {daily}", transform=axes.transAxes, color=QUIET, fontsize=8.5, va="bottom")


def segment_rows(tables: ReportInput) -> list[dict[str, str]]:
    """Rows of the segment table."""
    costs = [as_float(cost) for cost in tables.segments["usd_per_kw"]] if len(tables.segments) else []
    digits = common_decimals([Estimate(cost, cost, cost) for cost in costs], money_column=True)
    sign = symbol(tables.currency)
    return [
        {
            "label": str(row["label"]),
            "homes": f"{number(as_float(row['homes']), 0)} ({percent(as_float(row['share']))})",
            "daily": number(as_float(row["mean_kwh_per_day"]), 1),
            "enrolment": percent(as_float(row["enrolment_rate"])),
            "participation": percent(as_float(row["event_participation_rate"])),
            "impact": number(as_float(row["impact_kw_per_enrolled_home"]), 2),
            "cost": with_span(Estimate(cost, math.nan, math.nan), prefix=sign, digits=digits),
        }
        for (_, row), cost in zip(tables.segments.iterrows(), costs, strict=True)
    ]


def truth_rows(tables: ReportInput) -> list[dict[str, str]]:
    """What each segment truly holds; empty for tables of an older run."""
    if "true_share_air_conditioner" not in tables.segments:
        return []
    owned = [str(name) for name in tables.segments if str(name).startswith("true_share_")]
    rows = []
    for _, row in tables.segments.iterrows():
        held = {name.removeprefix("true_share_"): percent(as_float(row[name])) for name in owned}
        response = as_float(row.get("true_per_offer_impact_kwh", math.nan))
        rows.append({"label": str(row["label"]), **held,
                     "enrolment": percent(as_float(row["true_enrolment_probability"])),
                     "response": "" if math.isnan(response) else number(1000.0 * response, 0)})  # fmt: skip
    return rows


def explained(tables: ReportInput) -> str:
    """Share of the differences in true response between homes that the segments capture, in words; "" if unknown."""
    if "true_explained_fraction" not in tables.segments or not len(tables.segments):
        return ""
    share = as_float(tables.segments["true_explained_fraction"].iloc[0])
    return "" if math.isnan(share) else percent(share)
