"""Finished shards of unfinished replications, one file each: an interrupted large run loses only what is under way.

A file holds the key of the work it is of (a hash of all that the shard's life depends on) and the arrays that the
shard left. One that is damaged, or of other work, is lived again.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.running.checked_files import read_checked, write_checked
from scenarios.running.shards import Arrays

SUFFIX = ".shard"


@dataclass(frozen=True)
class ShardFiles:
    """Shards kept in ``folder``, which is made when the first one comes."""

    folder: Path

    def _path(self, name: str, piece: slice) -> Path:
        return self.folder / f"{name}.{piece.start:09d}-{piece.stop:09d}{SUFFIX}"

    def load(self, name: str, piece: slice, key: str) -> Arrays | None:
        """What a shard left, or None where it is absent, damaged or of other work."""
        content = read_checked(self._path(name, piece))
        if content is None or not content.startswith(key.encode() + b"\n"):
            return None
        try:
            with np.load(io.BytesIO(content[len(key) + 1 :]), allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (ValueError, KeyError, zipfile.BadZipFile):
            return None

    def save(self, name: str, piece: slice, key: str, left: Arrays) -> None:
        """Keep what a shard left.

        Raises
        ------
        OSError
            The folder can not be written, or the disk is full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        content.write(key.encode() + b"\n")
        with zipfile.ZipFile(content, "w") as archive:
            for array, values in left.items():
                with archive.open(f"{array}.npy", "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, values, allow_pickle=False)
        write_checked(self._path(name, piece), content.getvalue())

    def forget(self, replication: int) -> None:
        """Remove what a replication has no more use for once it is finished."""
        for path in self.folder.glob(f"replication-{replication:05d}.*{SUFFIX}"):
            path.unlink(missing_ok=True)

    def kept(self) -> int:
        """How many shards are kept."""
        return len(list(self.folder.glob(f"*{SUFFIX}")))
