"""When a home may be in two programmes at once: never two that steer the same device or price the same kWh.

A home in two programmes takes the stronger command for each device; people are asked once, at the higher price.
Payments are settled by each programme on its own, so a kWh is paid once only where the rules below keep them apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.fields import Record
from simulator.programs.base import Program, Signal


def may_stack(one: Program, other: Program) -> bool:
    """Whether a home may hold both; not two of a kind, and neither excludes the other."""
    return one.kind != other.kind and one.kind not in other.exclusive_with and other.kind not in one.exclusive_with


def stacked_terms(terms: Sequence[Record]) -> Record:
    """One record for a home in several programmes on the same window: the stronger command of each field."""
    out = np.array([terms[0]])
    names = out.dtype.names or ()
    for name in names:
        values = [float(t[name]) for t in terms]
        out[name] = min(values) if name in ("routine", "read_hours") else max(values)
    return out[0]


def stacked_signal(signals: Sequence[Signal]) -> Signal:
    """The day's signal of a home in several programmes; their windows must be the same."""
    if len({s.window for s in signals}) != 1:
        raise ValueError(f"windows differ: {sorted({s.window for s in signals})}; programmes stack on one window only")
    return Signal(signals[0].window, stacked_terms([s.terms for s in signals]))
