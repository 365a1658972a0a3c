"""Water heaters and the hot water people use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import Lean


def draw_water(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    tank = draws.leans("tank", region["water.tank_share"], Lean(kinds=(region["water.tank_flat_slope"], 0.0, 0.0, 0.0)))
    shower = draws.owns("shower", region["water.shower_share"]) & ~tank
    homes["tank_litres"] = np.where(tank, np.where(homes["members"] > 3, 250.0, 180.0), 0.0)
    homes["tank_kw"] = region["water.element_kw"]
    homes["tank_night"] = tank & draws.owns("tanknight", region["water.night_share"])
    homes["shower_kw"] = np.where(shower, 8.5, 0.0)
    per_person = draws.lognormal("litres", region["water.litres_per_person"], region["water.litres_log_sd"])
    homes["hot_litres"] = per_person * homes["members"]
    pump = tank & draws.owns("waterpump", region["water.heat_pump_share"])
    homes["water_pump_kw"] = np.where(pump, region["water.heat_pump_kw"], 0.0)
    homes["water_pump_cop"] = region["water.heat_pump_cop"]
