"""Solar panels and home batteries: who owns them, how large, which way the roof faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import Lean


def draw_energy(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    """Owners of houses with income have panels more often; a battery stands only beside panels."""
    flat = region["pv.flat_slope"]
    lean = Lean(region["pv.income_slope"], (flat, 0.4 * flat, 0.2 * flat, 0.0), region["pv.owner_slope"])
    has = draws.leans("pv", region["pv.share"], lean)
    homes["pv_kw"] = np.where(has, np.clip(draws.lognormal("pvkw", region["pv.kw"], region["pv.log_sd"]), 1, 20), 0.0)
    u = draws.u("roof")
    homes["pv_roof"] = np.searchsorted((0.5, 0.68, 0.9), u, side="right")
    battery = has & draws.owns("battery", region["battery.share_of_pv"])
    homes["battery_kwh"] = np.where(battery, region["battery.kwh"], 0.0)
    homes["battery_kw"] = np.where(battery, region["battery.kw"], 0.0)
    homes["battery_reserve"] = region["battery.reserve_fraction"]
    homes["battery_one_way"] = np.sqrt(region["battery.round_trip_efficiency"])
    homes["battery_stored_kwh"] = 0.5 * homes["battery_kwh"]
