"""What a sweep varies: friendly names, values, and the scenarios they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from drsim.errors import Problem, ScenarioError
from scenarios.schema.edit import Edit
from scenarios.schema.parameters import known_parameters
from scenarios.schema.scenario import Scenario
from scenarios.schema.source import read_value
from scenarios.schema.suggestions import did_you_mean
from scenarios.schema.validate import changed

#: Friendly name -> key of the scenario. "programs.*" stands for every programme that has the key.
ALIASES: dict[str, str] = {
    "incentive": "programs.*.incentive_usd_per_season",
    "rebate": "programs.*.usd_per_kwh",
    "offset": "programs.*.offset_degc",
    "device_cost": "programs.*.device_usd",
    "segments": "targeting.segments",
    "budget": "budget_usd",
    "contact_cost": "costs.contact_usd_per_offer",
    "recruit_cost": "costs.recruit_usd_per_enrolment",
    "take_up": "targeting.planning_take_up_fraction",
    "households": "population.households",
    "region": "population.region",
    "heat": "weather.warmer_degc",
    "events": "events.at_most",
    "window": "events.window_local",
    "notice": "events.notice_hours",
    "forecast_error": "events.forecast_error_degc",
    "history": "history_days",
}
RANGE = re.compile(r"(-?[\d.]+(?:e-?\d+)?)\.\.(-?[\d.]+(?:e-?\d+)?)(?:/(\d+))?")
MOST_POINTS = 2000


@dataclass(frozen=True)
class Axis:
    """One thing that is varied: the name a person typed, the keys it stands for, its values."""

    name: str
    keys: tuple[str, ...]
    values: tuple[object, ...]

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers, so that it can be an axis of a figure."""
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values)


@dataclass(frozen=True)
class Point:
    """One setting of all axes, and the scenario it makes."""

    number: int
    settings: Mapping[str, object]
    scenario: Scenario


def axis_of(text: str, scenario: Scenario) -> Axis:
    """``incentive=10,25,50``, ``segments=4..12`` or ``ac.share=0.6..0.9/4`` as an axis.

    Raises
    ------
    ScenarioError
        The text, the name or a value can not be used.
    """
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals or not name or not values.strip():
        said = f'"{text}" is not "NAME=VALUES"; for example incentive=10,25,50 or segments=4..12.'
        raise ScenarioError(Problem("--vary", said))
    return Axis(name, keys_of(name, scenario), values_of(name, values.strip()))


def keys_of(name: str, scenario: Scenario) -> tuple[str, ...]:
    """The keys that a friendly name, a dotted key or a parameter's name stands for."""
    key = ALIASES.get(name, name)
    if key.startswith("programs.*."):
        field = key.removeprefix("programs.*.")
        having = [n for n, p in scenario.programs.items() if field in type(p).model_fields]
        paid = [n for n in having if getattr(scenario.programs[n], field)]
        if not having:
            raise ScenarioError(Problem(f"--vary {name}", f"no programme of {scenario.name} has {field}."))
        return tuple(f"programs.{n}.{field}" for n in (paid or having))
    parameters = known_parameters(scenario.population.region)
    if key in parameters:
        return (f"parameters.{key}",)
    top = key.split(".")[0]
    if top not in [field.alias or n for n, field in Scenario.model_fields.items()]:
        hint = did_you_mean(name, [*ALIASES, *parameters]) or "."
        said = f'"{name}" is neither a key nor a parameter; for example {", ".join(list(ALIASES)[:6])}{hint}'
        raise ScenarioError(Problem("--vary", said))
    return (key,)


def values_of(name: str, text: str) -> tuple[object, ...]:
    """``4..12`` (whole numbers), ``0.6..0.9/4`` (so many steps, ends included), or a list with commas."""
    found = RANGE.fullmatch(text)
    try:
        if found is not None:
            return _range(found[1], found[2], found[3])
        values = tuple(read_value(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise ScenarioError(Problem(f"--vary {name}", f'"{text}" can not be read: {error}')) from error
    if len(set(map(str, values))) != len(values):
        raise ScenarioError(Problem(f"--vary {name}", f'"{text}" holds a value twice; expected each once.'))
    return values


def _range(low: str, high: str, steps: str | None) -> tuple[object, ...]:
    first, last = float(low), float(high)
    if last <= first:
        raise ValueError(f"{high} is not above {low}")
    if steps is not None:
        if int(steps) < 2:
            raise ValueError("a range needs at least 2 values, for example 0.6..0.9/4")
        return tuple(round(float(v), 10) for v in np.linspace(first, last, int(steps)))
    if not (first.is_integer() and last.is_integer()):
        raise ValueError("a range of fractions needs its number of values, for example 0.6..0.9/4")
    if last - first > 200:
        raise ValueError("that are more than 200 values; give a number of values, for example 0..1000/5")
    return tuple(range(int(first), int(last) + 1))


def grid(scenario: Scenario, axes: Sequence[Axis]) -> list[Point]:
    """Every combination of the axes' values."""
    names = [axis.name for axis in axes]
    combinations = product(*(axis.values for axis in axes))
    return points(scenario, axes, [dict(zip(names, values, strict=True)) for values in combinations])


def one_at_a_time(scenario: Scenario, axes: Sequence[Axis]) -> list[Point]:
    """The scenario as it is, then each axis varied alone."""
    settings: list[dict[str, object]] = [{}]
    settings += [{axis.name: value} for axis in axes for value in axis.values]
    return points(scenario, axes, settings)


def points(scenario: Scenario, axes: Sequence[Axis], settings: Iterable[Mapping[str, object]]) -> list[Point]:
    """Scenarios for given settings; all problems of all of them at once."""
    keys = {axis.name: axis.keys for axis in axes}
    made: list[Point] = []
    problems: dict[tuple[str, str], Problem] = {}
    plain = scenario.with_({}) if not scenario.what_ifs else _without_what_ifs(scenario)
    for number, setting in enumerate(settings):
        if number >= MOST_POINTS:
            raise ScenarioError(Problem("--vary", f"more than {MOST_POINTS} points; expected fewer values."))
        edits = [Edit.of(key, value, f"--vary {n}") for n, value in setting.items() for key in keys[n]]
        try:
            made.append(Point(number, dict(setting), changed(plain, edits)))
        except ScenarioError as error:
            problems |= {(p.place, p.message): p for p in error.problems}
    if problems:
        raise ScenarioError(list(problems.values()))
    return made


def _without_what_ifs(scenario: Scenario) -> Scenario:
    bare = scenario.model_copy(update={"what_ifs": {}})
    bare._name, bare._path, bare._weather_folder = scenario.name, scenario.path, scenario._weather_folder
    return bare
