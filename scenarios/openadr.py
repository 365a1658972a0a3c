"""Programmes and events as OpenADR 3.1 objects in plain JSON, written and read back exactly.

One ``program`` object a programme, one ``event`` object an event. Everything a programme is made of travels as
``attributes`` of the program, so that a reader of this file gets the same programme; events carry the standard
payloads that other software understands. OpenADR 3.1 is not compatible with 3.0 (targets are plain strings).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from drsim.clock import Clock
from drsim.errors import DataError
from simulator.events import Calendar
from simulator.programs import PROGRAMS, Program
from simulator.programs.base import Signal

QUARTER = timedelta(minutes=15)
MOST_BYTES = 10_000_000
_DURATION = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
Json = dict[str, Any]


def duration_text(duration: timedelta) -> str:
    """ISO 8601, in hours and minutes: ``PT2H30M``."""
    minutes = int(duration.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def duration_of(text: str) -> timedelta:
    """A duration of days, hours, minutes, seconds or weeks; years and months have no fixed length and are refused."""
    found = _DURATION.fullmatch(text)
    if found is None or found[2] or found[3]:
        raise DataError(f'duration is "{text}"; expected ISO 8601 without years and months, for example "PT2H30M"')
    try:
        days, hours, minutes = int(found[4] or 0), int(found[6] or 0), int(found[7] or 0)
        days *= 7 if found[5] == "W" else 1
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=float(found[8] or 0))
    except (OverflowError, ValueError):
        raise DataError(f'duration is "{text[:40]}"; expected one such as "PT2H30M"') from None
    return -length if found[1] else length


def program_object(program: Program) -> Json:
    """The ``program`` object."""
    return {
        "objectType": "PROGRAM",
        "programName": program.name,
        "payloadDescriptors": [_descriptor(*payload[:3]) for payload in _payloads(program)],
        "attributes": [
            {"type": "DRSIM_KIND", "values": [program.kind]},
            *({"type": f"DRSIM_{f.name.upper()}", "values": _values(getattr(program, f.name))}
              for f in fields(program) if f.name != "name"),
        ],
    }  # fmt: skip


def _values(value: object) -> list[Any]:
    """A scalar as a list of one, a tuple as its JSON text: a valuesMap holds scalars only."""
    return [json.dumps(value)] if isinstance(value, tuple) else [value]


def _descriptor(kind: str, units: str | None, currency: str | None) -> Json:
    named = {"units": units, "currency": currency}
    return {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": kind, **{k: v for k, v in named.items() if v}}


def _payloads(program: Program, signal: Signal | None = None) -> list[tuple[str, str | None, str | None, float]]:
    """(payload type, units, currency, value) of a programme's events."""
    commands = program.commands()
    price = getattr(program, "peak_usd_per_kwh", None)
    if price is not None:
        low = signal is not None and signal.terms["price_ratio"] < 1.0
        return [("PRICE", "KWH", "USD", float(getattr(program, "low_usd_per_kwh", price) if low else price))]
    if program.usd_per_kwh > 0.0:
        return [("PRICE", "KWH", "USD", program.usd_per_kwh), ("SIMPLE", None, None, 1.0)]
    if commands.get("offset_k", 0.0) > 0.0:
        return [("CONTROL_SETPOINT", "CELSIUS", None, commands["offset_k"]), ("SIMPLE", None, None, 1.0)]
    if commands.get("battery_kw", 0.0) > 0.0:
        return [("DISPATCH_SETPOINT", "KW", None, commands["battery_kw"])]
    share = max(commands.get(name, 0.0) for name in ("ac_curtail", "water_curtail", "pool_curtail", "ev_curtail"))
    return [("CONTROL_LEVEL_OFFSET_PERCENT", None, None, -share)] if share > 0.0 else [("SIMPLE", None, None, 1.0)]


def event_objects(program: Program, calendar: Calendar, clock: Clock, behaviour: np.void, first_day: int) -> list[Json]:
    """One ``event`` object for each day of the programme's signal, in time; starts are UTC, RFC 3339."""
    found, utc = [], clock.utc()
    for day, signal in sorted(program.signals(calendar, clock, first_day, behaviour).items()):
        start = utc[int(clock.first[day]) + signal.window[0]].astype("datetime64[s]").astype(datetime)
        period = {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "duration": duration_text(QUARTER * _length(signal))}
        payloads = [{"type": kind, "values": [value]} for kind, _, _, value in _payloads(program, signal)]
        found.append(
            {
                "objectType": "EVENT",
                "programID": program.name,
                "eventName": f"{program.name} {clock.date(day).isoformat()}",
                "priority": 1,
                "intervalPeriod": period,
                "payloadDescriptors": [_descriptor(*payload[:3]) for payload in _payloads(program, signal)],
                "intervals": [{"id": 0, "payloads": payloads}],
            }
        )
    return found


