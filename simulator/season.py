"""The event season: the counterfactual for all homes, and copies of the homes that joined a programme.

A home that never joins keeps the counterfactual's load to the bit and is not simulated again. A home
that joins is copied (its whole record) when the season starts and lives beside its own counterfactual
with the same dice. Around each event a second copy lives the day, and the next, without that event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.participation import learn
from simulator.behaviour.satisfaction import feel, read_bill
from simulator.behaviour.social import inflate_baseline, see_neighbours
from simulator.compiled import compiled
from simulator.dispatch import NOTIFIED, PARTICIPATED, ask, begin_day, end_event, end_membership, told_for_nothing
from simulator.events import Calendar
from simulator.fields import VERBS, Record
from simulator.meter import MeterRules, read_day
from simulator.programs import Program, Signal
from simulator.records import copied, taken
from simulator.world import Lives, World

#: (window_kwh (homes, days), day) -> baseline per method (homes,) [kWh], NaN where there is too little past
Baselines = Callable[[NDArray[np.float64], int], dict[str, NDArray[np.float64]]]
#: (event's number, household numbers, how often each was called so far) -> who is called this time, (homes,) bool
Turns = Callable[[int, NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
PROFILE_BEFORE, PROFILE_AFTER = 12, 32  # quarter-hours about the event's start kept for the impact profile


@dataclass
class TreatmentLog:
    """What happened to the homes that joined one programme; axes (homes, events) unless said otherwise."""

    program: Program
    rows: NDArray[np.int64]
    flags: NDArray[np.uint8]
    paid_usd: NDArray[np.float64]
    metered_kwh: NDArray[np.float64]
    event_impact_wh: NDArray[np.int64]
    program_impact_wh: NDArray[np.int64]
    snapback_wh: NDArray[np.int64]
    shifted_wh: NDArray[np.int64]
    discomfort_kh: NDArray[np.float64]
    profile_wh: NDArray[np.int64]
    left_day: NDArray[np.int64]  # (homes,) day on which the home left the programme, -1 = it did not
    tariff_usd: NDArray[np.float64]  # (homes,) what the programme's tariff added to the season's bill
    called: NDArray[np.bool_]  # members whose turn it was, whether or not the message was read in time
    fatigue: NDArray[np.float32]  # the stock after the event
    satisfaction: NDArray[np.float32]  # (homes,) as the season ends
    baseline_kwh: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def empty(cls, program: Program, rows: NDArray[np.int64], events: int) -> TreatmentLog:
        """A log of zeros for ``rows`` and ``events``."""
        n = len(rows)

        def whole() -> NDArray[np.int64]:
            return np.zeros((n, events), np.int64)

        return cls(
            program, rows, np.zeros((n, events, 4), np.uint8), np.zeros((n, events)), np.zeros((n, events)),
            whole(), whole(), whole(), whole(), np.zeros((n, events)),
            np.zeros((n, PROFILE_BEFORE + PROFILE_AFTER), np.int64), np.full(n, -1, np.int64), np.zeros(n),
            np.zeros((n, events), bool), np.zeros((n, events), np.float32), np.zeros(n, np.float32),
        )  # fmt: skip


@compiled
def learn_all(homes: NDArray[np.void], b: Record, paid_usd: NDArray[np.float64], flags: NDArray[np.uint8],
              pays: bool) -> None:  # fmt: skip
    """Every notified household updates what it expects an event to pay, and how it likes the programme."""
    for i in range(len(homes)):
        if flags[i, NOTIFIED] == 1:
            feel(homes[i], b, flags[i, PARTICIPATED] == 1 and homes[i].event_automatic == 0)
            if pays:
                learn(homes[i], b, paid_usd[i])


@compiled
def read_bills(homes: NDArray[np.void], b: Record, gain_usd: NDArray[np.float64]) -> None:
    """Every member reads the month's bill."""
    for i in range(len(homes)):
        if homes[i].member == 1:
            read_bill(homes[i], b, gain_usd[i])


