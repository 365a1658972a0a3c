"""A deferrable cycle: becomes due by habit, starts when someone is there, runs to its end."""

from __future__ import annotations

from simulator.compiled import compiled_inline
from simulator.fields import AT_HOME

START_CHANCE = 0.35  # per quarter-hour once due and past the habitual time


@compiled_inline
def may_start(due: int, occupied: int, quarter: float, habit_quarter: float, waits: bool) -> bool:
    """Whether a due cycle may start now, by the chance of ``START_CHANCE``.

    ``waits`` holds it back while an event asks for it.
    """
    return bool(due == 1 and occupied == AT_HOME and quarter >= habit_quarter and not waits)
