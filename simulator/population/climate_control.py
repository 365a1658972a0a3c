"""Heating and cooling equipment, its size and efficiency, and the settings people choose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import Lean

#: What an installer reckons with beside the outdoor temperature (after ACCA Manual J): sun on glass [kW/m2], sol-air
#: excess under the roof and on the walls [K] of a clear late afternoon, people and appliances [kW].
DESIGN_SUN_KW, DESIGN_ROOF_K, DESIGN_WALL_K, DESIGN_INSIDE_KW = 0.3, 12.0, 9.0, 0.9


def draw_climate_control(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    """Cooling, then heating (a heat pump is the central air conditioner run backwards), then fans and settings."""
    homes["cool_set_degc"] = region["ac.set_degc"] + region["ac.set_sd_k"] * draws.z("coolset")
    homes["cool_away_k"] = region["ac.away_setup_k"] * draws.owns("setup", region["ac.away_setup_share"])
    homes["cool_sleep_k"] = region["ac.sleep_offset_sd_k"] * draws.z("sleepset")
    _cooling(homes, region, draws)
    _heating(homes, region, draws)
    fans = draws.lognormal("fankw", region["fan.kw"], 0.4)
    homes["fan_kw"] = np.where(draws.owns("fan", region["fan.share"]), fans, 0.0)
    homes["fan_from_degc"] = region["fan.from_degc"]


def _cooling(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    has_ac = draws.leans("ac", region["ac.share"], Lean(region["ac.income_slope"], owner=region["ac.owner_slope"]))
    room = has_ac & draws.owns("roomac", region["ac.room_share"])
    fraction = np.where(room, region["ac.room_floor_fraction"], 1.0)
    sensible = region["ac.sensible_fraction"]
    through = homes["roof_kw_per_k"] * DESIGN_ROOF_K + homes["walls_kw_per_k"] * DESIGN_WALL_K
    design = homes["ua_kw_per_k"] * (region["ac.design_degc"] - 24.0) + homes["solar_m2"] * DESIGN_SUN_KW + through
    design += DESIGN_INSIDE_KW
    sizing = draws.lognormal("sizing", region["ac.sizing_factor"], region["ac.sizing_log_sd"])
    total = np.clip(fraction * design * sizing / sensible, np.where(room, 1.5, 2.0), 20.0)
    homes["ac_thermal_kw"] = np.where(has_ac, total, 0.0)
    homes["ac_floor_fraction"], homes["ac_sensible_fraction"] = fraction, sensible
    homes["ac_cop"] = draws.lognormal("cop", region["ac.cop"], region["ac.cop_log_sd"])
    smart = draws.leans("smart", region["ac.smart_thermostat_share"], Lean(income=region["ac.smart_income_slope"]))
    homes["smart_thermostat"] = smart & has_ac & ~room


def _heating(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    lean = Lean(region["heat.electric_income_slope"], (region["heat.electric_flat_slope"], 0.0, 0.0, 0.0))
    electric = draws.leans("eheat", region["heat.electric_share"], lean)
    central = (homes["ac_thermal_kw"] > 0) & (homes["ac_floor_fraction"] >= 1.0)
    pump = electric & central & draws.owns("heatpump", region["heat.pump_share"])
    homes["heat_pump_kw"] = np.where(pump, homes["ac_thermal_kw"], 0.0)
    homes["heat_pump_cop"] = draws.lognormal("pumpcop", region["heat.pump_cop"], region["ac.cop_log_sd"])
    homes["heat_thermal_kw"] = np.clip(homes["ua_kw_per_k"] * region["heat.design_k"] * 1.3, 2.0, 30.0)
    homes["heat_kw_per_kw"] = np.where(electric, region["heat.electric_kw_per_kw"], region["heat.gas_kw_per_kw"])
    plugged = draws.owns("portable", region["heat.plug_share"])
    homes["plug_heater_kw"] = np.where(plugged, draws.lognormal("plugkw", region["heat.plug_kw"], 0.4), 0.0)
    heat_set = region["heat.set_degc"] + region["heat.set_sd_k"] * draws.z("heatset")
    # heating never fights cooling: at least 1.5 K stay between the two setpoints
    homes["heat_set_degc"] = np.minimum(heat_set, homes["cool_set_degc"] - 1.5 - np.abs(homes["cool_sleep_k"]))
    homes["heat_back_k"] = region["heat.back_k"]
