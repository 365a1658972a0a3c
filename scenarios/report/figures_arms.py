"""Figures that compare the arms: gain over untargeted, cost per kW, the peak day, the funnel."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from scenarios.report.answer import METRIC, gains
from scenarios.report.arms import CHECKS, NO_PROGRAMME, REFERENCE, arm, present
from scenarios.report.drawing import QUIET, SHADE, Drawing, finish, padded, place, sheet
from scenarios.report.input import ReportInput
from scenarios.report.numbers import (
    MISSING,
    NOT_DEFINED,
    Estimate,
    as_float,
    cell,
    common_decimals,
    estimate,
    number,
    per_replication,
    percent,
    ratio,
    symbol,
    with_span,
)

ROW_INCHES = 0.40
LEFT_INCHES = 2.75
DOTS_INCHES = 4.9
BOTTOM_INCHES = 0.55
MOST_TICKS = 60  # more replications than this are a smear, not information


def difference(tables: ReportInput) -> Drawing | None:
    """Gain over untargeted by arm with its interval and, when known, every replication as a small tick."""
    found = {key: value for key, value in gains(tables).items() if value.known}
    if not found:
        return None
    checks = [key for key in found if key in CHECKS]
    real = sorted((key for key in found if key not in CHECKS), key=lambda key: -found[key].mean)
    found = {key: found[key] for key in real + checks}
    dots = {key: _paired_dots(tables, key) for key in found}
    digits = common_decimals(found.values())
    words = {key: with_span(value, sign=True, digits=digits) for key, value in found.items()}
    caption = "Peak reduction compared with untargeted recruitment, kW"
    alt = "Dots with 95 % intervals, right of zero is better than untargeted. " + _spoken(words, " kW")
    with sheet(_height(len(found))) as figure:
        axes = place(figure, LEFT_INCHES, BOTTOM_INCHES, DOTS_INCHES, ROW_INCHES * len(found))
        _dots(axes, found, words, dots)
        axes.axvline(0, color=arm(REFERENCE).colour, linewidth=1.5, zorder=1)
        axes.set_xlabel("kW more (+) or less (−) than untargeted; bars: 95 % interval")
        axes.text(0, len(found) - 0.35, "untargeted", ha="center", va="bottom", fontsize=9)
        return finish(figure, "difference", caption, alt)


def cost(tables: ReportInput) -> Drawing | None:
    """Cost of one kW off the season's peak by arm; "not defined" where the reduction may be nothing."""
    return _cost(tables, "usd_per_kw", "cost_per_kw", "of peak reduction")


def event_cost(tables: ReportInput) -> Drawing | None:
    """Cost of one kW of mean reduction in the event hours: steadier, as it does not hang on a single hour."""
    return _cost(tables, "usd_per_event_kw", "cost_per_event_kw", "of mean reduction in event hours")


def _cost(tables: ReportInput, metric: str, name: str, of_what: str) -> Drawing | None:
    keys = [key for key in present(tables.comparison["arm"]) if key != NO_PROGRAMME]
    found = {key: estimate(tables.comparison, key, metric) for key in keys}
    if not any(value.known for value in found.values()):
        return None
    sign = symbol(tables.currency)
    digits = common_decimals(found.values(), money_column=True)
    words = {key: with_span(value, prefix=sign, digits=digits) for key, value in found.items()}
    caption = f"Programme cost for the season per kW {of_what}, {sign.strip()} per kW"
    alt = "Dots with 95 % intervals, further left is cheaper. " + _spoken(words, " per kW")
    known = [v for value in found.values() for v in (value.mean, value.low, value.high) if math.isfinite(v)]
    low, high = padded(known, include_zero=True)
    with sheet(_height(len(found))) as figure:
        axes = place(figure, LEFT_INCHES, BOTTOM_INCHES, DOTS_INCHES, ROW_INCHES * len(found))
        _dots(axes, found, words, {})
        axes.set_xlim(low if min(known, default=0.0) < 0 else 0.0, high)
        axes.set_xlabel(f"{sign.strip()} per kW; bars: 95 % interval")
        return finish(figure, name, caption, alt)


def _height(rows: int) -> float:
    return ROW_INCHES * rows + BOTTOM_INCHES + 0.25


def _paired_dots(tables: ReportInput, key: str) -> list[float]:
    one = per_replication(tables.replication_values, key, METRIC)
    two = per_replication(tables.replication_values, REFERENCE, METRIC)
    if not (len(one) and len(two)) or len(one) > MOST_TICKS:
        return []
    return [float(value) for value in (one - two).dropna()]


def _spoken(words: Mapping[str, str], unit: str) -> str:
    return (
        "; ".join(
            f"{arm(key).name}: {text}{'' if text == NOT_DEFINED else unit}" for key, text in words.items()
        )
        + "."
    )


