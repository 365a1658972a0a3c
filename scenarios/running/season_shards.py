"""One shard of an event season: the counterfactual and every arm's copies, or the oracle's beside their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.analyst import window_kwh_of
from scenarios.arms.oracle import Expectations, play_event
from scenarios.measurement.kept import KeptReads
from scenarios.running.histories import LivesOf
from scenarios.running.recorder import Member, Recorder
from scenarios.running.shards import Arrays
from scenarios.running.witness import Witness
from simulator.events import Calendar
from simulator.meter import MeterRules
from simulator.programs import Program
from simulator.records import copied
from simulator.season import Baselines, Treatment, TreatmentLog, Turns, run_day
from simulator.world import Lives, World

#: Fields of a log that are arrays with treated homes on axis 0.
LOGGED = tuple(f.name for f in fields(TreatmentLog) if f.name not in ("program", "rows", "baseline_kwh"))


@dataclass(frozen=True, eq=False)
class SeasonCut:
    """What a season needs of one shard's homes.

    Attributes
    ----------
    piece : the shard, among the season's homes
    homes : records on the season's first morning, left as they are
    past_wh : (homes, history days) their event windows [Wh]
    segment : (homes,) segment number
    rows : for each programme the homes that lead its life, positions in this shard
    members : each arm's share of them
    """

    piece: slice
    homes: NDArray[np.void]
    past_wh: NDArray[np.float32]
    segment: NDArray[np.int64]
    rows: list[NDArray[np.int64]]
    members: dict[str, list[Member]]

    def arrays(self) -> Iterator[NDArray[Any]]:
        """As :class:`scenarios.running.shards.Cut`."""
        yield from (self.homes, self.past_wh, self.segment, *self.rows)
        yield from (member.chosen for its in self.members.values() for member in its)


@dataclass(frozen=True, eq=False)
class SeasonPlan:
    """What the shards of a season share.

    Attributes
    ----------
    programs : the lives that copies lead
    segments : how many there are
    expected : programmes whose true expectation is wanted, in every home
    neighbours : (homes + 1, ties) where homes look at each other; then they live in one shard
    beside : copies only, beside their own counterfactual, which is counted elsewhere
    turns : who is called in which event; None = everybody in all
    lives_of : how the counterfactual lives, where not simply as ``Lives``
    """

    phase: str
    world: World
    calendar: Calendar
    baselines: Baselines
    gaps: MeterRules
    programs: list[Program]
    arms: list[str]
    segments: int
    neighbours: NDArray[np.int64] | None = None
    expected: list[Program] = field(default_factory=list)
    keep_reads: bool = False
    beside: bool = False
    turns: Turns | None = None
    lives_of: LivesOf | None = None

    @property
    def name(self) -> str:
        """As :class:`scenarios.running.shards.Plan`."""
        return f"replication-{self.world.replication:05d}.{self.phase}"

    def words(self) -> str:
        """As :class:`scenarios.running.shards.Plan`."""
        c = self.calendar
        asked = f"{self.programs} {self.arms} {self.segments} {self.expected} {self.keep_reads}"
        return f"{self.name} {c.days} {c.windows} {c.cancelled} {asked}"

    def elsewhere(self) -> SeasonPlan:
        """As :class:`scenarios.running.shards.Plan`."""
        return replace(self, world=self.world.elsewhere(), lives_of=None)

    def live(self, cut: SeasonCut) -> Arrays:
        """Live one shard's season."""
        world, calendar, start = self.world, self.calendar, cut.homes
        mine = copied(start)
        everyone = Lives(world, mine) if self.lives_of is None else self.lives_of(mine, cut.piece)
        window_kwh = window_kwh_of(cut.past_wh, world.clock)
        treatments = [
            Treatment(
                world, calendar, program, start, rows, window_kwh, neighbours=self.neighbours, turns=self.turns
            )
            for program, rows in zip(self.programs, cut.rows, strict=True)
        ]
        recorder = Recorder(world, self.arms, cut.members, cut.segment, self.segments)
        kept = KeptReads.empty(world, len(start)) if self.keep_reads else None
        expected = Expectations.empty(len(self.expected), len(start)) if self.expected else None
        window_wh = np.zeros((len(start), len(calendar.days)), np.int32)
        witness = Witness(world, start[:0] if self.beside else start)
        for day in range(world.first_event_day, world.clock.days):
            if expected is not None and calendar.window_on(day)[1] > 0:
                play_event(expected, world, everyone.homes, day, calendar, self.expected, self.baselines, window_kwh)
            run_day(world, day, everyone, treatments, calendar, self.baselines, self.gaps)
            recorder.treated(day, everyone, treatments)
            if self.beside:
                continue
            witness.saw(everyone)
            recorder.counterfactual(day, everyone)
            if kept is not None:
                kept.season_day(day, everyone, treatments)
            self._metered(day, everyone, window_wh, window_kwh)
        left: Arrays = {"window_wh": window_wh, "witness_differs": np.array(witness.differing(calendar))}
        left |= {f"sums.{i}": sums for i, sums in enumerate(recorder.sums())}
        for t, treatment in enumerate(treatments):
            left |= _logged(t, treatment.log)
        if expected is not None:
            left |= {"impact_kwh": expected.impact_kwh, "expected_usd": expected.paid_usd}
            left["events_played"] = np.array(expected.events)
        if kept is not None:
            left["reads"] = kept.none[:, world.first_event_day :]
            left |= {f"treated.{t}": reads[:, world.first_event_day :] for t, reads in enumerate(kept.treated)}
        return left

    def _metered(
        self, day: int, everyone: Lives, window_wh: NDArray[np.int32], window_kwh: NDArray[np.float64]
    ) -> None:  # fmt: skip
        """The event window of the counterfactual: on event days for the metrics, every day for the baselines."""
        rule = self.calendar.rule
        i0, i1 = self.world.clock.window(day, rule.window_from, rule.window_to)
        wh = everyone.load_wh[:, i0:i1].sum(axis=1, dtype=np.int64)
        window_kwh[:, day] = wh / 1e3
        if day in self.calendar.days:
            e0, e1 = self.calendar.window_on(day)
            window_wh[:, self.calendar.days.index(day)] = everyone.load_wh[:, e0:e1].sum(axis=1, dtype=np.int64)


def _logged(number: int, log: TreatmentLog) -> Arrays:
    """A log as arrays; a shard without members has none."""
    if not len(log.rows):
        return {}
    found: Arrays = {f"log.{number}.{name}": getattr(log, name) for name in LOGGED}
    return found | {f"baseline.{number}.{name}": kwh for name, kwh in log.baseline_kwh.items()}


def fill_log(number: int, log: TreatmentLog, at: slice, left: Arrays) -> None:
    """Put a shard's part of programme ``number``'s log into the rows ``at`` of the whole one."""
    for name in LOGGED:
        if f"log.{number}.{name}" in left:
            getattr(log, name)[at] = left[f"log.{number}.{name}"]
    begin = f"baseline.{number}."
    for name in (n for n in left if n.startswith(begin)):
        kwh = log.baseline_kwh.setdefault(name.removeprefix(begin), np.full(log.paid_usd.shape, np.nan))
        kwh[at] = left[name]
