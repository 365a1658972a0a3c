"""An event season lived shard by shard, in the process that holds all homes and every arm's offers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.analyst import History
from scenarios.arms.oracle import Expectations
from scenarios.measurement.kept import KeptReads
from scenarios.running.recorder import Member, Recorder
from scenarios.running.season_shards import SeasonCut, SeasonPlan, fill_log
from scenarios.running.shards import Arrays, live_shards, shards
from simulator.programs import Program
from simulator.season import TreatmentLog


@dataclass(frozen=True, eq=False)
class Season:
    """A season's plan, and the tables that its shards are cut from.

    Attributes
    ----------
    plan : what the shards share
    homes : records on the season's first morning, left as they are
    history : their past, and that of others where ``numbers`` says which rows are theirs
    rows : for each programme of the plan the homes that lead its life (positions among ``homes``, rising)
    members : each arm's share of them
    segment : (homes,) segment number
    """

    plan: SeasonPlan
    history: History
    homes: NDArray[np.void]
    rows: list[NDArray[np.int64]]
    members: dict[str, list[Member]]
    segment: NDArray[np.int64]
    numbers: NDArray[np.int64] | None = None
    kept: KeptReads | None = None

    def live(self) -> Lived:
        """All shards, and their sums."""
        pieces = shards(len(self.homes), together=self.plan.neighbours is not None)
        work = SeasonWork(self)
        live_shards(work, pieces)
        return work.lived

    def beside(
        self, chosen: NDArray[np.int64], lives: list[tuple[Program, NDArray[np.int64]]], arm: str
    ) -> Season:
        """The season of ``chosen`` homes (rising) once more, as members of ``arm``: copies beside their own days.

        ``lives`` names each programme and the homes, positions among ``chosen``, that lead it.
        """
        neighbours = self.plan.neighbours
        if neighbours is not None:  # rows are those of the chosen homes here; the last place stands for all others
            place = np.full(len(self.homes), len(chosen))
            place[chosen] = np.arange(len(chosen))
            neighbours = np.vstack([place[neighbours[chosen]], np.full((1, neighbours.shape[1]), len(chosen))])
        segment = self.segment[chosen]
        plan = replace(
            self.plan, phase=f"{arm}-season", programs=[program for program, _ in lives], arms=[arm],
            segments=int(segment.max(initial=0)) + 1, neighbours=neighbours, expected=[], keep_reads=False, beside=True,
            lives_of=None,
        )  # fmt: skip
        rows = [positions for _, positions in lives]
        members = {arm: [Member(i, np.ones(len(r), bool)) for i, r in enumerate(rows)]}
        return Season(plan, self.history, self.homes[chosen], rows, members, segment, numbers=chosen)


@dataclass(frozen=True, eq=False)
class Lived:
    """What a season leaves; axis 0 of every array is homes."""

    recorder: Recorder
    logs: list[TreatmentLog]
    window_wh: NDArray[np.int32]  # (homes, events) of the counterfactual
    expectations: Expectations | None
    kept: KeptReads | None
    witness_differs: int = 0  # quarter-hours in which homes that lived the season again, alone, have another load


@dataclass
class SeasonWork:
    """Hands out the cuts of a season, and adds up what its shards leave."""

    season: Season
    lived: Lived = field(init=False)

    def __post_init__(self) -> None:
        s, plan = self.season, self.season.plan
        homes, events = len(s.homes), len(plan.calendar.days)
        self.lived = Lived(
            Recorder(plan.world, plan.arms, s.members, s.segment, plan.segments),
            [TreatmentLog.empty(p, rows, events) for p, rows in zip(plan.programs, s.rows, strict=True)],
            np.zeros((homes, events), np.int32),
            Expectations.empty(len(plan.expected), homes) if plan.expected else None,
            s.kept,
        )
        if s.kept is not None:
            s.kept.begin_treated(s.rows)

    @cached_property
    def plan(self) -> SeasonPlan:
        """As :class:`scenarios.running.shards.Work`."""
        return self.season.plan

    def _inside(self, piece: slice) -> list[slice]:
        """For each programme, which of its rows lie in a shard."""
        return [slice(*np.searchsorted(rows, (piece.start, piece.stop))) for rows in self.season.rows]

    def cut(self, piece: slice) -> SeasonCut:
        """As :class:`scenarios.running.shards.Work`."""
        s, inside = self.season, self._inside(piece)
        return SeasonCut(
            piece,
            s.homes[piece],
            s.history.window_wh[piece if s.numbers is None else s.numbers[piece]],
            s.segment[piece],
            [rows[part] - piece.start for rows, part in zip(s.rows, inside, strict=True)],
            {arm: [Member(m.treatment, m.chosen[inside[m.treatment]]) for m in its] for arm, its in s.members.items()},
        )

    def receive(self, piece: slice, left: Arrays) -> None:
        """As :class:`scenarios.running.shards.Work`."""
        lived, inside, first = self.lived, self._inside(piece), self.plan.world.first_event_day
        lived.recorder.add([left[f"sums.{i}"] for i in range(len(lived.recorder.sums()))])
        lived.window_wh[piece] = left["window_wh"]
        for number, (log, at) in enumerate(zip(lived.logs, inside, strict=True)):
            fill_log(number, log, at, left)
        if lived.expectations is not None:
            lived.expectations.impact_kwh[:, piece] = left["impact_kwh"]
            lived.expectations.paid_usd[:, piece] = left["expected_usd"]
            lived.expectations.events = int(left["events_played"])
        if lived.kept is not None:
            lived.kept.none[piece, first:] = left["reads"]
            for number, (reads, at) in enumerate(zip(lived.kept.treated, inside, strict=True)):
                reads[at, first:] = left[f"treated.{number}"]
        self.lived = replace(lived, witness_differs=lived.witness_differs + int(left["witness_differs"]))
