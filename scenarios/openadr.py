"""Programmes and events as OpenADR 3.1 objects in plain JSON, written and read back exactly.

One ``program`` object a programme, one ``event`` object an event. Everything a programme is made of travels as
``attributes`` of the program, so that a reader of this file gets the same programme; events carry the standard
payloads that other software understands. OpenADR 3.1 is not compatible with 3.0 (targets are plain strings).
"""

from __future__ import annotations

import json
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
    days = int(found[4] or 0) * (7 if found[5] == "W" else 1)
    length = timedelta(days=days, hours=int(found[6] or 0), minutes=int(found[7] or 0), seconds=float(found[8] or 0))
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


def program_of(item: Mapping[str, Any]) -> Program:
    """The programme of a ``program`` object that drsim wrote.

    Raises
    ------
    DataError
        It is no program object, or not one of drsim's.
    """
    if item.get("objectType", "PROGRAM") != "PROGRAM" or not item.get("programName"):
        raise DataError("expected an OpenADR program object with programName")
    held = {a["type"]: a["values"][0] for a in item.get("attributes") or []}
    kind = held.pop("DRSIM_KIND", None)
    if kind not in PROGRAMS:
        raise DataError(f"program {item['programName']} has DRSIM_KIND {kind!r}; expected one of {', '.join(PROGRAMS)}")
    known = {f"DRSIM_{f.name.upper()}": f for f in fields(PROGRAMS[kind])}
    terms = {}
    for name, value in held.items():
        if name in known:
            is_tuple = str(known[name].type).startswith("tuple")
            terms[known[name].name] = _tuples(json.loads(value)) if is_tuple else value
    return PROGRAMS[kind](name=item["programName"], **terms)


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
        for interval in event.get("intervals") or [{}]:
            period = {**(event.get("intervalPeriod") or {}), **(interval.get("intervalPeriod") or {})}
            if "start" not in period:
                raise DataError(f"event {event.get('eventName', '?')} has no intervalPeriod.start")
            start = datetime.fromisoformat(period["start"].replace("Z", "+00:00"))
            at, odd = divmod(start - origin, QUARTER)
            length, part = divmod(duration_of(period.get("duration", "PT0S")), QUARTER)
            if odd or part or not 0 <= at < clock.intervals or length < 1:
                raise DataError(
                    f"event {event.get('eventName', '?')} is {period['start']} for {period.get('duration', 'PT0S')}; "
                    f"expected quarter-hours between {clock.start} and {clock.end}"
                )
            day = int(np.searchsorted(clock.first, at, side="right")) - 1
            found[day] = (at - int(clock.first[day]), at - int(clock.first[day]) + length)
    return found
