"""Which homes live as copies: by life, shared by arms; an arm of its own each where homes watch their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.offers import OfferBook, Offers
from scenarios.running.recorder import Member
from simulator.behaviour.social import network
from simulator.programs import Program
from simulator.world import World


def neighbours_of(world: World) -> NDArray[np.int64] | None:
    """The social network, where what neighbours do matters at all."""
    if world.behaviour["take_part_neighbours"] <= 0.0:
        return None
    return network(len(world.population), world.seed, world.replication)


def groups_of(
    world: World, book: OfferBook, offers: dict[str, Offers]
) -> tuple[list[tuple[Program, list[int], str | None]], NDArray[np.int64] | None]:
    """Lives to be lived: shared by all arms, or one an arm where homes watch neighbours, who differ between arms."""
    neighbours = neighbours_of(world)
    arms: list[str | None] = [None] if neighbours is None else list(offers)
    return [(p, numbers, arm) for arm in arms for p, numbers in book.lives()], neighbours


def members_of(
    offers: dict[str, Offers], groups: list[tuple[list[int], str | None]]
) -> tuple[list[NDArray[np.int64]], dict[str, list[Member]]]:
    """The homes that any arm (or the group's own) enrolled into each group's offers, and each arm's share of them."""

    def joined(numbers: list[int], only: str | None, arm: str) -> NDArray[np.bool_]:
        o = offers[arm]
        return o.ledger.enrolled & np.isin(o.program, numbers) & (only is None or only == arm)

    rows = [
        np.flatnonzero(np.any([joined(numbers, only, arm) for arm in offers], axis=0))
        if offers else np.empty(0, np.int64)
        for numbers, only in groups
    ]  # fmt: skip
    members = {
        arm: [Member(i, joined(numbers, only, arm)[rows[i]]) for i, (numbers, only) in enumerate(groups)]
        for arm in offers
    }
    return rows, members
