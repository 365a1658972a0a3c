"""Solar geometry, clear-sky irradiance and the sun on tilted planes, vectorised.

Agrees with pvlib, without its import time. Sun position by Spencer (1971); the split of global into beam and
diffuse by Erbs, Klein & Duffie (1982); the sky on a tilt by Liu & Jordan (1963), isotropic; ground albedo 0.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DAY_SECONDS = 86_400
_PRESSURE_HEIGHT_M = 8434.0
SOLAR_CONSTANT = 1361.0
ALBEDO = 0.2


def declination_rad(year_angle: Floats) -> Floats:
    """Solar declination (Spencer 1971)."""
    return (
        0.006918
        - 0.399912 * np.cos(year_angle)
        + 0.070257 * np.sin(year_angle)
        - 0.006758 * np.cos(2 * year_angle)
        + 0.000907 * np.sin(2 * year_angle)
    )


def equation_of_time_s(year_angle: Floats) -> Floats:
    """Apparent minus mean solar time (Spencer 1971)."""
    radians = (
        0.000075
        + 0.001868 * np.cos(year_angle)
        - 0.032077 * np.sin(year_angle)
        - 0.014615 * np.cos(2 * year_angle)
        - 0.040849 * np.sin(2 * year_angle)
    )
    return radians * (_DAY_SECONDS / (2 * np.pi))


def sun_vector(latitude_deg: float, longitude_deg: float, utc: NDArray[np.datetime64]) -> tuple[Floats, Floats, Floats]:
    """Direction to the sun at UTC instants: components up, towards the south, towards the west; shaped like ``utc``."""
    at_s = utc.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    year_s = utc.astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64).astype(np.float64)
    angle = 2 * np.pi * (at_s - year_s) / (_DAY_SECONDS * 365.25)
    declination, latitude = declination_rad(angle), np.radians(latitude_deg)
    solar_s = at_s + longitude_deg * 240.0 + equation_of_time_s(angle)
    hour = 2 * np.pi * np.mod(solar_s, _DAY_SECONDS) / _DAY_SECONDS - np.pi
    up = np.sin(latitude) * np.sin(declination)
    up = up + np.cos(latitude) * np.cos(declination) * np.cos(hour)
    south = np.sin(latitude) * np.cos(declination) * np.cos(hour) - np.cos(latitude) * np.sin(declination)
    return up, south, np.cos(declination) * np.sin(hour)


def clear_sky_ghi_w_per_m2(
    latitude_deg: float, longitude_deg: float, altitude_m: float, utc: NDArray[np.datetime64]
) -> Floats:
    """Clear-sky global horizontal irradiance at UTC instants, same shape [W/m2].

    Haurwitz (1945), its extinction scaled with the pressure at ``altitude_m``; Spencer (1971) geometry.
    """
    height, _, _ = sun_vector(latitude_deg, longitude_deg, utc)
    lit = np.maximum(height, 1e-3)  # keeps the exponent finite below the horizon
    pressure = np.exp(-altitude_m / _PRESSURE_HEIGHT_M)
    return np.where(height > 0.0, 1098.0 * height * np.exp(-0.057 * pressure / lit), 0.0)


def facing_deg(turn_deg: float, latitude_deg: float) -> float:
    """Azimuth, clockwise from north, of a plane turned from the equator towards the west by ``turn_deg``."""
    return 180.0 + turn_deg if latitude_deg >= 0.0 else -turn_deg


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
