"""Fatigue and habit: two stocks that events fill and time drains.

``F <- F 0.5 ** (1 / half_life)`` each day; ``F <- F + d effort + c discomfort`` after an event the household was
told of. ``effort`` is 1 where people act, less where a device acts for them, and next to nothing for a standing
price. ``H <- H + k (1 - H)`` after acting, with a half-life of its own: what is done often needs less deciding.
"""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import Record


@compiled
def recover_overnight(home: Record, b: Record) -> None:
    """One day's decay of the stocks."""
    if home.fatigue > 0.0:
        home.fatigue = home.fatigue * 0.5 ** (1.0 / b.fatigue_half_life_days)
    if home.habit > 0.0:
        home.habit = home.habit * 0.5 ** (1.0 / b.habit_half_life_days)


@compiled
def tire(home: Record, b: Record, notified: bool, took_part: bool, routine: bool) -> None:
    """Add an event's effort and discomfort to fatigue, and acting to habit."""
    if not notified:
        return
    effort = b.fatigue_automatic_factor if home.event_automatic == 1 else 1.0
    if routine:
        effort = b.fatigue_routine_factor
    home.fatigue += b.fatigue_per_event * effort + b.fatigue_per_kh * home.discomfort_kh
    if took_part and home.event_automatic == 0:
        home.habit += b.habit_gain * (1.0 - home.habit)
