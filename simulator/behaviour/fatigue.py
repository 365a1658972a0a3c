"""Fatigue: a stock that each event fills and time drains.

``F <- F * 0.5 ** (1 / half_life)`` each day; ``F <- F + d * effort + c * discomfort`` after an event the
household was asked to join. ``effort`` is 1 where people act and less where a device acts for them.
"""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import Record


@compiled
def recover_overnight(home: Record, b: Record) -> None:
    """One day's decay of the stock."""
    if home.fatigue > 0.0:
        home.fatigue = home.fatigue * 0.5 ** (1.0 / b.fatigue_half_life_days)


@compiled
def tire(home: Record, b: Record, notified: bool) -> None:
    """Add an event's effort and discomfort to the stock."""
    if notified:
        effort = b.fatigue_automatic_factor if home.event_automatic == 1 else 1.0
        home.fatigue += b.fatigue_per_event * effort + b.fatigue_per_kh * home.discomfort_kh
