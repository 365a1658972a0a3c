"""The days before a season, lived shard by shard, and what the analyst has of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.shapes.load_shapes import HomeShapes
from drsim.clock import Clock
from scenarios.arms.analyst import History, live_history
from scenarios.measurement.kept import KeptReads
from scenarios.running.shards import Arrays, live_shards, shards
from scenarios.running.worlds import build_world, world_of
from scenarios.schema.scenario import Scenario
from simulator.events import EventRule
from simulator.meter import MeterRules
from simulator.records import change, changes, copied
from simulator.world import Lives, World

OLDER_SEASON = 600_000  # replication numbers of an older season's weather start here
#: How a shard of a world's homes lives, where not simply as ``Lives``: played back from a tape.
LivesOf = Callable[[NDArray[np.void], slice], Lives]


@dataclass(frozen=True, eq=False)
class HistoryCut:
    """A shard's homes; in the process that holds them all they carry their state on to the season."""

    piece: slice
    homes: NDArray[np.void]

    def arrays(self) -> Iterator[NDArray[Any]]:
        """As :class:`scenarios.running.shards.Cut`."""
        yield self.homes


@dataclass(frozen=True, eq=False)
class HistoryPlan:
    """What the shards of a history share; ``keep_days`` is for a segmenter that learns from days."""

    phase: str
    world: World
    rule: EventRule
    gaps: MeterRules
    keep_days: bool
    keep_reads: bool
    lives_of: LivesOf | None = None

    @property
    def name(self) -> str:
        """As :class:`scenarios.running.shards.Plan`."""
        return f"replication-{self.world.replication:05d}.{self.phase}"

    def words(self) -> str:
        """As :class:`scenarios.running.shards.Plan`."""
        return f"{self.name} {self.keep_days} {self.keep_reads}"

    def elsewhere(self) -> HistoryPlan:
        """As :class:`scenarios.running.shards.Plan`."""
        return replace(self, world=self.world.elsewhere(), lives_of=None)

    def live(self, cut: HistoryCut) -> Arrays:
        """Live and meter a shard's history; its homes' records change in place and what changed is told."""
        before = copied(cut.homes)
        lives = Lives(self.world, cut.homes) if self.lives_of is None else self.lives_of(cut.homes, cut.piece)
        reads = KeptReads.empty(self.world, len(cut.homes)) if self.keep_reads else None
        lived = live_history(self.world, lives, self.rule, self.gaps, self.keep_days, reads)
        table = lived.shapes.features()
        where, values = changes(before, cut.homes)
        left: Arrays = {
            "columns": np.array(table.columns.tolist()),
            "features": np.ascontiguousarray(table.to_numpy(np.float64).T),
            "mean_kw": lived.shapes.mean_kw,
            "window_wh": lived.window_wh,
            "load_wh": lived.load_wh,
            "changed": where,
            "state": values,
        }
        if lived.days is not None:
            left["days"] = lived.days
        if reads is not None:
            left["reads"] = reads.none[:, : self.world.first_event_day]
        return left


@dataclass
class HistoryWork:
    """A history in the process that holds all homes: hands out cuts, and fills the tables as shards come in."""

    plan: HistoryPlan
    homes: NDArray[np.void]
    kept: KeptReads | None
    columns: list[str] = field(default_factory=list)
    whole: Arrays = field(default_factory=dict)

    def cut(self, piece: slice) -> HistoryCut:
        """As :class:`scenarios.running.shards.Work`."""
        return HistoryCut(piece, self.homes[piece])

    def receive(self, piece: slice, left: Arrays) -> None:
        """As :class:`scenarios.running.shards.Work`."""
        change(self.homes[piece], left["changed"], left["state"])
        if self.kept is not None:
            self.kept.none[piece, : self.plan.world.first_event_day] = left["reads"]
        self.columns = left["columns"].tolist()
        if len(left["mean_kw"]) == len(self.homes):  # one shard: nothing to gather
            self.whole = left
            return
        for name in ("features", "mean_kw", "window_wh", "days"):
            if name in left:
                self._fill(name, piece, left[name])
        before = self.whole.get("load_wh")
        self.whole["load_wh"] = left["load_wh"] if before is None else before + left["load_wh"]

    def _fill(self, name: str, piece: slice, part: NDArray[Any]) -> None:
        """Features have homes on their last axis, as pandas holds them; all else on the first."""
        last = name == "features"
        if name not in self.whole:
            homes, rest = len(self.homes), part.shape[:-1] if last else part.shape[1:]
            self.whole[name] = np.empty((*rest, homes) if last else (homes, *rest), part.dtype)
        self.whole[name][(slice(None), piece) if last else piece] = part

    def history(self) -> History:
        """All homes' history, once every shard has been received."""
        rows = pd.RangeIndex(len(self.homes), name="row")
        table = pd.DataFrame(self.whole["features"].T, rows, self.columns, copy=False)
        shapes = HomeShapes(table, self.whole["mean_kw"])
        clock = self.plan.world.clock
        return History(shapes, self.whole["window_wh"], self.whole["load_wh"], clock, self.whole.get("days"))


def history_in_shards(
    world: World, rule: EventRule, gaps: MeterRules, keep_days: bool = False, kept: KeptReads | None = None,
    lives_of: LivesOf | None = None, phase: str = "history",
) -> History:  # fmt: skip
    """The history of all homes, a shard at a time; the records carry their state on to the season."""
    homes = world.population.homes
    plan = HistoryPlan(phase, world, rule, gaps, keep_days, kept is not None, lives_of)
    work = HistoryWork(plan, homes, kept)
    live_shards(work, shards(len(homes)))
    return work.history()


def older_history(scenario: Scenario, world: World, rule: EventRule, gaps: MeterRules) -> History:
    """The same homes' reads of ``records.segments_age_days`` before the history, in that season's weather."""
    place = world.clock
    begins = place.date(0) - timedelta(days=scenario.records.segments_age_days)
    ends = begins + timedelta(days=scenario.history_days - 1)
    clock = Clock(begins, ends, place.zone, world.population.region.country)
    older = world_of(scenario, world.replication, world.replication + OLDER_SEASON, clock)
    older = replace(older, population=build_world(scenario, world.replication).population)
    days = scenario.targeting.method == "dictionary"
    return history_in_shards(older, rule, gaps, keep_days=days, phase="older-history")
