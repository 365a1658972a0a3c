"""Two finished runs against each other, replication by replication."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from drsim.errors import Problem, ScenarioError
from scenarios.results.comparison import REFERENCE, ratio_difference, t_interval
from scenarios.results.metrics import RATIOS, UNITS

SHOWN = ("peak_reduction_kw", "event_reduction_kw", "enrolled_homes", "program_cost_usd", "usd_per_event_kw")
COLUMNS = ("arm", "metric", "unit", "a", "b", "difference", "ci_low", "ci_high", "change_of_gain_over_untargeted")
#: Keys that say how a run is written down, not what is simulated.
NOT_THE_MODEL = ("question", "description", "what_ifs", "outputs", "arms")


@dataclass(frozen=True)
class FinishedRun:
    """What a run folder says about itself."""

    folder: Path
    name: str
    scenario: dict[str, Any]  # the resolved scenario as dotted keys
    values: pd.DataFrame  # one row an arm and replication, one column a metric

    @property
    def replications(self) -> int:
        """Number of replications."""
        return int(self.scenario["replications"])


@dataclass(frozen=True)
class RunComparison:
    """Differences of run B minus run A, paired on replications."""

    a: FinishedRun
    b: FinishedRun
    changed: dict[str, tuple[object, object]]
    table: pd.DataFrame

    def summary(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "a": str(self.a.folder),
            "b": str(self.b.folder),
            "changed": {key: list(pair) for key, pair in self.changed.items()},
            "differences": self.table.to_dict("records"),
        }

    def summary_text(self) -> str:
        """What changed, and the differences of the main metrics."""
        lines = [f"A: {self.a.folder}", f"B: {self.b.folder}", ""]
        if not self.changed:
            lines += ["The two scenarios are the same.", ""]
        for key, (was, now) in self.changed.items():
            lines.append(f"  {key}: {_short(was)} in A, {_short(now)} in B")
        lines += ["", f"B minus A, paired on {self.a.replications} replications, with 95 % intervals:", ""]
        lines.append(f"{'arm':<20}{'metric':<20}{'A':>10}{'B':>10}   {'B - A':<30}")
        shown, arm = self.table[self.table["metric"].isin(SHOWN)], ""
        for row in shown.to_dict("records"):
            lines.append(_line(row, "" if row["arm"] == arm else str(row["arm"])))
            arm = str(row["arm"])
        return "\n".join(line.rstrip() for line in lines)


def compare_runs(a: Path, b: Path) -> RunComparison:
    """Compare two run folders.

    Raises
    ------
    ScenarioError
        A folder is no finished run, or the runs do not share their dice, so that a paired difference would
        mean nothing; the message says which key differs.
    """
    first, second = read_run(a), read_run(b)
    _must_pair(first, second)
    changed = {
        key: (first.scenario.get(key), second.scenario.get(key))
        for key in [*first.scenario, *(k for k in second.scenario if k not in first.scenario)]
        if first.scenario.get(key) != second.scenario.get(key)
    }
    return RunComparison(first, second, changed, _differences(first, second))


def read_run(folder: Path) -> FinishedRun:
    """Read what a finished run left; a ``ScenarioError`` says what is missing or damaged."""
    file = "manifest.json"
    try:
        manifest = json.loads((folder / file).read_text(encoding="utf-8"))
        name = str(manifest["scenario"]["name"])
        file = "scenario.resolved.yaml"
        resolved = YAML(typ="safe", pure=True).load((folder / file).read_text(encoding="utf-8"))
        scenario = dict(_dotted(resolved))
        seed, replications = int(scenario["seed"]), int(scenario["replications"])  # type: ignore[call-overload]
        file = "replications.csv"
        values = _wide(pd.read_csv(folder / file), replications)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, YAMLError):
        said = f'"{folder}" is not the folder of a finished run ({file} can not be read)'
        raise ScenarioError(Problem("", f"{said}; expected one that drsim run left, for example runs/NAME.")) from None
    return FinishedRun(folder, name, scenario | {"seed": seed, "replications": replications}, values)


def _wide(long: pd.DataFrame, replications: int) -> pd.DataFrame:
    """One row an arm and replication, one column a metric; ``ValueError`` if an arm lacks one or has another."""
    long = long.assign(value=pd.to_numeric(long["value"]), replication=pd.to_numeric(long["replication"]))
    values = long.pivot_table(index=["arm", "replication"], columns="metric", values="value", sort=False).reset_index()
    for arm, rows in values.groupby("arm"):
        if sorted(rows["replication"]) != list(range(replications)):
            raise ValueError(f"{arm} has other replications than the scenario")
    if values.empty:
        raise ValueError("no arm")
    return values


def _dotted(node: dict[str, Any], above: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in node.items():
        name = f"{above}{key}"
        if not above and key in NOT_THE_MODEL:
            continue
        found += _dotted(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return found


def _must_pair(a: FinishedRun, b: FinishedRun) -> None:
    said = {
        "seed": "the homes, weather and dice are others",
        "replications": "some replications have no partner",
    }
    problems = [
        Problem("", f"the runs can not be paired: {key} is {a.scenario[key]} in A and {b.scenario[key]} in B, so "
                f"{why}; run one of them again with --{key} {a.scenario[key]}.")
        for key, why in said.items() if a.scenario[key] != b.scenario[key]
    ]  # fmt: skip
    if not set(a.values["arm"]) & set(b.values["arm"]):
        problems.append(Problem("", "the runs have no arm in common; run one of them again with those of the other."))
    if problems:
        raise ScenarioError(problems)


def _differences(a: FinishedRun, b: FinishedRun) -> pd.DataFrame:
    arms = [arm for arm in dict.fromkeys(a.values["arm"]) if arm in set(b.values["arm"]) and arm != "none"]
    both = [metric for metric in UNITS if all(n in r.values for r in (a, b) for n in RATIOS.get(metric, (metric,)))]
    return pd.DataFrame([_difference(a, b, arm, metric) for arm in arms for metric in both], columns=COLUMNS)


def _difference(a: FinishedRun, b: FinishedRun, arm: str, metric: str) -> dict[str, object]:
    tables = [run.values[run.values["arm"] == arm].sort_values("replication") for run in (a, b)]
    if metric in RATIOS:
        top, bottom = RATIOS[metric]
        parts = [(t[top].to_numpy(float), t[bottom].to_numpy(float)) for t in tables]
        means = [float(x.sum() / y.sum()) if y.sum() else float("nan") for x, y in parts]
        mean, low, high = ratio_difference(*parts[1], *parts[0])
    else:
        plain = [t[metric].to_numpy(float) for t in tables]
        means = [float(np.mean(p)) for p in plain]
        mean, low, high = t_interval(plain[1] - plain[0])
    gain = float("nan")
    if metric not in RATIOS and arm != REFERENCE:
        gain = _gain(b, arm, metric) - _gain(a, arm, metric)
    return {"arm": arm, "metric": metric, "unit": UNITS[metric], "a": means[0], "b": means[1], "difference": mean,
            "ci_low": low, "ci_high": high, "change_of_gain_over_untargeted": gain}  # fmt: skip


def _gain(run: FinishedRun, arm: str, metric: str) -> float:
    by_arm = run.values.groupby("arm")[metric].mean()
    return float(by_arm[arm] - by_arm[REFERENCE]) if REFERENCE in by_arm else float("nan")


def _line(row: dict[Any, Any], arm: str) -> str:
    decimals = 0 if abs(row["a"]) >= 1000 else 1
    mean, low, high = row["difference"], row["ci_low"], row["ci_high"]
    if np.isnan(mean):
        said = "not defined"
    elif np.isnan(low):
        said = f"{mean:+.{decimals}f} (no interval)"
    else:
        verdict = "" if low > 0 or high < 0 else "  no clear difference"
        verdict = "  the same" if low == high == mean == 0 else verdict
        said = f"{mean:+.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f}){verdict}"
    a, b = (f"{row[k]:.{decimals}f}" for k in ("a", "b"))
    return f"{arm:<20}{row['metric']:<20}{a:>10}{b:>10}   {said}"


def _short(value: object) -> str:
    text = "not set" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
