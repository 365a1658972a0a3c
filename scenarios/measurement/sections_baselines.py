"""Sections about baselines and settlement."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baselines import RULES
from scenarios.bars import BLUE, ORANGE, Bar, bars
from scenarios.measurement.words import Section, Table, arms_of, mean_interval, percent, spanned, usd

WAYS = {
    "individual": "each home and event, floor at zero",
    "season_netted": "netted over the season",
    "aggregate_shared": "all homes together, shared",
}


TRUTHS = ("true_event_impact_kwh", "true_program_impact_kwh")


def errors(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """How far each baseline is from the true event counterfactual."""
    if "baseline_errors" not in tables:
        return None
    table = tables["baseline_errors"]
    arm = arms_of(table)[0]
    whole = table[(table["arm"] == arm) & (table["segment"] == -1)]
    chart, rows = [], []
    best = ("", np.inf)
    for rule in RULES:
        one, group = (
            whole[(whole["rule"] == rule) & (whole["level"] == level)] for level in ("individual", "aggregate")
        )
        if not len(one):
            continue
        bias, bias_group = mean_interval(one, "bias_fraction"), mean_interval(group, "bias_fraction")
        cv, cv_group = (float(t["cvrmse_fraction"].mean()) for t in (one, group))
        chart.append(Bar(f"{rule}, one home", bias[0], percent(bias[0], True), bias[1], bias[2], BLUE))
        chart.append(Bar("all homes together", bias_group[0], percent(bias_group[0], True), *bias_group[1:], ORANGE))
        paid = float(one["estimated_impact_kwh"].mean()) / max(1e-9, float(one["true_event_impact_kwh"].mean()))
        rows.append(
            (
                rule,
                percent(bias[0], True),
                percent(cv),
                percent(bias_group[0], True),
                percent(cv_group),
                f"{paid:.2f}",
                percent(float(one["refused_fraction"].mean())),
            )
        )
        if np.isfinite(cv_group) and cv_group < best[1]:
            best = (rule, cv_group)
    event, program = (float(whole[whole["level"] == "individual"][c].mean()) for c in TRUTHS)
    said = [f"Closest for all homes together: {best[0]} (CVRMSE {percent(best[1])}), in arm {arm}."] if best[0] else []
    said.append(
        f"Truly cut in an event, a home: {event:.2f} kWh against the event not called, {program:.2f} kWh against the "
        "programme never offered; the difference is what enrolling itself changed."
    )
    head = [
        "rule",
        "bias, one home",
        "CVRMSE, one home",
        "bias, together",
        "CVRMSE, together",
        "estimated / true impact, one home",
        "refused",
    ]
    return Section(
        "How far each baseline is from the truth",
        f"Baseline minus the true event counterfactual, as a share of it, for the enrolled homes of arm {arm}. The"
        " truth is a second life of the same homes in which this one event was not called. Above zero over-pays. "
        "Event days are warmer than the days before, so plain means of past days are too low; choosing the "
        "highest days of each home is too high for quiet homes. Control homes are those that did not enrol: "
        "volunteers differ from them, and that shows as bias.",
        said,
        [("Bias with its 95 % interval over replications", bars(chart, "Bias of each baseline", True))],
        [Table("Errors against the truth", head, rows), _by_segment(table, arm)],
    )


def _by_segment(table: pd.DataFrame, arm: str) -> Table:
    one = table[(table["arm"] == arm) & (table["level"] == "individual") & (table["segment"] >= 0)]
    segments = sorted(one["segment"].unique())
    rows = []
    for rule in RULES:
        mine = one[one["rule"] == rule].groupby("segment")["bias_fraction"].mean()
        rows.append((rule, *[percent(float(mine.get(s, np.nan)), True) for s in segments]))
    return Table(
        "Bias of single homes by segment (numbered anew in each replication by size)",
        ["rule", *[f"segment {s}" for s in segments]],
        rows,
    )


def settlement(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """What the errors pay."""
    if "settlement" not in tables:
        return None
    table = tables["settlement"]
    arm = arms_of(table)[0]
    rows = []
    for rule in ("10_in_10", "high_5_of_10", "caiso_5_in_10", "weather_match", "time_of_week", "matched_control"):
        for way, words in WAYS.items():
            mine = table[(table["arm"] == arm) & (table["rule"] == rule) & (table["settlement"] == way)]
            if len(mine):
                mean = mine.mean(numeric_only=True)
                rows.append(
                    (
                        rule,
                        words,
                        usd(mean["paid_usd"]),
                        usd(mean["earned_usd"]),
                        usd(mean["over_usd"]),
                        usd(mean["under_usd"]),
                        percent(mean["to_non_responders_fraction"]),
                        percent(mean["unpaid_responder_fraction"]),
                        percent(mean["structural_winners_fraction"]),
                    )
                )
    own = table[(table["arm"] == arm) & (table["rule"] == "10_in_10") & (table["settlement"] == "individual")]
    share = mean_interval(own, "to_non_responders_fraction")
    said = []
    if np.isfinite(share[0]):
        spread = spanned((100 * share[0], 100 * share[1], 100 * share[2]), 0)
        said = [f"Paid on 10-in-10 home by home, {spread} % of the money goes to homes that cut nothing in that event."]
    head = [
        "baseline",
        "settled",
        "paid, USD",
        "earned, USD",
        "paid too much",
        "paid too little",
        "to home-events without a cut",
        "responders unpaid",
        "structural winners",
    ]
    return Section(
        "Whom the errors pay",
        f"The enrolled homes of arm {arm}, settled as if all were on the rebate. Earned is the true reduction at "
        "the same rate. Structural winners are homes paid at least one dollar in the season that truly cut "
        "nothing.",
        said,
        [],
        [Table("Payments of a season, means over replications", head, rows)],
    )