def _length(signal: Signal) -> int:
    return signal.window[1] - signal.window[0]


def to_json(objects: list[Json]) -> str:
    """The text of a file of objects; the same objects give the same text."""
    return json.dumps(objects, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def objects_of(content: bytes, name: str) -> list[Json]:
    """The objects of a JSON file: one, or a list of them.

    Raises
    ------
    DataError
        It is no JSON, larger than ``MOST_BYTES``, or holds something else than objects.
    """
    if len(content) > MOST_BYTES:
        raise DataError(f"{name}: larger than {MOST_BYTES} bytes; expected OpenADR objects of a few thousand")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: not JSON ({str(error)[:100]}); expected OpenADR objects") from error
    objects = found if isinstance(found, list) else [found]
    if not all(isinstance(item, dict) for item in objects):
        raise DataError(f"{name}: holds something else than objects; expected a list of OpenADR programs and events")
    return objects


def program_of(item: Mapping[str, Any]) -> Program:
    """The programme of a ``program`` object that drsim wrote.

    Raises
    ------
    DataError
        It is no program object, or not one of drsim's.
    """
    if item.get("objectType", "PROGRAM") != "PROGRAM" or not isinstance(item.get("programName") or None, str):
        raise DataError("expected an OpenADR program object with programName")
    name = item["programName"]
    held = {str(a.get("type")): _first(a.get("values")) for a in _objects(item.get("attributes"))}
    kind = held.pop("DRSIM_KIND", None)
    if not isinstance(kind, str) or kind not in PROGRAMS:
        raise DataError(f"program {name} has DRSIM_KIND {kind!r}; expected one of {', '.join(PROGRAMS)}")
    known = {f"DRSIM_{f.name.upper()}": f for f in fields(PROGRAMS[kind])}
    terms = {f.name: _term(name, key, str(f.type), held[key]) for key, f in known.items() if key in held}
    return PROGRAMS[kind](name=name, **terms)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; whatever else stands there is passed over, as OpenADR asks of a reader."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None


def _term(program: str, key: str, wanted: str, value: Any) -> Any:
    """One attribute as the programme's field wants it."""
    try:
        if wanted.startswith("tuple"):
            return _tuples(json.loads(value))
        if wanted == "float":
            number = float(value)
            if not math.isfinite(number):
                raise ValueError("not finite")
            return number
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise DataError(f"program {program}: {key} is {value!r}; expected {wanted}") from None
    if type(value).__name__ != wanted:
        raise DataError(f"program {program}: {key} is {value!r}; expected {wanted}")
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def windows_of(events: list[Json], clock: Clock) -> dict[int, tuple[int, int]]:
    """Day number -> window in quarter-hours, from ``event`` objects; an interval's own period overrides the event's.

    Raises
    ------
    DataError
        An event has no start, lies outside the clock, or not on its quarter-hours.
    """
    found: dict[int, tuple[int, int]] = {}
    origin = datetime.fromisoformat(str(clock.utc()[0].astype("datetime64[s]"))).replace(tzinfo=UTC)
    for event in events:
        called = event.get("eventName", "?")
        for interval in _objects(event.get("intervals")) or [{}]:
            period = {**_mapping(event.get("intervalPeriod")), **_mapping(interval.get("intervalPeriod"))}
            start, length_of = _start_of(called, period), period.get("duration", "PT0S")
            at, odd = divmod(start - origin, QUARTER)
            length, part = divmod(duration_of(str(length_of)), QUARTER)
            if odd or part or not 0 <= at < clock.intervals or length < 1:
                raise DataError(
                    f"event {called} is {period['start']} for {length_of}; "
                    f"expected quarter-hours between {clock.start} and {clock.end}"
                )
            day = int(np.searchsorted(clock.first, at, side="right")) - 1
            found[day] = (at - int(clock.first[day]), at - int(clock.first[day]) + length)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _start_of(event: Any, period: Mapping[str, Any]) -> datetime:
    """The moment a period starts."""
    if "start" not in period:
        raise DataError(f"event {event} has no intervalPeriod.start")
    try:
        start = datetime.fromisoformat(str(period["start"]).replace("Z", "+00:00"))
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        text = 'expected a time with its zone, for example "2024-07-10T22:00:00Z"'
        raise DataError(f"event {event} starts at {str(period['start'])[:60]!r}; {text}")
    return start
