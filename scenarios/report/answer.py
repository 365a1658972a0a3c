"""The answer in words, made from the numbers alone: what won, by how much, how sure, and sure of what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scenarios.report.arms import NO_PROGRAMME, PLAIN, REFERENCE, SEGMENTED, arm, present, primary
from scenarios.report.input import ReportInput
from scenarios.report.numbers import (
    MISSING,
    Estimate,
    as_float,
    common_decimals,
    decimals,
    estimate,
    money,
    number,
    paired,
    percent,
    span,
)

METRIC = "peak_reduction_kw"
Verdict = Literal["more", "less", "unclear", "same", "no interval", "nothing to compare"]


@dataclass(frozen=True)
class Answer:
    """The headline sentence, its verdict, and the sentences that belong beside it."""

    verdict: Verdict
    headline: str
    beside: tuple[str, ...]
    covers: tuple[str, ...]


def answer(tables: ReportInput) -> Answer:
    """Put the run's answer in plain words."""
    arms = present(tables.comparison["arm"])
    subject = primary(arms)
    if subject is None or REFERENCE not in arms:
        headline = (
            "This run does not hold both a targeted and an untargeted arm, so there is nothing to compare."
        )
        return Answer("nothing to compare", headline, (), _covers(tables))
    gain = estimate(tables.comparison, subject, METRIC, difference=True)
    verdict = verdict_of(gain)
    headline = _headline(tables, subject, gain, verdict)
    beside = [
        _scale(tables, subject),
        _events(tables, subject),
        _rival(tables, subject),
        _placebo(tables),
        _oracle(tables),
        _detectable(tables, gain, verdict),
    ]
    if verdict == "same":  # when every arm is the same, the rest would say so five times more
        beside = beside[:1]
    return Answer(verdict, headline, tuple(text for text in beside if text), _covers(tables))


def verdict_of(gain: Estimate) -> Verdict:
    """Judge a paired difference: a side is taken only where the interval lies clear of zero."""
    if not gain.known:
        return "nothing to compare"
    if gain.has_interval and gain.mean == gain.low == gain.high == 0:
        return "same"
    if not gain.has_interval:
        return "no interval"
    return {1: "more", -1: "less", 0: "unclear"}[gain.sign]  # type: ignore[return-value]


def _headline(tables: ReportInput, subject: str, gain: Estimate, verdict: Verdict) -> str:
    who = arm(subject).name.lower()
    budget = money(as_float(tables.facts["budget_usd"]), tables.currency)
    same = f"n the same homes, weather, dice and {budget}"
    mine = estimate(tables.comparison, subject, METRIC).mean
    theirs = estimate(tables.comparison, REFERENCE, METRIC).mean
    digits = common_decimals([gain])
    size = number(abs(gain.mean), digits)
    more = "more" if gain.mean >= 0 else "less"
    both = f"{number(mine, decimals(mine, theirs))} kW against {number(theirs, decimals(mine, theirs))} kW"
    if min(mine, theirs) < 0:
        both += ", where below zero means that the peak rose"
    cut = f"{who} recruitment cut the season’s peak by {size} kW {more} than untargeted recruitment"
    if verdict in ("more", "less"):
        return f"O{same}, {cut} (95 % interval {span(gain, digits)} kW): {both}."
    if verdict == "unclear":
        return (
            f"No clear difference: o{same}, {cut} on average ({both}), "
            f"but the 95 % interval, {span(gain, digits)} kW, includes zero."
        )
    if verdict == "same":
        cut = f"{who} and untargeted recruitment cut the season’s peak by exactly the same amount"
        why = "This happens when the budget suffices to ask everyone, or when nobody was asked."
        return f"O{same}, {cut} ({both}). {why}"
    if verdict == "no interval":
        return f"O{same}, {cut} ({both}). This is one draw, without an interval: it shows nothing yet."
    return "The difference from untargeted recruitment is not defined in this run."


def _scale(tables: ReportInput, subject: str) -> str:
    """Set the reduction against the peak it comes out of."""
    mine = estimate(tables.comparison, subject, METRIC).mean
    if not len(tables.peak_day) or not math.isfinite(mine):
        return ""
    day = tables.peak_day[tables.peak_day["arm"] == tables.peak_day["arm"].iloc[0]]
    hours = np.arange(len(day)) * 24 // len(day)  # peaks are judged by the hour
    peak = float(day["program_counterfactual_kw"].astype(float).groupby(hours).mean().max())
    if not peak:
        return ""
    homes = int(as_float(tables.facts["households"]))
    text = f"For scale: without any programme the {homes:,} homes together peak near {number(peak, 0)} kW"
    return (
        f"{text}, so {number(mine, decimals(mine))} kW is {percent(mine / peak)} of it."
        if mine > 0
        else text + "."
    )


