"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from drsim.errors import Problem, ScenarioError


def complete_scenario(incomplete: str) -> list[str]:
    """Bundled scenarios for the shell's completion, from the folder listing alone."""
    folder = Path(__file__).resolve().parents[1]
    return sorted(path.stem for path in folder.glob("*.yaml") if path.stem.startswith(incomplete))


ScenarioArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file, or the name of a bundled one (drsim list).",
        autocompletion=complete_scenario,
    ),
]
SetOption = Annotated[
    Optional[list[str]],  # noqa: UP045  typer of some versions can not read list | None
    typer.Option("--set", metavar="KEY=VALUE", help="Change one key, e.g. budget_usd=24000. Repeatable."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WhatIfOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--what-if", metavar="NAME", help="Apply one of the scenario's what_ifs."),
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="DIR", help="Folder for the results.", show_default="beneath runs/"),
]
SeedOption = Annotated[Optional[int], typer.Option("--seed", help="Another seed.")]  # noqa: UP045
HouseholdsOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--households", help="Another number of homes."),
]
ReplicationsOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--replications", help="Another number of replications."),
]
WorkersOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--workers", min=1, help="Processes; never changes a result.", show_default="one per processor"),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]


def _zone(text: str) -> str:
    from drsim.clock import known_zone  # only now: it brings NumPy

    try:
        return known_zone(text)
    except ScenarioError as error:
        raise typer.BadParameter(error.problems[0].message) from None


ZoneOption = Annotated[
    str,
    typer.Option(
        "--zone", callback=_zone, metavar="ZONE", help="Time zone of the homes, and of stamps that name none."
    ),
]
TemperatureOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--temperature", metavar="FILE", help="Outdoor temperatures, CSV: a time and a degC column."),
]
RegionOption = typer.Option("--region", metavar="REGION", help="A region that ships with drsim.")


def known_region(name: str) -> str:
    """The name, or a usage error that lists the regions."""
    from scenarios.schema.suggestions import did_you_mean
    from simulator.parameters.files import region_names

    names = region_names()
    if name not in names:
        hint = did_you_mean(name, names)
        raise typer.BadParameter(f'no region is named "{name}"; expected one of {", ".join(names)}{hint}')
    return name


def existing(name: str, path: Path | None) -> None:
    """Refuse a file or folder that is named and not there.

    Raises
    ------
    ScenarioError
        Nothing of that name (exit code 2).
    """
    if path is not None and not path.exists():
        raise ScenarioError(Problem("", f'{name} is "{path}", and there is no such file.'))
