"""Solar geometry and clear-sky irradiance, vectorised; agrees with pvlib, without its import time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DAY_SECONDS = 86_400
_PRESSURE_HEIGHT_M = 8434.0


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


def clear_sky_ghi_w_per_m2(
    latitude_deg: float, longitude_deg: float, altitude_m: float, utc: NDArray[np.datetime64]
) -> Floats:
    """Clear-sky global horizontal irradiance at UTC instants, same shape [W/m2].

    Haurwitz (1945), its extinction scaled with the pressure at ``altitude_m``; Spencer (1971) geometry.
    """
    at_s = utc.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    year_s = utc.astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64).astype(np.float64)
    angle = 2 * np.pi * (at_s - year_s) / (_DAY_SECONDS * 365.25)
    declination, latitude = declination_rad(angle), np.radians(latitude_deg)
    solar_s = at_s + longitude_deg * 240.0 + equation_of_time_s(angle)
    hour_angle = 2 * np.pi * np.mod(solar_s, _DAY_SECONDS) / _DAY_SECONDS - np.pi
    height = np.sin(latitude) * np.sin(declination)
    height = height + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    lit = np.maximum(height, 1e-3)  # keeps the exponent finite below the horizon
    pressure = np.exp(-altitude_m / _PRESSURE_HEIGHT_M)
    return np.where(height > 0.0, 1098.0 * height * np.exp(-0.057 * pressure / lit), 0.0)
