"""Rows 18 and 19: one home's setback; the time step against a finer one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.evidence.facts import Fact, within

ENGINE = "a single-home physics engine: 78 %; 2.1; 75 %"


def row_18() -> list[Fact]:
    """+2.2 K for 4 hours over a grid of envelope, mass and weather; with cooling power to spare, and without."""
    from simulator.setback import SIZINGS, setback_grid

    table = setback_grid()
    spare = table[table["sizing"] == max(SIZINGS)]
    short = table[table["sizing"] == min(SIZINGS)]
    ranges = {"shed_fraction": (0.60, 0.95), "rebound": (0.5, 2.6), "returned_fraction": (0.50, 0.90)}
    names = {
        "shed_fraction": "air conditioner's energy shed, median of the grid",
        "rebound": "first-hour rebound over mean shed kW, median",
        "returned_fraction": "share of it back within 4 h, median",
    }
    facts = []
    inside = np.ones(len(spare), bool)
    for column, (low, high) in ranges.items():
        values = spare[column].to_numpy()
        middle = within(18, names[column], low, high, float(np.median(values)), "related", ENGINE)
        facts.append(replace(middle, low=float(values.min()), high=float(values.max())))
        inside &= (values >= low) & (values <= high)
    worn = float(short["rebound"].median() / spare["rebound"].median())
    hot = short[short["t_out_mean_degc"] == short["t_out_mean_degc"].max()]
    facts.append(within(18, "rebound at capacity over rebound with room to spare", 0.0, 0.5, worn, "related", ENGINE))
    gone = float(hot["rebound"].median())
    facts.append(within(18, "rebound at capacity on the hottest day", 0.0, 0.3, gone, "related"))
    share = Fact(18, "share of the grid within all three ranges", 1.0, np.inf, float(inside.mean()), None, "related")
    return [*facts, share]


def row_19() -> list[Fact]:
    """The 15-minute step of the thermal model against one minute."""
    from simulator.reference import thermal_reference_error
    from simulator.reference_devices import heating_reference_error, water_reference_error

    table = thermal_reference_error(60)
    day = float(table["day_error_fraction"].abs().mean())
    window = float(table["window_error_fraction"].abs().mean())
    others = {
        "heat pump with backup, day energy, worst |error|": heating_reference_error(),
        "water heaters, day energy, worst |error|": water_reference_error(),
    }
    more = [Fact(19, name, 0.0, 0.01, error, None, "exact") for name, error in others.items()]
    return [
        Fact(19, "15-min step against a 1-min reference, day energy, mean |error|", 0.0, 0.01, day, None, "exact"),
        Fact(19, "the same, event window of a 2 K setback", 0.0, 0.01, window, None, "exact"),
        *more,
    ]
