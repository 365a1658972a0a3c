"""Progress on stderr: a bar for a person, one line a step for a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

Progress = Callable[[int, int, str], None]
"""``progress(done, total, what)``: ``done`` of ``total`` steps are finished; ``what`` is under way."""


@contextmanager
def progress_on_stderr(quiet: bool) -> Iterator[Progress | None]:
    """A function to report progress to, or None if nothing shall be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=escape(what)
        )


def _lines() -> Progress:
    last = ""

    def show(done: int, total: int, what: str) -> None:
        nonlocal last
        line = f"[{done}/{total}] {what}"
        if line != last:
            typer.echo(line, err=True)
            last = line

    return show
