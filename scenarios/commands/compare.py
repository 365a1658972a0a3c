"""``drsim compare``: what differs between two finished runs, paired on the same dice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption


@guarded
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder of a finished run.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Folder of another.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two finished runs, replication by replication.

    Lists what was changed in the scenario, and for each arm the difference B minus A with its interval. Both
    runs need the same seed and replications: then their homes, weather and dice are the same.

    \b
    Examples:
      drsim run heat_wave --out runs/before
      drsim run heat_wave --set programs.cool.incentive_usd_per_season=80 --out runs/after
      drsim compare runs/before runs/after
    """
    from scenarios.results.compare_runs import compare_runs

    found = compare_runs(run_a, run_b)
    if as_json:
        echo_json(found.summary())
    else:
        typer.echo(found.summary_text())
