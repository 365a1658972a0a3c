"""What a sweep found: sentences made from its numbers, figures, and one page that holds them."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenarios.report.arms import REFERENCE, arm, present, primary
from scenarios.report.numbers import Estimate, mean_interval, with_span
from scenarios.sweeps.sweep_figures import sweep_drawings

if TYPE_CHECKING:
    from scenarios.sweeps.sweep import SweepResult

METRIC = "event_reduction_kw"


def subject_of(table: pd.DataFrame) -> str:
    """The arm that a sweep is about."""
    return primary(present(table["arm"])) or REFERENCE


def gains(result: SweepResult, rival: str = REFERENCE, metric: str = METRIC) -> dict[int, Estimate]:
    """Gain of the sweep's arm over a rival at every point [kW], paired on replications."""
    subject, found = subject_of(result.table), {}
    if not {subject, rival} <= set(result.values["arm"]) or subject == rival:
        return {}
    for point, rows in result.values.groupby("point"):
        sides = [rows[rows["arm"] == a].sort_values("replication")[metric].to_numpy(float) for a in (subject, rival)]
        found[int(str(point))] = mean_interval(sides[0] - sides[1])
    return found


def settings_of(result: SweepResult, point: int) -> str:
    """``incentive = 25, segments = 6``."""
    row = result.table[result.table["point"] == point].iloc[0]
    said = [f"{a.name} = {row[a.name]}" for a in result.axes if a.name in row and not pd.isna(row[a.name])]
    return ", ".join(said) or "the scenario as it is"


def findings(result: SweepResult) -> list[str]:
    """The sweep's findings as sentences."""
    subject = arm(subject_of(result.table)).name
    said = []
    for rival in (REFERENCE, "load_ranked"):
        found = gains(result, rival)
        if found:
            said += _against(result, subject, arm(rival).name.lower(), found)
    said += _flips(result, gains(result))
    return said or [f"{result.table['point'].nunique()} settings were run; no two arms to compare."]


def _against(result: SweepResult, subject: str, rival: str, found: dict[int, Estimate]) -> list[str]:
    signs = [e.sign for e in found.values()]
    best, worst = max(found, key=lambda p: found[p].mean), min(found, key=lambda p: found[p].mean)
    return [
        f"{subject} against {rival}, mean kW in event hours, over {len(found)} settings: clearly more in "
        f"{signs.count(1)}, clearly less in {signs.count(-1)}, no clear difference in {signs.count(0)}.",
        f"Most against {rival}: {with_span(found[best], sign=True)} kW at {settings_of(result, best)}; "
        f"least: {with_span(found[worst], sign=True)} kW at {settings_of(result, worst)}.",
    ]


def _flips(result: SweepResult, found: dict[int, Estimate]) -> list[str]:
    """Along a single axis: where a clear gain ends or begins."""
    if len(result.axes) != 1 or not result.axes[0].numeric or not found:
        return []
    axis, last, said = result.axes[0], 9, []
    words = {1: "a clear gain over", 0: "no clear difference from", -1: "a clear loss against"}
    order = sorted(found, key=lambda p: float(_setting(result, p, axis.name)))
    for point in order:
        sign = found[point].sign
        if last not in (9, sign):
            said.append(f"From {axis.name} = {_setting(result, point, axis.name)} on: {words[sign]} untargeted.")
        last = sign
    return said or [f"The verdict is the same at every {axis.name}: {words[last]} untargeted."]


def _setting(result: SweepResult, point: int, name: str) -> Any:
    return result.table.loc[result.table["point"] == point, name].iloc[0]


def write_sweep_report(folder: Path, result: SweepResult) -> None:
    """``sweep.html`` and ``figures/*.svg``."""
    drawings = sweep_drawings(result, gains(result), subject_of(result.table))
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    for drawing in drawings:
        drawing.save(figures / f"{drawing.name}.svg")
    shown = "".join(f"<figure><figcaption>{escape(d.caption)}</figcaption>{d.inline}</figure>" for d in drawings)
    said = "".join(f"<li>{escape(line)}</li>" for line in findings(result))
    page = PAGE.format(
        title=escape(result.scenario.name.replace("_", " ")), question=escape(result.scenario.question), said=said,
        figures=shown, rows=_rows(result), replications=result.scenario.replications,
        homes=f"{result.scenario.population.households:,}",
    )  # fmt: skip
    (folder / "sweep.html").write_bytes(page.encode("utf-8"))


def _rows(result: SweepResult) -> str:
    lines = []
    for rival, name in ((REFERENCE, "untargeted"), ("load_ranked", "highest peak use first")):
        for point, gain in gains(result, rival).items():
            verdict = {1: "more", -1: "less", 0: "no clear difference"}[gain.sign]
            cells = (settings_of(result, point), name, with_span(gain, sign=True), verdict)
            lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return "".join(lines)


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sweep: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
svg{{max-width:100%;height:auto}} figure{{margin:1.5rem 0}} figcaption{{font-weight:600}}
table{{border-collapse:collapse}} td,th{{border-bottom:1px solid #ccc;padding:.25rem .7rem;text-align:left}}
@media print{{body{{margin:0}} figure{{break-inside:avoid}}}}</style></head><body>
<h1>Sweep of {title}</h1><p>{question}</p><ul>{said}</ul>
<p>Every setting met the same {homes} homes, weather and dice in {replications} replications. The 95 % intervals cover
the draw of homes, weather and dice; they do not cover wrong parameters, and they are not adjusted for looking at many
settings at once: of twenty settings without any difference, one shows a clear one by chance.</p>
{figures}
<h2>Every setting</h2><table><thead><tr><th>setting</th><th>against</th><th>gain in event hours, kW</th>
<th>verdict</th></tr></thead><tbody>{rows}</tbody></table></body></html>
"""

