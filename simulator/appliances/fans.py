"""Ceiling and box fans (thermostatic): on while somebody is there and the room is warm; their heat stays in it."""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import AWAY


@compiled
def fan_kw(rated_kw: float, from_degc: float, air_degc: float, occupied: int) -> float:
    """Demand of the fans at a room temperature."""
    return rated_kw if air_degc > from_degc and occupied != AWAY else 0.0
