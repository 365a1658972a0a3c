"""``drsim schema``: the JSON Schema that editors use to complete and check scenario files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from scenarios.commands.guard import guarded


def schema_text() -> str:
    """The JSON Schema as it stands in ``scenarios/schema.json``."""
    from scenarios.schema.messages import json_schema

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return (
        json.dumps({**head, **json_schema(), "title": "drsim scenario"}, indent=2, ensure_ascii=False) + "\n"
    )


@guarded
def schema(
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Write to a file.", show_default="stdout"),
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Example:
      drsim schema --out schema.json
    """
    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    from drsim.errors import Problem, ScenarioError

    try:
        out.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(Problem("--out", f"{out} can not be written ({error.strerror}).")) from error
