"""One decorator for every compiled function, with a cache that can not go stale.

numba's own on-disk cache notices an edit of the file a function stands in, but not an edit of another
file it calls: a cached day would keep calling the old air conditioner. Here the cache folder is named
by a hash of all simulator sources, so any edit starts a new one.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from simulator.user_cache import cache_root

Function = TypeVar("Function", bound=Callable[..., Any])


def source_hash(folder: Path | None = None) -> str:
    """Hash of every Python source below ``folder`` (default: the simulator), names included."""
    folder = Path(__file__).parent if folder is None else folder
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _writable_cache() -> Path | None:
    folder = cache_root() / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


CACHE_FOLDER = _writable_cache()
if CACHE_FOLDER is not None:
    # numba reads the folder when a function is decorated, so it has to be set before that.
    os.environ["NUMBA_CACHE_DIR"] = str(CACHE_FOLDER)
else:
    print("drsim: no writable cache folder; the model is compiled anew in this run", file=sys.stderr)

import numba  # noqa: E402  (the cache folder must be known first)


def warm() -> bool:
    """Whether everything was compiled before for these very sources at this place, this numba and this Python."""
    return CACHE_FOLDER is not None and (CACHE_FOLDER / _marker()).exists()


def mark_warm() -> None:
    """Remember that everything has been compiled."""
    if CACHE_FOLDER is not None:
        (CACHE_FOLDER / _marker()).touch()


def _marker() -> str:
    """Named by what numba keeps its files apart by: also the place of the sources, for a second copy compiles anew."""
    place = hashlib.sha256(str(Path(__file__).resolve().parent).encode()).hexdigest()[:8]
    return f"complete-{numba.__version__}-{sys.version_info.major}.{sys.version_info.minor}-{place}"


#: numba's own option for functions that make no array: no counts of references.
_LENT: dict[str, Any] = {"_nrt": False}


def compiled(function: Function) -> Function:
    """Compile ``function`` with numba: no fast-math, no GIL, cached by source hash; its type is kept for mypy."""
    return cast(Function, numba.njit(**_options())(function))


def compiled_inline(function: Function) -> Function:
    """As :func:`compiled`, and always put in place of its call: for what the hot path calls with many arrays."""
    return cast(Function, numba.njit(**_options(), **_LENT, forceinline=True)(function))


def compiled_bare(function: Function) -> Function:
    """As :func:`compiled`, for what makes no array: its arrays are only lent to it, so nobody counts them.

    Counting takes an atomic operation a call and array, which was a fourteenth of a day.
    """
    return cast(Function, numba.njit(**_options(), **_LENT)(function))


def _options() -> dict[str, Any]:
    cached = CACHE_FOLDER is not None
    return {"nogil": True, "fastmath": False, "error_model": "numpy", "cache": cached}
