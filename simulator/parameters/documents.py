"""Parameter files as plain values, remembered between processes.

Reading YAML takes 0.3 s of every command that needs a region; the same values as JSON take a millisecond. The
copy stands in the user's cache folder under a hash of the file's bytes, so it can not be out of date, and a process
that may not write there, or finds it damaged, reads the YAML.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from simulator.user_cache import cache_root

FORMAT = b"plain values 1\n"  # another number where the same bytes shall be read in another way


@cache
def document(path: Path) -> Any:
    """A YAML 1.2 file as plain values.

    Raises
    ------
    OSError
        The file can not be read.
    ruamel.yaml.error.YAMLError
        It is not YAML.
    """
    raw = path.read_bytes()
    copy = cache_root() / "documents" / f"{hashlib.sha256(FORMAT + raw).hexdigest()[:32]}.json"
    with suppress(OSError, ValueError):
        return json.loads(copy.read_bytes())
    values = _read(raw.decode("utf-8"))
    with suppress(OSError, ValueError, TypeError):
        text = json.dumps(values)
        if _same(json.loads(text), values):
            _put(copy, text)
    return values


def _read(text: str) -> Any:
    from ruamel.yaml import YAML  # only now: most processes find the copy

    return YAML(typ="safe", pure=True).load(text)


def _same(left: Any, right: Any) -> bool:
    """Equal values of equal types throughout: JSON knows no dates, and no keys but text."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _put(copy: Path, text: str) -> None:
    """The copy appears whole or not at all."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    new = copy.with_suffix(f".{os.getpid()}.new")
    new.write_text(text, encoding="ascii")
    new.replace(copy)
