"""Running what the page shows, one replication after the other; no Streamlit here."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.pipeline import RunResult
from scenarios.results.comparison import compare, t_interval
from scenarios.results.tables import ReplicationTables
from scenarios.running.parallel import compile_first, one_replication
from scenarios.running.shared import Store, sharing
from scenarios.schema.scenario import Scenario

_one_at_a_time = threading.Lock()
_store = Store(worlds=3)  # a lever that homes can not notice until they are asked answers sooner


def replication(scenario: Scenario, number: int) -> ReplicationTables:
    """One replication's tables; those after the first keep their values only."""
    with _one_at_a_time, sharing(_store):
        compile_first(lambda done, total, what: None, 1)
        part = one_replication(scenario, number)
    if number == 0:
        return part
    return replace(part, tables={"values": part.tables["values"], "events": part.tables["events"]})


def result_of(scenario: Scenario, parts: Sequence[ReplicationTables]) -> RunResult:
    """What the replications so far say, as a run of exactly so many replications would."""
    counted = scenario.with_({"replications": len(parts)}) if scenario.replications != len(parts) else scenario
    values = pd.concat([p.tables["values"] for p in parts], ignore_index=True)
    tables = {
        name: pd.concat([p.tables[name] for p in parts if name in p.tables], ignore_index=True)
        for name in parts[0].tables
        if name != "values"
    }
    return RunResult(counted, Path(), compare(values, list(scenario.arms)), values, 0.0, tables, "")


def difference(a: pd.DataFrame, b: pd.DataFrame, arm: str, metric: str) -> tuple[float, float, float]:
    """B minus A of one arm's metric with its interval, over the replications both have."""
    sides = [v[v["arm"] == arm].set_index("replication")[metric] for v in (a, b)]
    both = sides[0].index.intersection(sides[1].index)
    if not len(both):
        return (float("nan"),) * 3
    return t_interval((sides[1][both] - sides[0][both]).to_numpy(float))


def verdict(mean: float, low: float, high: float) -> str:
    """A difference B minus A in words."""
    if mean == 0.0 and not (low < 0.0 < high):
        return "the same"
    if math.isnan(low):
        return "one draw"
    return "more" if low > 0.0 else "less" if high < 0.0 else "no clear difference"


def report_html(result: RunResult) -> str:
    """The report of what is on screen."""
    from scenarios.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        shown = result.plot.report_input
        command = f"drsim run {result.scenario.name}-{result.scenario.hash}.yaml"  # the file the page offers beside it
        write_report(Path(folder), replace(shown, facts={**shown.facts, "command": command}))
        return (Path(folder) / "report.html").read_text(encoding="utf-8")


def compliance(result: RunResult) -> pd.DataFrame:
    """Share of notified homes that took part, by event of the season (columns are arms), over replications."""
    events = result.tables["events"]
    sums = events.groupby(["event_id", "arm"])[["notified", "participated"]].sum()
    return (sums["participated"] / sums["notified"]).unstack().dropna(axis=1, how="all")


def who_benefits(result: RunResult, arm: str) -> pd.DataFrame:
    """By thirds of income (truth, known only here): share enrolled, and mean payment per home of the third."""
    homes, joined = result.tables["homes"], result.tables["enrolment"]
    homes = homes[homes["replication"] == 0].set_index("household")
    mine = joined[(joined["arm"] == arm) & (joined["replication"] == 0) & joined["enrolled"]] if len(joined) else joined
    paid = result.tables["participation"]
    thirds = pd.qcut(homes["true_income_z"], 3, labels=["lowest third", "middle third", "highest third"])
    table = pd.DataFrame({"income": thirds, "enrolled": homes.index.isin(mine["household"]) if len(mine) else False})
    table["paid_usd"] = 0.0
    if len(paid):
        rows = paid[(paid["arm"] == arm) & (paid["replication"] == 0)]
        table["paid_usd"] = rows.groupby("household")["paid_usd"].sum().reindex(table.index).fillna(0.0)
    by = table.groupby("income", observed=True)
    return pd.DataFrame({
        "homes": by.size(), "enrolled": by["enrolled"].sum(), "enrolled share": by["enrolled"].mean().round(3),
        "event payments, $ a home": by["paid_usd"].mean().round(2),
    })  # fmt: skip

def segment_row(segment: dict[str, Any]) -> dict[str, str]:
    """One segment in words, for a table that a person reads."""
    low, high = segment["kw_per_enrolled_home"]
    return {
        "segment": segment["label"],
        "homes": f"{segment['homes']} ({100 * segment['share']:.0f} %)",
        "kWh a day": f"{segment['mean_kwh_per_day']:.1f}",
        "kW in the hours that matter": f"{segment['event_kw']:.2f}",
        "suggested programme": segment["suggested"].replace("_", " ") or "none",
        "kW an enrolled home would give": f"{low:.2f} to {high:.2f}",
    }
