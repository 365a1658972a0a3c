"""The sun on walls and glass: limits that hold by geometry, pvlib, and what a home makes of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from drsim.clock import Clock
from simulator.climate import load_climate
from simulator.outdoor import FACADE, GLASS, ROOF_K, WALL_K
from simulator.sunshine import clear_sky_ghi_w_per_m2, plane_w_per_m2, sun_vector
from simulator.walls import FACADES, SKY_LOSS_K, sunlit_rows
from simulator.world import Lives
from tests.conftest import make_world

PHOENIX, SYDNEY = (33.43, -112.0, 337.0), (-33.9, 151.2, 40.0)
EQUATOR, WEST, POLE, EAST = range(FACADES)


def clear_day(place: tuple[float, float, float], day: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solar hour, irradiance and the rows of a clear day."""
    noon = np.datetime64(f"{day}T12:00") - np.timedelta64(round(place[1] * 240.0), "s")
    at = noon + (np.arange(96) - 47.5) * np.timedelta64(900, "s")
    ghi = clear_sky_ghi_w_per_m2(*place, at).astype(np.float32)
    return np.arange(96) / 4.0 + 0.125, ghi, sunlit_rows(*place[:2], at, ghi)


def test_a_sun_overhead_does_not_shine_on_walls() -> None:
    """At the zenith a facade has sky and ground light alone."""
    ghi = np.array([1000.0])
    up, south, west = np.array([1.0]), np.array([0.0]), np.array([0.0])
    wall = plane_w_per_m2(90.0, 270.0, up, south, west, ghi)
    flat = plane_w_per_m2(0.0, 180.0, up, south, west, ghi)
    assert flat[0] == pytest.approx(1000.0), "a level plane has all of it"
    assert wall[0] < 0.5 * 0.5 * 1000.0


@pytest.mark.parametrize("place", [PHOENIX, SYDNEY])
def test_east_mornings_west_afternoons(place: tuple[float, float, float]) -> None:
    hour, _, rows = clear_day(place, "2024-03-20")
    assert 6.5 < hour[rows[EAST].argmax()] < 10.0
    assert 14.0 < hour[rows[WEST].argmax()] < 17.5
    assert abs(hour[rows[EQUATOR].argmax()] - 12.0) < 1.0
    assert rows[EAST].sum() == pytest.approx(rows[WEST].sum(), rel=0.02), "the day is symmetric about noon"
    assert rows[POLE].sum() < min(rows[k].sum() for k in (EQUATOR, WEST, EAST))
    assert (rows[:FACADES][:, hour < 5.0] == 0.0).all()


def test_the_equators_side_is_brightest_in_winter() -> None:
    """A low sun faces the wall, a high one grazes it; on the other half of the world likewise."""
    for place, winter, summer in ((PHOENIX, "12-21", "06-21"), (SYDNEY, "06-21", "12-21")):
        cold, warm = (clear_day(place, f"2024-{day}")[2][EQUATOR].sum() for day in (winter, summer))
        assert cold > 1.5 * warm


@pytest.mark.filterwarnings("ignore:DatetimeIndex.dayofyear")
def test_days_on_walls_agree_with_pvlib() -> None:
    import pvlib

    for latitude, longitude in ((33.4, -112.0), (-33.9, 151.2), (51.5, -0.1)):
        for day in ("2024-06-21", "2024-12-21", "2024-03-20"):
            at = np.datetime64(f"{day}T00:07:30") + np.arange(96) * np.timedelta64(900, "s")
            ghi = 0.8 * clear_sky_ghi_w_per_m2(latitude, longitude, 0.0, at)
            index = pd.DatetimeIndex(at).tz_localize("UTC")
            sun = pvlib.solarposition.get_solarposition(index, latitude, longitude)
            split = pvlib.irradiance.erbs(ghi, sun["zenith"].to_numpy(), index)
            for azimuth in (0.0, 90.0, 180.0, 270.0):
                ours = plane_w_per_m2(90.0, azimuth, *sun_vector(latitude, longitude, at), ghi)
                theirs = pvlib.irradiance.get_total_irradiance(
                    90.0, azimuth, sun["zenith"], sun["azimuth"], split["dni"], ghi, split["dhi"], albedo=0.2,
                    model="isotropic",
                )["poa_global"].fillna(0.0)  # fmt: skip
                assert ours.sum() == pytest.approx(theirs.sum(), rel=0.07)


def test_rows_of_the_outdoor_table() -> None:
    """The table has the facades' mean, and nothing but a cold sky over the roof at night."""
    world = make_world(5, days=1)
    sky = world.outdoor(0)
    assert np.allclose(sky[GLASS], sky[FACADE : FACADE + FACADES].mean(axis=0))
    night = sky[GLASS] == 0.0
    assert 20 < night.sum() < 70
    assert np.allclose(sky[ROOF_K, night], -0.5 * SKY_LOSS_K) and (sky[WALL_K, night] == 0.0).all()
    assert sky[ROOF_K].max() > 10.0 and 5.0 < sky[WALL_K].max() < 15.0


def test_sunlit_rows_follow_the_clock_of_the_world() -> None:
    """Phoenix has its sun highest near 12:30 on the clock, so the west facade is brightest late in the afternoon."""
    clock = Clock(date(2024, 7, 15), date(2024, 7, 15), "America/Phoenix", "US")
    place = load_climate("phoenix")
    middle = clock.utc() + np.timedelta64(450, "s")
    ghi = clear_sky_ghi_w_per_m2(place.latitude_deg, place.longitude_deg, place.altitude_m, middle).astype(np.float32)
    rows = sunlit_rows(place.latitude_deg, place.longitude_deg, middle, ghi)
    assert 15.5 <= clock.local_quarter[rows[WEST].argmax()] / 4.0 <= 18.0


def test_west_glass_cools_late_and_east_glass_early() -> None:
    """The same homes turned round: only where their glass faces differs."""
    loads = {}
    for facing in (EAST, WEST):
        world = make_world(60, days=3, **{"ac.share": 1.0, "envelope.glass_main_share": 0.7})
        homes = world.population.homes.copy()
        homes["glass_facing"] = facing
        lives = Lives(world, homes)
        for day in range(3):
            lives.day(day)
        loads[facing] = lives.load_wh.sum(axis=0)
    early, late = slice(32, 44), slice(66, 78)
    assert loads[EAST][early].sum() > 1.02 * loads[WEST][early].sum()
    assert loads[WEST][late].sum() > 1.02 * loads[EAST][late].sum()


def test_even_glass_does_not_care_where_it_faces() -> None:
    """A quarter on each side: what the null case relies on."""
    world = make_world(20, days=1, **{"envelope.glass_main_share": 0.25, "dwelling.flat_share": 0.0})
    one, other = world.population.homes.copy(), world.population.homes.copy()
    other["glass_facing"] = (other["glass_facing"] + 1) % FACADES
    lives = [Lives(world, homes) for homes in (one, other)]
    for life in lives:
        life.day(0)
    assert np.array_equal(lives[0].load_wh, lives[1].load_wh)
