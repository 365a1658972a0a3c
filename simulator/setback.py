"""What one air-conditioned home does with a setback: shed, rebound, return, over a grid of homes and weathers.

Lives the compiled rooms themselves (``climate_control.condition``), twice: without and with the event.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.climate_control import condition, enter_lane
from simulator.dwelling import exact_step, mass_to_outdoor_kw_per_k
from simulator.fields import AT_HOME, HOME
from simulator.outdoor import COOL_CAPACITY, COOL_INPUT, outdoor_table
from simulator.parameters.tables import behaviour_record, load_behaviour
from simulator.sunshine import clear_sky_ghi_w_per_m2
from simulator.tile import COOLING, GAINS, HERE, SIZE, TILE, at, row_of
from simulator.walls import sunlit_rows

FLOOR_M2 = 180.0
SET_DEGC = 22.0
OFFSET_K = 2.2  # 4 degF
WINDOW = (64, 80)  # 16-20 h
UA_W_PER_K_M2 = (0.8, 1.2, 1.8)
OPAQUE, GLASS_M2_PER_M2 = 0.5, 0.02
#: 10 July under a clear sky in Denver, as the published engine's home: degrees north, east, m; UTC of its start.
PLACE, MIDNIGHT = (39.7, -105.0, 1600.0), np.datetime64("2018-07-10T07:07:30")
MASS_KJ_PER_K_M2 = (80.0, 110.0, 165.0)  # ISO 13790: very light, light (US timber frame), medium
T_OUT_MEAN_DEGC = (23.0, 26.0, 29.0)
SWING_K = 8.0
#: Rated cooling over the load at the day's top: the last is at capacity all afternoon.
SIZINGS, UNLIMITED_KW = (1.5, 1.0, 0.8), 100.0


def _homes(sky: NDArray[np.float64]) -> tuple[NDArray[np.void], pd.DataFrame]:
    """One record a grid point, sized for the top of this day, and the table of points."""
    points = list(product(UA_W_PER_K_M2, MASS_KJ_PER_K_M2, SIZINGS))
    table = pd.DataFrame(points, columns=["ua_w_per_k_m2", "mass_kj_per_k_m2", "sizing"])
    homes = np.zeros(len(points), HOME)
    n = np.ones(len(points))
    ua = FLOOR_M2 * table["ua_w_per_k_m2"].to_numpy() / 1e3
    coupling = n * FLOOR_M2 * 8.0 / 1e3
    opaque = mass_to_outdoor_kw_per_k(OPAQUE * ua, coupling)
    step = exact_step(
        (1.0 - OPAQUE) * ua, opaque, coupling, n * FLOOR_M2 * 22.0 / 3600.0,
        FLOOR_M2 * table["mass_kj_per_k_m2"].to_numpy() / 3600.0,
    )  # fmt: skip
    for name, values in step.items():
        homes[name] = values
    homes["solar_m2"], homes["glass_main_fraction"] = GLASS_M2_PER_M2 * FLOOR_M2, 0.25
    homes["roof_kw_per_k"], homes["walls_kw_per_k"] = 0.4 * opaque, 0.6 * opaque
    homes["ac_cop"], homes["ac_floor_fraction"], homes["ac_sensible_fraction"] = 3.5, 1.0, 1.0
    homes["cool_set_degc"], homes["heat_set_degc"], homes["tolerance_k"] = SET_DEGC, 15.0, 5.0
    homes["fan_from_degc"] = 99.0
    homes["t_air_degc"] = homes["t_mass_degc"] = SET_DEGC
    homes["ac_thermal_kw"] = UNLIMITED_KW
    rated = _live(homes.copy(), sky, 0.0) / sky[COOL_INPUT] / sky[COOL_CAPACITY]
    homes["ac_thermal_kw"] = table["sizing"] * rated.max(axis=1) * homes["ac_cop"]
    return homes, table


def _live(homes: NDArray[np.void], sky: NDArray[np.float64], offset_k: float) -> NDArray[np.float64]:
    """Demand of the air conditioner on the third day, (homes, quarter-hours) [kW]; the event is on that day."""
    n, intervals = len(homes), sky.shape[1]
    b = behaviour_record(load_behaviour({"override_base_hazard": 0.0, "override_hazard_per_k": 0.0}))
    demand = np.zeros((n, intervals))
    for r in range(0, n, TILE):
        part, w = homes[r : r + TILE], np.zeros(SIZE)
        for k in range(len(part)):
            enter_lane(part[k], k, w)
        for day in range(3):
            part["event_offset_k"] = offset_k if day == 2 else 0.0
            for i0, i1 in ((0, 96), (96, intervals)):  # a tile has room for one day
                w[at(HERE, 0) : at(HERE, i1 - i0)], w[at(GAINS, 0) : at(GAINS, i1 - i0)] = AT_HOME, 0.5
                window = WINDOW if day == 2 and i0 == 0 else (0, 0)
                condition(part, b, 0, 0, day, sky[:, i0:i1].copy(), *window, 0, w)
                for k in range(len(part)):
                    demand[r + k, i0:i1] = row_of(w, COOLING, k, i1 - i0)
    return demand


def setback_grid() -> pd.DataFrame:
    """The grid's answers to +2.2 K for 4 hours.

    Returns
    -------
    DataFrame
        Per grid point: ``shed_fraction`` of the air conditioner's energy in the window, ``rebound`` (extra kW in
        the first hour after it over the mean kW shed), ``returned_fraction`` of the shed energy within 4 hours,
        ``at_capacity`` (share of the first hour after release at full power) and ``base_kw`` in the window.
    """
    hour = np.arange(112) / 4.0  # the day and the four hours after it
    at = MIDNIGHT + np.arange(112) * np.timedelta64(900, "s")
    found = []
    for mean in T_OUT_MEAN_DEGC:
        outdoor = (mean + SWING_K * np.cos((hour - 16.0) / 24.0 * 2.0 * np.pi)).astype(np.float32)
        sun = clear_sky_ghi_w_per_m2(*PLACE, at).astype(np.float32)
        sky = outdoor_table(outdoor, sun, sunlit_rows(*PLACE[:2], at, sun))
        homes, table = _homes(sky)
        plain, event = (_live(homes.copy(), sky, k) for k in (0.0, OFFSET_K))
        e0, e1 = WINDOW
        base, taken = plain[:, e0:e1].sum(axis=1), (plain - event)[:, e0:e1].sum(axis=1)
        back = (event - plain)[:, e1 : e1 + 16].sum(axis=1)
        rated = homes["ac_thermal_kw"] / homes["ac_cop"]
        most = rated[:, None] * sky[COOL_INPUT] * sky[COOL_CAPACITY]
        first = slice(e1, e1 + 4)
        found.append(
            table.assign(
                t_out_mean_degc=mean,
                base_kw=base / (e1 - e0),
                shed_fraction=taken / base,
                rebound=(event - plain)[:, first].mean(axis=1) / (taken / (e1 - e0)),
                returned_fraction=back / taken,
                at_capacity=(event[:, first] >= 0.999 * most[:, first]).mean(axis=1),
            )
        )
    return pd.concat(found, ignore_index=True)
