"""The policy library: for each bundled question, what is compared, and the finding as its run gives it.

``drsim library`` runs the scenarios and writes the findings; ``docs/policy_library.md`` is its output, and a test
fails when the page and the runs disagree. No sign is preferred: a finding says what the interval says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from scenarios.loader import load_scenario
from scenarios.report.arms import arm
from scenarios.report.numbers import Estimate, with_span
from scenarios.results.comparison import ratio_difference, t_interval
from scenarios.results.metrics import RATIOS, UNITS
from scenarios.running.parallel import Progress
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.sweep import run_points
from scenarios.sweeps.sweep_points import Point, axis_of, grid

EVENT_KW = "event_reduction_kw"
BODY = "body"
METRIC_WORDS = {
    EVENT_KW: "mean reduction in event hours",
    "peak_reduction_kw": "reduction of the season's peak",
    "event_participation_rate": "share of notified homes that take part",
    "missed_peaks": "highest-load days without an event",
    "usd_per_event_kw": "cost per kW in event hours",
}


@dataclass(frozen=True)
class Contrast:
    """One difference: ``after`` minus ``before``, each a setting (``body`` or a what-if) and an arm."""

    before: tuple[str, str]
    after: tuple[str, str]
    metric: str = EVENT_KW


@dataclass(frozen=True)
class Case:
    """One scenario of the library."""

    name: str
    contrasts: tuple[Contrast, ...]
    flip: str = ""  # an axis along which the last contrast between arms is followed
    tags: tuple[str, ...] = field(default_factory=tuple)


def _change(what_if: str, metric: str = EVENT_KW, who: str = "untargeted", before: str = BODY) -> Contrast:
    return Contrast((before, who), (what_if, who), metric)


def _target(setting: str = BODY, who: str = "segment_targeted", rival: str = "untargeted") -> Contrast:
    return Contrast((setting, rival), (setting, who))


CASES = (
    Case("opt_in_or_default", (_change("by_default"),)),
    Case("money_or_messages", (_change("better_messages"), _change("more_money"))),
    Case("one_long_or_two_short", (_change("twice_as_many_half_as_long"),)),
    Case("day_ahead_or_hour_ahead", (_change("hour_ahead"), _change("hour_ahead", "event_participation_rate"))),
    Case("thermostat_or_rebate", (_change("rebate_instead"), _change("rebate_instead", "usd_per_event_kw"))),
    Case("ev_wave", (_target(), _target(who="load_ranked"), _target("few_cars"))),
    Case("hotter_decade", (_change("two_degrees"),)),
    Case("solar_homes", (_target(), _target(who="load_ranked"))),
    Case("flats_and_renters", (_change("flats"),)),
    Case("event_fatigue", (_change("twenty", "event_participation_rate"), _change("twenty"))),
    Case("enough_for_all", (_target(), _target("a_tenth"), _target("a_tenth", "load_ranked")),
         flip="budget=1500,3000,6000,12000,24000"),
    Case("dear_contacts", (_target(), _target("at_the_door"), _target("at_the_door", "load_ranked")),
         flip="contact_cost=2,8,16,30"),
    Case("alike_homes", (_target(), _target(who="load_ranked"))),
    Case("precooling", (_change("an_hour_before"),)),
    Case("switch_or_thermostat", (_change("switch"), _change("switch", "usd_per_event_kw"))),
    Case("better_forecast", (_change("perfect", "missed_peaks"), _change("perfect", "peak_reduction_kw"))),
    Case("early_or_late_window", (_change("late", "peak_reduction_kw"), _change("late"))),
    Case("gentle_or_strong_setback", (_change("four_degrees"),)),
    Case("low_income_floor", (_change("half_to_low_income", who="segment_targeted"),
                              _change("half_to_low_income", who="load_ranked"), _target("half_to_low_income")),
         flip="targeting.least_low_income_share=0,0.5,0.8"),
    Case("virtual_power_plant", (_change("batteries"), _change("batteries", "usd_per_event_kw"), _target("batteries"),
                                 _target("batteries", "load_ranked"))),
)  # fmt: skip


def case_of(name: str) -> Case:
    """A case by its scenario's name; ``KeyError`` if there is none."""
    return {case.name: case for case in CASES}[name]


def setting_of(scenario: Scenario, name: str) -> Scenario:
    """The body without its what-ifs, or one what-if."""
    if name != BODY:
        return scenario.what_if(name)
    bare = scenario.model_copy(update={"what_ifs": {}})
    bare._name, bare._path, bare._weather_folder = scenario.name, scenario.path, scenario._weather_folder
    return bare


