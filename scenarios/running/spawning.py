"""How worker processes start: as copies of drsim's own command line where that is safe, else as new programs.

A *forked* worker has at once what its parent has imported and compiled; a *spawned* one imports for seconds. A fork
copies one thread and leaves the locks of all others as they stand, so only a process whose threads are known may do
it: drsim's own command line, on Linux. In a notebook, an application or a script, workers are spawned.

A spawned process imports the parent's main script first, which would start the run again. Workers need only
``scenarios.running.parallel``, so the main script is kept from them, also one without
``if __name__ == "__main__":``.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext

_own_process = False


def this_process_is_ours() -> None:
    """Said by drsim's command line: every thread of this process is one that drsim started."""
    global _own_process
    _own_process = True


def workers_context(afresh: bool = False) -> BaseContext:
    """How to start workers here; ``afresh``: as new programs in any case, after copies of this one have died."""
    forks = _own_process and sys.platform == "linux" and not afresh
    return multiprocessing.get_context("fork" if forks else "spawn")


def settle_in() -> None:
    """First thing in a worker: print past a progress bar that only the parent has, and end when the parent ends."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed ends too, instead of waiting for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
