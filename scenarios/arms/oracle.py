"""The oracle: true expected reduction and cost of each home and offer, over dice that are never scored.

At each event the counterfactual's state of that morning is lived again with other dice, up to the end
of the window, with and without the event. Only expectations come out; no realised outcome is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dispatch import ask
from simulator.events import Calendar
from simulator.fields import VERBS
from simulator.programs import Program, Signal
from simulator.records import copied, overwrite, taken
from simulator.season import Baselines, calendar_window_hours
from simulator.world import Lives, World

DICE = 16
OTHER_DICE = 1_000_000  # replication numbers of the oracle's dice start here


@dataclass
class Expectations:
    """Sums over dice and events of each home's window impact [kWh] and payment [USD] under each programme."""

    impact_kwh: NDArray[np.float64]  # (programs, homes)
    paid_usd: NDArray[np.float64]
    events: int = 0

    @classmethod
    def empty(cls, programs: int, homes: int) -> Expectations:
        return cls(np.zeros((programs, homes)), np.zeros((programs, homes)))

    def per_event(self, asked_fraction: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means over dice and events: impact [kWh], payment [USD], each (programs, homes).

        ``asked_fraction`` is the share of events in which a home is called on.
        """
        n = max(1, self.events * DICE) / asked_fraction
        return self.impact_kwh / n, self.paid_usd / n


def expected_fatigue(calendar: Calendar, day: int, b: np.void, effort: float) -> float:
    """Fatigue that a household asked at every event so far would carry to this one."""
    half_life = float(b["fatigue_half_life_days"])
    return float(
        sum(b["fatigue_per_event"] * effort * 0.5 ** ((day - d) / half_life) for d in calendar.days if d < day)
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """The homes that could be in one programme on an event's morning, as members; the same for all dice."""

    number: int
    program: Program
    signal: Signal
    rows: NDArray[np.int64]
    members: NDArray[np.void]

    @classmethod
    def of(
        cls, number: int, program: Program, world: World, homes: NDArray[np.void], day: int, calendar: Calendar
    ) -> _Asked | None:  # fmt: skip
        """None where the programme has no signal that day."""
        b = world.behaviour
        signal = program.signals(calendar, world.clock, world.first_event_day, b).get(day)
        if signal is None:
            return None
        rows = np.flatnonzero(program.can_join(homes))
        members = taken(homes, rows)
        members["member"] = 1
        effort = float(b["fatigue_automatic_factor"]) if signal.terms["device"] > 0 else 1.0
        effort = float(b["fatigue_routine_factor"]) if signal.terms["routine"] > 0 else effort
        members["fatigue"] = expected_fatigue(calendar, day, b, effort)
        hours, cut = calendar_window_hours(calendar), float(b["believed_cut_fraction"])
        members["believed_usd"] = program.believed_event_usd(members, hours, cut)
        return cls(number, program, signal, rows, members)

    def window_wh(
        self, other: World, day: int, window: tuple[int, int], noon: NDArray[np.void], without: NDArray[np.int64]
    ) -> NDArray[np.int64]:  # fmt: skip
        """Energy in the window with the event, (rows,); a home in which nothing is asked for or done is as without."""
        asked = copied(self.members)
        ask(other, asked, day, self.signal, np.zeros((len(asked), 4), np.uint8))
        does = np.flatnonzero(np.any([asked[name] != 0 for name in VERBS], axis=0))
        state = taken(noon, self.rows[does])
        for name in VERBS:
            state[name] = asked[name][does]
        lives = Lives(other, state)
        lives.day(day, window, part=window)
        wh = without[self.rows]
        wh[does] = lives.load_wh[:, window[0] : window[1]].sum(axis=1, dtype=np.int64)
        return wh


def play_event(
    sums: Expectations, world: World, homes: NDArray[np.void], day: int, calendar: Calendar,
    programs: Sequence[Program], baselines: Baselines, window_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add one event's dice; ``homes`` is the counterfactual's state on the morning of ``day``."""
    e0, e1 = calendar.window_on(day)
    base_of = baselines(window_kwh, day)
    sums.events += 1
    made = (_Asked.of(p, program, world, homes, day, calendar) for p, program in enumerate(programs))
    everyone = [asked for asked in made if asked is not None]
    lives, noon = Lives(world, copied(homes)), copied(homes)
    for die in range(DICE):
        other = world.with_dice(OTHER_DICE + world.replication * DICE + die)
        lives.world = other
        overwrite(lives.homes, homes)
        lives.day(day, part=(0, e0))
        overwrite(noon, lives.homes)
        lives.day(day, part=(e0, e1))
        without = lives.load_wh[:, e0:e1].sum(axis=1, dtype=np.int64)
        for asked in everyone:
            p, rows, program = asked.number, asked.rows, asked.program
            with_event = asked.window_wh(other, day, (e0, e1), noon, without)
            sums.impact_kwh[p, rows] += (without[rows] - with_event) / 1e3
            if program.pays_by_event:
                sums.paid_usd[p, rows] += program.payment_usd(base_of[program.baseline][rows], with_event / 1e3)


__all__ = ["DICE", "Expectations", "expected_fatigue", "play_event"]
