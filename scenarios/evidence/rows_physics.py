"""Row 19: the time step against a finer one."""

from __future__ import annotations

from scenarios.evidence.facts import Fact


def row_19() -> list[Fact]:
    """The 15-minute step of the thermal model against one minute."""
    from simulator.reference import thermal_reference_error

    table = thermal_reference_error(60)
    day = float(table["day_error_fraction"].abs().mean())
    window = float(table["window_error_fraction"].abs().mean())
    return [
        Fact(19, "15-min step against a 1-min reference, day energy, mean |error|", 0.0, 0.01, day, None, "exact"),
        Fact(19, "the same, event window of a 2 K setback", 0.0, 0.01, window, None, "exact"),
    ]
