"""``drsim init``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands.guard import guarded
from scenarios.commands.options import complete_scenario


@guarded
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path("my_scenario.yaml"),
    like: Annotated[
        str,
        typer.Option(
            "--like", metavar="NAME", help="Bundled scenario to copy (drsim list).", autocompletion=complete_scenario
        ),
    ] = "heat_wave",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a commented scenario to start from, and the schema that lets editors complete it.

    \b
    Examples:
      drsim init my_town.yaml
      drsim init winter.yaml --like winter_evening
      drsim check my_town.yaml
    """
    from drsim.errors import Problem, ScenarioError
    from scenarios.commands.schema import schema_text
    from scenarios.loader import BUNDLED, bundled_names
    from scenarios.schema.suggestions import did_you_mean, list_of

    names = bundled_names()
    if like not in names:
        hint = did_you_mean(like, names) or "."
        raise ScenarioError(Problem("--like", f'"{like}" is not bundled; expected one of {list_of(names)}{hint}'))
    if file.suffix not in (".yaml", ".yml"):
        raise ScenarioError(Problem("FILE", f'"{file}" has no ".yaml" at its end, for example {file.stem}.yaml.'))
    if file.exists() and not force:
        raise ScenarioError(Problem("FILE", f"{file} exists already; give another name, or --force to replace it."))
    text = (BUNDLED / f"{like}.yaml").read_text(encoding="utf-8")
    schema = file.with_name("schema.json")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(f"drsim run {like} ", f"drsim run {file.name} "), encoding="utf-8")
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(Problem("FILE", f"{file} can not be written ({error.strerror}).")) from error
    typer.echo(f"Wrote {file}, a copy of {like}. Edit it, then:\n  drsim check {file}\n  drsim run {file}")
