"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer


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
