"""What ``drsim baseline`` leaves: tables, one page, and a few lines for the terminal. No premise is named."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.baselines import REASONS, RULES
from scenarios.meter_files.baseline_file import BaselineStudy, study
from scenarios.meter_files.baseline_meters import BaselineOptions
from scenarios.meter_files.folder import folder_for, written_whole
from scenarios.report.bars import GREY, ORANGE, Bar, bars
from scenarios.running.run_folder import sha256, versions

WORDS = {"highest": "weekdays of the highest load", "random": "random weekdays"}


@dataclass(frozen=True, eq=False)
class BaselineResult:
    """The folder and the answer."""

    folder: Path
    study: BaselineStudy = field(repr=False)

    def summary(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {
            "folder": str(self.folder),
            "homes": len(self.study.meters.reads.premises),
            "days": len(self.study.meters.days.dates),
            "event_windows": self.study.events,
            "effect": self.study.effect.to_dict("records"),
            "accuracy": self.study.accuracy.to_dict("records"),
        }

    def summary_text(self) -> str:
        """A few lines for the terminal."""
        lines = [lead(self.study)]
        for row in self.study.effect.to_dict("records"):
            clear = "no clear effect" if row["spans_zero"] else "clear of zero"
            lines.append(
                f"  {row['hours']:<11} {_percent(row['fraction'], True)} "
                f"[{_percent(row['low'], True)}, {_percent(row['high'], True)}] ({row['role']}, {clear})"
            )
        for placebo in self.study.accuracy["days"].unique():
            shown = "bias, paid for nothing of single homes; bias of their mean"
            lines.append(f"placebo, {placebo_title(placebo)}: {shown}")
            for rule, own, mean in _pairs(self.study, placebo):
                lines.append(
                    f"  {rule:<20} {_percent(own['bias_fraction'], True):>8} "
                    f"{_percent(own['paid_without_response_fraction']):>7} {_percent(mean['bias_fraction'], True):>8}"
                )
        lines.append(f"report: {self.folder / 'report.html'}")
        return "\n".join(lines)


def baseline_file(path: str | Path, options: BaselineOptions | None = None, out: Path | None = None) -> BaselineResult:
    """Run every baseline on a meter file and write the folder (default ``runs/baseline-<file>``)."""
    path = Path(path)
    folder = folder_for("baseline", path, out)
    found = study(path, options if options is not None else BaselineOptions())
    with written_whole(folder) as partial:
        _write(partial, path, found)
    return BaselineResult(folder, found)


def _write(folder: Path, path: Path, found: BaselineStudy) -> None:
    """Tables, page and manifest."""
    tables = {"accuracy": found.accuracy, "impact": found.impact, "impact_by_hour": found.hours,
              "ex_ante": found.ex_ante, "effect": found.effect}  # fmt: skip
    for name, table in tables.items():
        if len(table):
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    found.refusals.assign(reason=[REASONS[r] for r in found.refusals["reason"]]).to_csv(
        folder / "refusals.csv", index=False
    )
    findings = [(f.code, f.premise, f.message) for f in found.meters.reads.findings]
    pd.DataFrame(findings, columns=["code", "premise_id", "message"]).to_csv(folder / "findings.csv", index=False)
    (folder / "report.html").write_text(page(found), encoding="utf-8")
    manifest = {
        "kind": "baseline",
        "source": path.name,
        "source_sha256": sha256(path),
        "options": {k: (v.name if isinstance(v, Path) else v) for k, v in vars(found.options).items()},
        "versions": versions(),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def lead(found: BaselineStudy) -> str:
    """The answer in one sentence or two."""
    meters = found.meters
    said = f"{len(meters.reads.premises):,} homes over {len(meters.days.dates)} days"
    if found.events:
        said += f", {found.events} event windows on whole days, {int(meters.called.sum()):,} homes called"
    if meters.control is not None:
        said += f", {int(meters.control.sum()):,} control homes"
    said += "."
    if len(found.effect):
        first = found.effect.iloc[0]
        said += left_out(first) if first["intervals"] == 0 else (
            f" In event hours the called homes changed their load by {_percent(first['fraction'], True)} "
            f"(95 % interval {_percent(first['low'], True)} to {_percent(first['high'], True)})."
        )
    return said


def left_out(row: pd.Series) -> str:
    """What no relative effect could be given for, in words; nothing where all was compared."""
    n = int(row["intervals_left_out"])
    if n == 0:
        return ""
    return (
        f" {n:,} of {n + int(row['intervals']):,} event intervals were left out of the comparison of called with "
        "control homes: net load nears zero at that time of day (solar panels), where no relative change is defined."
    )


def placebo_title(placebo: str) -> str:
    """``highest:12`` in words."""
    kind, _, count = placebo.partition(":")
    return f"{count} {WORDS[kind]}"


def _percent(value: float, signed: bool = False) -> str:
    if value != value:
        return "–"
    return (f"{100 * value:+.1f}" if signed else f"{100 * value:.1f}").replace("-", "−") + " %"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _pairs(found: BaselineStudy, placebo: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    table = found.accuracy[found.accuracy["days"] == placebo]
    by = {(r["rule"], r["level"]): r for r in records(table)}
    names = [str(rule) for rule in table["rule"].unique()]
    return [(rule, by[(rule, "individual")], by[(rule, "aggregate")]) for rule in names]


def page(found: BaselineStudy) -> str:
    """The self-contained page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    effect = records(found.effect)
    season = found.impact[found.impact["event"] == 0] if len(found.impact) else found.impact
    return environment.get_template("baseline_report.j2").render(
        name=found.meters.name,
        lead=lead(found),
        notes=[n[0].upper() + n[1:] + "." for n in found.notes] + _left_out_notes(found),
        effect=effect,
        effect_chart=bars([_effect_bar(r) for r in effect if r["intervals"]], "Change of load in event hours", True),
        placebo=[_placebo(found, p) for p in found.accuracy["days"].unique()],
        impact=len(season) > 0,
        events=found.events,
        impact_chart=bars([_impact_bar(r) for r in records(season)], "Load impact by rule") if len(season) else "",
        rules=[RULES[r] for r in found.options.rules],
        refusals=[
            (f"{r['rule']} ({placebo_title(r['days'])})", REASONS[r["reason"]], r["home_events"])
            for r in found.refusals.to_dict("records")
        ],
    )


