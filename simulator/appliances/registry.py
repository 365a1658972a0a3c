"""Every end use in one table: its kind of load, which field says who owns it, what bounds it, which verbs it obeys.

Four kinds. A **scheduled** load follows a clock or the sun. An **event-based** load starts when people do something.
A **thermostatic** load keeps a temperature. A **storage** load holds energy for later. The control verbs are fields
of the household record (``event_*``); zero means no control. The conformance suite of the tests walks this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator import fields
from simulator.appliances.air_conditioner import capacity_factor, input_factor
from simulator.appliances.cooking import LARGEST_DISH, MOST_SHORT_USES
from simulator.appliances.electronics import HIGHEST_SPELL_SD

Homes = NDArray[np.void]
Ratings = NDArray[np.float64]

SCHEDULED, EVENT_BASED, THERMOSTATIC, STORAGE = "scheduled", "event-based", "thermostatic", "storage"
KINDS = (SCHEDULED, EVENT_BASED, THERMOSTATIC, STORAGE)


@dataclass(frozen=True)
class Appliance:
    """One end use.

    Attributes
    ----------
    use : row of ``fields.USES``.
    kind : one of ``KINDS``.
    owned : the field that is 0 in homes without it; empty when every home has it.
    rating_kw : greatest demand of each home, (households,) [kW]; of generation, its greatest magnitude.
    verbs : fields that reduce it in an event window.
    comes_back : whether what an event took returns after release (snapback, a postponed cycle or charge).
    everywhere : parameters with which every home has one, for tests and lessons.
    """

    use: int
    kind: str
    owned: str
    rating_kw: Callable[[Homes], Ratings]
    verbs: tuple[str, ...] = ()
    comes_back: bool = False
    everywhere: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in tables."""
        return fields.USES[self.use]

    def owners(self, homes: Homes) -> NDArray[np.bool_]:
        """Which homes have one."""
        return np.ones(len(homes), bool) if not self.owned else np.asarray(homes[self.owned] > 0)


def _field(name: str, times: float = 1.0) -> Callable[[Homes], Ratings]:
    return lambda homes: times * homes[name].astype(np.float64)


def _cooling(homes: Homes) -> Ratings:
    temperatures = np.linspace(13.0, 50.0, 75)
    worst = max(capacity_factor(float(t)) * input_factor(float(t)) for t in temperatures)
    return np.asarray(worst * homes["ac_thermal_kw"].astype(float) / np.maximum(homes["ac_cop"], 1e-6))


def _heating(homes: Homes) -> Ratings:
    pump = 1.15 * homes["heat_pump_kw"].astype(float)
    return np.asarray(pump + homes["heat_thermal_kw"] * homes["heat_kw_per_kw"])


def _water(homes: Homes) -> Ratings:
    tank = (homes["tank_litres"] > 0) * (homes["tank_kw"].astype(float) + homes["water_pump_kw"])
    return np.asarray(np.maximum(tank, 0.7 * homes["shower_kw"]))


def _cooking(homes: Homes) -> Ratings:
    return np.asarray(1.5 * LARGEST_DISH * homes["cook_kw"] + MOST_SHORT_USES * homes["kettle_kw"], float)


def _always_on(homes: Homes) -> Ratings:
    spread = homes["spell_sd"].astype(float)
    return np.asarray(homes["standby_kw"] * np.exp(HIGHEST_SPELL_SD * spread - 0.5 * spread**2))


APPLIANCES = (
    Appliance(fields.AIR_CONDITIONER, THERMOSTATIC, "ac_thermal_kw", _cooling,
              ("event_offset_k", "event_ac_curtail"), True, {"ac.share": 1.0}),
    Appliance(fields.SPACE_HEATER, THERMOSTATIC, "heat_thermal_kw", _heating,
              ("event_offset_k", "event_ac_curtail"), True, {"heat.electric_share": 1.0}),
    Appliance(fields.FANS, THERMOSTATIC, "fan_kw", _field("fan_kw"), (), False, {"fan.share": 1.0}),
    Appliance(fields.WATER_HEATER, THERMOSTATIC, "tank_litres", _water,
              ("event_water_curtail",), True, {"water.tank_share": 1.0}),
    Appliance(fields.REFRIGERATOR, THERMOSTATIC, "", lambda h: np.asarray(h["fridge_kw"] / h["fridge_duty"], float)),
    Appliance(fields.PLUG_HEATER, EVENT_BASED, "plug_heater_kw", _field("plug_heater_kw"), (), False,
              {"heat.plug_share": 1.0}),
    Appliance(fields.EV_CHARGER, STORAGE, "ev_kw", _field("ev_kw"), ("event_ev_curtail", "event_defers"), True,
              {"ev.share": 1.0, "ev.timer_share": 0.0, "ev.plugs_fraction": 1.0}),
    Appliance(fields.BATTERY, STORAGE, "battery_kwh", _field("battery_kw"), ("event_battery_kw",), True,
              {"pv.share": 1.0, "battery.share_of_pv": 1.0}),
    Appliance(fields.POOL_PUMP, SCHEDULED, "fixed_kw", _field("fixed_kw"), ("event_pool_curtail",), False,
              {"pool.share": 1.0}),
    Appliance(fields.SOLAR_PANELS, SCHEDULED, "pv_kw", _field("pv_kw"), (), False, {"pv.share": 1.0}),
    Appliance(fields.CLOTHES_WASHER, EVENT_BASED, "washer_per_day", _field("washer_kw"), ("event_defers",), True),
    Appliance(fields.DRYER, EVENT_BASED, "dryer_kw", _field("dryer_kw"), ("event_defers",), True, {"dryer.share": 1.0}),
    Appliance(fields.DISHWASHER, EVENT_BASED, "dish_per_day", _field("dish_kw"), ("event_defers",), True,
              {"dish.share": 1.0}),
    Appliance(fields.COOKING, EVENT_BASED, "", _cooking),
    Appliance(fields.LIGHTING, EVENT_BASED, "", _field("light_kw", 4.0), ("event_cut",)),
    Appliance(fields.ELECTRONICS, EVENT_BASED, "", _field("media_kw", 1.5), ("event_cut",)),
    Appliance(fields.STANDBY, SCHEDULED, "", _always_on),
)  # fmt: skip