def findings_of(case: Case, workers: int | None = None, progress: Progress | None = None) -> list[str]:
    """The case's findings, from its runs."""
    scenario = load_scenario(case.name)
    tell: Progress = progress if progress is not None else (lambda done, total, what: None)
    names = list(dict.fromkeys(side[0] for c in case.contrasts for side in (c.before, c.after)))
    settings = [Point(i, {"setting": name}, setting_of(scenario, name)) for i, name in enumerate(names)]
    values = run_points(settings, None, workers, tell)
    said = [sentence(c, difference(values, names, c)) for c in case.contrasts]
    return said + (flips(case, scenario, workers, tell) if case.flip else [])


def difference(values: pd.DataFrame, names: Sequence[str], contrast: Contrast) -> Estimate:
    """After minus before, paired on replications."""
    sides = []
    for setting, who in (contrast.after, contrast.before):
        rows = values[(values["point"] == names.index(setting)) & (values["arm"] == who)].sort_values("replication")
        sides.append(rows)
    if contrast.metric in RATIOS:
        top, bottom = RATIOS[contrast.metric]
        (t1, b1), (t0, b0) = ((side[top].to_numpy(float), side[bottom].to_numpy(float)) for side in sides)
        return Estimate(*ratio_difference(t1, b1, t0, b0))
    after, before = (side[contrast.metric].to_numpy(float) for side in sides)
    return Estimate(*t_interval(after - before))


def sentence(contrast: Contrast, found: Estimate) -> str:
    """What the interval says, in words."""
    (was, who), (now, other) = contrast.before, contrast.after
    unit = UNITS[contrast.metric]
    unit = "" if unit == "fraction" else f" {unit}"
    what = METRIC_WORDS[contrast.metric]
    if was == now:
        place = "" if now == BODY else f" with {_words(now)}"
        subject = f"{arm(other).name} against {arm(who).name.lower()}{place}, {what}"
    else:
        subject = f"{_words(now).capitalize()}, {what} ({arm(who).name.lower()})"
    if not found.known:
        return f"{subject}: not defined."
    if found.has_interval and found.mean == found.low == found.high == 0.0:
        return f"{subject}: exactly the same."
    verdict = {1: "more", -1: "less", 0: "no clear difference"}[found.sign]
    return f"{subject}: {verdict}, {with_span(found, sign=True)}{unit}."


def _words(name: str) -> str:
    return "the scenario as it is" if name == BODY else name.replace("_", " ")


def flips(case: Case, scenario: Scenario, workers: int | None, tell: Progress) -> list[str]:
    """Along the case's axis: the verdict on segments against untargeted, and between which settings it changes."""
    bare = setting_of(scenario, BODY)
    axis = axis_of(case.flip, bare)
    points = grid(bare, [axis])
    values = run_points(points, None, workers, tell)
    words = {1: "more", -1: "less", 0: "no clear difference"}
    said, signs = [], []
    for point in points:
        rows = values[values["point"] == point.number].set_index(["arm", "replication"])[EVENT_KW].unstack(0)
        gain = Estimate(*t_interval(np.asarray(rows["segment_targeted"] - rows["untargeted"])))
        signs.append(gain.sign)
        said.append(f"{point.settings[axis.name]}: {words[gain.sign]} ({with_span(gain, sign=True)} kW)")
    turns = [
        f"between {a.settings[axis.name]} and {b.settings[axis.name]}"
        for (a, b), (was, now) in zip(pairwise(points), pairwise(signs), strict=True) if was != now
    ]  # fmt: skip
    turn = f"The verdict flips {' and '.join(turns)}." if turns else "The verdict is the same at all of them."
    name = axis.name.split(".")[-1].replace("_", " ")
    return [f"Segments against untargeted by {name} - {'; '.join(said)}. {turn}"]


def page(workers: int | None = None, progress: Progress | None = None, names: Sequence[str] = ()) -> str:
    """``docs/policy_library.md``."""
    chosen = [case for case in CASES if not names or case.name in names]
    parts = [HEAD]
    for case in chosen:
        scenario = load_scenario(case.name)
        found = "\n".join(f"- {line}" for line in findings_of(case, workers, progress))
        size = f"{scenario.population.households} homes, {scenario.replications} replications"
        parts.append(f"## {case.name}\n\n*{scenario.question}* ({size})\n\n{_about(scenario)}\n\n{found}\n")
    return "\n".join(parts)


def _about(scenario: Scenario) -> str:
    """The scenario file's own introduction, its second comment block."""
    lines: list[str] = []
    text: Any = scenario.path.read_text(encoding="utf-8") if scenario.path is not None else ""
    for line in text.splitlines()[2:]:
        if not line.startswith("#") or line.startswith("# Small on purpose"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)


HEAD = """# Policy library

Questions that a programme manager asks, each a bundled scenario that runs in seconds. The findings below are the
output of `drsim library`; a test fails when they and the runs disagree. A difference is given with its 95 % interval,
paired on the same homes, weather and dice; where the interval holds zero the finding is *no clear difference*. They
hold for these simulated homes and these assumptions, and six small replications see large effects only. Change a
number and ask again: `drsim run NAME --what-if ...`, `drsim sweep NAME --vary ...`.
"""
