"""Clothes dryer: one cycle after a wash; waits while an event asks for it."""

from __future__ import annotations

from simulator.compiled import compiled_inline

DRY_QUARTERS = 4


@compiled_inline
def drying_kw(rated_kw: float, left: int) -> float:
    """Demand with ``left`` quarter-hours of drying to go; the last one cools down at half power."""
    return rated_kw if left > 1 else 0.5 * rated_kw
