"""One replication's homes in shards, so that memory holds the days of one shard and never those of all homes.

A shard is a run of consecutive homes. Homes are independent and draws are looked up by household; what is summed
over homes is whole numbers. So shards of any size, lived in any order, anywhere, end in the same bytes.

What a shard needs is a *cut* of the replication's tables, and what it leaves is a record of arrays by name. So a
shard can be lived in a thread of this process or in another one, and its record can be kept in a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

#: Enough homes that arrays are worth their overhead, few enough that a shard's day stays in the outer cache.
SHARD_HOMES = 4096

#: What a shard leaves, by name.
Arrays = dict[str, NDArray[Any]]
Piece = TypeVar("Piece")
Made = TypeVar("Made")


class Cut(Protocol):
    """One shard's own part of the tables: arrays, and nothing of other homes."""

    def arrays(self) -> Iterator[NDArray[Any]]:
        """All that its life depends on, beside the plan."""


class Plan(Protocol):
    """What the shards of one phase of a replication share; goes to other processes."""

    @property
    def name(self) -> str:
        """The replication and phase, for a file's name."""

    def words(self) -> str:
        """What these shards depend on beside the scenario, the replication and their cuts."""

    def elsewhere(self) -> Plan:
        """The same for another process: without this one's homes and playbacks."""

    def live(self, cut: Any) -> Arrays:
        """Live one shard."""


class Work(Protocol):
    """One phase of a replication, in the process that holds its tables."""

    @property
    def plan(self) -> Plan:
        """What its shards share."""

    def cut(self, piece: slice) -> Cut:
        """What one shard needs."""

    def receive(self, piece: slice, left: Arrays) -> None:
        """Put what one shard left in its place; shards come in any order."""


class Keeper(Protocol):
    """Where finished shards are kept."""

    def load(self, name: str, piece: slice, key: str) -> Arrays | None:
        """What a shard left, or None where it is absent, damaged or of other work."""

    def save(self, name: str, piece: slice, key: str, left: Arrays) -> None:
        """Keep what a shard left; it appears whole or not at all."""


#: (plan, shards still to live with their cuts) -> what each left, in any order
Spread = Callable[[Plan, Iterator[tuple[slice, Cut]]], Iterator[tuple[slice, Arrays]]]

Tell = Callable[[int, int, str], None]
TOLD = 20  # times a phase: a log of a million homes stays readable


@dataclass(frozen=True)
class Living:
    """How this process lives shards; never changes a result.

    ``homes`` of a shard; ``threads`` at a time; ``keeper`` of finished shards; ``spread`` sends them elsewhere;
    ``tell`` hears of the shards that are done, of how many, and of what.
    """

    homes: int = SHARD_HOMES
    threads: int = 1
    keeper: Keeper | None = None
    spread: Spread | None = None
    tell: Tell | None = None


_living = Living()


@contextmanager
def living(**changes: Any) -> Iterator[Living]:
    """Inside the block, shards of this process are lived with these fields of :class:`Living` changed."""
    global _living
    before = _living
    _living = replace(before, **changes)
    try:
        yield _living
    finally:
        _living = before


def present() -> Living:
    """How this process lives shards now."""
    return _living


def settle(how: Living) -> None:
    """Live shards like this in this process from now on: for a worker that has just started."""
    global _living
    _living = how


def shards(homes: int, together: bool = False) -> list[slice]:
    """Consecutive shards of ``homes`` homes; ``together``: one, where homes look at each other."""
    size = max(1, homes) if together else _living.homes
    return [slice(first, min(first + size, homes)) for first in range(0, max(1, homes), size)]


def each(live: Callable[[Piece], Made], pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Made]]:
    """``live`` of every shard as they end; several at a time, for the compiled day holds no lock."""
    if min(_living.threads, len(pieces)) == 1:
        for piece in pieces:
            yield piece, live(piece)
        return
    pool = ThreadPoolExecutor(_living.threads)
    try:
        waiting = {pool.submit(live, piece): piece for piece in pieces}
        for done in as_completed(list(waiting)):
            yield waiting.pop(done), done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def live_shards(work: Work, pieces: Sequence[slice]) -> None:
    """Live all shards of a phase, but for those that are kept from before; work receives them as they end."""
    how, plan = _living, work.plan
    if len(pieces) == 1:  # the replication's own checkpoint is the shard's
        work.receive(pieces[0], plan.live(work.cut(pieces[0])))
        return
    keys: dict[int, str] = {}

    def kept(piece: slice, cut: Cut) -> Arrays | None:
        if how.keeper is None:
            return None
        keys[piece.start] = _key(plan, cut)
        return how.keeper.load(plan.name, piece, keys[piece.start])

    def keep(piece: slice, left: Arrays) -> Arrays:
        if how.keeper is not None:
            how.keeper.save(plan.name, piece, keys[piece.start], left)
        return left

    def live(piece: slice) -> Arrays:
        cut = work.cut(piece)
        left = kept(piece, cut)
        return left if left is not None else keep(piece, plan.live(cut))

    done = 0

    def receive(piece: slice, left: Arrays) -> None:
        nonlocal done
        work.receive(piece, left)
        done += 1
        if how.tell is not None and (done % -(-len(pieces) // TOLD) == 0 or done == len(pieces)):
            how.tell(done, len(pieces), f"{plan.name}: shards of homes")

    def still_to_live() -> Iterator[tuple[slice, Cut]]:
        for piece in pieces:
            cut = work.cut(piece)
            left = kept(piece, cut)
            if left is None:
                yield piece, cut
            else:
                receive(piece, left)

    if how.spread is None:
        for piece, left in each(live, pieces):
            receive(piece, left)
        return
    for piece, left in how.spread(plan.elsewhere(), still_to_live()):
        receive(piece, keep(piece, left))


def _key(plan: Plan, cut: Cut) -> str:
    """What a shard's life depends on, as a hash: whatever is kept under another one is of another life."""
    found = hashlib.sha256(plan.words().encode())
    for array in cut.arrays():
        found.update(f"{array.dtype.str if array.dtype.names is None else array.dtype.descr}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).view(np.uint8).data)
    return found.hexdigest()
