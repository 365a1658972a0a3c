"""Columns of the population: one structured record a household, static traits first, then its state."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

#: One numpy record: a row of HOME, or the behavioural parameters. numpy's own type knows no field names.
Record: TypeAlias = Any

F4, I4, I8, U1 = "f4", "i4", "i8", "u1"

#: What an operator could not know: who lives here, what they own, what they prefer.
TRAITS: dict[str, tuple[str, str]] = {
    "household": (I8, "identity; part of every random key"),
    "dwelling": (U1, "0 flat, 1 terraced, 2 semi-detached, 3 detached"),
    "owner": (U1, "1 owner-occupied, 0 rented"),
    "income_z": (F4, "standard normal rank of household income"),
    "members": (U1, "people in the household"),
    "floor_area_m2": (F4, "conditioned floor area"),
    "goes_out": (F4, "probability of being out on a workday [fraction]"),
    "goes_out_weekend": (F4, "probability of a long outing on other days [fraction]"),
    "wake_quarter": (F4, "habitual waking time [local quarter-hours]"),
    "leave_quarter": (F4, "habitual leaving time"),
    "return_quarter": (F4, "habitual return"),
    "bed_quarter": (F4, "habitual bedtime"),
    "dinner_quarter": (F4, "habitual evening meal"),
    "jitter_quarters": (F4, "day-to-day spread of the routine"),
    "mood_sd": (F4, "day-to-day spread (log) of activity"),
    "away_week_fraction": (F4, "probability that a week is spent away"),
    "ua_kw_per_k": (F4, "conductance of the envelope with infiltration"),
    "solar_m2": (F4, "solar aperture"),
    "e_aa": (F4, "envelope step: air <- air"),
    "e_am": (F4, "air <- mass"),
    "e_ma": (F4, "mass <- air"),
    "e_mm": (F4, "mass <- mass"),
    "f_ao": (F4, "air <- outdoor temperature"),
    "f_mo": (F4, "mass <- outdoor temperature"),
    "f_aq": (F4, "air <- heat into air [K/kW]"),
    "f_mq": (F4, "mass <- heat into air [K/kW]"),
    "f_as": (F4, "air <- heat into mass [K/kW]"),
    "f_ms": (F4, "mass <- heat into mass [K/kW]"),
    "ac_thermal_kw": (F4, "rated cooling at 35 degC; 0 = no air conditioner"),
    "ac_cop": (F4, "rated efficiency at 35 degC"),
    "cool_set_degc": (F4, "cooling setpoint when at home"),
    "cool_away_k": (F4, "added while away"),
    "cool_sleep_k": (F4, "added while asleep"),
    "smart_thermostat": (U1, "1 = connected thermostat"),
    "heat_thermal_kw": (F4, "rated space heat; 0 = none"),
    "heat_kw_per_kw": (F4, "electricity per unit of heat delivered"),
    "heat_set_degc": (F4, "heating setpoint when at home and awake"),
    "heat_back_k": (F4, "lowered while away or asleep"),
    "tank_litres": (F4, "electric storage water heater; 0 = none"),
    "tank_kw": (F4, "element rating"),
    "tank_night": (U1, "1 = heats at night only (off-peak timer)"),
    "shower_kw": (F4, "instantaneous electric shower; 0 = none"),
    "hot_litres": (F4, "hot water drawn a day"),
    "ev_kw": (F4, "charger rating; 0 = no electric vehicle"),
    "ev_kwh_per_day": (F4, "mean energy of a day's driving"),
    "ev_timer": (U1, "1 = charges after midnight"),
    "ev_plugs": (F4, "probability of plugging in on arrival"),
    "washer_per_day": (F4, "washes a day"),
    "washer_kw": (F4, "mean demand of a wash"),
    "dryer_kw": (F4, "mean demand of a drying cycle; 0 = none"),
    "dish_per_day": (F4, "dishwasher runs a day; 0 = none"),
    "dish_kw": (F4, "mean demand of a run"),
    "chore_quarter": (F4, "habitual time of washing"),
    "fridge_kw": (F4, "mean demand of refrigerators and freezers"),
    "cook_kw": (F4, "demand of the cooker while an evening meal is made"),
    "kettle_kw": (F4, "quarter-hour mean of small kitchen loads"),
    "light_kw": (F4, "lighting in use on a dark evening"),
    "standby_kw": (F4, "always-on load"),
    "media_kw": (F4, "television, computers, games in use"),
    "fixed_kw": (F4, "outdoor equipment on a clock (pool pump)"),
    "fixed_start_quarter": (F4, "when it starts"),
    "fixed_quarters": (F4, "how long it runs"),
    "attention": (F4, "probability of reading a message in time [fraction]"),
    "taste": (F4, "liking for programmes, standard normal"),
    "hassle_z": (F4, "dislike of effort, standard normal"),
    "tolerance_k": (F4, "warming accepted before discomfort"),
    "cut_fraction": (F4, "discretionary use given up in an event"),
    "manual_offset_k": (F4, "how far a willing home moves the thermostat"),
    "device_online": (F4, "probability that the device answers an event"),
    "trait_u": (F4, "a uniform kept for dice that must be the same in all arms"),
}

#: What changes from day to day; a touched household's whole record is copied, so a fork carries these.
STATE: dict[str, tuple[str, str]] = {
    "t_air_degc": (F4, "indoor air"),
    "t_mass_degc": (F4, "walls, floors, furniture"),
    "t_tank_degc": (F4, "hot-water tank"),
    "occupancy": (U1, "0 away, 1 home, 2 asleep"),
    "ev_need_kwh": (F4, "energy the vehicle still wants"),
    "ev_plugged": (U1, "1 = plugged in"),
    "washer_due": (U1, "a wash waits"),
    "washer_left": (U1, "quarter-hours of wash left"),
    "dryer_left": (U1, "quarter-hours of drying left"),
    "dish_due": (U1, "a dishwasher run waits"),
    "dish_left": (U1, "quarter-hours left"),
    "fatigue": (F4, "stock of tiredness with events"),
    "believed_usd": (F4, "what the household expects an event to pay"),
    "typical_kw": (F4, "own mean demand, as the bill tells"),
    "event_offset_k": (F4, "setpoint offset in today's event"),
    "event_cut": (F4, "discretionary use given up in today's event [fraction]"),
    "event_defers": (U1, "1 = chores and charging wait"),
    "event_precool_k": (F4, "setpoint moved the other way before today's window"),
    "event_precool_quarters": (U1, "for how long before the window"),
    "event_ac_curtail": (F4, "share of heating and cooling capacity withheld in the window [fraction]"),
    "event_water_curtail": (F4, "share of the water heater's power withheld in the window [fraction]"),
    "event_pool_curtail": (F4, "share of the pool pump's power withheld in the window [fraction]"),
    "event_ev_curtail": (F4, "share of the charger's power withheld in the window [fraction]"),
    "event_battery_kw": (F4, "discharge commanded in the window"),
    "event_automatic": (U1, "1 = a device acts, and may be overridden"),
    "overrode": (U1, "1 = today's event was overridden"),
    "discomfort_kh": (F4, "degree-hours above tolerance in today's event"),
}

FIELDS = {**TRAITS, **STATE}
HOME = np.dtype([(name, kind) for name, (kind, _) in FIELDS.items()])

USES = (
    "air_conditioner",
    "space_heater",
    "water_heater",
    "ev_charger",
    "clothes_washer",
    "dryer",
    "dishwasher",
    "refrigerator",
    "cooking",
    "lighting",
    "electronics",
    "standby",
    "pool_pump",
)
(
    AIR_CONDITIONER,
    SPACE_HEATER,
    WATER_HEATER,
    EV_CHARGER,
    CLOTHES_WASHER,
    DRYER,
    DISHWASHER,
    REFRIGERATOR,
    COOKING,
    LIGHTING,
    ELECTRONICS,
    STANDBY,
    POOL_PUMP,
) = range(len(USES))

AWAY, AT_HOME, ASLEEP = 0, 1, 2
