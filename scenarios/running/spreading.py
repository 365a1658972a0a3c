"""Shards of one replication as tasks of a Dask cluster."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from scenarios.running.shards import Arrays, Cut, Plan

#: Shards on their way, by worker thread: one that is lived and one that waits, so that no worker idles.
AHEAD = 2
#: Arrays come out of it writable, as compiled code expects them; out of newer ones they need not.
PROTOCOL = 4


@lru_cache(maxsize=2)
def _plan_of(plan: bytes) -> Plan:
    """On a worker: a phase's plan, once for all its shards there, with the weather tables that they work out."""
    made: Plan = pickle.loads(plan)  # sent by the run's own process
    return made


def live_elsewhere(plan: bytes, cut: bytes) -> Arrays:
    """What a worker does with one shard."""
    return _plan_of(plan).live(pickle.loads(cut))


def spread_over(
    distributed: Any, client: Any, plan: Plan, cuts: Iterator[tuple[slice, Cut]]
) -> Iterator[tuple[slice, Arrays]]:
    """Live shards on the cluster, a few at a time; each comes back as it ends, in any order.

    The plan goes along with every shard: it is small, and nothing that a lost worker held is missed.

    Raises
    ------
    distributed.KilledWorker
        Workers kept dying on a shard.
    """
    packed = pickle.dumps(plan, PROTOCOL)
    waiting: dict[Any, slice] = {}
    ended = distributed.as_completed()

    def send() -> None:
        room = AHEAD * max(1, sum(client.nthreads().values())) - len(waiting)
        for piece, cut in islice(cuts, max(0, room)):
            future = client.submit(live_elsewhere, packed, pickle.dumps(cut, PROTOCOL), pure=False)
            waiting[future] = piece
            ended.add(future)

    try:
        send()
        while waiting:
            future = next(ended)
            yield waiting.pop(future), future.result()
            send()
    finally:
        client.cancel(list(waiting))
