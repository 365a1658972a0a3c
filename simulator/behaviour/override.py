"""Override: giving up in the middle of an event.

Hazard per quarter-hour of a household that is at home and awake::

    h = h0 + h1 * (degrees above tolerance) * (1 + elapsed hours / 2)

``h0`` is the non-thermal part: about half of all overrides have a motive other than heat.
"""

from __future__ import annotations

from simulator.compiled import compiled
from simulator.fields import Record


@compiled
def override_hazard(b: Record, warm_k: float, elapsed_hours: float) -> float:
    """Probability in [0, 1] of overriding in this quarter-hour; rises with warmth and with time."""
    hazard = b.override_base_hazard + b.override_hazard_per_k * warm_k * (1.0 + 0.5 * elapsed_hours)
    return float(min(hazard, 1.0))
