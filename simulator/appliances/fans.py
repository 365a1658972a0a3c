"""Ceiling and box fans (thermostatic): on while somebody is there and the room is warm; their heat stays in it."""

from __future__ import annotations

from simulator.compiled import compiled_inline
from simulator.eights import Number, pick
from simulator.fields import AWAY


@compiled_inline
def fan_kw(rated_kw: Number, from_degc: Number, air_degc: Number, occupied: Number) -> Number:
    """Demand of the fans at a room temperature; numbers or ``eights``."""
    return pick((air_degc > from_degc) & (occupied != AWAY), rated_kw, 0.0)