def _rival(tables: ReportInput, subject: str) -> str:
    """Say it plainly when an order that needs no segments did as well or better."""
    rivals = [key for key in PLAIN if key in present(tables.comparison["arm"])]
    means = {key: estimate(tables.comparison, key, METRIC).mean for key in rivals}
    rivals = [key for key in rivals if math.isfinite(means[key])]
    mine = estimate(tables.comparison, subject, METRIC).mean
    if subject not in SEGMENTED or not rivals or not math.isfinite(mine):
        return ""
    best = max(rivals, key=lambda key: means[key])
    lead = paired(tables.replication_values, best, subject, METRIC)
    digits = decimals(means[best], mine)
    both = f"{number(means[best], digits)} kW against {number(mine, digits)} kW"
    name = f"“{arm(best).name}”"
    if lead.sign > 0:
        return f"Plain ranking did better: {name}, which needs no segments, cut {both}{_by(lead)}."
    if lead.sign < 0:
        return f"Segments beat plain ranking: {name} cut {both} for the segments{_by(lead)}."
    unclear = "the gap is within chance" + (
        _by(lead) if lead.has_interval else ", as far as this page can tell"
    )
    if means[best] >= mine:
        return f"Plain ranking did at least as well: {name}, which needs no segments, cut {both}; {unclear}."
    return f"Plain ranking came close: {name}, which needs no segments, cut {both}; {unclear}."


def _by(lead: Estimate) -> str:
    return f" (difference {_gain(lead)})"


def _gain(gain: Estimate) -> str:
    mean = number(gain.mean, common_decimals([gain]), sign=True)
    return f"{mean} kW, 95 % interval {span(gain)} kW"


def _placebo(tables: ReportInput) -> str:
    gain = estimate(tables.comparison, "placebo", METRIC, difference=True)
    if not gain.has_interval:
        return ""
    said = _gain(gain)
    if gain.sign == 0:
        return (
            f"Segments with shuffled labels gained nothing clear over untargeted ({said}), as it should be."
        )
    return (
        f"Warning: segments with shuffled labels differ from untargeted ({said}). They should not; "
        "about one run in twenty shows this by chance, otherwise the comparison itself is at fault."
    )


def _oracle(tables: ReportInput) -> str:
    gain = estimate(tables.comparison, "oracle", METRIC, difference=True)
    if not gain.known:
        return ""
    if gain.has_interval and gain.sign <= 0:
        return (
            f"Even perfect knowledge of every home shows no clear gain over untargeted ({_gain(gain)}), "
            "so this run can hardly tell any two ways of targeting apart by the single peak hour."
        )
    digits = common_decimals([gain])
    interval = f" (95 % interval {span(gain, digits)} kW)" if gain.has_interval else ""
    return (
        f"Perfect knowledge of every home would have gained {number(gain.mean, digits)} kW over untargeted"
        f"{interval}; that is the room there is for any targeting here."
    )


def _events(tables: ReportInput, subject: str) -> str:
    """Add the steadier measure: the mean over all event hours does not hang on one hour of the season."""
    gain = estimate(tables.comparison, subject, "event_reduction_kw", difference=True)
    if not gain.has_interval:
        return ""
    mine, theirs = (
        estimate(tables.comparison, key, "event_reduction_kw").mean for key in (subject, REFERENCE)
    )
    digits = decimals(mine, theirs)
    both = f"{number(mine, digits)} kW against {number(theirs, digits)} kW"
    where = "Averaged over all event hours, instead of the season’s one highest hour,"
    if gain.sign == 0:
        return f"{where} there is no clear difference: {both} (difference {_gain(gain)})."
    size = number(abs(gain.mean), common_decimals([gain]))
    more = "more" if gain.sign > 0 else "less"
    return (
        f"{where} it cut {size} kW {more} (95 % interval {span(gain, common_decimals([gain]))} kW): {both}."
    )


def _detectable(tables: ReportInput, gain: Estimate, verdict: Verdict) -> str:
    smallest = tables.detectable_gain_kw
    if smallest is None or not math.isfinite(smallest):
        return ""
    count = int(as_float(tables.facts["replications"]))
    size = number(smallest, decimals(smallest))
    text = (
        f"With {count} replications a run like this finds a gain of {size} kW "
        "or more in 80 of 100 tries; a smaller gain can be missed."
    )
    if verdict == "unclear":
        text += " So “no clear difference” does not mean “no difference”."
    return text


def _covers(tables: ReportInput) -> tuple[str, ...]:
    count = int(as_float(tables.facts["replications"]))
    drawn = (
        "which homes, which season’s weather, forecast errors, and the dice behind each household’s decisions"
    )
    fixed = ""
    if tables.facts.get("weather_file"):  # the same weather in every replication
        drawn = "which homes, forecast errors, and the dice behind each household’s decisions"
        fixed = " All replications share one measured weather year, so other weather is not covered."
    return (
        f"The intervals cover the luck of the draw over {count} replications: {drawn}.{fixed} Within a "
        "replication every arm meets the same homes, weather and dice, and differences are taken there.",
        "They do not cover wrong parameters. If take-up, comfort or the appliances of real homes differ "
        "from the assumptions listed below, the true answer can lie outside the interval.",
    )


def gains(tables: ReportInput) -> dict[str, Estimate]:
    """Gain over ``untargeted`` by arm, without ``none`` and ``untargeted`` themselves [kW]."""
    keys = [key for key in present(tables.comparison["arm"]) if key not in (REFERENCE, NO_PROGRAMME)]
    found = {key: estimate(tables.comparison, key, METRIC, difference=True) for key in keys}
    return {key: value for key, value in found.items() if value is not MISSING}
