"""The household's habits of the day: when people rise, leave, return, eat and retire."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws


def draw_routine(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    u = draws.u("working")
    at_work, mixed = region["household.out_at_work_share"], region["household.mixed_share"]
    worker, shift = u < at_work, (u >= at_work) & (u < at_work + mixed)
    out_work, out_home = region["routine.goes_out_worker"], region["routine.goes_out_home"]
    homes["goes_out"] = np.where(worker, out_work, np.where(shift, 0.5 * (out_work + out_home), out_home))
    homes["goes_out_weekend"] = region["routine.goes_out_weekend"]
    spread = 4.0 * region["routine.spread_hours"]
    homes["wake_quarter"] = np.where(worker, 27.0, 30.0) + spread * draws.z("wake")
    homes["leave_quarter"] = np.where(worker, 33.0, 40.0) + spread * draws.z("leave")
    homes["return_quarter"] = np.where(worker, 68.0, 61.0) + 1.3 * spread * draws.z("return")
    homes["bed_quarter"] = np.clip(89.5 + 0.9 * spread * draws.z("bed"), 80.0, 108.0)
    homes["dinner_quarter"] = np.clip(69.0 + 1.1 * spread * draws.z("dinner"), 60.0, 86.0)
    homes["jitter_quarters"] = 4.0 * region["routine.jitter_hours"]
    homes["mood_sd"] = region["routine.mood_sd"]
    homes["away_week_fraction"] = region["routine.away_week_fraction"]
    homes["chore_quarter"] = np.clip(58.0 + 3.0 * spread * draws.z("chores"), 30.0, 84.0)
