"""``drsim home``: one home's day by end use, indoor temperature, occupancy and events, as a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from drsim.errors import DataError
from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, RegionOption, known_region

FIGURES = (".png", ".svg", ".pdf")


@guarded
def home(
    region: Annotated[str, RegionOption] = "us_hot_dry",
    premise: Annotated[int, typer.Option("--premise", min=0, max=100_000, help="Which home: 0, 1, 2 ...")] = 42,
    day: Annotated[str, typer.Option("--day", metavar="DATE", help="Local date.")] = "2024-07-18",
    event: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--event", metavar="HH:MM-HH:MM", help="Show a thermostat setback in this window."),
    ] = None,
    offset_degc: Annotated[float, typer.Option("--offset", min=0.1, max=10.0, help="Its setback [degC].")] = 2.0,
    seed: Annotated[Optional[int], typer.Option("--seed", help="Seed of the draws.")] = None,  # noqa: UP045
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Figure (.png, .svg or .pdf) or table (.csv)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look inside one home: its day by end use, indoor temperature, occupancy and an event.

    The home is the one that every run with this seed draws for the region. Prints the day and draws a figure.

    \b
    Examples:
      drsim home
      drsim home --region uk_london --premise 7 --day 2024-01-16
      drsim home --event 16:00-19:00 --offset 2 --out setback.svg
    """
    place = known_region(region)
    target = out or Path(f"home-{place}-{premise}-{day}.png")
    if target.suffix.lower() not in (*FIGURES, ".csv"):
        raise typer.BadParameter(f'--out is "{target}"; expected a name that ends in .png, .svg, .pdf or .csv')

    from scenarios.homes.home_day import home as look

    try:
        seen = look(place, premise, day, event, offset_degc, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        if target.suffix.lower() == ".csv":
            seen.frame().to_csv(target, index=False)
        else:
            seen.plot().savefig(target, dpi=130)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror}). Choose another --out.") from error
    if as_json:
        echo_json({"kwh": seen.lived.by_use_kwh(), "file": str(target)})
        return
    typer.echo(seen.describe())
    typer.echo(str(target))
