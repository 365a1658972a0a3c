"""Conformance of the end uses: ratings, the thermostat's aim, cold and hot weather, event verbs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.appliances import air_conditioner
from simulator.dispatch import begin_day
from simulator.fields import (
    AIR_CONDITIONER,
    AT_HOME,
    CLOTHES_WASHER,
    COOKING,
    DISHWASHER,
    DRYER,
    EV_CHARGER,
    POOL_PUMP,
    REFRIGERATOR,
    SPACE_HEATER,
    STANDBY,
    WATER_HEATER,
)
from simulator.world import Lives, World, live_home
from tests.conftest import make_world

RICH = {"ac.share": 1.0, "ev.share": 0.6, "dish.share": 0.7, "pool.share": 0.5, "dryer.share": 0.7}


def _days(world: World, days: int = 5):
    """Every quarter-hour of every home: yields (record, use_kw, t_in, occupied, t_out)."""
    homes = world.population.homes
    for day in range(days):
        t_out = world.day_arrays(day)[1]
        for row in range(len(homes)):
            lived = live_home(world, homes[row : row + 1], day)
            yield day, homes[row], lived.use_kw, lived.t_in_degc, lived.occupied, t_out


@pytest.mark.parametrize("region", ["us_hot_dry", "uk_london"])
def test_no_end_use_passes_its_rating(region: str) -> None:
    world = make_world(50, region=region, **RICH)
    reached = dict.fromkeys(("ev", "pool", "washer"), False)
    for _, home, use, _, _, t_out in _days(world):
        assert (use >= 0.0).all() and np.isfinite(use).all()
        cooling = [
            air_conditioner.capacity_kw(float(home["ac_thermal_kw"]), float(t))
            * air_conditioner.input_ratio(1.0 / float(home["ac_cop"]), float(t))
            for t in t_out
        ]
        limits = {
            EV_CHARGER: home["ev_kw"],
            POOL_PUMP: home["fixed_kw"],
            CLOTHES_WASHER: home["washer_kw"],
            DRYER: home["dryer_kw"],
            DISHWASHER: home["dish_kw"],
            WATER_HEATER: max(home["tank_kw"] * (home["tank_litres"] > 0), 0.7 * home["shower_kw"]),
            SPACE_HEATER: home["heat_thermal_kw"] * home["heat_kw_per_kw"] + 1.15 * home["heat_pump_kw"],
        }
        assert (use[AIR_CONDITIONER] <= np.array(cooling) * (1 + 1e-6)).all()
        for number, limit in limits.items():
            assert use[number].max() <= float(limit) * (1 + 1e-6), number
        reached["ev"] |= 0.0 < float(home["ev_kw"]) <= use[EV_CHARGER].max() * (1 + 1e-6)
        reached["pool"] |= 0.0 < float(home["fixed_kw"]) <= use[POOL_PUMP].max() * (1 + 1e-6)
        reached["washer"] |= 0.0 < float(home["washer_kw"]) <= use[CLOTHES_WASHER].max() * (1 + 1e-6)
    assert reached["washer"] and reached["ev"], f"ratings are never reached, so they bound nothing: {reached}"


def test_the_setpoint_is_kept_where_capacity_suffices() -> None:
    """From the second day on: at full power the room may be warmer, below it the setpoint is met exactly."""
    world = make_world(50, **RICH)
    below, above = 0, 0
    for day, home, use, t_in, occupied, t_out in _days(world):
        if day == 0:
            continue
        for i in np.flatnonzero(use[AIR_CONDITIONER] > 0.0):
            target = air_conditioner.setpoint_degc(
                float(home["cool_set_degc"]),
                float(home["cool_away_k"]) if home["ac_floor_fraction"] == 1.0 else 60.0,
                float(home["cool_sleep_k"]),
                int(occupied[i]),
            )
            most = air_conditioner.capacity_kw(float(home["ac_thermal_kw"]), float(t_out[i]))
            most *= air_conditioner.input_ratio(1.0 / max(float(home["ac_cop"]), 1e-6), float(t_out[i]))
            if use[AIR_CONDITIONER, i] < most * (1 - 1e-6):
                assert t_in[i] == pytest.approx(target, abs=1e-3)
                below += 1
            else:
                assert t_in[i] >= target - 1e-3
                above += 1
    assert below > 5000, (below, above)


def test_nothing_cools_in_the_cold_and_all_cool_in_heat() -> None:
    world = make_world(40, **RICH)
    cold = replace(world.weather, t_out_degc=np.full_like(world.weather.t_out_degc, 2.0),
                   ghi_w_per_m2=np.zeros_like(world.weather.ghi_w_per_m2))  # fmt: skip
    hot = replace(world.weather, t_out_degc=np.full_like(world.weather.t_out_degc, 42.0))
    used = []
    for weather in (cold, hot):
        lives = Lives(replace(world, weather=weather), world.population.homes.copy())
        for day in range(3):
            lives.day(day)
        used.append(lives.use_kwh[:, AIR_CONDITIONER].copy())
    central = world.population.homes["ac_floor_fraction"] == 1.0  # a room unit is off while everybody is away
    assert (used[0] == 0.0).all() and (used[1][central] > 0.0).all() and (used[1] > 0.0).mean() > 0.9


def test_what_is_always_on_is_on_and_cooking_needs_somebody() -> None:
    for _, home, use, _, occupied, _ in _days(make_world(20), days=2):
        assert (use[COOKING][occupied != AT_HOME] == 0.0).all()
        assert np.ptp(use[STANDBY]) == 0.0 and use[STANDBY, 0] > 0.0
        assert use[REFRIGERATOR].sum() > 0.0 and float(home["fridge_kw"]) > 0.0


def test_events_leave_no_trace_the_next_morning() -> None:
    """An offset, a cut and a deferral end with the day, whatever the household did."""
    world = make_world(20)
    homes = world.population.homes
    homes["event_offset_k"], homes["event_cut"], homes["event_defers"], homes["overrode"] = 2.0, 0.5, 1, 1
    homes["discomfort_kh"] = 3.0
    begin_day(homes, world.behaviour)
    for name in ("event_offset_k", "event_cut", "event_defers", "event_automatic", "overrode", "discomfort_kh"):
        assert (homes[name] == 0).all(), name


def test_an_overridden_home_cools_as_without_event() -> None:
    """Certain override at the first quarter-hour: from the second on the setpoint is the household's own."""
    world = make_world(60, **RICH)
    world.behaviour["override_base_hazard"] = 1.0
    plain, event = (Lives(world, world.population.homes.copy()) for _ in range(2))
    for lives in (plain, event):
        lives.day(0)
    event.homes["event_offset_k"] = 3.0
    plain.day(1)
    event.day(1, (64, 76))
    gave_up = event.homes["overrode"] == 1
    assert gave_up.sum() > 20
    held = event.indoor[~gave_up, 1].sum() if (~gave_up).any() else 0.0
    assert held >= 0.0
    late = slice(72, 76)  # two hours on, the room is back where the household wants it
    apart = plain.load_wh[:, late].sum(axis=1, dtype=int) - event.load_wh[:, late].sum(axis=1, dtype=int)
    assert abs(apart[gave_up].mean()) < abs(apart[~gave_up].mean()) or not (~gave_up).any()
