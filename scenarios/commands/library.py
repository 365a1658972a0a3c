"""``drsim library``: the policy questions that ship with drsim, and what their runs find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, QuietOption, WorkersOption
from scenarios.commands.progress import progress_on_stderr


@guarded
def library(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="[NAME]...", help="Scenarios of the library; all if none is given."),
    ] = None,
    write: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--write", metavar="FILE", help="Write the page of findings to a file."),
    ] = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the questions of the policy library and print what they find.

    \b
    Examples:
      drsim library event_fatigue
      drsim library dear_contacts enough_for_all --json
      drsim library --write docs/policy_library.md
    """
    from drsim.errors import Problem, ScenarioError
    from scenarios.library import CASES, case_of, findings_of, page
    from scenarios.schema.suggestions import did_you_mean, list_of

    known = [case.name for case in CASES]
    for name in names or ():
        if name not in known:
            hint = did_you_mean(name, known) or "."
            raise ScenarioError(Problem("NAME", f'"{name}" is not in the library; expected {list_of(known)}{hint}'))
    with progress_on_stderr(quiet) as progress:
        if as_json:
            echo_json({name: findings_of(case_of(name), workers, progress) for name in names or known})
            return
        text = page(workers, progress, names or ())
    if write is None:
        typer.echo(text, nl=False)
    else:
        write.write_text(text, encoding="utf-8")
