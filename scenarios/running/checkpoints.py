"""Finished replications kept on disk, so that an interrupted run loses nothing.

A run works in ``<folder>.partial``: an identity (what is being run, with which sources and versions), a lock,
and one file a finished replication, each opened by a checksum of the rest; beside them the finished shards of
replications of several shards (``shard_files``). ``--resume`` reads those files back; one that does not match its
checksum is lived again. A resumed run ends byte-equal to an undisturbed one.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from drsim.errors import Problem, ScenarioError
from scenarios.results.tables import ReplicationTables
from scenarios.running.checked_files import read_checked, write_checked
from scenarios.running.run_folder import CHECKPOINTS, IDENTITY, LOCK, sha256, source_hashes, versions
from scenarios.running.shard_files import ShardFiles
from scenarios.schema.scenario import Scenario

BROKEN = "broken.json"  # beside the tables in a kept file: how often each invariant is broken


def identity_of(scenario: Scenario) -> dict[str, Any]:
    """What two runs have to share for one to continue the other: scenario, inputs, sources, versions."""
    weather, reads, grid = scenario.weather_path, scenario.reads_path, scenario.grid_path
    return {
        "scenario": scenario.hash,
        "weather": sha256(weather) if weather is not None else None,
        **({"reads": sha256(reads)} if reads is not None else {}),
        **({"prices": sha256(grid)} if grid is not None else {}),
        "sources": source_hashes(),
        "versions": versions(),
    }


class Checkpoints:
    """The finished replications of one run in one ``.partial`` folder, held by one process at a time."""

    def __init__(self, partial: Path, lock: FileLock) -> None:
        self.partial, self._lock = partial, lock
        self.shards = ShardFiles(partial / CHECKPOINTS)

    @classmethod
    def open(cls, partial: Path, scenario: Scenario, resume: bool) -> Checkpoints:
        """Take hold of ``partial``: empty it, or with ``resume`` keep what fits.

        Raises
        ------
        ScenarioError
            The folder can not be written, another run holds it, or what it holds belongs to another run.
        """
        try:
            partial.mkdir(parents=True, exist_ok=True)
            lock = FileLock(partial / LOCK)
            lock.acquire(timeout=0)
        except Timeout as error:
            message = f"{partial} is in use by another run; wait for it, or give another folder"
            raise ScenarioError(Problem("--out", message)) from error
        except OSError as error:
            message = f"{partial} can not be written ({error.strerror}); give another folder"
            raise ScenarioError(Problem("--out", message)) from error
        kept = cls(partial, lock)
        identity = identity_of(scenario)
        if resume and (partial / IDENTITY).exists():
            kept._expect(identity)
        else:
            kept._empty()
            (partial / IDENTITY).write_text(json.dumps(identity, indent=2), encoding="utf-8")
            (partial / CHECKPOINTS).mkdir()
        return kept

    def _expect(self, identity: dict[str, Any]) -> None:
        try:
            before = json.loads((self.partial / IDENTITY).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        differing = [key for key in identity if not isinstance(before, dict) or before.get(key) != identity[key]]
        if differing:
            self.release()
            message = (
                f"{self.partial} was begun with another {', '.join(differing)}, so its parts do not fit; "
                "run without --resume to start afresh"
            )
            raise ScenarioError(Problem("--resume", message))
        (self.partial / CHECKPOINTS).mkdir(exist_ok=True)

    def _empty(self) -> None:
        for entry in self.partial.iterdir():
            if entry.name != LOCK:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def _path(self, replication: int) -> Path:
        return self.partial / CHECKPOINTS / f"replication-{replication:05d}.part"

    def save(self, part: ReplicationTables) -> None:
        """Keep one finished replication; it appears whole or not at all. Its shards go."""
        write_checked(self._path(part.replication), _pack(part))
        self.shards.forget(part.replication)

    def load(self, replication: int) -> ReplicationTables | None:
        """A kept replication, or None when it is absent or damaged."""
        content = read_checked(self._path(replication))
        try:
            return None if content is None else _unpack(replication, content)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def kept(self) -> int:
        """How many replications are kept."""
        folder = self.partial / CHECKPOINTS
        return len(list(folder.glob("*.part"))) if folder.is_dir() else 0

    def clear(self) -> None:
        """Remove identity and checkpoints: what stays is a run's own files. Lets go of the lock."""
        shutil.rmtree(self.partial / CHECKPOINTS, ignore_errors=True)
        (self.partial / IDENTITY).unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let another run have the folder."""
        self._lock.release()
        (self.partial / LOCK).unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove everything: the run can not be continued."""
        self.release()
        shutil.rmtree(self.partial, ignore_errors=True)


def _pack(part: ReplicationTables) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(BROKEN, json.dumps(part.broken))
        for name, table in part.tables.items():
            one = io.BytesIO()
            table.to_feather(one, compression="zstd")
            archive.writestr(name, one.getvalue())
    return out.getvalue()


def _unpack(replication: int, content: bytes) -> ReplicationTables:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        broken = json.loads(archive.read(BROKEN))
        names = [name for name in archive.namelist() if name != BROKEN]
        tables = {name: pd.read_feather(io.BytesIO(archive.read(name))) for name in names}
    return ReplicationTables(replication, tables, broken)
