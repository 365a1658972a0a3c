"""Files that open with a checksum of the rest, and appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def write_checked(path: Path, content: bytes) -> None:
    """Put ``content`` behind its checksum into ``path``, on the disk when this returns."""
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb") as file:
            file.write(hashlib.sha256(content).hexdigest().encode() + b"\n")
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)  # on a full disk every byte counts
        raise


def read_checked(path: Path) -> bytes | None:
    """The content of a file of :func:`write_checked`, or None when it is absent or damaged."""
    try:
        checksum, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest().encode() == checksum else None
