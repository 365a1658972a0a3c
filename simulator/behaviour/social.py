"""Neighbours: a fixed small-world network over homes, and what others did in the last event. Off by default.

Watts and Strogatz (1998): a ring on which each home knows the nearest few, with some ties moved to anyone. Ties are
keyed, so a home's ties depend on the seed and on the number of homes alone. What others do enters only the choice to
act (``take_part_neighbours``), among homes of the same programme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import Purpose, home_day_key, mix, uniform, uniforms

if TYPE_CHECKING:
    import networkx as nx

TIES = 6
MOVED_FRACTION = 0.15
_GAMING = int(Purpose.GAMING)


def network(homes: int, seed: int, replication: int) -> NDArray[np.int64]:
    """Rows of each home's neighbours, (homes, ties)."""
    ties = min(TIES, max(homes - 1, 1))
    steps = np.array([s for k in range(1, ties // 2 + 2) for s in (k, -k)][:ties])
    near = (np.arange(homes)[:, None] + steps[None, :]) % homes
    draws = uniforms(seed, replication, 6, 2 * near.size, Purpose.NETWORK).reshape(2, *near.shape)
    anyone = (draws[1] * homes).astype(np.int64)
    return np.asarray(np.where(draws[0] < MOVED_FRACTION, anyone, near), dtype=np.int64)


def graph_of(neighbours: NDArray[np.int64]) -> nx.Graph:
    """The network as a graph, for Mesa's ``Network`` space and for drawing."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(neighbours)))
    graph.add_edges_from((i, int(j)) for i, row in enumerate(neighbours) for j in row)
    return graph


def see_neighbours(
    homes: NDArray[np.void], rows: NDArray[np.int64], took_part: NDArray[np.bool_], neighbours: NDArray[np.int64]
) -> None:
    """Every household of ``homes`` learns what share of its neighbours took part in the event just over."""
    acted = np.zeros(len(neighbours))
    acted[rows] = took_part
    homes["neighbours"] = acted[neighbours[rows]].mean(axis=1)


@compiled
def inflate_baseline(homes: NDArray[np.void], b: Record, seed: int, replication: int) -> None:
    """On a day that may count for their baseline, some members use more in the window (``gaming_share``, off)."""
    for i in range(len(homes)):
        key = mix(home_day_key(seed, replication, homes[i].household, 0), np.int64(_GAMING))
        if homes[i].member == 1 and uniform(key, 0) < b.gaming_share:
            homes[i].event_cut = -b.gaming_rise
