"""``drsim version``: what is installed, for a bug report or a citation."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import typer

from scenarios.commands.guard import guarded

MATTERS = ("mesa", "numpy", "numba", "pandas", "scipy", "scikit-learn", "pyarrow", "pvlib", "pydantic")


def drsim_version() -> str:
    """The installed version, or ``unknown`` when run from a bare checkout."""
    try:
        return version("drsim")
    except PackageNotFoundError:
        return "unknown (not installed)"


@guarded
def show_version() -> None:
    """Print what is installed: drsim, Python and libraries."""
    typer.echo(f"drsim {drsim_version()}")
    typer.echo(f"python {platform.python_version()}")
    for name in MATTERS:
        try:
            typer.echo(f"{name} {version(name)}")
        except PackageNotFoundError:
            typer.echo(f"{name} is missing")