class Treatment:
    """Copies of the homes that joined one programme on one set of terms, living beside the counterfactual.

    ``homes`` are the records the counterfactual starts the season with, ``rows`` the positions of the
    joined ones among them; ``window_kwh`` (homes, days) their metered event-window energy so far. Arms that
    enrolled the same home on the same terms share the copy. ``turns`` says who is called in which event;
    None calls every member in all.
    """

    def __init__(self, world: World, calendar: Calendar, program: Program, homes: NDArray[np.void],
                 rows: NDArray[np.int64], window_kwh: NDArray[np.float64], score: bool = True,
                 neighbours: NDArray[np.int64] | None = None, turns: Turns | None = None) -> None:  # fmt: skip
        self.turns = turns
        self.world, self.calendar, self.program, self.rows = world, calendar, program, rows
        self.neighbours = neighbours  # rows of each home's neighbours, (homes, ties); None = nobody looks
        self.scores = score  # whether true impacts are worked out, which takes a second life about each event
        homes = taken(homes, rows)
        hours = calendar_window_hours(calendar)
        cut = float(world.behaviour["believed_cut_fraction"])
        homes["believed_usd"] = program.believed_event_usd(homes, hours, cut)
        homes["member"] = 1
        self.lives = Lives(world, homes)
        self.window_kwh = window_kwh[rows].copy()
        self.log = TreatmentLog.empty(program, rows, len(calendar.days))
        self.signals = program.signals(calendar, world.clock, world.first_event_day, world.behaviour)
        self._without: Lives | None = None
        self._twin_wh: NDArray[np.int64] | None = None
        self._quality = np.zeros((len(rows), 100), np.uint8)
        self._bill_usd = np.zeros(len(rows))  # what the programme brought since the last bill

    def day(self, day: int, none_wh: NDArray[np.int32], baselines: Baselines, gaps: MeterRules) -> None:
        """Notify, decide, live the day, read the meters, settle, learn."""
        begin_day(self.lives.homes, self.world.behaviour)
        signal = self.signals.get(day)
        if day in self.calendar.cancelled:
            told_for_nothing(self.lives.homes, self.world.behaviour)
        event = self.calendar.days.index(day) if day in self.calendar.days else -1
        without = Lives(self.world, copied(self.lives.homes)) if event >= 0 and self.scores else None
        flags = self.log.flags[:, event] if event >= 0 else np.zeros((len(self.rows), 4), np.uint8)
        called = self._called(event, signal)
        if signal is not None:
            self._ask(day, signal, flags, called)
        window = signal.window if signal is not None else self._gamed_window(day)
        self._finish_yesterday(day, window)
        self.lives.day(day, window)
        self._meter(day, gaps, signal, called)
        if without is not None:
            without.day(day)
            self._score(event, self.calendar.window_on(day), none_wh, without.load_wh)
            self._without = without
        if signal is not None:
            self._settle(day, event, signal, flags, baselines, called)
        if (self.world.clock.date(day) + timedelta(days=1)).day == 1:  # bills are of calendar months
            read_bills(self.lives.homes, self.world.behaviour, self._bill_usd)
            self._bill_usd[:] = 0.0
        self._end_membership(day)

    def _called(self, event: int, signal: Signal | None) -> NDArray[np.bool_]:
        """Members whose turn it is; everybody where the signal is a standing price or homes take no turns."""
        member = self.lives.homes["member"] == 1
        if event < 0 or signal is None:
            return np.asarray(member)
        if self.turns is not None and signal.terms["routine"] <= 0.0:
            so_far = self.log.called.sum(axis=1, dtype=np.int64)
            member = member & self.turns(event, self.lives.homes["household"], so_far)
        self.log.called[:, event] = member
        return np.asarray(member)

    def _ask(self, day: int, signal: Signal, flags: NDArray[np.uint8], called: NDArray[np.bool_]) -> None:
        """Call those whose turn it is; the others hear nothing."""
        if self.turns is None:
            ask(self.world, self.lives.homes, day, signal, flags)
            return
        homes, said = self.lives.homes[called], flags[called]
        ask(self.world, homes, day, signal, said)
        self.lives.homes[called], flags[called] = homes, said

    def _gamed_window(self, day: int) -> tuple[int, int]:
        """The window in which some raise their baseline on a day without a signal; empty when nobody does."""
        world, rule = self.world, self.calendar.rule
        if not self.program.pays_by_event or world.behaviour["gaming_share"] <= 0.0 or not world.clock.is_workday[day]:
            return (0, 0)
        inflate_baseline(self.lives.homes, world.behaviour, world.seed, world.replication)
        return world.clock.window(day, rule.window_from, rule.window_to)

    def _finish_yesterday(self, day: int, window: tuple[int, int]) -> None:
        """The day after an event, lived as if it had not been called, closes its energy account."""
        if self._without is None:
            return
        twin = self._without
        begin_day(twin.homes, self.world.behaviour)
        for name in VERBS:
            twin.homes[name] = self.lives.homes[name]
        twin.day(day, window)
        self._twin_wh = twin.load_wh.sum(axis=1, dtype=np.int64)
        self._without = None

    def _meter(self, day: int, gaps: MeterRules, signal: Signal | None, called: NDArray[np.bool_]) -> None:
        wh = self.lives.load_wh
        if self._twin_wh is not None:
            event = self.calendar.days.index(day - 1)
            self.log.shifted_wh[:, event] -= self._twin_wh - wh.sum(axis=1, dtype=np.int64)
            self._twin_wh = None
        quality = self._quality[:, : wh.shape[1]]
        reads = read_day(
            wh, self.lives.homes["household"], self.world.seed, self.world.replication,
            self.world.clock.date(day).toordinal(), gaps, None, quality,
        )  # fmt: skip
        inside = self.world.clock.window(day, self.calendar.rule.window_from, self.calendar.rule.window_to)
        self.window_kwh[:, day] = reads[:, inside[0] : inside[1]].sum(axis=1) / 1e3
        priced = np.zeros(wh.shape[1], bool)
        if signal is not None:
            priced[signal.window[0] : signal.window[1]] = True
        owed = self.program.tariff_usd(wh / 1e3, priced, signal)
        member = self.lives.homes["member"] == 1
        if self.turns is not None:  # a member that was left alone pays the tariff's usual price
            owed = np.where(called | ~member, owed, self.program.tariff_usd(wh / 1e3, np.zeros_like(priced), None))
        owed = np.where(member, owed, 0.0)
        self.log.tariff_usd += owed
        self._bill_usd -= owed

    def _score(self, event: int, window: tuple[int, int], none_wh: NDArray[np.int32],
               without_wh: NDArray[np.int32]) -> None:  # fmt: skip
        e0, e1 = window
        log, wh = self.log, self.lives.load_wh.astype(np.int64)
        away = without_wh.astype(np.int64) - wh
        log.event_impact_wh[:, event] = away[:, e0:e1].sum(axis=1)
        log.program_impact_wh[:, event] = (none_wh[self.rows][:, e0:e1] - wh[:, e0:e1]).sum(axis=1)
        log.snapback_wh[:, event] = -away[:, e1 : e1 + 4].sum(axis=1)
        log.shifted_wh[:, event] += away[:, e0:e1].sum(axis=1) - away.sum(axis=1)
        log.discomfort_kh[:, event] = self.lives.homes["discomfort_kh"]
        first, last = max(0, e0 - PROFILE_BEFORE), min(wh.shape[1], e0 + PROFILE_AFTER)
        offset = first - (e0 - PROFILE_BEFORE)
        log.profile_wh[:, offset : offset + last - first] += away[:, first:last]

    def _settle(self, day: int, event: int, signal: Signal, flags: NDArray[np.uint8],
                baselines: Baselines, called: NDArray[np.bool_]) -> None:  # fmt: skip
        log, world, homes = self.log, self.world, self.lives.homes
        paid = np.zeros(len(self.rows))
        if event >= 0:
            log.metered_kwh[:, event] = self.window_kwh[:, day]
            for method, kwh in baselines(self.window_kwh, day).items():
                log.baseline_kwh.setdefault(method, np.full(log.paid_usd.shape, np.nan))[:, event] = kwh
            if self.program.pays_by_event:
                estimate = log.baseline_kwh[self.program.baseline][:, event]
                paid = self.program.payment_usd(estimate, log.metered_kwh[:, event])
                paid = np.where(called, np.rint(100.0 * paid) / 100.0, 0.0)  # whole cents
                log.paid_usd[:, event] = paid
                self._bill_usd += paid
        end_event(homes, world.behaviour, signal.terms, flags)
        if self.neighbours is not None:
            see_neighbours(homes, self.rows, flags[:, PARTICIPATED] == 1, self.neighbours)
        learn_all(homes, world.behaviour, paid, flags, self.program.pays_by_event and event >= 0)
        if event >= 0:
            log.fatigue[:, event] = homes["fatigue"]

    def _end_membership(self, day: int) -> None:
        world, homes = self.world, self.lives.homes
        end_membership(homes, world.behaviour, world.seed, world.replication, world.clock.date(day).toordinal())
        self.log.left_day[(homes["member"] == 0) & (self.log.left_day < 0)] = day
        self.log.satisfaction[:] = homes["satisfaction"]


def calendar_window_hours(calendar: Calendar) -> float:
    """Length of the event window in hours, as announced."""
    from drsim.clock import quarter_of

    return 0.25 * (quarter_of(calendar.rule.window_to) - quarter_of(calendar.rule.window_from))


def run_day(world: World, day: int, everyone: Lives, treatments: Sequence[Treatment], calendar: Calendar,
            baselines: Baselines, gaps: MeterRules) -> None:  # fmt: skip
    """One local day of all homes and of every treated copy."""
    everyone.day(day, calendar.window_on(day))
    for treatment in treatments:
        if len(treatment.rows):
            treatment.day(day, everyone.load_wh, baselines, gaps)
