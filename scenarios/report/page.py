"""Fill the page's template and write ``report.html`` and ``figures/*.svg``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from scenarios.report import figures_arms, figures_baselines, figures_days, figures_enrolled, figures_segments, stages
from scenarios.report.answer import answer
from scenarios.report.arms import CHECKS, present
from scenarios.report.drawing import Drawing
from scenarios.report.input import ReportInput
from scenarios.report.numbers import as_float, estimate, money, number

_FIGURES: tuple[Callable[[ReportInput], Drawing | None], ...] = (
    figures_arms.difference,
    figures_days.peak_day,
    figures_arms.cost,
    figures_arms.event_cost,
    figures_arms.funnel,
    figures_segments.shapes,
    figures_enrolled.enrolled,
    figures_days.event_profile,
    figures_baselines.estimated,
)

#: What this kind of model cannot know; printed on every page.
LIMITS = (
    "The homes are simulated. They follow building physics, appliance data and behaviour rules, but they are "
    "not your customers.",
    "Every number in the list of assumptions that nobody measured is a guess with a range. The intervals on "
    "this page hold each of them at its one value.",
    "Peak reduction compares the season’s highest hour with the programme and the highest without it, "
    "whenever each occurs. Load that comes back after an event can make a new peak, and that counts "
    "against the programme.",
    "One replication is one draw of homes and one season of weather. A planner who cares about rare extremes "
    "should look at more replications or a harsher season, not at the mean alone.",
    "The targeted arms see only what a utility can see: meter reads, customer records and the weather. "
    "Better records or a pilot could raise the gain; worse meter data could lower it.",
    "A gain here is a reason to try it in the field with a randomised pilot, not a substitute for one.",
)


def write_report(folder: Path, tables: ReportInput) -> None:
    """Write the report of one run.

    Parameters
    ----------
    folder
        The run's folder; made if it is missing. Receives ``report.html`` (one self-contained page that loads
        nothing from a network) and ``figures/<name>.svg``.
    tables
        The numbers to show.

    Notes
    -----
    The bytes depend on ``tables`` alone: no time stamps, no random ids.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    drawings = {drawing.name: drawing for make in _FIGURES if (drawing := make(tables)) is not None}
    page = render(tables, drawings)
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    for drawing in drawings.values():
        (figures / f"{drawing.name}.svg").write_bytes(drawing.svg.encode("utf-8"))
    (folder / "report.html").write_bytes(page.encode("utf-8"))


def render(tables: ReportInput, drawings: dict[str, Drawing]) -> str:
    """Fill the template; everything but our own drawings is escaped."""
    environment = Environment(
        loader=PackageLoader("scenarios.report", "."),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["units"] = units
    assumed, sourced = _assumptions(tables)
    return environment.get_template("report.html.j2").render(
        name=tables.scenario.name.replace("_", " "),
        question=tables.scenario.question,
        answer=answer(tables),
        facts=dict(tables.facts),
        budget=money(as_float(tables.facts["budget_usd"]), tables.currency),
        currency=tables.currency,
        figures={name: (drawing, Markup(drawing.inline)) for name, drawing in drawings.items()},
        arms=figures_arms.table_rows(tables),
        has_checks=any(key in CHECKS for key in present(tables.comparison["arm"])),
        segments=figures_segments.segment_rows(tables),
        segment_truth=figures_segments.truth_rows(tables),
        segments_explain=figures_segments.explained(tables),
        events=figures_baselines.event_rows(tables),
        baselines=figures_baselines.baseline_rows(tables),
        missed=_peak_day_note(tables),
        stages=stages.stage_rows(tables),
        stage_heads=list(stages.HEADS.values()),
        pilot=stages.pilot_rows(tables),
        calls=_calls(tables),
        assumed=assumed,
        sourced=sourced,
        checks=tables.checks,
        limits=LIMITS,
        doubt=tables.doubt,
        yaml=tables.scenario.resolved_yaml(),
    )


def units(text: str) -> str:
    """Hold a number and its unit together at the end of a line."""
    return re.sub(r"(?<=[\d.]) (?=(?:kW|kWh|%)(?!\w))", "\N{NO-BREAK SPACE}", text)


def _assumptions(tables: ReportInput) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of the two lists of parameters: those that nobody measured, and those with a source."""
    assumed: list[dict[str, str]] = []
    sourced: list[dict[str, str]] = []
    for _, row in tables.assumptions.iterrows():
        source, note = (_text(row[name]) for name in ("source", "note"))
        line = {
            "name": _text(row["name"]),
            "value": _plain(row["value"]),
            "unit": "" if _text(row["unit"]) == "1" else _text(row["unit"]),
            "range": f"{_plain(row['low'])} to {_plain(row['high'])}" if _plain(row["low"]) else "",
            "why": "; ".join(part for part in (source, note) if part),
        }
        (assumed if bool(row["assumption"]) else sourced).append(line)
    return assumed, sourced


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _plain(value: object) -> str:
    """Write a parameter as it stands in its file; text and lists are passed through."""
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _text(value)
    if math.isnan(found):
        return ""
    return (f"{found:.4g}" if abs(found) < 10_000 else f"{found:g}").replace("-", "−")


def _calls(tables: ReportInput) -> str:
    """How well the forecast called the events, the same for every arm."""
    some = present(tables.comparison["arm"])[0]
    missed, needless = (
        estimate(tables.comparison, some, name).mean for name in ("missed_peaks", "needless_calls")
    )
    if not (math.isfinite(missed) and math.isfinite(needless)):
        return ""
    return (
        "Events are called on a forecast, the same for every arm. On average over the replications "
        f"{number(missed, 1)} of the season’s highest-load days had no event (missed peaks), and "
        f"{number(needless, 1)} events fell on other days (needless calls)."
    )


def _peak_day_note(tables: ReportInput) -> str:
    """Say when the peak day had no event: then nobody was asked to cut, and another day is drawn."""
    day = figures_days.missed_day(tables)
    if day is None:
        return ""
    why = f"No event was called on the peak day itself ({day.day} {day:%B %Y}), so the programmes could hardly cut it: "
    why += "events are called on a forecast, and forecasts miss some peaks."
    drawn = len(tables.event_day) > 0
    return why + (" Drawn instead is the event day on which the homes would have used most." if drawn else "")
