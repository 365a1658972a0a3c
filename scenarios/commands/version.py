"""``drsim version``: what is installed, for a bug report or a citation."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption

MATTERS = ("mesa", "numpy", "numba", "pandas", "scipy", "scikit-learn", "pyarrow", "pvlib", "pydantic")


def drsim_version() -> str:
    """The installed version, or ``unknown`` when run from a bare checkout."""
    try:
        return version("drsim")
    except PackageNotFoundError:
        return "unknown (not installed)"


@guarded
def show_version(as_json: JsonOption = False) -> None:
    """Print what is installed: drsim, Python and libraries.

    \b
    Examples:
      drsim version
      drsim version --json
    """
    found = {"drsim": drsim_version(), "python": platform.python_version()}
    for name in MATTERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "is missing"
    if as_json:
        echo_json(found)
        return
    for name, said in found.items():
        typer.echo(f"{name} {said}")
