"""``drsim evidence``: compare the model with published facts, pass or fail."""

from __future__ import annotations

from typing import Annotated

import typer

from scenarios.commands.guard import guarded


def parse_rows(text: str) -> tuple[int, ...]:
    """``1,17,19`` as numbers, in the given order, each once."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and part.isascii() for part in parts):
        raise typer.BadParameter(f'"{text}"; expected row numbers with commas, for example 1,17,19')
    return tuple(dict.fromkeys(int(part) for part in parts))


@guarded
def evidence(
    rows: Annotated[str, typer.Option(metavar="ROWS", help="Rows of the evidence table.")] = "1,17,19",
) -> None:
    """Compare the model with published facts.

    Ends with exit code 0 only if every row passes."""
    chosen = parse_rows(rows)

    from scenarios.evidence import run_evidence

    raise typer.Exit(run_evidence(chosen))
