"""``drsim run``: a scenario in, a folder with the comparison and its report out."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, OutOption, ScenarioArgument, SetOption, WhatIfOption
from scenarios.commands.progress import progress_on_stderr

OptionalInt = Optional[int]  # noqa: UP045


@guarded
def run(
    scenario: ScenarioArgument,
    out: OutOption = None,
    seed: Annotated[OptionalInt, typer.Option(help="Another seed.")] = None,
    households: Annotated[OptionalInt, typer.Option(help="Another number of homes.")] = None,
    replications: Annotated[OptionalInt, typer.Option(help="Another number of replications.")] = None,
    workers: Annotated[
        OptionalInt,
        typer.Option(min=1, help="Processes; never changes a result.", show_default="one per processor"),
    ] = None,
    sets: SetOption = None,
    what_if: WhatIfOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Run a scenario and compare its arms.

    \b
    Examples:
      drsim run heat_wave
      drsim run my_scenario.yaml --out runs/mine --workers 2
      drsim run heat_wave --set budget_usd=24000 --households 300
      drsim run heat_wave --what-if doubled_incentive --json --quiet
    """
    from scenarios.loader import load_scenario

    loaded = load_scenario(scenario, sets or (), seed=seed, households=households, replications=replications)
    if what_if is not None:
        loaded = loaded.what_if(what_if)

    from scenarios.pipeline import run_scenario  # only now: it brings numba, pandas and scikit-learn

    with progress_on_stderr(quiet) as progress:
        result = run_scenario(loaded, out=out, workers=workers, progress=progress)
    if as_json:
        echo_json(result.summary())
        return
    text = result.summary_text()
    typer.echo(text)
    report = result.folder / "report.html"
    if str(report) not in text:
        typer.echo(f"Report: {report}")
