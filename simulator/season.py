"""The event season: the counterfactual for all homes, and copies of the homes that joined a programme.

A home that never joins keeps the counterfactual's load to the bit and is not simulated again. A home
that joins is copied (its whole record) when the season starts and lives beside its own counterfactual
with the same dice. Around each event a second copy lives the day, and the next, without that event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.participation import learn
from simulator.compiled import compiled
from simulator.dispatch import NOTIFIED, begin_day, end_event, notify
from simulator.events import Calendar
from simulator.fields import Record
from simulator.meter import metered_wh, read_quality
from simulator.programs import Program
from simulator.world import Lives, World

#: (window_kwh (homes, days), day) -> baseline per method (homes,) [kWh], NaN where there is too little past
Baselines = Callable[[NDArray[np.float64], int], dict[str, NDArray[np.float64]]]
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
            np.zeros((n, PROFILE_BEFORE + PROFILE_AFTER), np.int64),
        )  # fmt: skip


@compiled
def learn_all(homes: NDArray[np.void], b: Record, paid_usd: NDArray[np.float64], flags: NDArray[np.uint8]) -> None:
    """Every notified household updates what it expects an event to pay."""
    for i in range(len(homes)):
        if flags[i, NOTIFIED] == 1:
            learn(homes[i], b, paid_usd[i])


class Treatment:
    """Copies of the homes that joined one programme, living beside the counterfactual.

    ``homes`` are the records the counterfactual starts the season with, ``rows`` the positions of the
    joined ones among them; ``window_kwh`` (homes, days) their metered event-window energy so far.
    """

    def __init__(self, world: World, calendar: Calendar, program: Program, homes: NDArray[np.void],
                 rows: NDArray[np.int64], window_kwh: NDArray[np.float64]) -> None:  # fmt: skip
        self.world, self.calendar, self.program, self.rows = world, calendar, program, rows
        homes = homes[rows].copy()
        hours = calendar_window_hours(calendar)
        cut = float(world.behaviour["believed_cut_fraction"])
        homes["believed_usd"] = program.believed_event_usd(homes, hours, cut)
        self.lives = Lives(world, homes)
        self.window_kwh = window_kwh[rows].copy()
        self.log = TreatmentLog.empty(program, rows, len(calendar.days))
        self._without: Lives | None = None
        self._twin_wh: NDArray[np.int64] | None = None
        self._quality = np.zeros((len(rows), 100), np.uint8)

    def day(self, day: int, none_wh: NDArray[np.int32], baselines: Baselines, gaps: tuple[float, float]) -> None:
        """Notify, decide, live the day, read the meters, settle, learn."""
        begin_day(self.lives.homes, self.world.behaviour)
        window = self.calendar.window_on(day)
        event = self.calendar.days.index(day) if window[1] > 0 else -1
        without = Lives(self.world, self.lives.homes.copy()) if event >= 0 else None
        if event >= 0:
            self._notify(day, window, event)
        self._finish_yesterday(day, window)
        self.lives.day(day, window)
        reads = self._meter(day, gaps)
        if without is not None:
            without.day(day)
            self._score(event, window, none_wh, without.load_wh)
            self._settle(day, event, window, reads, baselines)
            self._without = without

    def _notify(self, day: int, window: tuple[int, int], event: int) -> None:
        world, clock = self.world, self.world.clock
        quarter, _, _ = world.day_arrays(day)
        notify(
            self.lives.homes, world.behaviour, self.program.kind, self.program.offset_degc,
            self.calendar.rule.notice_hours, world.seed, world.replication, clock.date(day).toordinal(),
            int(clock.weekday[day]), bool(clock.is_workday[day]), quarter, window[0], self.log.flags[:, event],
        )  # fmt: skip

    def _finish_yesterday(self, day: int, window: tuple[int, int]) -> None:
        """The day after an event, lived as if it had not been called, closes its energy account."""
        if self._without is None:
            return
        twin = self._without
        begin_day(twin.homes, self.world.behaviour)
        for name in ("event_offset_k", "event_cut", "event_defers", "event_automatic"):
            twin.homes[name] = self.lives.homes[name]
        twin.day(day, window)
        self._twin_wh = twin.load_wh.sum(axis=1, dtype=np.int64)
        self._without = None

    def _meter(self, day: int, gaps: tuple[float, float]) -> NDArray[np.float64]:
        wh = self.lives.load_wh
        if self._twin_wh is not None:
            event = self.calendar.days.index(day - 1)
            self.log.shifted_wh[:, event] -= self._twin_wh - wh.sum(axis=1, dtype=np.int64)
            self._twin_wh = None
        quality = self._quality[:, : wh.shape[1]]
        read_quality(
            self.lives.homes["household"], self.world.seed, self.world.replication,
            self.world.clock.date(day).toordinal(), gaps[0], gaps[1], quality,
        )  # fmt: skip
        reads = metered_wh(wh, quality, None)
        inside = self.world.clock.window(day, self.calendar.rule.window_from, self.calendar.rule.window_to)
        self.window_kwh[:, day] = reads[:, inside[0] : inside[1]].sum(axis=1) / 1e3
        return reads

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

    def _settle(self, day: int, event: int, window: tuple[int, int], reads: NDArray[np.float64],
                baselines: Baselines) -> None:  # fmt: skip
        log, world = self.log, self.world
        log.metered_kwh[:, event] = self.window_kwh[:, day]
        for method, kwh in baselines(self.window_kwh, day).items():
            log.baseline_kwh.setdefault(method, np.full(log.paid_usd.shape, np.nan))[:, event] = kwh
        if self.program.usd_per_kwh > 0.0:
            below = log.baseline_kwh[self.program.baseline][:, event] - log.metered_kwh[:, event]
            log.paid_usd[:, event] = self.program.usd_per_kwh * np.maximum(0.0, np.nan_to_num(below, nan=0.0))
        end_event(self.lives.homes, world.behaviour, log.flags[:, event])
        if self.program.usd_per_kwh > 0.0:
            learn_all(self.lives.homes, world.behaviour, log.paid_usd[:, event], log.flags[:, event])


def calendar_window_hours(calendar: Calendar) -> float:
    """Length of the event window in hours, as announced."""
    from drsim.clock import quarter_of

    return 0.25 * (quarter_of(calendar.rule.window_to) - quarter_of(calendar.rule.window_from))


def run_day(world: World, day: int, everyone: Lives, treatments: Sequence[Treatment], calendar: Calendar,
            baselines: Baselines, gaps: tuple[float, float]) -> None:  # fmt: skip
    """One local day of all homes and of every treated copy."""
    everyone.day(day, calendar.window_on(day))
    for treatment in treatments:
        treatment.day(day, everyone.load_wh, baselines, gaps)
