"""``drsim sweep``: one scenario at many settings, on the same homes, weather and dice."""

from __future__ import annotations

import shlex
import sys
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
def sweep(
    scenario: ScenarioArgument,
    vary: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--vary", metavar="NAME=VALUES", help="10,25,50 or 4..12 or 0.6..0.9/4. Repeatable."),
    ] = None,
    one_at_a_time: Annotated[
        bool, typer.Option("--one-at-a-time", help="Vary each alone, not every combination.")
    ] = False,
    method: Annotated[
        str, typer.Option(help="grid, or morris or sobol (extra: sensitivity) between the ends of each range.")
    ] = "grid",
    draws: Annotated[int, typer.Option(min=2, help="Trajectories (morris) or base samples (sobol).")] = 8,
    out: OutOption = None,
    seed: SeedOption = None,
    households: HouseholdsOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    sets: SetOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted sweep.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a scenario at many settings, and see what they change.

    NAME is a friendly one (incentive, rebate, offset, segments, budget, contact_cost, recruit_cost, take_up,
    households, region, heat, events, window, notice, forecast_error, history), any key of a scenario, or a
    parameter of the model. Settings meet the same homes, weather and dice.

    \b
    Examples:
      drsim sweep heat_wave --vary incentive=10,25,50 --vary segments=4..12
      drsim sweep heat_wave --vary budget=2000..10000/5 --replications 4
      drsim sweep heat_wave --vary ac.share=0.5..0.95/4 --vary heat=0,2 --one-at-a-time
      drsim sweep heat_wave --vary enrol_money=0.4..1.5 --vary cut_mean=0.1..0.6 --method morris
    """
    from drsim.errors import Problem, ScenarioError
    from scenarios.loader import load_scenario
    from scenarios.sweeps.sweep_points import axis_of, grid
    from scenarios.sweeps.sweep_points import one_at_a_time as singly

    if not vary:
        raise ScenarioError(Problem("--vary", "nothing to vary; for example --vary incentive=10,25,50."))
    if method not in ("grid", "morris", "sobol"):
        raise ScenarioError(Problem("--method", f'"{method}"; expected grid, morris or sobol.'))
    loaded = load_scenario(scenario, sets or (), seed=seed, households=households, replications=replications)
    ends = "/2" if method != "grid" else ""  # these draw between the ends of a range
    axes = [axis_of(text + ends if ".." in text and "/" not in text else text, loaded) for text in vary]
    said = shlex.join(["drsim", *sys.argv[1:]])

    from scenarios.sweeps.sweep import run_sweep

    with progress_on_stderr(quiet) as progress:
        if method != "grid":
            from scenarios.sweeps.sensitivity import screen

            ranked = screen(loaded, axes, method, draws, workers, progress)
            if as_json:
                echo_json(ranked.to_dict("records"))
            else:
                typer.echo(ranked.to_string(index=False, float_format=lambda v: f"{v:.3g}"))
            return
        points = singly(loaded, axes) if one_at_a_time else grid(loaded, axes)
        result = run_sweep(loaded, axes, points, out, workers, progress, resume, said)
    if as_json:
        echo_json(result.summary())
    else:
        typer.echo(result.summary_text())
