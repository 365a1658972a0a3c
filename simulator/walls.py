"""Sunshine on the walls of a home, worked out once a world: what passes glass, and what warms roof and walls.

Glass sees the sum of beam, sky and ground light of its facade (``sunshine.plane_w_per_m2``, tilt 90 degrees). Opaque
parts are warmed as if the air outside were hotter, the sol-air temperature of ASHRAE Fundamentals ch. 18::

    T_sol_air = T_out + a I / h_o - e dR / h_o

Under a roof lies a ventilated attic, about half-way between outdoor air and the roof's sol-air temperature.
Left out: overhangs and neighbours by hour (their mean is in the aperture), and glass's loss at grazing angles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.sunshine import Floats, facing_deg, plane_w_per_m2, sun_vector

#: How far each facade faces from the equator towards the west [degrees].
FACADE_TURN_DEG = (0.0, 90.0, 180.0, -90.0)
FACADES = len(FACADE_TURN_DEG)
OUTSIDE_W_PER_K_M2 = 20.0  # surface film, convection and radiation: ASHRAE 17 (summer) to ISO 6946 25, rounded
ROOF_ABSORBS, WALL_ABSORBS = 0.75, 0.6  # shingles and tiles; painted or rendered walls (ASHRAE tables, rounded)
SKY_LOSS_K = 3.9  # e dR / h_o of a surface that faces the sky (ASHRAE); 0 for walls
ATTIC = 0.5


def sunlit_rows(
    latitude_deg: float, longitude_deg: float, middle_utc: NDArray[np.datetime64], ghi: NDArray[np.float32]
) -> Floats:
    """The sun on a home, (FACADES + 2, n): on each facade [kW/m2], then sol-air excess under the roof and on walls [K].

    Parameters
    ----------
    middle_utc : (n,) middle of each interval.
    ghi : (n,) global horizontal irradiance [W/m2].
    """
    sunshine, sun = ghi.astype(np.float64), sun_vector(latitude_deg, longitude_deg, middle_utc)
    facades = np.stack(
        [plane_w_per_m2(90.0, facing_deg(turn, latitude_deg), *sun, sunshine) for turn in FACADE_TURN_DEG]
    )
    roof_k = ATTIC * (ROOF_ABSORBS * sunshine / OUTSIDE_W_PER_K_M2 - SKY_LOSS_K)
    wall_k = WALL_ABSORBS * facades.mean(axis=0) / OUTSIDE_W_PER_K_M2
    return np.concatenate([facades / 1000.0, roof_k[None], wall_k[None]])