def _left_out_notes(found: BaselineStudy) -> list[str]:
    return [said] if len(found.effect) and (said := left_out(found.effect.iloc[0]).strip()) else []


def _effect_bar(row: dict[str, Any]) -> Bar:
    colour = GREY if row["role"] == "placebo" else ORANGE
    label = f"{row['hours']} ({row['intervals']} intervals)"
    return Bar(label, row["fraction"], _percent(row["fraction"], True), row["low"], row["high"], colour)


def _impact_bar(row: dict[str, Any]) -> Bar:
    mean, error = row["impact_kw_per_home"], row["standard_error_kw"]
    text = f"{mean:.3f}".replace("-", "−") if mean == mean else "refused"
    return Bar(row["rule"], mean, text, mean - 2 * error, mean + 2 * error)


def _placebo(found: BaselineStudy, placebo: str) -> dict[str, Any]:
    rows, chart = [], []
    for rule, own, mean in _pairs(found, placebo):
        paid = own["paid_without_response_fraction"]
        chart.append(Bar(rule, paid, _percent(paid) if paid == paid else "refused"))
        rows.append(
            (rule, _percent(own["bias_fraction"], True), _percent(own["cvrmse_fraction"]), _percent(paid),
             _percent(mean["bias_fraction"], True), _percent(mean["cvrmse_fraction"]),
             _percent(own["refused_fraction"]))
        )  # fmt: skip
    title = placebo_title(placebo)
    return {"title": title, "rows": rows, "paid": bars(chart, f"Paid for nothing on {title}", True)}
