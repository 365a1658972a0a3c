"""Solar panels on tilted roofs: output per rated kW, by orientation, worked out once a world.

Cells are 0.03 K per W/m2 above the air and lose 0.4 % per K above 25 degC; wiring, dirt and inverter lose 14 %
(PVWatts' standard losses). The sun on the tilt is ``sunshine.plane_w_per_m2``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.sunshine import Floats, facing_deg, plane_w_per_m2, sun_vector

#: Orientations: tilt [degrees], and how far the roof faces from the equator towards the west [degrees].
ROOF_TILT_DEG = (20.0, 20.0, 20.0, 5.0)
ROOF_TURN_DEG = (0.0, -90.0, 90.0, 0.0)
CELL_K_PER_W_M2, LOSS_PER_K, SYSTEM_LOSSES = 0.03, 0.004, 0.14


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
    sunshine, air = ghi.astype(np.float64), t_out.astype(np.float64)
    rows = []
    for tilt, turn in zip(ROOF_TILT_DEG, ROOF_TURN_DEG, strict=True):
        plane = plane_w_per_m2(tilt, facing_deg(turn, latitude_deg), up, south, west, sunshine)
        heat_loss = 1.0 - LOSS_PER_K * (air + CELL_K_PER_W_M2 * plane - 25.0)
        rows.append(np.clip(plane / 1000.0 * heat_loss * (1.0 - SYSTEM_LOSSES), 0.0, 1.0))
    return np.stack(rows)
