"""Progress on stderr: a bar for a person, one line a step for a log."""

from __future__ import annotations

import sys
import time
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
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("left:"), TimeRemainingColumn())  # fmt: skip
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=escape(what)
        )


def _lines() -> Progress:
    last, began, before = "", 0.0, 0

    def show(done: int, total: int, what: str) -> None:
        nonlocal last, began, before
        line = f"[{done}/{total}] {what}"
        if line == last:
            return
        now = time.monotonic()
        if not last or done <= before:  # a new stage, or its beginning
            began, before = now, done
        typer.echo(line + time_left(now - began, done - before, total - done), err=True)
        last = line

    return show


def time_left(seconds: float, done: int, to_do: int) -> str:
    """``, about 3 min left`` from the pace so far; nothing while there is no pace, or for a few seconds."""
    left = seconds / done * to_do if done > 0 else 0.0
    if left < 5.0:
        return ""
    return f", about {left:.0f} s left" if left < 90.0 else f", about {left / 60.0:.0f} min left"
