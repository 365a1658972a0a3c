"""Repeating a run from the manifest it left: the same scenario, checked inputs, and what has changed since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drsim.errors import Problem, ScenarioError
from scenarios.loader import load_scenario
from scenarios.running.run_folder import RESOLVED, sha256, versions
from scenarios.schema.scenario import Scenario

MOST_BYTES = 50_000_000


def scenario_of_manifest(path: Path) -> tuple[Scenario, list[str]]:
    """The scenario a manifest describes, and warnings about what may make its numbers differ.

    Raises
    ------
    ScenarioError
        The manifest or the scenario beside it is missing, damaged or changed, or an input is gone or changed.
    """
    manifest = _read(path)
    resolved = path.parent / RESOLVED
    if not resolved.is_file():
        raise _problem(path, f"{RESOLVED} should stand beside it and does not")
    if manifest["outputs"].get(RESOLVED) != sha256(resolved):
        raise _problem(path, f"{resolved} has been changed since the run; run it as a scenario of its own instead")
    scenario = load_scenario(resolved)
    scenario._name = str(manifest["scenario"]["name"])
    if scenario.weather.file is not None:
        scenario._weather_folder = _weather_folder(path, manifest, scenario.weather.file)
    elif scenario.population.match_reads is not None:
        reads = scenario.population.match_reads
        scenario._weather_folder = Path(str(manifest.get("weather_folder", ".")))
        if not scenario.reads_path or not scenario.reads_path.exists():
            raise _problem(path, f"its reads {reads} are not there")
        if manifest["inputs"].get(scenario.reads_path.name) != sha256(scenario.reads_path):
            raise _problem(path, f"{scenario.reads_path} holds other reads than that run used (another SHA-256)")
    return scenario, _changes(manifest)


def _read(path: Path) -> dict[str, Any]:
    if path.exists() and not (path.is_file() and path.stat().st_size < MOST_BYTES):
        raise _problem(path, f"it is no file, or larger than {MOST_BYTES} bytes; expected the manifest.json of a run")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _problem(path, f"it can not be read ({error.strerror})") from error
    except ValueError as error:
        raise _problem(path, "it is no JSON; expected the manifest.json of a run") from error
    parts = ("scenario", "versions", "inputs", "outputs")
    if not isinstance(manifest, dict) or not all(isinstance(manifest.get(part), dict) for part in parts):
        raise _problem(path, f"it lacks {' or '.join(parts)}; expected the manifest.json of a run")
    if manifest.get("schema") != 1:
        raise _problem(path, f"its format is {manifest.get('schema')!r}; this version reads 1")
    return manifest


def _weather_folder(path: Path, manifest: dict[str, Any], file: str) -> Path:
    """Where the weather file lies: beside the manifest, or where it was."""
    folders = [path.parent, Path(str(manifest.get("weather_folder", ".")))]
    for folder in folders:
        if (folder / file).is_file():
            if manifest["inputs"].get(Path(file).name) != sha256(folder / file):
                raise _problem(path, f"{folder / file} is not the weather file of that run (another SHA-256)")
            return folder
    raise _problem(path, f"its weather file {file} is not there; put it beside the manifest")


def _changes(manifest: dict[str, Any]) -> list[str]:
    now = versions()
    return [
        f"{name} was {before}, is {now.get(name, 'not installed')}"
        for name, before in manifest["versions"].items()
        if now.get(name) != before
    ]


def _problem(path: Path, what: str) -> ScenarioError:
    return ScenarioError(Problem(f"--from {path}", f"{what}."))
