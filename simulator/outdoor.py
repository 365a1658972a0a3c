"""What a day's weather means for every home alike, worked out once: rows of a table of (rows, intervals)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.appliances import air_conditioner, heat_pump
from simulator.compiled import compiled
from simulator.ventilation import leak_departure
from simulator.walls import FACADES

(T_OUT, LAMPS, COOL_CAPACITY, COOL_INPUT, PUMP_CAPACITY, PUMP_INPUT, LEAK, MIDDAY, GLASS) = range(9)
#: Rows of ``walls.sunlit_rows``: sun on each facade [kW/m2], then what warms roof and walls above the air [K].
FACADE = 9
ROOF_K, WALL_K = FACADE + FACADES, FACADE + FACADES + 1
#: Rows from here on: sunshine on roofs, kW per kW of panels, one row an orientation.
ROOFS = WALL_K + 1
BRIGHT_W_PER_M2 = 110.0  # horizontal irradiance above which rooms need no lamps (assumption)
DIM_ROOMS = 0.22  # share of the lamps that daylight never replaces (assumption)


@compiled
def _fill(t_out: NDArray[np.float32], ghi: NDArray[np.float32], sky: NDArray[np.float64]) -> None:
    for i in range(len(t_out)):
        t = float(t_out[i])
        sky[T_OUT, i] = t
        sky[LAMPS, i] = max(DIM_ROOMS, 1.0 - float(ghi[i]) / BRIGHT_W_PER_M2)
        sky[COOL_CAPACITY, i] = air_conditioner.capacity_factor(t)
        sky[COOL_INPUT, i] = air_conditioner.input_factor(t)
        sky[PUMP_CAPACITY, i] = heat_pump.capacity_factor(t)
        sky[PUMP_INPUT, i] = heat_pump.input_factor(t)
        sky[LEAK, i] = leak_departure(t)
        sky[MIDDAY, i] = t_out[len(t_out) // 2]


def outdoor_table(
    t_out: NDArray[np.float32], ghi: NDArray[np.float32], sunlit: NDArray[np.float64] | None = None,
    roofs: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """The table for one day.

    Parameters
    ----------
    t_out, ghi : (intervals,) outdoor air [degC] and global horizontal irradiance [W/m2].
    sunlit : (facades + 2, intervals) of ``walls.sunlit_rows``; without it the home stands in the shade.
    roofs : (orientations, intervals) output of panels per rated kW; none when absent.
    """
    roofs = np.zeros((0, len(t_out))) if roofs is None else roofs
    sky = np.zeros((ROOFS + len(roofs), len(t_out)))
    _fill(t_out, ghi, sky)
    if sunlit is not None:
        sky[FACADE:ROOFS] = sunlit
        sky[GLASS] = sunlit[:FACADES].mean(axis=0)
    sky[ROOFS:] = roofs
    return sky
