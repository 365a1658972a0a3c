"""One replication's homes in shards, so that memory holds the days of one shard and never those of all homes.

A shard is a run of consecutive homes. Homes are independent and draws are looked up by household; what is summed
over homes is whole numbers. So shards of any size, lived in any order by any number of threads, end in the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

#: Enough homes that arrays are worth their overhead, few enough that a shard's day stays in the outer cache.
SHARD_HOMES = 4096

Piece = TypeVar("Piece")
Made = TypeVar("Made")
_threads = 1


def use_threads(threads: int) -> None:
    """How many shards may live at a time in this process; never changes a result."""
    global _threads
    _threads = max(1, threads)


def shards(homes: int, together: bool = False) -> list[slice]:
    """Consecutive shards of ``homes`` homes; ``together``: one, where homes look at each other."""
    size = max(1, homes) if together else SHARD_HOMES
    return [slice(first, min(first + size, homes)) for first in range(0, max(1, homes), size)]


def each(live: Callable[[Piece], Made], pieces: Sequence[Piece]) -> list[Made]:
    """``live`` of every shard, in their order; several at a time, for the compiled day holds no lock."""
    if min(_threads, len(pieces)) == 1:
        return [live(piece) for piece in pieces]
    with ThreadPoolExecutor(_threads) as pool:
        return list(pool.map(live, pieces))
