"""Pages made from the code when the documentation is built: keys of a scenario, commands with all options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def scenario_reference() -> str:
    """Every key with its type, default, range and meaning, from the JSON Schema."""
    from scenarios.schema.messages import json_schema

    schema = json_schema()
    lines = [
        "# Scenario reference", "",
        "Made from the schema when this page is built. The [guide](../scenarios.md) explains; this page lists.", "",
    ]  # fmt: skip
    lines += _table("Top level", schema, schema["$defs"])
    for name, part in sorted(schema["$defs"].items()):
        if "properties" in part:
            lines += _table(name, part, schema["$defs"])
    return "\n".join(lines) + "\n"


def _table(title: str, part: dict[str, Any], parts: dict[str, Any]) -> list[str]:
    needed = set(part.get("required", ()))
    lines = [f"## {title}", "", part.get("description", "").split("\n")[0], "",
             "| key | value | default | meaning |", "|---|---|---|---|"]  # fmt: skip
    for key, node in part["properties"].items():
        default = "required" if key in needed else f"`{node['default']}`" if "default" in node else ""
        words = " ".join(str(node.get("description", "")).split()).replace("|", "\\|")
        lines.append(f"| `{key}` | {_value(node, parts)} | {default} | {words} |")
    return [*lines, ""]


def _value(node: dict[str, Any], parts: dict[str, Any]) -> str:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        inner = parts.get(name, {})
        return f"see {name}" if "properties" in inner else _value(inner, parts)
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{v}`" for v in node["enum"])
    for union in ("anyOf", "oneOf"):
        if union in node:
            return " or ".join(dict.fromkeys(_value(n, parts) for n in node[union]))
    kind = str(node.get("type", "any"))
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
    span = f" {low} to {high}" if low is not None and high is not None else f" from {low}" if low is not None else ""
    inner = node.get("items") or node.get("additionalProperties")
    return kind + span + (f" of {_value(inner, parts)}" if isinstance(inner, dict) and inner else "")


def command_reference() -> str:
    """The help of every command, examples included."""
    from typer.testing import CliRunner

    from scenarios.cli import app

    said = "The `--help` of every command. [The commands](../commands.md) explains them."
    lines = ["# Command reference", "", said, ""]
    for command in app.registered_commands:
        shown = CliRunner().invoke(app, [str(command.name), "--help"], prog_name="drsim", terminal_width=100).stdout
        lines += [f"## drsim {command.name}", "", "```text", re.sub(r"\s+$", "", shown), "```", ""]
    return "\n".join(lines)


def write_all(out: Path) -> None:
    """Write the pages."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "scenario_reference.md").write_text(scenario_reference(), encoding="utf-8")
    (out / "command_reference.md").write_text(command_reference(), encoding="utf-8")
