"""The folder that a command on a meter file leaves: never over something else's, never half there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from analysis.meter_data.ami_store import MANIFEST
from drsim.errors import Problem, ScenarioError
from scenarios.running.run_folder import finish, partial_of


@dataclass(frozen=True, eq=False)
class FolderResult:
    """What a command on a meter file leaves behind: the folder, and a summary of it."""

    folder: Path
    _facts: dict[str, object] = field(default_factory=dict)

    def summary(self) -> dict[str, object]:
        """Plain values for ``--json``."""
        return dict(self._facts)


def folder_for(kind: str, source: Path, out: str | Path | None) -> Path:
    """Where the result of one command on one file goes: ``out``, or ``runs/<kind>-<file>``.

    Parameters
    ----------
    kind : ``kind`` in the manifest of the command's own results
    source : the meter file; a result of another file is not replaced

    Raises
    ------
    ScenarioError
        The folder holds something else than this command's earlier result for the same file.
    """
    folder = Path(out) if out is not None else Path("runs") / f"{kind}-{source.name.split('.')[0]}"
    if folder.exists() and not folder.is_dir():
        raise ScenarioError(Problem("--out", f"{folder} is a file; expected a folder"))
    if folder.exists() and any(folder.iterdir()) and _made_by(folder) != (kind, source.name):
        raise ScenarioError(Problem("--out", f"{folder} holds something else; choose an empty or new folder"))
    return folder


def _made_by(folder: Path) -> tuple[object, object] | None:
    """Which command and file a folder's manifest names; None where it has none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return manifest.get("kind"), manifest.get("source")
    except (OSError, ValueError, AttributeError):
        return None


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder to write in, which takes the place of ``folder`` at the end; nothing stays if writing fails."""
    partial = partial_of(folder)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finish(partial, folder)
