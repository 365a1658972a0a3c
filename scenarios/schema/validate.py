"""Plain data in, a Scenario or every problem out, each problem at its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from drsim.errors import Problem, ScenarioError
from scenarios.schema.checks import Complaint, cross_checks, wrong
from scenarios.schema.edit import Edit, dotted_path, put
from scenarios.schema.messages import complaints_of, value_at
from scenarios.schema.scenario import SCHEMA_VERSION, Scenario
from scenarios.schema.source import MOST_SHOWN, Path
from scenarios.schema.suggestions import did_you_mean, list_of, shown

WHAT_CHANGED = {
    1: "version 1 is the first: question, seed, population, season, events, programs, budget_usd and arms",
}
#: Keys that name a file beside the scenario, and what is expected there.
READS: Path = ("population", "match_reads")
NAMED_FILES: dict[Path, str] = {
    ("weather", "file"): "expected an existing weather file (EPW or NSRDB CSV), for example phoenix.epw",
    ("measurement", "grid_file"): "expected an existing CSV of hourly prices or net load, for example prices.csv",
    READS: "expected a folder left by drsim import, or a meter file, for example runs/reads-export",
}


def validate(data: dict[str, Any], weather_folder: FilePath) -> tuple[Scenario | None, list[Complaint]]:
    """Check plain data: the scenario if it is one, else all complaints (what-ifs are not looked into)."""
    if "schema" in data and data["schema"] != SCHEMA_VERSION and type(data["schema"]) is int:
        return None, [_other_version(data["schema"])]
    scenario: Scenario | None = None
    complaints: list[Complaint] = []
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        complaints = complaints_of(errors[:MOST_SHOWN], data)
        if len(errors) > MOST_SHOWN:
            complaints.append(Complaint((), f"there are {len(errors)} problems; the first {MOST_SHOWN} are shown."))
        if not any(e["type"] == "cross_checks" for e in errors):
            complaints += cross_checks(_sound_parts(data, {e["loc"][0] for e in errors if e["loc"]}))
    complaints += _files(data, weather_folder)
    return (None if complaints else scenario), complaints


def _other_version(version: int) -> Complaint:
    age = "an older" if version < SCHEMA_VERSION else "a newer"
    changes = "; ".join(WHAT_CHANGED.values())
    cure = (
        "bring the file up to date" if version < SCHEMA_VERSION else "update drsim, or write the file for it"
    )
    return Complaint(
        ("schema",),
        f"schema is {version}, {age} format than this drsim reads; expected {SCHEMA_VERSION}, for example "
        f'"schema: {SCHEMA_VERSION}". What changed: {changes}. Please {cure}.',
    )


def _sound_parts(data: dict[str, Any], faulty: set[Any]) -> dict[str, Any]:
    """The parts that are valid on their own, so that checks between parts run beside other errors."""
    parts: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        key = field.alias or name
        if key in faulty:
            continue
        if key not in data:
            parts[name] = field.get_default(call_default_factory=True)
        else:
            parts[name] = TypeAdapter[Any](field.rebuild_annotation()).validate_python(data[key], strict=True)
    return parts


def _files(data: dict[str, Any], folder: FilePath) -> list[Complaint]:
    """Files that a scenario names and that are not there."""
    complaints: list[Complaint] = []
    for path, cure in NAMED_FILES.items():
        name = value_at(path, data)
        if isinstance(name, str) and name and not _there(folder / name, path == READS):
            complaints.append(wrong(path, name, f"{cure} (looked for {folder / name})."))
    return complaints


def _there(file: FilePath, folder_too: bool) -> bool:
    try:
        return file.is_file() or (folder_too and file.is_dir())
    except (OSError, ValueError):  # no name of a file at all
        return False


def assemble(
    data: dict[str, Any],
    edits: Sequence[Edit],
    place: Callable[[Path, bool], str],
    weather_folder: FilePath,
    earlier: Sequence[Problem] = (),
) -> Scenario:
    """Apply edits, validate body and what-ifs, and raise one ``ScenarioError`` with all problems."""
    data = deepcopy(data)
    lost = [complaint for edit in edits if (complaint := put(data, edit)) is not None]
    if any(edit.path[-1] in {path[-1] for path in NAMED_FILES} for edit in edits):
        weather_folder = FilePath.cwd()
    scenario, complaints = validate(data, weather_folder)
    complaints = lost + complaints + _what_if_complaints(data, set(complaints), weather_folder)
    problems = list(earlier)
    for complaint in complaints:
        edited = _origin(complaint.path, edits)
        problems.append(Problem(edited or place(complaint.path, complaint.of_key), complaint.message))
    if problems or scenario is None:
        raise ScenarioError(sorted(set(problems), key=_reading_order))
    scenario._weather_folder = weather_folder
    return scenario


def _origin(path: Path, edits: Sequence[Edit]) -> str | None:
    """The edit a problem stems from, if any."""
    for edit in reversed(edits):
        if path[: len(edit.path)] == edit.path:
            return edit.place
        if edit.path[: len(path)] == path and len(path) > 1:
            return edit.place
    return None


def _reading_order(problem: Problem) -> tuple[int, int, str]:
    parts = problem.place.rsplit(":", 2)
    if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
        return int(parts[1]), int(parts[2]), problem.message
    return 0, 0, problem.message


def _what_if_complaints(data: dict[str, Any], of_body: set[Complaint], folder: FilePath) -> list[Complaint]:
    """Each what-if as a full scenario; what is wrong with the body alone is not repeated."""
    found: list[Complaint] = []
    what_ifs = data.get("what_ifs")
    if not isinstance(what_ifs, dict):
        return found
    for name, deltas in what_ifs.items():
        if not isinstance(deltas, dict):
            continue
        body = deepcopy({key: value for key, value in data.items() if key != "what_ifs"})
        edits = [Edit(dotted_path(str(key)), value, str(key)) for key, value in deltas.items()]
        complaints = [c for edit in edits if (c := put(body, edit)) is not None]
        complaints += validate(body, folder)[1]
        for complaint in complaints:
            if complaint not in of_body:
                key = _origin(complaint.path, edits)
                path: Path = ("what_ifs", name, key) if key else ("what_ifs", name)
                found.append(Complaint(path, f"what-if {name}: {complaint.message}", complaint.of_key))
    return found


def changed(scenario: Scenario, edits: Sequence[Edit]) -> Scenario:
    """A copy of a scenario with edits applied; keeps its name and path."""
    name = scenario.path.name if scenario.path else scenario.name
    new = assemble(scenario.to_data(), edits, lambda *_: name, scenario._weather_folder)
    new._name, new._path = scenario.name, scenario.path
    return new


def what_if(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the what-if ``name`` applied; see ``Scenario.what_if``."""
    if name not in scenario.what_ifs:
        known = list_of(scenario.what_ifs) or "none: this scenario has no what_ifs"
        hint = did_you_mean(name, scenario.what_ifs) or "."
        raise ScenarioError(Problem("--what-if", f"{shown(name)} is not a what-if; expected {known}{hint}"))
    data = {**scenario.to_data(), "what_ifs": {}}
    edits = [
        Edit(dotted_path(key), value, f"what_ifs.{name}.{key}")
        for key, value in scenario.what_ifs[name].items()
    ]
    body = deepcopy(data)
    for edit in edits:
        put(body, edit)
    new = assemble(body, [], lambda *_: f"what_ifs.{name}", scenario._weather_folder)
    new._name, new._path = f"{scenario.name}-{name}", scenario.path
    return new
