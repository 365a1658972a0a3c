"""Sections about baselines and settlement."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baselines import RULES
from scenarios.measurement.words import Section, Table, arms_of, mean_interval, percent, plain, spanned, table_of, usd
from scenarios.report.bars import BLUE, ORANGE, Bar, bars

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
    chart: list[Bar] = []
    rows = [_rule_row(whole[whole["rule"] == rule], rule, chart) for rule in RULES if rule in set(whole["rule"])]
    together = whole[whole["level"] == "aggregate"].groupby("rule")["cvrmse_fraction"].mean().dropna()
    event, program = (float(whole[whole["level"] == "individual"][c].mean()) for c in TRUTHS)
    said = []
    if len(together):
        best = str(together.idxmin())
        said.append(f"Closest for all homes together: {best} (CVRMSE {percent(float(together.min()))}), in arm {arm}.")
    said.append(
        f"Truly cut in an event, a home: {event:.2f} kWh against the event not called, {program:.2f} kWh against the "
        "programme never offered; the difference is what enrolling itself changed."
    )
    return Section(
        "How far each baseline is from the truth",
        f"Baseline minus the true event counterfactual, as a share of it, for the enrolled homes of arm {arm}. The"
        " truth is a second life of the same homes in which this one event was not called. Above zero over-pays. "
        "Where event days are warmer than the days before, plain means of past days are too low; choosing the highest "
        "days of each home is too high for quiet homes. Control homes are those that did not enrol: volunteers differ "
        "from them, and that shows as bias.",
        said,
        [("Bias with its 95 % interval over replications", bars(chart, "Bias of each baseline", True))],
        [table_of("Errors against the truth", rows), _by_segment(table, arm)],
    )


def _rule_row(mine: pd.DataFrame, rule: str, chart: list[Bar]) -> dict[str, str]:
    """One rule's row; its two bars are added to ``chart``."""
    one, group = (mine[mine["level"] == level] for level in ("individual", "aggregate"))
    bias, bias_group = mean_interval(one, "bias_fraction"), mean_interval(group, "bias_fraction")
    chart.append(Bar(f"{rule}, one home", bias[0], percent(bias[0], True), bias[1], bias[2], BLUE))
    chart.append(Bar("all homes together", bias_group[0], percent(bias_group[0], True), *bias_group[1:], ORANGE))
    paid = float(one["estimated_impact_kwh"].mean()) / max(1e-9, float(one["true_event_impact_kwh"].mean()))
    return {
        "rule": rule,
        "bias, one home": percent(bias[0], True),
        "CVRMSE, one home": percent(float(one["cvrmse_fraction"].mean())),
        "bias, together": percent(bias_group[0], True),
        "CVRMSE, together": percent(float(group["cvrmse_fraction"].mean())),
        "estimated / true impact, one home": plain(paid),
        "refused": percent(float(one["refused_fraction"].mean())),
    }


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


#: Rules whose settlement is shown; all are in ``settlement.csv``.
SHOWN = ("10_in_10", "high_5_of_10", "caiso_5_in_10", "weather_match", "time_of_week", "matched_control")


def settlement(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """What the errors pay."""
    if "settlement" not in tables:
        return None
    table = tables["settlement"]
    arm = arms_of(table)[0]
    mine = table[table["arm"] == arm]
    rows = [
        _payment_row(found, rule, words)
        for rule in SHOWN
        for way, words in WAYS.items()
        if len(found := mine[(mine["rule"] == rule) & (mine["settlement"] == way)])
    ]
    own = mine[(mine["rule"] == "10_in_10") & (mine["settlement"] == "individual")]
    share = mean_interval(own, "to_non_responders_fraction")
    said = []
    if np.isfinite(share[0]):
        spread = spanned((100 * share[0], 100 * share[1], 100 * share[2]), 0)
        said = [f"Paid on 10-in-10 home by home, {spread} % of the money goes to homes that cut nothing in that event."]
    return Section(
        "Whom the errors pay",
        f"The enrolled homes of arm {arm}, settled as if all were on the rebate. Earned is the true reduction at the "
        "same rate. Structural winners are homes paid at least one dollar in the season that truly cut nothing.",
        said,
        [],
        [table_of("Payments of a season, means over replications", rows)],
    )


def _payment_row(found: pd.DataFrame, rule: str, words: str) -> dict[str, str]:
    mean = found.mean(numeric_only=True)
    return {
        "baseline": rule,
        "settled": words,
        "paid, USD": usd(mean["paid_usd"]),
        "earned, USD": usd(mean["earned_usd"]),
        "paid too much": usd(mean["over_usd"]),
        "paid too little": usd(mean["under_usd"]),
        "to home-events without a cut": percent(mean["to_non_responders_fraction"]),
        "responders unpaid": percent(mean["unpaid_responder_fraction"]),
        "structural winners": percent(mean["structural_winners_fraction"]),
    }
