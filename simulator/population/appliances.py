"""Appliances that people start or that run by themselves, and the outdoor equipment on a clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import Lean


def draw_appliances(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    habits = draws.lognormal("common", 1.0, region["common.log_sd"])
    people = homes["members"] / region["household.members_mean"]
    homes["washer_per_day"] = np.minimum(0.95, region["washer.per_day_per_person"] * homes["members"] ** 0.7 * 1.3)
    homes["washer_kw"] = draws.lognormal("washkwh", region["washer.kwh"], region["appliance.rating_log_sd"]) / 1.25
    dryer = draws.leans("dryer", region["dryer.share"], Lean(kinds=(region["dryer.flat_slope"], 0.0, 0.0, 0.0)))
    dryer_kwh = draws.lognormal("drykwh", region["dryer.kwh"], region["appliance.rating_log_sd"])
    homes["dryer_kw"] = np.where(dryer, dryer_kwh / 0.875, 0.0)
    homes["line_dries"] = region["dryer.line_dry_fraction"]
    dish = draws.leans("dish", region["dish.share"], Lean(income=region["dish.income_slope"]))
    homes["dish_per_day"] = np.where(dish, np.minimum(0.95, region["dish.per_day"] * people**0.6), 0.0)
    homes["dish_kw"] = draws.lognormal("dishkwh", region["dish.kwh"], region["appliance.rating_log_sd"]) / 1.5
    homes["fridge_kw"] = draws.lognormal("fridge", region["fridge.kw"], region["fridge.log_sd"]) * people**0.3
    freezer = draws.owns("freezer", region["freezer.share"])  # its own appliance, the same cycling load
    freezer_kw = draws.lognormal("freezkw", region["freezer.kw"], region["fridge.log_sd"]) * freezer
    homes["fridge_kw"] += freezer_kw
    homes["fridge_second"] = freezer_kw / homes["fridge_kw"]
    cycle = draws.lognormal("fridgecy", region["fridge.cycle_quarters"], 0.35)
    homes["fridge_cycle_quarters"] = np.clip(cycle, 2.2, 14.0)
    homes["fridge_duty"] = np.clip(region["fridge.duty"] + region["fridge.duty_sd"] * draws.z("fridgedu"), 0.15, 0.85)
    electric = draws.owns("cook", region["cook.electric_share"])
    cook_kw = draws.lognormal("cookkw", region["cook.kw"], region["cook.log_sd"])
    homes["cook_kw"] = np.where(electric, 1.0, 0.15) * cook_kw * habits * people**0.5
    homes["kettle_kw"] = region["cook.kettle_kw"] * habits**0.5 * people**0.4
    light = draws.lognormal("light", region["light.kw_per_m2"], region["light.log_sd"])
    homes["light_kw"] = light * homes["floor_area_m2"] * habits
    homes["standby_kw"] = draws.lognormal("standby", region["standby.kw"], region["standby.log_sd"]) * people**0.4
    media = draws.lognormal("media", region["media.kw"], region["media.log_sd"])
    homes["media_kw"] = media * habits * people**0.6
    homes["left_on"] = np.clip(draws.lognormal("lefton", region["media.left_on_fraction"], 1.0), 0.0, 0.95)
    homes["spell_sd"] = draws.lognormal("spells", region["standby.spell_log_sd"], 0.5)
    # a pool pump on a flat's own meter is rare; half as rare, on the logit scale, in a terrace
    flats = region["pool.flat_slope"]
    pool = draws.leans(
        "pool", region["pool.share"], Lean(kinds=(flats, 0.5 * flats, 0.0, 0.0), area=region["pool.area_slope"])
    )
    homes["fixed_kw"] = np.where(pool, draws.lognormal("poolkw", region["pool.kw"], region["pool.log_sd"]), 0.0)
    start = region["pool.start_quarter"] + region["pool.start_sd_quarters"] * draws.z("poolstart")
    homes["fixed_start_quarter"] = np.mod(np.rint(start), 96.0)
    homes["fixed_quarters"] = 4.0 * region["pool.hours"]
