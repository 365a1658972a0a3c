"""``drsim evidence``: compare the model with published facts, pass or fail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from scenarios.commands.guard import guarded


def parse_rows(text: str) -> tuple[int, ...]:
    """``1,17,19`` as numbers, in the given order, each once; ``all`` gives none, which means every row."""
    if text == "all":
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and part.isascii() for part in parts):
        raise typer.BadParameter(f'"{text}"; expected row numbers with commas, for example 1,17,19')
    return tuple(dict.fromkeys(int(part) for part in parts))


@guarded
def evidence(
    rows: Annotated[str, typer.Option(metavar="ROWS", help="Rows of the evidence table, or all.")] = "all",
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="DIR", help="Folder for evidence.csv, evidence.md and a page of figures."),
    ] = None,
    two_sample: Annotated[
        bool, typer.Option("--two-sample", help="Try to tell simulated homes from real ones by their weeks.")
    ] = False,
    trials: Annotated[
        bool, typer.Option("--trials", help="Run the published trials: published against simulated, scores by role.")
    ] = False,
    only: Annotated[
        str, typer.Option(metavar="TRIALS", help="With --trials: names of some, with commas.")
    ] = "",
) -> None:
    """Compare the model with published facts.

    Ends with exit code 0 only if every required row passes.

    \b
    Example:
      drsim evidence --rows 1,17
    """
    chosen = parse_rows(rows)

    if trials:
        from scenarios.trials.command import print_trials

        raise typer.Exit(print_trials(tuple(filter(None, only.split(","))), out))

    from scenarios.evidence import run_evidence

    raise typer.Exit(run_evidence(chosen, out, two_sample))
