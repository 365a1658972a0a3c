"""Living the counterfactual once for many scenarios that differ only in what the utility does.

A sweep over budgets or incentives meets the same homes in the same weather each time. Inside
``with sharing():`` the days that all homes live without any programme are kept on a tape, by replication and
by everything in the scenario that the homes can notice; a later run of the same world plays them back, to the
bit, instead of simulating them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.schema.scenario import Scenario
from simulator.world import Lives, World

#: Keys that the counterfactual can not depend on. A key that is not listed here keeps runs apart.
NOT_NOTICED = (
    "question", "description", "budget_usd", "programs", "costs", "targeting", "menu", "pilot", "records",
    "replications", "arms", "outputs",
    "what_ifs", "messages", "uncertainty", "uncertainty_draws",
)  # fmt: skip
MOST_BYTES = 700_000_000
#: First home of the shard, day, event window, part of the day.
DayKey = tuple[int, int, tuple[int, ...], tuple[int, int] | None]


@dataclass
class Tape:
    """The counterfactual days of one world."""

    days: dict[DayKey, tuple[NDArray[np.generic], ...]] = field(default_factory=dict)
    used_bytes: int = 0


@dataclass
class Store:
    """Tapes of the last few ``worlds``; older ones are dropped. Runs come world by world, so one is often enough."""

    worlds: int = 1
    tapes: dict[str, Tape] = field(default_factory=dict)
    played: int = 0

    def tape(self, key: str) -> Tape:
        """The tape of a world, empty when it is new."""
        kept = self.tapes.pop(key, None) or Tape()
        self.tapes = dict(list(self.tapes.items())[-(self.worlds - 1) :]) if self.worlds > 1 else {}
        self.tapes[key] = kept
        return kept


_active: Store | None = None


@contextmanager
def sharing(store: Store | None = None) -> Iterator[Store]:
    """Runs inside the block share their counterfactuals, in this process."""
    global _active
    before = _active
    _active = store if store is not None else Store()
    try:
        yield _active
    finally:
        _active = before


def world_key(scenario: Scenario, replication: int) -> str:
    """Everything the homes' life without a programme may depend on, as text."""
    data = {k: v for k, v in scenario.model_dump(mode="json", by_alias=True).items() if k not in NOT_NOTICED}
    return json.dumps([data, str(scenario.weather_path), replication], sort_keys=True)


def everyone_in(world: World, scenario: Scenario) -> Callable[[NDArray[np.void], slice], Lives] | None:
    """How a shard of a world's homes lives on tape, where runs share their counterfactuals; None where they do not."""
    store = _active
    if store is None:
        return None
    tape = store.tape(world_key(scenario, world.replication))
    return lambda homes, piece: TapedLives(world, homes, store, tape, piece.start)


class TapedLives(Lives):
    """Lives that are played back where the tape has them, and recorded where it has not."""

    def __init__(self, world: World, homes: NDArray[np.void], store: Store, tape: Tape, first: int) -> None:
        super().__init__(world, homes)
        self._store, self._tape, self._first = store, tape, first

    def day(self, day: int, window: tuple[int, int] = (0, 0), part: tuple[int, int] | None = None) -> None:
        """As :meth:`Lives.day`."""
        key = (self._first, day, tuple(window), part)
        held: tuple[NDArray[Any], ...] = (self.homes, self._load_wh, self.use_kwh, self.event_kwh, self.indoor)
        kept = self._tape.days.get(key)
        if kept is not None:
            self._intervals = len(self.world.day_arrays(day)[0])
            for array, value in zip(held, kept, strict=True):
                array[...] = value
            self._store.played += 1
            return
        super().day(day, window, part)
        size = sum(array.nbytes for array in held)
        if self._tape.used_bytes + size <= MOST_BYTES:
            self._tape.days[key] = tuple(array.copy() for array in held)
            self._tape.used_bytes += size
