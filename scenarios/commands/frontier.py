"""``drsim frontier``: what every rule buys at every budget; and, with ``--flip``, where segments stop winning."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import (
    HouseholdsOption,
    JsonOption,
    OutOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
)
from scenarios.commands.progress import progress_on_stderr


@guarded
def frontier(
    scenario: ScenarioArgument,
    budgets: Annotated[
        str, typer.Option(metavar="VALUES", help="Budgets [USD]: 2000,6000,18000 or 2000..18000/5.")
    ] = "2000,4000,8000,16000,32000",
    flip: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--flip", metavar="NAME=VALUES", help="Two settings: a flip map instead. Give it twice."),
    ] = None,
    out: OutOption = None,
    seed: SeedOption = None,
    households: HouseholdsOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    sets: SetOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """See what each budget buys under every arm, and where targeting stops paying.

    Settings meet the same homes, weather and dice. The folder holds frontier.csv and break_even.csv, or
    flip_map.csv, beside the tables and figures of the sweep.

    \b
    Examples:
      drsim frontier targeting_frontier
      drsim frontier heat_wave --budgets 2000..16000/4 --replications 4
      drsim frontier targeting_frontier --flip ac.share=0.3,0.6,0.9 --flip contact_cost=2,10,25
    """
    from drsim.errors import Problem, ScenarioError
    from scenarios.loader import load_scenario
    from scenarios.sweeps.frontier_run import run_flip_map, run_frontier

    loaded = load_scenario(scenario, sets or (), seed=seed, households=households, replications=replications)
    said = shlex.join(["drsim", *sys.argv[1:]])
    options = {"out": Path(out) if out is not None else None, "workers": workers, "resume": resume, "command": said}
    with progress_on_stderr(quiet) as tell:
        if flip:
            if len(flip) != 2:
                raise ScenarioError(Problem("--flip", f"given {len(flip)} times; expected two settings."))
            result = run_flip_map(loaded, flip, progress=tell, **options)  # type: ignore[arg-type]
        else:
            result = run_frontier(loaded, budgets, progress=tell, **options)  # type: ignore[arg-type]
    if as_json:
        echo_json({"folder": str(result.folder), "findings": result.findings})
    else:
        typer.echo(result.text())
