"""``drsim list``: the scenarios that ship with drsim, and the question each asks."""

from __future__ import annotations

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption


@guarded
def list_scenarios(as_json: JsonOption = False) -> None:
    """List the bundled scenarios and the question each asks.

    \b
    Examples:
      drsim list
      drsim list --json
    """
    from scenarios.loader import bundled_names, load_scenario

    loaded = [load_scenario(name) for name in bundled_names()]
    if as_json:
        echo_json([{"name": s.name, "question": s.question, "file": str(s.path)} for s in loaded])
        return
    width = max(len(s.name) for s in loaded)
    for s in loaded:
        typer.echo(f"{s.name:<{width}}  {s.question}")
