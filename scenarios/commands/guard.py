"""How every command ends: results to stdout, trouble to stderr without a traceback, and an exit code.

0 fine, 1 the run failed, 2 bad usage or scenario, 3 unusable input data, 130 interrupted.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

import typer

from drsim.errors import DrsimError, ScenarioError

P = ParamSpec("P")
INTERRUPTED = 130


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn the errors a user may meet into messages and exit codes; anything else is a bug and shows."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except DrsimError as error:
            complain(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as stop:
            typer.echo(f"drsim: interrupted; {stop}" if str(stop) else "drsim: interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None

    return wrapper


def complain(error: DrsimError) -> None:
    """One line per problem on stderr."""
    if not isinstance(error, ScenarioError):
        typer.echo(f"drsim: {error}", err=True)
        return
    for problem in error.problems:
        typer.echo(str(problem), err=True)
    if len(error.problems) > 1:
        typer.echo(f"drsim: {len(error.problems)} problems; nothing was run", err=True)


def echo_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Strict JSON on stdout: what is not defined (NaN) is ``null``."""
    typer.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if hasattr(value, "item"):  # a NumPy scalar
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
