"""Finding and loading scenarios, bundled or your own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from drsim.errors import Problem, ScenarioError
from scenarios.schema.edit import Edit, parse_sets
from scenarios.schema.scenario import Scenario
from scenarios.schema.source import MOST_BYTES, read_source
from scenarios.schema.suggestions import did_you_mean, list_of, shown
from scenarios.schema.validate import assemble

BUNDLED = Path(__file__).resolve().parent


def bundled_names() -> list[str]:
    """Names of the scenarios that ship with drsim."""
    return sorted(path.stem for path in BUNDLED.glob("*.yaml"))


def load_scenario(
    name_or_path: str | os.PathLike[str],
    sets: Sequence[str] = (),
    seed: int | None = None,
    households: int | None = None,
    replications: int | None = None,
) -> Scenario:
    """Load a scenario by path, or a bundled one by name.

    Parameters
    ----------
    name_or_path : str or path
        A YAML file, or the name of a bundled scenario such as ``heat_wave``.
    sets : sequence of str
        Changes as ``key.path=value``, the value written as in YAML; see ``drsim run --set``.
    seed, households, replications : int, optional
        Short forms of the most usual changes; applied after ``sets``.

    Returns
    -------
    Scenario
        Valid and frozen; ``weather.file`` in the file is relative to the file, in ``sets`` to the
        current folder.

    Raises
    ------
    ScenarioError
        With every problem of the file, each as ``file:line:col: key is X; expected ...``.

    Examples
    --------
    >>> load_scenario("heat_wave", households=50).population.households
    50
    """
    path, shown_as = _find(name_or_path)
    edits = parse_sets(sets)
    short = {"seed": seed, "households": households, "replications": replications}
    edits += [Edit.of(key, value, f"--{key}") for key, value in short.items() if value is not None]
    source = read_source(shown_as, _read(path, shown_as))
    if source.problems and not source.data:
        raise ScenarioError(source.problems)
    scenario = assemble(source.data, edits, source.place, path.parent, earlier=source.problems)
    scenario._name, scenario._path = path.stem, path
    return scenario


def _find(name_or_path: str | os.PathLike[str]) -> tuple[Path, str]:
    """The file, and how to call it in messages."""
    text = os.fspath(name_or_path)
    is_path = text.endswith((".yaml", ".yml")) or os.sep in text or "/" in text
    bundled = BUNDLED / f"{text}.yaml"
    if not is_path and text in bundled_names():
        return bundled, bundled.name
    path = Path(text)
    if "\0" not in text and path.is_file():
        return path, text
    if "\0" not in text and path.is_dir():
        raise ScenarioError(
            Problem(
                text or "SCENARIO", "this is a folder; expected a scenario file, for example heat_wave.yaml."
            )
        )
    names = bundled_names()
    hint = did_you_mean(path.stem, names) or "."
    raise ScenarioError(
        Problem(
            "",
            f"SCENARIO is {shown(text)}, and there is no such file; expected a path or one of "
            f"{list_of(names)}{hint}",
        )
    )


def _read(path: Path, shown_as: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ScenarioError(Problem(shown_as, f"the file can not be read ({reason}).")) from error
