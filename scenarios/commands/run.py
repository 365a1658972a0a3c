"""``drsim run``: a scenario in, a folder with the comparison and its report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from drsim.errors import Problem, ScenarioError
from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import (
    HouseholdsOption,
    JsonOption,
    OutOption,
    QuietOption,
    ReplicationsOption,
    SeedOption,
    SetOption,
    WhatIfOption,
    WorkersOption,
)
from scenarios.commands.progress import progress_on_stderr

if TYPE_CHECKING:
    from scenarios.schema.scenario import Scenario


@guarded
def run(
    scenario: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a bundled one (drsim list)."),
    ] = None,
    out: OutOption = None,
    seed: SeedOption = None,
    households: HouseholdsOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    engine: Annotated[
        str, typer.Option(metavar="processes|dask", help="Where replications run; never changes a result.")
    ] = "processes",
    scheduler: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ADDRESS", help="A running scheduler, for --engine dask."),
    ] = None,
    shard_homes: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--shard-homes", min=1, metavar="N", show_default="4096",
            help="Homes lived, and kept for --resume, together; never changes a result.",
        ),
    ] = None,
    sets: SetOption = None,
    what_if: WhatIfOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run; it ends as if undisturbed.")
    ] = False,
    manifest: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--from", metavar="MANIFEST", help="Repeat the run that left this manifest.json."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
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

    changes = (sets, seed, households, replications, what_if)
    if manifest is not None:
        loaded = _repeated(manifest, scenario is not None or any(change is not None for change in changes))
    elif scenario is None:
        raise ScenarioError(Problem("SCENARIO", "is missing; give a file, a bundled name (drsim list) or --from"))
    else:
        loaded = load_scenario(scenario, sets or (), seed=seed, households=households, replications=replications)
    if what_if is not None:
        loaded = loaded.what_if(what_if)

    if engine not in ("processes", "dask"):
        raise ScenarioError(Problem("--engine", f'is "{engine}"; expected "processes" or "dask".'))
    if scheduler is not None and engine != "dask":
        raise ScenarioError(Problem("--scheduler", "goes with --engine dask only; add that, or leave it away."))

    from scenarios.pipeline import run_scenario  # only now: it brings numba, pandas and scikit-learn
    from scenarios.running.parallel import Engine
    from scenarios.running.shards import SHARD_HOMES

    where = Engine("dask" if engine == "dask" else "processes", scheduler)
    with progress_on_stderr(quiet) as progress:
        result = run_scenario(
            loaded, out=out, workers=workers, progress=progress, resume=resume, engine=where,
            shard_homes=shard_homes or SHARD_HOMES,
        )  # fmt: skip
    if as_json:
        echo_json(result.summary())
        return
    text = result.summary_text()
    typer.echo(text)
    report = result.folder / "report.html"
    if str(report) not in text:
        typer.echo(f"Report: {report}")


def _repeated(manifest: Path, changed: bool) -> Scenario:
    """The scenario of an earlier run; what differs since is said."""
    from scenarios.running.repeat import scenario_of_manifest

    if changed:
        raise ScenarioError(Problem("--from", "repeats a run as it was; leave SCENARIO, --set and the like away."))
    scenario, warnings = scenario_of_manifest(manifest)
    for warning in warnings:
        typer.echo(f"drsim: note: {warning}; numbers may differ in their last digits", err=True)
    return scenario
