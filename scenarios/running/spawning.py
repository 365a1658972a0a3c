"""Starting worker processes from any script, also one without ``if __name__ == "__main__":``.

A spawned process imports the parent's main script first, which would start the run again. Workers need only
``scenarios.running.parallel``, so the main script is kept from them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def main_hidden() -> Iterator[None]:
    """Processes spawned inside the block do not import the main script."""
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        if "__file__" in kept:
            del main.__file__
        main.__spec__ = None
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)
