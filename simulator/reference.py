"""A one-minute reference of the same envelope and thermostat, in plain Python, to judge the 15-minute step.

Same equations, same inputs (held over each quarter-hour), same ideal thermostat; only the step is one
minute, so the thermostat acts at the minute and not at the quarter-hour.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.appliances import air_conditioner
from simulator.dwelling import exact_step, heat_needed_kw, next_temperature
from simulator.parameters.tables import load_behaviour, load_region
from simulator.population import sample
from simulator.population.dwelling import envelope_parts

QUARTERS = 192  # two days; the first one settles
WINDOW = slice(96 + 64, 96 + 76)  # 16-19 h of the second day
SETBACK_K = 2.0


def cooling_energy_kwh(
    home: np.void, step: dict[str, float], per_quarter: int, outdoor_degc: NDArray[np.float64],
    heat_kw: NDArray[np.float64], setpoint_degc: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Electric energy [kWh] of each quarter-hour, lived in ``per_quarter`` equal steps.

    ``step`` holds the coefficients of ``dwelling.exact_step`` for that step length.
    """
    air = mass = float(setpoint_degc[0])
    energy = np.zeros(len(outdoor_degc))
    rated = 1.0 / float(home["ac_cop"])
    for q in range(len(outdoor_degc)):
        outdoor, target = float(outdoor_degc[q]), float(setpoint_degc[q])
        for _ in range(per_quarter):
            air_kw, mass_kw = 0.4 * float(heat_kw[q]), 0.6 * float(heat_kw[q])
            free = next_temperature(
                step["e_aa"], step["e_am"], step["f_ao"], step["f_aq"], step["f_as"],
                air, mass, outdoor, air_kw, mass_kw,
            )  # fmt: skip
            available = air_conditioner.capacity_kw(float(home["ac_thermal_kw"]), outdoor)
            removed = heat_needed_kw(free - target, 1.0 / step["f_aq"], available)
            mass = next_temperature(
                step["e_ma"], step["e_mm"], step["f_mo"], step["f_mq"], step["f_ms"],
                air, mass, outdoor, air_kw - removed, mass_kw,
            )  # fmt: skip
            air = free - removed * step["f_aq"]
            energy[q] += removed * air_conditioner.input_ratio(rated, outdoor) * 0.25 / per_quarter
    return energy


def thermal_reference_error(homes: int = 60, region_name: str = "us_hot_dry") -> pd.DataFrame:
    """Error of the 15-minute step against the one-minute reference, per home and outdoor temperature.

    Returns
    -------
    DataFrame
        ``household, t_out_mean, day_error_fraction, window_error_fraction``: signed errors of the second
        day's energy and of its 16-19 h window with a setback of 2 K.
    """
    region = load_region(region_name, {"ac.share": 1.0})
    population = sample(region, load_behaviour(), homes, 19, 0).homes
    parts = envelope_parts(population, region)
    steps = {1: exact_step(*parts, hours=0.25), 15: exact_step(*parts, hours=1.0 / 60.0)}
    hour = np.arange(QUARTERS) % 96 / 4.0
    rows = []
    for mean in (29.0, 33.0, 37.0):
        outdoor = mean + 7.0 * np.cos((hour - 16.0) / 24.0 * 2.0 * np.pi)
        for i in range(homes):
            home = population[i]
            sun = float(home["solar_m2"]) * 0.3 * np.maximum(0.0, np.cos((hour - 12.5) / 14.0 * np.pi))
            setpoint = np.full(QUARTERS, float(home["cool_set_degc"]))
            setpoint[WINDOW] += SETBACK_K
            coarse, fine = (
                cooling_energy_kwh(home, {k: float(v[i]) for k, v in step.items()}, n, outdoor, sun + 0.6, setpoint)
                for n, step in steps.items()
            )
            day, window = slice(96, 192), WINDOW
            rows.append(
                (
                    int(home["household"]),
                    mean,
                    coarse[day].sum() / fine[day].sum() - 1.0,
                    coarse[window].sum() / fine[window].sum() - 1.0,
                )
            )
    return pd.DataFrame(rows, columns=["household", "t_out_mean", "day_error_fraction", "window_error_fraction"])
