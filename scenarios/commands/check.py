"""``drsim check``: every mistake of a scenario at once, without running it."""

from __future__ import annotations

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, ScenarioArgument, SetOption, WhatIfOption


@guarded
def check(
    scenario: ScenarioArgument,
    sets: SetOption = None,
    what_if: WhatIfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a scenario without running it.

    Prints it with every default written out, or every mistake with its line and how to mend it.

    \b
    Examples:
      drsim check my_scenario.yaml
      drsim check heat_wave --what-if doubled_incentive
      drsim check heat_wave --set budget_usd=24000 --json
    """
    import typer

    from scenarios.loader import load_scenario

    loaded = load_scenario(scenario, sets or ())
    if what_if is not None:
        loaded = loaded.what_if(what_if)
    if as_json:
        echo_json({"name": loaded.name, "hash": loaded.hash, "scenario": loaded.to_data()})
        return
    typer.echo(f"# {loaded.name} ({loaded.hash}): fine. Every default written out:")
    typer.echo(loaded.resolved_yaml(), nl=False)
