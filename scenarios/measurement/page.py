"""``measurement.html``: what a run's measured tables say, beside the report of its arms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scenarios.measurement import sections_baselines as baselines
from scenarios.measurement import sections_money as money
from scenarios.measurement.sections_shift import shift
from scenarios.measurement.words import Section
from scenarios.schema.scenario import Scenario

#: In the order of the page; each is given the tables and the parameters, and returns None without its table.
SECTIONS: tuple[Callable[[Mapping[str, pd.DataFrame], Mapping[str, float]], Section | None], ...] = (
    baselines.errors,
    baselines.settlement,
    money.bills,
    money.fairness,
    money.plant,
    shift,
    money.tests,
    money.supply,
)


@dataclass(frozen=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def write_measurement_page(
    folder: Path, scenario: Scenario, tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]
) -> None:
    """Write the page; the same tables give the same bytes."""
    page = _Page()
    for make in SECTIONS:
        section = make(tables, parameters)
        if section is not None:
            page.sections.append(section)
            page.lines.extend(section.findings)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("page.j2").render(
        name=scenario.name.replace("_", " "), question=Markup.escape(scenario.question), lines=page.lines,
        sections=page.sections,
    )  # fmt: skip
    (folder / "measurement.html").write_text(html + "\n", encoding="utf-8")
