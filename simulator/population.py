"""Households sampled jointly from a region's parameters, one structured record each.

Draws are keyed by (seed, replication, trait, household), and nothing is normalised over the sample: a
home does not change when another is added. Joint structure: income moves dwelling, floor area,
ownership of appliances; floor area moves members, air conditioning, lighting, pool; a common factor of
energy habits moves all discretionary use; tastes lean on comfort tolerance and, if asked, on income.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from simulator.dwelling import exact_step
from simulator.fields import ASLEEP, HOME
from simulator.keyed_random import Purpose, normals, uniforms
from simulator.parameters.tables import Parameter, Region

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """The homes of one replication: ``homes`` has shape (households,) and dtype ``fields.HOME``."""

    region: Region
    homes: NDArray[np.void]

    def __len__(self) -> int:
        return len(self.homes)

    def columns(self) -> Mapping[str, NDArray[np.generic]]:
        """Each field as an array view of shape (households,)."""
        return {name: self.homes[name] for name in self.homes.dtype.names or ()}


class _Draws:
    """Keyed draws, one stream a trait; the order in which traits are asked for does not matter."""

    def __init__(self, seed: int, replication: int, households: int) -> None:
        self.seed, self.replication, self.n = seed, replication, households

    def _stream(self, trait: str) -> int:
        return int.from_bytes(trait.encode()[-7:], "little") ^ (sum(trait.encode()) << 48)

    def z(self, trait: str) -> Array:
        return normals(self.seed, self.replication, self._stream(trait), self.n, Purpose.POPULATION)

    def u(self, trait: str) -> Array:
        return uniforms(self.seed, self.replication, self._stream(trait), self.n, Purpose.STOCK)

    def owns(self, trait: str, share: float, shift: Array | float = 0.0) -> NDArray[np.bool_]:
        """Ownership at a mean ``share`` moved on the logit scale by ``shift``; 0 and 1 are exact."""
        if share <= 0.0 or share >= 1.0:
            return np.full(self.n, share >= 1.0)
        return np.asarray(self.u(trait) < expit(logit(share) + shift))

    def lognormal(self, trait: str, mean: float, log_sd: float) -> Array:
        return np.asarray(mean * np.exp(log_sd * self.z(trait) - 0.5 * log_sd**2))


def sample(
    region: Region, behaviour: Mapping[str, Parameter], households: int, seed: int, replication: int,
    mix: Mapping[str, float] | None = None,
) -> Population:  # fmt: skip
    """Draw ``households`` homes of a region; ``mix`` overrides the dwelling shares (sum 1)."""
    homes = np.zeros(households, HOME)
    homes["household"] = np.arange(households)
    draws = _Draws(seed, replication, households)
    _dwelling(homes, region, draws, mix)
    _routine(homes, region, draws)
    _envelope(homes, region, draws)
    _climate_control(homes, region, draws)
    _water_and_vehicle(homes, region, draws)
    _appliances(homes, region, draws)
    _preferences(homes, region, behaviour, draws)
    _initial_state(homes, draws)
    return Population(region, homes)


def _dwelling(homes: NDArray[np.void], region: Region, draws: _Draws, mix: Mapping[str, float] | None) -> None:
    kinds = ("flat", "terraced", "semi_detached", "detached")
    shares = np.array([(mix or {}).get(k, 0.0) if mix else region[f"dwelling.{k}_share"] for k in kinds])
    income = region["household.income_sd"] * draws.z("income")
    slope = region["dwelling.kind_income_slope"]
    # a normal score leaning on income, compared with the score's own fixed quantiles, keeps the shares
    score = (slope * income + draws.z("kind")) / np.hypot(slope * region["household.income_sd"], 1.0)
    from scipy.stats import norm

    rank = norm.cdf(score)
    kind = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], rank, side="right")
    mean_area = np.array([region[f"dwelling.{k}_m2"] for k in kinds])[kind]
    log_sd = region["dwelling.area_log_sd"]
    area = draws.lognormal("area", 1.0, log_sd) * np.exp(region["dwelling.area_income_slope"] * income)
    homes["dwelling"] = kind
    homes["income_z"] = income
    homes["floor_area_m2"] = np.clip(mean_area * area, 25.0, 600.0)
    homes["owner"] = draws.owns(
        "owner", region["household.owner_share"], 0.9 * income + 0.5 * (kind - 1.5) * (log_sd > 0)
    )
    size = region["household.members_area_slope"] * (log_sd > 0) * np.log(homes["floor_area_m2"] / mean_area.mean())
    spread = region["household.members_spread"]
    people = region["household.members_mean"] * np.exp(size) + spread * 1.2 * draws.z("members")
    homes["members"] = np.clip(np.rint(people), 1, 7)


def _routine(homes: NDArray[np.void], region: Region, draws: _Draws) -> None:
    u = draws.u("working")
    at_work, mixed = region["household.out_at_work_share"], region["household.mixed_share"]
    worker, shift = u < at_work, (u >= at_work) & (u < at_work + mixed)
    out_work, out_home = region["routine.goes_out_worker"], region["routine.goes_out_home"]
    homes["goes_out"] = np.where(worker, out_work, np.where(shift, 0.5 * (out_work + out_home), out_home))
    homes["goes_out_weekend"] = region["routine.goes_out_weekend"]
    spread = 4.0 * region["routine.spread_hours"]
    homes["wake_quarter"] = np.where(worker, 27.0, 30.0) + spread * draws.z("wake")
    homes["leave_quarter"] = np.where(worker, 33.0, 40.0) + spread * draws.z("leave")
    homes["return_quarter"] = np.where(worker, 68.0, 61.0) + 1.3 * spread * draws.z("return")
    homes["bed_quarter"] = np.clip(89.5 + 0.9 * spread * draws.z("bed"), 80.0, 108.0)
    homes["dinner_quarter"] = np.clip(69.0 + 1.1 * spread * draws.z("dinner"), 60.0, 86.0)
    homes["jitter_quarters"] = 4.0 * region["routine.jitter_hours"]
    homes["mood_sd"] = region["routine.mood_sd"]
    homes["away_week_fraction"] = region["routine.away_week_fraction"]
    homes["chore_quarter"] = np.clip(58.0 + 3.0 * spread * draws.z("chores"), 30.0, 84.0)


def _envelope(homes: NDArray[np.void], region: Region, draws: _Draws) -> None:
    area = homes["floor_area_m2"].astype(float)
    exposed = np.array([0.62, 0.85, 0.95, 1.1])[homes["dwelling"]]
    ua = (
        area * exposed * draws.lognormal("ua", region["envelope.ua_w_per_k_per_m2"], region["envelope.ua_log_sd"]) / 1e3
    )
    homes["ua_kw_per_k"] = ua
    homes["solar_m2"] = (
        area * region["envelope.solar_m2_per_m2"] * np.exp(0.5 * region["envelope.ua_log_sd"] * draws.z("glass"))
    )
    coefficients = exact_step(
        ua,
        area * region["envelope.coupling_w_per_k_m2"] / 1e3,
        area * region["envelope.air_kj_per_k_m2"] / 3600.0,
        area * region["envelope.mass_kj_per_k_m2"] / 3600.0,
    )
    for name, values in coefficients.items():
        homes[name] = values


def _climate_control(homes: NDArray[np.void], region: Region, draws: _Draws) -> None:
    income = homes["income_z"].astype(float)
    has_ac = draws.owns("ac", region["ac.share"], region["ac.income_slope"] * income)
    design = homes["ua_kw_per_k"] * (region["ac.design_degc"] - 24.0) + homes["solar_m2"] * 0.75 + 0.9
    sizing = draws.lognormal("sizing", region["ac.sizing_factor"], region["ac.sizing_log_sd"])
    homes["ac_thermal_kw"] = np.where(has_ac, np.clip(design * sizing, 2.0, 20.0), 0.0)
    homes["ac_cop"] = draws.lognormal("cop", region["ac.cop"], region["ac.cop_log_sd"])
    homes["cool_set_degc"] = region["ac.set_degc"] + region["ac.set_sd_k"] * draws.z("coolset")
    homes["cool_away_k"] = region["ac.away_setup_k"] * draws.owns("setup", region["ac.away_setup_share"])
    homes["cool_sleep_k"] = region["ac.sleep_offset_sd_k"] * draws.z("sleepset")
    smart = draws.owns("smart", region["ac.smart_thermostat_share"], region["ac.smart_income_slope"] * income)
    homes["smart_thermostat"] = smart & has_ac
    electric = draws.owns("eheat", region["heat.electric_share"], -0.3 * income)
    heat_set = region["heat.set_degc"] + region["heat.set_sd_k"] * draws.z("heatset")
    homes["heat_thermal_kw"] = np.clip(homes["ua_kw_per_k"] * 22.0 * 1.3, 2.0, 30.0)
    homes["heat_kw_per_kw"] = np.where(electric, region["heat.electric_kw_per_kw"], region["heat.gas_kw_per_kw"])
    # heating never fights cooling: at least 1.5 K stay between the two setpoints
    homes["heat_set_degc"] = np.minimum(heat_set, homes["cool_set_degc"] - 1.5 - np.abs(homes["cool_sleep_k"]))
    homes["heat_back_k"] = region["heat.back_k"]


def _water_and_vehicle(homes: NDArray[np.void], region: Region, draws: _Draws) -> None:
    tank = draws.owns("tank", region["water.tank_share"])
    shower = draws.owns("shower", region["water.shower_share"]) & ~tank
    homes["tank_litres"] = np.where(tank, np.where(homes["members"] > 3, 250.0, 180.0), 0.0)
    homes["tank_kw"] = region["water.element_kw"]
    homes["tank_night"] = tank & draws.owns("tanknight", region["water.night_share"])
    homes["shower_kw"] = np.where(shower, 8.5, 0.0)
    per_person = draws.lognormal("litres", region["water.litres_per_person"], region["water.litres_log_sd"])
    homes["hot_litres"] = per_person * homes["members"]
    ev = draws.owns("ev", region["ev.share"], region["ev.income_slope"] * homes["income_z"])
    homes["ev_kw"] = np.where(ev, 7.0, 0.0)
    homes["ev_kwh_per_day"] = draws.lognormal("evkwh", region["ev.kwh_per_day"], 0.4)
    homes["ev_timer"] = draws.owns("evtimer", region["ev.timer_share"])
    homes["ev_plugs"] = region["ev.plugs_fraction"]


def _appliances(homes: NDArray[np.void], region: Region, draws: _Draws) -> None:
    habits = draws.lognormal("common", 1.0, region["common.log_sd"])
    people = homes["members"] / region["household.members_mean"]
    homes["washer_per_day"] = np.minimum(0.95, region["washer.per_day_per_person"] * homes["members"] ** 0.7 * 1.3)
    homes["washer_kw"] = region["washer.kwh"] / 1.25
    dryer = draws.owns("dryer", region["dryer.share"])
    homes["dryer_kw"] = np.where(dryer, region["dryer.kwh"] / 0.875, 0.0)
    dish = draws.owns("dish", region["dish.share"], 0.6 * homes["income_z"])
    homes["dish_per_day"] = np.where(dish, np.minimum(0.95, region["dish.per_day"] * people**0.6), 0.0)
    homes["dish_kw"] = region["dish.kwh"] / 1.5
    homes["fridge_kw"] = draws.lognormal("fridge", region["fridge.kw"], region["fridge.log_sd"]) * people**0.3
    electric = draws.owns("cook", region["cook.electric_share"])
    homes["cook_kw"] = np.where(electric, 1.0, 0.15) * region["cook.kw"] * habits * people**0.5
    homes["kettle_kw"] = region["cook.kettle_kw"] * habits**0.5 * people**0.4
    light = draws.lognormal("light", region["light.kw_per_m2"], region["light.log_sd"])
    homes["light_kw"] = light * homes["floor_area_m2"] * habits
    homes["standby_kw"] = draws.lognormal("standby", region["standby.kw"], region["standby.log_sd"]) * people**0.4
    media = draws.lognormal("media", region["media.kw"], region["media.log_sd"])
    homes["media_kw"] = media * habits * people**0.6
    shift = region["pool.area_slope"] * np.log(np.maximum(homes["floor_area_m2"], 1.0) / 150.0)
    pool = draws.owns("pool", region["pool.share"], shift)
    homes["fixed_kw"] = np.where(pool, draws.lognormal("poolkw", region["pool.kw"], region["pool.log_sd"]), 0.0)
    start = region["pool.start_quarter"] + region["pool.start_sd_quarters"] * draws.z("poolstart")
    homes["fixed_start_quarter"] = np.mod(np.rint(start), 96.0)
    homes["fixed_quarters"] = 4.0 * region["pool.hours"]


def _preferences(homes: NDArray[np.void], region: Region, behaviour: Mapping[str, Parameter], draws: _Draws) -> None:
    p = {name: parameter.value for name, parameter in behaviour.items()}
    comfort = draws.z("tolerance")
    rho = p["taste_tolerance_correlation"]
    homes["tolerance_k"] = np.clip(region["tolerance.mean_k"] + region["tolerance.sd_k"] * comfort, 0.0, 5.0)
    homes["taste"] = rho * comfort + np.sqrt(1.0 - rho**2) * draws.z("taste")
    homes["hassle_z"] = p["hassle_income_slope"] * homes["income_z"] + draws.z("hassle")
    homes["attention"] = np.clip(p["attention_mean"] + p["attention_sd"] * draws.z("attention"), 0.02, 0.98)
    homes["cut_fraction"] = np.clip(p["cut_mean"] + p["cut_sd"] * draws.z("cut"), 0.0, 0.9)
    homes["manual_offset_k"] = np.clip(
        p["manual_offset_mean_k"] + p["manual_offset_sd_k"] * draws.z("offset"), 0.0, 4.0
    )
    homes["device_online"] = np.clip(p["device_online_mean"] + p["device_online_sd"] * draws.z("online"), 0.2, 1.0)
    homes["trait_u"] = draws.u("trait")


def _initial_state(homes: NDArray[np.void], draws: _Draws) -> None:
    """State at the first midnight; the history season washes it out."""
    homes["occupancy"] = ASLEEP
    middle = 0.5 * (homes["cool_set_degc"] + homes["heat_set_degc"])
    homes["t_air_degc"], homes["t_mass_degc"] = middle, middle
    homes["t_tank_degc"] = 52.0
    homes["ev_plugged"] = 1
    homes["ev_need_kwh"] = homes["ev_kwh_per_day"] * 0.5 * (homes["ev_kw"] > 0) * draws.u("evneed")