def _dots(
    axes: Axes, found: Mapping[str, Estimate], words: Mapping[str, str], small: Mapping[str, list[float]]
) -> None:
    """One row per arm, first on top: name at the left, dot and interval, the numbers at the right."""
    seen: list[float] = []
    for row, (key, value) in enumerate(found.items()):
        y, look = len(found) - 1 - row, arm(key)
        if small.get(key):
            axes.plot(small[key], [y - 0.2] * len(small[key]), "|", color=QUIET, markersize=5, alpha=0.7)
        if value.has_interval:
            axes.plot([value.low, value.high], [y, y], color=look.colour, linewidth=3, solid_capstyle="butt")
        if value.known:
            axes.plot(
                [value.mean], [y], look.marker, color=look.colour, markersize=9, markeredgecolor="black"
            )
        axes.annotate(
            words[key],
            xy=(1, y),
            xycoords=("axes fraction", "data"),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
        seen += [value.mean, value.low, value.high, *small.get(key, [])]
    axes.set_xlim(*padded(seen, include_zero=True))
    axes.set_ylim(-0.6, len(found) - 0.4)
    axes.set_yticks(range(len(found)), [arm(key).name for key in reversed(list(found))])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def funnel(tables: ReportInput) -> Drawing | None:
    """Offered and enrolled homes, notified and taking-part home-events, by arm."""
    rows = tables.funnel
    keys = [key for key in present(rows["arm"]) if key != NO_PROGRAMME] if len(rows) else []
    if not keys:
        return None
    table = rows.assign(arm=rows["arm"].astype(str)).set_index("arm")
    caption = "From offer to taking part: means over replications"
    said = (
        f"{arm(key).name}: {_count(table, key, 'offered')} homes offered, "
        f"{_count(table, key, 'enrolled')} enrolled, {_count(table, key, 'notified')} event notices, "
        f"{_count(table, key, 'participated')} times taking part"
        for key in keys
    )
    with sheet(_height(len(keys)) + 0.25) as figure:
        for left, (whole, part, title, unit) in zip(
            (LEFT_INCHES, 6.05),
            (
                ("offered", "enrolled", "Homes: offered > enrolled", "homes"),
                (
                    "notified",
                    "participated",
                    "Event notices: sent > took part",
                    "notices, all events",
                ),
            ),
            strict=True,
        ):
            axes = place(figure, left, BOTTOM_INCHES, 1.75, ROW_INCHES * len(keys))
            _funnel_bars(axes, table, keys, whole, part)
            axes.set_title(title, loc="left", pad=8)
            axes.set_xlabel(unit)
            axes.set_yticks(
                range(len(keys)), [arm(key).name if whole == "offered" else "" for key in reversed(keys)]
            )
        return finish(figure, "funnel", caption, "Bars. " + "; ".join(said) + ".")


def _count(table: pd.DataFrame, key: str, column: str) -> str:
    return number(float(table.at[key, column]), 0)  # type: ignore[arg-type]


def _funnel_bars(axes: Axes, table: pd.DataFrame, keys: list[str], whole: str, part: str) -> None:
    for row, key in enumerate(keys):
        y = len(keys) - 1 - row
        all_of, some = float(table.at[key, whole]), float(table.at[key, part])  # type: ignore[arg-type]
        axes.barh(y, all_of, height=0.62, color=SHADE, edgecolor="#8a8a8a", linewidth=0.8)
        axes.barh(y, some, height=0.62, color=arm(key).colour)
        text = f"{number(all_of, 0)} > {number(some, 0)} ({percent(ratio(some, all_of))})"
        axes.annotate(
            text,
            xy=(all_of, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            annotation_clip=False,
        )
    top = max(float(table.loc[keys, whole].max()), 1.0)
    axes.set_xlim(0, top)
    axes.set_ylim(-0.6, len(keys) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4)


def table_rows(tables: ReportInput) -> list[dict[str, object]]:
    """Rows of the page's main table, one per arm; every cell is text, intervals stand apart from means."""
    keys = present(tables.comparison["arm"])
    sign = symbol(tables.currency)
    cuts = {key: estimate(tables.comparison, key, METRIC) for key in keys}
    costs = {key: estimate(tables.comparison, key, "usd_per_kw") for key in keys}
    gained = gains(tables)
    digits = common_decimals(gained.values())
    rows: list[dict[str, object]] = [
        {
            "arm": arm(key),
            "check": key in CHECKS,
            "flag": _flag(tables, key),
            "cut": cell(cuts[key], common_decimals(cuts.values())),
            "gain": cell(gained.get(key, MISSING), digits, sign=True),
            "firm": gained.get(key, MISSING).sign != 0,
            **_enrolment(tables, key),
            "cost": cell(costs[key], common_decimals(costs.values(), money_column=True), prefix=sign),
        }
        for key in keys
    ]
    for row, key in zip(rows, keys, strict=True):  # the two arms that have nothing to be compared with
        if key == REFERENCE:
            row["gain"] = ("yardstick", "")
        if key == NO_PROGRAMME:
            row.update(cut=("0", "reference"), gain=("", ""), cost=("", ""), enrolled="", rate="", spent="")
    return rows


def _enrolment(tables: ReportInput, key: str) -> dict[str, str]:
    """Enrolled homes, their share of those offered, and the money spent."""
    mine = tables.funnel[tables.funnel["arm"] == key] if len(tables.funnel) else tables.funnel
    spent = estimate(tables.comparison, key, "program_cost_usd").mean
    return {
        "enrolled": number(float(mine["enrolled"].iloc[0]), 0) if len(mine) else NOT_DEFINED,
        "rate": percent(estimate(tables.comparison, key, "enrolment_rate").mean),
        "spent": symbol(tables.currency) + number(spent, 0) if math.isfinite(spent) else NOT_DEFINED,
    }


def _flag(tables: ReportInput, key: str) -> str:
    """Say so when an arm's dollars were not those of the others: the comparison leans on equal budgets."""
    budget = as_float(tables.facts["budget_usd"])
    unspent = estimate(tables.comparison, key, "budget_unspent_usd").mean
    overrun = estimate(tables.comparison, key, "budget_overrun_usd").mean
    if key != NO_PROGRAMME and unspent > 0.1 * budget:
        return f"Left {percent(unspent / budget)} of the budget unspent."
    if overrun > 0.01 * budget:
        return f"Event payments ran {percent(overrun / budget)} over the budget."
    return ""
