"""An event season lived shard by shard: the counterfactual and every arm's copies, or the oracle's beside their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.analyst import History
from scenarios.arms.oracle import Expectations, play_event
from scenarios.measurement.kept import KeptReads
from scenarios.running.recorder import Member, Recorder
from scenarios.running.shards import each, shards
from scenarios.running.witness import Witness
from simulator.events import Calendar
from simulator.meter import MeterRules
from simulator.programs import Program
from simulator.records import copied
from simulator.season import Baselines, Treatment, TreatmentLog, Turns, run_day
from simulator.world import Lives, World


@dataclass(frozen=True, eq=False)
class Season:
    """What the shards of a season share.

    Attributes
    ----------
    homes : records on the season's first morning, left as they are
    numbers : (homes,) rows of these homes in the history; None = all of it
    programs, rows : the lives that copies lead, and the homes that lead each (positions among ``homes``, rising)
    members : each arm's share of them
    segment, segments : (homes,) segment number, and how many there are
    expected : programmes whose true expectation is wanted, in every home
    neighbours : (homes + 1, ties) where homes look at each other; then they live in one shard
    beside : copies only, beside their own counterfactual, which is counted elsewhere
    """

    world: World
    calendar: Calendar
    history: History
    baselines: Baselines
    gaps: MeterRules
    homes: NDArray[np.void]
    programs: list[Program]
    rows: list[NDArray[np.int64]]
    members: dict[str, list[Member]]
    arms: list[str]
    segment: NDArray[np.int64]
    segments: int
    lives_of: Callable[[NDArray[np.void], slice], Lives]
    numbers: NDArray[np.int64] | None = None
    neighbours: NDArray[np.int64] | None = None
    expected: list[Program] = field(default_factory=list)
    kept: KeptReads | None = None
    beside: bool = False
    turns: Turns | None = None  # who is called in which event; None = everybody in all

    def live(self) -> Lived:
        """All shards, and their sums."""
        pieces = shards(len(self.homes), together=self.neighbours is not None)
        whole = Recorder(self.world, self.arms, self.members, self.segment, self.segments)
        parts = each(self._live_shard, pieces)
        for part in parts:
            whole.add(part.recorder)
        logs = [joined([part.logs[t] for part in parts], pieces) for t in range(len(self.programs))]
        window_wh = np.concatenate([part.window_wh for part in parts])
        expectations = [part.expectations for part in parts if part.expectations is not None]
        if self.kept is not None:
            self.kept.join([part.kept for part in parts if part.kept is not None])
        expected = Expectations.joined(expectations) if expectations else None
        return Lived(whole, logs, window_wh, expected, self.kept, sum(part.witness_differs for part in parts))

    def _live_shard(self, piece: slice) -> Lived:
        world, calendar = self.world, self.calendar
        start = self.homes[piece]
        everyone = self.lives_of(copied(start), piece)
        window_kwh = self.history.window_of(piece if self.numbers is None else self.numbers[piece])
        inside = [slice(*np.searchsorted(rows, (piece.start, piece.stop))) for rows in self.rows]
        treatments = [
            Treatment(
                world, calendar, program, start, rows[part] - piece.start, window_kwh, neighbours=self.neighbours,
                turns=self.turns,
            )
            for program, rows, part in zip(self.programs, self.rows, inside, strict=True)
        ]
        members = {
            arm: [Member(m.treatment, m.chosen[inside[m.treatment]]) for m in its] for arm, its in self.members.items()
        }
        recorder = Recorder(world, self.arms, members, self.segment[piece], self.segments)
        kept = None if self.kept is None else self.kept.shard(piece)
        expectations = Expectations.empty(len(self.expected), len(start)) if self.expected else None
        window_wh = np.zeros((len(start), len(calendar.days)), np.int32)
        witness = Witness(world, start[:0] if self.beside else start)
        for day in range(world.first_event_day, world.clock.days):
            if expectations is not None and calendar.window_on(day)[1] > 0:
                play_event(
                    expectations, world, everyone.homes, day, calendar, self.expected, self.baselines, window_kwh
                )
            run_day(world, day, everyone, treatments, calendar, self.baselines, self.gaps)
            recorder.treated(day, everyone, treatments)
            if self.beside:
                continue
            witness.saw(everyone)
            recorder.counterfactual(day, everyone)
            if kept is not None:
                kept.season_day(day, everyone, treatments)
            self._metered(day, everyone, window_wh, window_kwh)
        logs = [t.log for t in treatments]
        return Lived(recorder, logs, window_wh, expectations, kept, witness.differing(calendar))

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


@dataclass(frozen=True, eq=False)
class Lived:
    """What a season, or one shard of it, leaves; axis 0 of every array is homes."""

    recorder: Recorder
    logs: list[TreatmentLog]
    window_wh: NDArray[np.int32]  # (homes, events) of the counterfactual
    expectations: Expectations | None
    kept: KeptReads | None
    witness_differs: int  # quarter-hours in which homes that lived the season again, alone, have another load


def joined(logs: list[TreatmentLog], pieces: list[slice]) -> TreatmentLog:
    """One programme's logs of consecutive shards as one; rows count from the first shard's first home."""
    if len(logs) == 1:
        return logs[0]
    made: dict[str, object] = {}
    for part in fields(TreatmentLog):
        values = [getattr(log, part.name) for log in logs]
        if part.name == "program":
            made[part.name] = values[0]
        elif part.name == "rows":
            made[part.name] = np.concatenate([rows + p.start for rows, p in zip(values, pieces, strict=True)])
        elif part.name == "baseline_kwh":
            made[part.name] = _joined_baselines(logs)
        else:
            made[part.name] = np.concatenate(values)
    return TreatmentLog(**made)  # type: ignore[arg-type]


def _joined_baselines(logs: list[TreatmentLog]) -> dict[str, NDArray[np.float64]]:
    """A shard without members has no estimates, and no rows to lack them."""
    names = dict.fromkeys(name for log in logs for name in log.baseline_kwh)
    return {name: np.concatenate([log.baseline_kwh.get(name, log.paid_usd[:0]) for log in logs]) for name in names}
