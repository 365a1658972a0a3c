"""From pydantic's errors to sentences: what the key is, what was expected, an example, and a likely cure.

What a key expects is read from the JSON Schema, so that messages, editors and validation never disagree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from scenarios.schema.checks import Complaint, wrong
from scenarios.schema.programs import PROGRAM_KINDS
from scenarios.schema.scenario import Scenario
from scenarios.schema.source import Path
from scenarios.schema.suggestions import did_you_mean, dotted, list_of, shown

_OWN_WORDS = ("window", "segments", "repeated")


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file."""
    return Scenario.model_json_schema(by_alias=True)


def complaints_of(errors: Iterable[Any], data: dict[str, Any]) -> list[Complaint]:
    """One complaint per pydantic error (its ``cross_checks`` error carries several)."""
    found: list[Complaint] = []
    for error in errors:
        if error["type"] == "cross_checks":
            found.extend(error["ctx"]["complaints"])
        else:
            found.append(_complaint(error, data))
    return found


def _complaint(error: Any, data: dict[str, Any]) -> Complaint:
    path = _path(error["loc"])
    kind = error["type"]
    if error["loc"][-1:] == ("[key]",):
        return _bad_name(path, data)
    if kind == "extra_forbidden":
        return _unknown(path, data)
    if kind in ("union_tag_invalid", "union_tag_not_found") and isinstance(error["input"], dict):
        path = (*path, "kind")
        kind = "missing" if "kind" not in error["input"] else "enum"
    if kind in _OWN_WORDS:
        return wrong(path, error["input"], f"{error['msg']}.")
    node = schema_at(path, data)
    if kind == "missing":
        return Complaint(path, f"{dotted(path)} is missing; expected {describe(node)}, {_example(node)}.")
    value = value_at(path, data)
    hint = did_you_mean(value, _choices(node)) if isinstance(value, str) else ""
    return wrong(path, value, f"expected {describe(node)}, {_example(node)}{hint or '.'}")


def _bad_name(path: Path, data: dict[str, Any]) -> Complaint:
    """A key of a free mapping that is not a possible name (a programme, a what-if, a dwelling kind)."""
    names = _deref(schema_at(path[:-1], data)).get("propertyNames", {})
    if "$ref" in names or "enum" in names:
        choices = [str(name) for name in _deref(names)["enum"]]
        hint = did_you_mean(path[-1], choices) or "."
        return Complaint(path, f"{dotted(path)} is not a key here; expected {list_of(choices)}{hint}", True)
    rule = 'a name of small letters, digits and "_" that starts with a letter, for example cool'
    return Complaint(path, f"{dotted(path)} is not a usable name; expected {rule}.", True)


def _unknown(path: Path, data: dict[str, Any]) -> Complaint:
    known = list(schema_at(path[:-1], data).get("properties", {}))
    inside = f"a key of {dotted(path[:-1])}" if len(path) > 1 else "a key of a scenario"
    hint = did_you_mean(path[-1], known) or "."
    return Complaint(path, f"{dotted(path)} is not {inside}; expected {list_of(known, most=20)}{hint}", True)


def _path(loc: tuple[str | int, ...]) -> Path:
    """Pydantic's location without the union tag it puts after a programme's name."""
    parts = tuple(part for part in loc if part != "[key]")
    if len(parts) > 2 and parts[0] == "programs" and parts[2] in PROGRAM_KINDS:
        parts = parts[:2] + parts[3:]
    return parts


def value_at(path: Path, data: Any) -> Any:
    """The plain value at a path, or None."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def schema_at(path: Path, data: Any) -> dict[str, Any]:
    """The JSON Schema of the key at a path; ``data`` decides between the kinds of a programme."""
    node = _deref(json_schema())
    for i, part in enumerate(path):
        node = _child(_variant(node, value_at(path[:i], data)), part)
    return _variant(node, value_at(path, data))


def _deref(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        target = json_schema()["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _variant(node: dict[str, Any], value: Any) -> dict[str, Any]:
    """Follow a reference; of a discriminated union take the member that ``kind`` names."""
    node = _deref(node)
    if "discriminator" in node:
        kind = value.get("kind") if isinstance(value, dict) else None
        mapping = node["discriminator"]["mapping"]
        if kind not in mapping:
            kinds = {"enum": list(mapping), "examples": [next(iter(mapping))]}
            return {"type": "object", "properties": {"kind": kinds}}
        return _deref({"$ref": mapping[kind]})
    if "anyOf" in node:
        options = [_deref(option) for option in node["anyOf"] if option.get("type") != "null"]
        if len(options) == 1:
            return {**options[0], **{key: value for key, value in node.items() if key != "anyOf"}}
    return node


def _child(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if isinstance(part, int):
        return _deref(node.get("items", {}))
    if part in node.get("properties", {}):
        return _deref(node["properties"][part])
    free = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
    return next((_deref(inside) for inside in free if isinstance(inside, dict)), {})


def _choices(node: dict[str, Any]) -> list[str]:
    return [str(choice) for choice in node.get("enum", [])]


def describe(node: dict[str, Any]) -> str:
    """What a key expects, in words."""
    kind = node.get("type")
    if "const" in node:
        return f"the number {node['const']}" if isinstance(node["const"], int) else str(node["const"])
    if "enum" in node:
        return f"one of {list_of(map(str, node['enum']))}"
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(node)
    if kind == "array":
        least = "" if "minItems" not in node else f" (at least {node['minItems']})"
        return f"a list of {_plural(_variant(node['items'], None))}{least}"
    if kind == "object":
        keys = list_of(node.get("properties", {}), "and", most=20)
        most = f" (at most {node['maxProperties']})" if "maxProperties" in node else ""
        return f"a mapping with {keys}" if keys else f"a mapping of names to values{most}"
    if node.get("format") == "date":
        return "a date YYYY-MM-DD from 1970-01-01 to 2100-12-31"
    length = (
        f" of {node.get('minLength', 0)} to {node['maxLength']} characters" if "maxLength" in node else ""
    )
    return {"boolean": "true or false", "string": f"text{length}"}.get(str(kind), "another value")


def _plural(items: dict[str, Any]) -> str:
    if "enum" in items:
        return list_of(map(str, items["enum"]), "and")
    return "dates YYYY-MM-DD" if items.get("format") == "date" else "values"


def _range(node: dict[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above = node.get("exclusiveMinimum")
    ceiling = f" up to {_plain(high)}" if high is not None else ""
    if above is not None:
        return f" above {_plain(above)}{ceiling}"
    return f" from {_plain(low)} to {_plain(high)}" if low is not None and high is not None else ceiling


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def _example(node: dict[str, Any]) -> str:
    return f"for example {_example_value(node)}"


def _example_value(node: dict[str, Any]) -> str:
    examples = node.get("examples") or node.get("enum") or ([node["const"]] if "const" in node else [])
    if examples:
        return _flow(examples[0])
    if node.get("type") in ("number", "integer"):
        low, high = node.get("minimum", 1), node.get("maximum", 1)
        return _plain((low + high) / 2)
    properties = node.get("properties", {})
    required = node.get("required") or list(properties)[:1]
    inside = ", ".join(f"{key}: {_example_value(_variant(properties[key], None))}" for key in required)
    return f"{{{inside}}}" if inside else "{}"


def _flow(value: Any) -> str:
    """A value as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return value if re.fullmatch(r"[\w.-]+", value) else json.dumps(value)
    return shown(value)
