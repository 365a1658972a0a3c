"""The oracle: true expected reduction and cost of each home and offer, over dice that are never scored.

At each event the counterfactual's state of that morning is lived again with other dice, up to the end
of the window, with and without the event. Only expectations come out; no realised outcome is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.dispatch import ask
from simulator.events import Calendar
from simulator.fields import VERBS
from simulator.programs import Program
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

    @classmethod
    def joined(cls, parts: Sequence[Expectations]) -> Expectations:
        """Expectations of consecutive shards of the homes as one."""
        impact, paid = ([getattr(p, name) for p in parts] for name in ("impact_kwh", "paid_usd"))
        return cls(np.concatenate(impact, axis=1), np.concatenate(paid, axis=1), parts[0].events)

    def per_event(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means over dice and events: impact [kWh], payment [USD], each (programs, homes)."""
        n = max(1, self.events * DICE)
        return self.impact_kwh / n, self.paid_usd / n


def expected_fatigue(calendar: Calendar, day: int, b: np.void, effort: float) -> float:
    """Fatigue that a household asked at every event so far would carry to this one."""
    half_life = float(b["fatigue_half_life_days"])
    return float(
        sum(b["fatigue_per_event"] * effort * 0.5 ** ((day - d) / half_life) for d in calendar.days if d < day)
    )


def play_event(
    sums: Expectations, world: World, homes: NDArray[np.void], day: int, calendar: Calendar,
    programs: Sequence[Program], baselines: Baselines, window_kwh: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add one event's dice; ``homes`` is the counterfactual's state on the morning of ``day``."""
    e0, e1 = calendar.window_on(day)
    b = world.behaviour
    base_of = baselines(window_kwh, day)
    sums.events += 1
    signals = [p.signals(calendar, world.clock, world.first_event_day, b).get(day) for p in programs]
    for die in range(DICE):
        other = replace(world, replication=OTHER_DICE + world.replication * DICE + die)
        morning = homes.copy()
        lives = Lives(other, morning.copy())
        lives.day(day, part=(0, e0))
        noon = lives.homes.copy()
        lives.day(day, part=(e0, e1))
        without = lives.load_wh[:, e0:e1].sum(axis=1, dtype=np.int64)
        for p, program in enumerate(programs):
            signal = signals[p]
            if signal is None:
                continue
            rows = np.flatnonzero(program.can_join(homes))
            asked = morning[rows].copy()
            asked["member"] = 1
            effort = float(b["fatigue_automatic_factor"]) if signal.terms["device"] > 0 else 1.0
            effort = float(b["fatigue_routine_factor"]) if signal.terms["routine"] > 0 else effort
            asked["fatigue"] = expected_fatigue(calendar, day, b, effort)
            asked["believed_usd"] = program.believed_event_usd(
                asked, calendar_window_hours(calendar), float(b["believed_cut_fraction"])
            )
            flags = np.zeros((len(rows), 4), np.uint8)
            ask(other, asked, day, signal, flags)
            state = noon[rows].copy()
            for name in VERBS:
                state[name] = asked[name]
            asked_lives = Lives(other, state)
            asked_lives.day(day, (e0, e1), part=(e0, e1))
            with_event = asked_lives.load_wh[:, e0:e1].sum(axis=1, dtype=np.int64)
            sums.impact_kwh[p, rows] += (without[rows] - with_event) / 1e3
            if program.pays_by_event:
                sums.paid_usd[p, rows] += program.payment_usd(base_of[program.baseline][rows], with_event / 1e3)


__all__ = ["DICE", "Expectations", "expected_fatigue", "play_event"]
