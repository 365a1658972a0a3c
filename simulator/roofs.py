"""Sunshine on tilted roofs: output of solar panels per rated kW, by orientation, worked out once a world.

Sun position by Spencer (1971); the split of global into beam and diffuse by Erbs, Klein & Duffie (1982); the sky
on a tilt by Liu & Jordan (1963), isotropic; ground albedo 0.2. Cells are 0.03 K per W/m2 above the air and lose
0.4 % per K above 25 degC; wiring, dirt and inverter lose 14 % (PVWatts' standard losses). Checked against pvlib.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.sunshine import declination_rad, equation_of_time_s

Floats = NDArray[np.float64]

#: Orientations: tilt [degrees], and how far the roof faces from the equator towards the west [degrees].
ROOF_TILT_DEG = (20.0, 20.0, 20.0, 5.0)
ROOF_TURN_DEG = (0.0, -90.0, 90.0, 0.0)
SOLAR_CONSTANT = 1361.0
ALBEDO = 0.2
CELL_K_PER_W_M2, LOSS_PER_K, SYSTEM_LOSSES = 0.03, 0.004, 0.14
_DAY_SECONDS = 86_400


def sun_vector(latitude_deg: float, longitude_deg: float, utc: NDArray[np.datetime64]) -> tuple[Floats, Floats, Floats]:
    """Direction to the sun at UTC instants: components up, towards the south, towards the west; each (n,)."""
    at_s = utc.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    year_s = utc.astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64).astype(np.float64)
    angle = 2 * np.pi * (at_s - year_s) / (_DAY_SECONDS * 365.25)
    declination, latitude = declination_rad(angle), np.radians(latitude_deg)
    solar_s = at_s + longitude_deg * 240.0 + equation_of_time_s(angle)
    hour = 2 * np.pi * np.mod(solar_s, _DAY_SECONDS) / _DAY_SECONDS - np.pi
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour)
    south = np.sin(latitude) * np.cos(declination) * np.cos(hour) - np.cos(latitude) * np.sin(declination)
    return up, south, np.cos(declination) * np.sin(hour)


def diffuse_fraction(clearness: Floats) -> Floats:
    """Diffuse share of global horizontal irradiance at a clearness index (Erbs et al. 1982)."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    return np.where(k <= 0.22, 1.0 - 0.09 * k, np.where(k <= 0.80, middle, 0.165))


def plane_w_per_m2(
    tilt_deg: float, azimuth_deg: float, up: Floats, south: Floats, west: Floats, ghi: Floats
) -> Floats:  # fmt: skip
    """Irradiance on a tilted plane [W/m2]; azimuth is clockwise from north."""
    tilt, azimuth = np.radians(tilt_deg), np.radians(azimuth_deg)
    height = np.maximum(up, 0.065)  # below 3.7 degrees the ratio of cosines says nothing
    lit = up > 0.0
    diffuse = np.where(lit, diffuse_fraction(np.clip(ghi / (SOLAR_CONSTANT * height), 0.0, 1.0)), 1.0) * ghi
    beam = np.where(lit, (ghi - diffuse) / height, 0.0)
    facing = np.cos(tilt) * up + np.sin(tilt) * (-np.cos(azimuth) * south - np.sin(azimuth) * west)
    sky_part, ground = 0.5 * (1.0 + np.cos(tilt)), 0.5 * ALBEDO * (1.0 - np.cos(tilt))
    direct = np.where(lit, beam * np.maximum(facing, 0.0), 0.0)
    return np.asarray(direct + diffuse * sky_part + ghi * ground)


def panels_kw_per_kw(
    latitude_deg: float, longitude_deg: float, middle_utc: NDArray[np.datetime64], ghi: NDArray[np.float32],
    t_out: NDArray[np.float32],
) -> Floats:  # fmt: skip
    """Output of panels per rated kW for each orientation of this module, (orientations, n).

    Parameters
    ----------
    middle_utc : (n,) middle of each interval.
    ghi, t_out : (n,) global horizontal irradiance [W/m2] and outdoor air [degC].
    """
    up, south, west = sun_vector(latitude_deg, longitude_deg, middle_utc)
    equator_deg = 180.0 if latitude_deg >= 0.0 else 0.0
    sunshine, air = ghi.astype(np.float64), t_out.astype(np.float64)
    rows = []
    for tilt, turn in zip(ROOF_TILT_DEG, ROOF_TURN_DEG, strict=True):
        azimuth = equator_deg + (turn if latitude_deg >= 0.0 else -turn)
        plane = plane_w_per_m2(tilt, azimuth, up, south, west, sunshine)
        heat_loss = 1.0 - LOSS_PER_K * (air + CELL_K_PER_W_M2 * plane - 25.0)
        rows.append(np.clip(plane / 1000.0 * heat_loss * (1.0 - SYSTEM_LOSSES), 0.0, 1.0))
    return np.stack(rows)
