"""The folder a run leaves: written beside its final name, renamed when complete, never half there."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from drsim.errors import Problem, ScenarioError
from scenarios.schema.scenario import Scenario

RESOLVED = "scenario.resolved.yaml"
#: What a run keeps in its folder until it is complete; no part of its outputs.
IDENTITY, LOCK, CHECKPOINTS = "identity.json", ".lock", "checkpoints"
VERSIONED = ("drsim", "mesa", "numpy", "pandas", "scipy", "scikit-learn", "numba", "pyarrow", "pvlib", "matplotlib")


def folder_for(scenario: Scenario, out: Path | None) -> Path:
    """Where a run goes: ``out``, or ``runs/<name>-<hash>`` in the current folder.

    Raises
    ------
    ScenarioError
        The folder holds something else than a run of the same scenario.
    """
    folder = out if out is not None else Path("runs") / f"{scenario.name}-{scenario.hash}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        manifest = folder / "manifest.json"
        try:
            before = json.loads(manifest.read_text(encoding="utf-8")).get("scenario", {}).get("hash")
        except (OSError, ValueError, AttributeError):
            before = None
        if before != scenario.hash:
            what = "a run of another scenario" if before else "files that no run of drsim left"
            raise ScenarioError(
                Problem("--out", f"{folder} holds {what}; expected a new or empty folder; give another with --out")
            )
    return folder


def partial_of(folder: Path) -> Path:
    """Where a run works until it is complete."""
    return folder.with_name(folder.name + ".partial")


def finish(partial: Path, folder: Path) -> None:
    """Put the complete run in its place; the run it replaces goes last."""
    if folder.exists():
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        partial.rename(folder)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """CSV with LF line ends and ten significant digits, the same on every system."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Parquet without pandas' own metadata, so that equal tables are equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(
        pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(), path, compression="zstd"
    )


def sha256(path: Path) -> str:
    """Hash of a file's content, or of what identifies a folder of imported reads."""
    if path.is_dir():
        parts = [(path / name).read_bytes() for name in ("manifest.json", "premises.parquet", "system.parquet")]
        return hashlib.sha256(b"".join(parts)).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_hashes() -> dict[str, str]:
    """Hash of each package's sources: whether another process or an earlier run is the same drsim."""
    from simulator.compiled import source_hash

    root = Path(__file__).resolve().parents[2]
    return {room: source_hash(root / room) for room in ("analysis", "drsim", "scenarios", "simulator")}


def versions() -> dict[str, str]:
    """Versions of what made the numbers."""
    found = {"python": platform.python_version()}
    for name in VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def peak_rss_mb() -> float | None:
    """Highest resident memory of this process and of its largest child [MB]; None where not known."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1024.0 if sys.platform != "darwin" else 1024.0**2
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(max(own, children) / unit, 1)


def write_manifest(folder: Path, scenario: Scenario, command: str, extra: dict[str, Any]) -> None:
    """``manifest.json``: what ran, with what, and the hash of each output."""
    outputs = {
        str(path.relative_to(folder).as_posix()): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in (IDENTITY, LOCK, CHECKPOINTS)
    }
    files = [path for path in (scenario.weather_path, scenario.reads_path, scenario.grid_path) if path is not None]
    manifest = {
        "schema": 1,
        "scenario": {"name": scenario.name, "hash": scenario.hash, "seed": scenario.seed},
        "command": command,
        "versions": versions(),
        "inputs": {path.name: sha256(path) for path in files},
        **({"weather_folder": str(scenario._weather_folder.resolve())} if files else {}),
        **extra,
        "outputs": outputs,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
