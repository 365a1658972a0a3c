"""Where each arm's difference comes from, and what a pilot said beside the truth: rows of two tables."""

from __future__ import annotations

import pandas as pd

from scenarios.report.arms import Arm, arm, present
from scenarios.report.input import ReportInput
from scenarios.report.numbers import Estimate, as_float, cell, number, percent

#: Stage -> column head; their parts sum to the difference in event hours, net of snapback.
HEADS = {
    "homes_reached": "Homes reached",
    "enrolment_rate": "How many said yes",
    "who_enrolled_kw": "Who said yes",
    "how_they_behave": "What the offer made them do",
    "persistence": "Persistence",
    "snapback": "Snapback",
}
OF = "net_event_reduction_kw"


def stage_rows(tables: ReportInput) -> list[dict[str, object]]:
    """One row an arm: the part of each stage [kW] with its interval, and their sum."""
    found = tables.decomposition
    if found is None or not len(found):
        return []
    found = found[found["of"] == OF]
    rows: list[dict[str, object]] = []
    for key in present(found["arm"]):
        own = found[found["arm"] == key].set_index("stage")
        found_parts = [Estimate(*map(as_float, own.loc[stage, ["part", "ci_low", "ci_high"]])) for stage in HEADS]
        parts = [cell(part, 1, sign=True) for part in found_parts]
        rows.append({"arm": arm(key), "parts": parts, "total": number(float(own["part"].sum()), 1, sign=True)})
    return rows


def pilot_rows(tables: ReportInput) -> list[dict[str, str]]:
    """One row per set of terms a pilot tried, means over replications: its estimate, and what is true."""
    if tables.pilot is None or not len(tables.pilot):
        return []
    rows = []
    for terms, group in tables.pilot.groupby("terms", sort=False):
        mean = group.mean(numeric_only=True)
        rows.append(
            {
                "terms": str(terms),
                "homes": number(float(mean["homes"]), 0),
                "cost": number(float(mean["cost_usd"]), 0),
                "estimated": number(float(mean["estimated_kwh"]), 3),
                "true": number(float(mean["true_kwh"]), 3),
                "take_up": percent(float(mean["predicted_take_up"])),
                "true_take_up": percent(float(mean["true_take_up"])),
                "rank": number(float(mean["effect_rank_correlation"]), 2),
                "slope": number(float(mean["effect_calibration_slope"]), 2),
                "best": percent(float(pd.to_numeric(group["best_terms"]).mean())),
            }
        )
    return rows


__all__ = ["HEADS", "Arm", "pilot_rows", "stage_rows"]
