"""Dispatch rules, their limits and chance; staggered groups; OpenADR objects there and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drsim.clock import Clock
from drsim.errors import DataError
from scenarios.evidence.london import reference_folder
from scenarios.openadr import duration_of, duration_text, event_objects, program_object, program_of, to_json, windows_of
from simulator.event_levels import within_limits
from simulator.events import Calendar, EventRule, call_events
from simulator.parameters.tables import behaviour_record, load_behaviour
from simulator.programs import PROGRAMS
from simulator.programs.thermostat_setback import ThermostatSetback

CLOCK = Clock(date(2024, 5, 1), date(2024, 8, 31), "America/Phoenix", "US")
FIRST = 31
B = behaviour_record(load_behaviour())
MODEL = np.array([2.0, 0.5, 0.0, 0.1])


def heat(seed: int = 1) -> np.ndarray:
    return 34.0 + 5.0 * np.random.default_rng(seed).standard_normal(CLOCK.days)


def calendar(kind: str, replication: int = 0, **changes: object) -> Calendar:
    rule = replace(EventRule(kind, 8, "16:00", "19:00", 24.0, 1.5), **changes)
    past = np.stack([heat(s) for s in range(10, 20)])
    clear = np.random.default_rng(3).random(CLOCK.days)
    return call_events(rule, CLOCK, FIRST, heat(), past, 5, replication, MODEL, 0.0, clear)


KINDS = ("hottest_days", "system_peak", "price_threshold", "net_load_ramp", "grid_emergency", "monte_carlo")


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_keeps_its_limits_and_its_dice(kind: str) -> None:
    found = [calendar(kind, r, price_usd_per_kwh=0.2) for r in range(6)]
    assert any(c.days for c in found), "it calls something"
    for c in found:
        assert len(c.days) <= 8 and list(c.days) == sorted(set(c.days))
        assert all(FIRST <= day < CLOCK.days and CLOCK.is_workday[day] for day in c.days)
        assert all(window == (64, 76) for window in c.windows)
    assert calendar(kind, 1, price_usd_per_kwh=0.2).days == found[1].days
    assert len({c.days for c in found}) > 1, "chance has a say"


def test_never_more_days_on_end_than_allowed() -> None:
    assert within_limits([5, 1, 2, 3, 4, 9], 10, 2) == [1, 2, 4, 5, 9]
    assert within_limits([1, 2, 3], 2, 0) == [1, 2]
    days = calendar("hottest_days", at_most=60, consecutive_days=2).days
    assert not any({d, d + 1, d + 2} <= set(days) for d in days)


def test_a_higher_price_threshold_calls_fewer_days() -> None:
    counts = [len(calendar("price_threshold", at_most=90, price_usd_per_kwh=p).days) for p in (0.05, 0.2, 0.6, 5.0)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1] == 0


def test_a_deeper_midday_belly_calls_sunny_days() -> None:
    clear = np.random.default_rng(3).random(CLOCK.days)
    days = np.array(calendar("net_load_ramp", at_most=20).days)
    workdays = np.flatnonzero(CLOCK.is_workday[FIRST:]) + FIRST
    assert clear[days].mean() > clear[workdays].mean()


def test_test_events_come_first_and_count() -> None:
    c = calendar("hottest_days", test_events=2)
    first = (np.flatnonzero(CLOCK.is_workday[FIRST:]) + FIRST)[:2]
    assert set(first.tolist()) <= set(c.days) and len(c.days) <= 8


def test_called_off_events_are_told_and_not_held() -> None:
    held, some, none = (calendar("hottest_days", cancelled_fraction=f) for f in (0.0, 0.5, 1.0))
    assert set(some.days) | set(some.cancelled) == set(held.days) and some.cancelled and some.days
    assert not none.days and set(none.cancelled) == set(held.days)


def test_groups_take_turns_and_cover_the_window() -> None:
    c = calendar("hottest_days")
    parts = [ThermostatSetback(name="p", group=(g, 3)).signals(c, CLOCK, FIRST, B) for g in range(3)]
    for day, window in zip(c.days, c.windows, strict=True):
        shares = [part[day].window for part in parts]
        assert shares[0][0] == window[0] and shares[-1][1] == window[1]
        assert all(a[1] == b[0] for a, b in pairwise(shares))


@pytest.mark.parametrize("kind", PROGRAMS)
def test_openadr_there_and_back_is_exact(kind: str) -> None:
    program = PROGRAMS[kind](name="p", incentive_usd=12.5)
    item = json.loads(to_json([program_object(program)]))[0]
    assert program_of(item) == program
    assert to_json([program_object(program_of(item))]) == to_json([program_object(program)])
    c = calendar("hottest_days")
    events = json.loads(to_json(event_objects(program, c, CLOCK, B, FIRST)))
    windows = windows_of(events, CLOCK)
    assert windows == {day: s.window for day, s in program.signals(c, CLOCK, FIRST, B).items()}


def test_openadr_on_the_days_the_clocks_change() -> None:
    clock = Clock(date(2024, 3, 1), date(2024, 11, 30), "America/Chicago", "US")
    days = (clock.index(date(2024, 3, 10)), clock.index(date(2024, 11, 3)))
    windows = tuple(clock.window(day, "16:00", "18:30") for day in days)
    c = Calendar(days, windows, EventRule("listed", 2, "16:00", "18:30", 24.0, 0.0))
    events = event_objects(ThermostatSetback(name="p"), c, clock, B, 0)
    assert [e["intervalPeriod"]["start"] for e in events] == ["2024-03-10T21:00:00Z", "2024-11-03T22:00:00Z"]
    assert {e["intervalPeriod"]["duration"] for e in events} == {"PT2H30M"}
    assert windows_of(events, clock) == dict(zip(days, windows, strict=True))


def test_durations() -> None:
    assert duration_text(timedelta(hours=2, minutes=30)) == "PT2H30M" and duration_text(timedelta(0)) == "PT0M"
    assert duration_of("PT2H30M") == timedelta(hours=2, minutes=30) and duration_of("P1W") == timedelta(days=7)
    for wrong in ("P1Y", "2H", "P", "PT"):
        with pytest.raises(DataError, match="duration"):
            duration_of(wrong)


def test_an_event_outside_the_clock_is_refused() -> None:
    period = {"start": "2030-01-01T00:00:00Z", "duration": "PT1H"}
    event = {"eventName": "x", "intervalPeriod": period, "intervals": [{}]}
    with pytest.raises(DataError, match="expected quarter-hours between"):
        windows_of([event], CLOCK)


def _problems(value: object, schema: dict, schemas: dict, at: str = "") -> list[str]:
    """The part of JSON Schema that the OpenADR definitions need: types, required, patterns, references."""
    if "$ref" in schema:
        return _problems(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, at)
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: {value!r} is no {schema['type']}"]
    import re

    found = [f"{at}: {n} is missing" for n in schema.get("required", ()) if isinstance(value, dict) and n not in value]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not in {schema['enum']}")
    if "pattern" in schema and not re.match(schema["pattern"], str(value)):
        found.append(f"{at}: {value!r} does not match")
    for name, part in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            found += _problems(value[name], part, schemas, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            found += _problems(item, schema["items"], schemas, f"{at}[{i}]")
    return found


def test_objects_fit_the_published_definitions() -> None:
    path: Path = reference_folder() / "openadr3" / "openadr3_3.1.1.yaml"
    if not path.exists():
        pytest.skip("the OpenADR 3.1 definitions are not here (DRSIM_REFERENCE_DATA names their folder)")
    from ruamel.yaml import YAML

    schemas = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["components"]["schemas"]
    assert _problems({"programName": 3}, schemas["programRequest"], schemas), "the check can fail"
    for kind in PROGRAMS:
        program = PROGRAMS[kind](name="p")
        assert not _problems(program_object(program), schemas["programRequest"], schemas)
        for event in event_objects(program, calendar("hottest_days"), CLOCK, B, FIRST):
            assert not _problems(event, schemas["eventRequest"], schemas)
