"""The user's cache folder: what can be made again from the sources, and is slow to make."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_root() -> Path:
    """The user's cache folder for drsim (``DRSIM_CACHE_DIR`` overrides it)."""
    if named := os.environ.get("DRSIM_CACHE_DIR"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", str(Path.home())))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    return base / "drsim"
