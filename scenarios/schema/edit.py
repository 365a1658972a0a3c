"""Changing a scenario's plain data by dotted key, as ``--set``, ``what_ifs`` and ``with_`` do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from drsim.errors import Problem, ScenarioError
from scenarios.schema.checks import Complaint
from scenarios.schema.source import Path, read_value
from scenarios.schema.suggestions import did_you_mean, dotted, list_of, shown

SHORT = {"households": "population.households"}


@dataclass(frozen=True)
class Edit:
    """One change: the path inside the scenario, the new value, and how to name its origin in a message."""

    path: Path
    value: object
    place: str

    @classmethod
    def of(cls, key: str, value: object, place: str) -> Edit:
        """An edit of a dotted key."""
        return cls(dotted_path(SHORT.get(key, key)), value, place)


def dotted_path(key: str) -> Path:
    """``programs.cool.kind`` as a path; what follows ``parameters.`` is one name, dots included."""
    parts = key.split(".")
    whole_from = {"parameters": 1, "what_ifs": 2}.get(parts[0], len(parts))
    tail = ".".join(parts[whole_from:])
    return (*parts[:whole_from], tail) if tail else tuple(parts)


def parse_sets(sets: Iterable[str]) -> list[Edit]:
    """``key.path=value`` texts; all that can not be read are reported at once as a ``ScenarioError``."""
    edits: list[Edit] = []
    problems: list[Problem] = []
    for text in sets:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key or not all(key.split(".")):
            problems.append(
                Problem(
                    f"--set {text}", f'{shown(text)} is not "key.path=value"; for example "budget_usd=24000".'
                )
            )
            continue
        try:
            edits.append(Edit.of(key, read_value(value), f"--set {key}"))
        except ValueError as error:
            problems.append(Problem(f"--set {key}", f"{shown(value)} can not be read: {error}"))
    if problems:
        raise ScenarioError(problems)
    return edits


def put(data: dict[str, Any], edit: Edit) -> Complaint | None:
    """Apply one edit to plain data, making missing mappings; a complaint if the path leads nowhere."""
    path = edit.path
    if path[0] in ("schema", "what_ifs"):
        return Complaint(
            path, f"{dotted(path)} can not be changed here; expected another key, for example budget_usd."
        )
    if path[0] == "programs" and len(path) == 3 and (stranger := _no_such_programme(path, data)):
        return stranger
    here: Any = data
    for i, part in enumerate(path[:-1]):
        if here.get(part) is None:
            here[part] = {}
        here = here[part]
        if not isinstance(here, dict):
            parent = dotted(path[: i + 1])
            return Complaint(
                path, f"{dotted(path)} does not exist; expected a key, and {parent} has none below it."
            )
    here[path[-1]] = edit.value
    return None


def _no_such_programme(path: Path, data: dict[str, Any]) -> Complaint | None:
    programs = data.get("programs", {})
    if not isinstance(programs, dict) or path[1] in programs:
        return None
    names = f"expected {list_of(map(str, programs))}" if programs else "there are none"
    hint = did_you_mean(path[1], programs) or "."
    return Complaint(path, f"programs.{path[1]} is not a programme here; {names}{hint}", True)
