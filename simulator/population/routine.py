"""The household's habits of the day by type: when people rise, leave, return, eat and retire."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws

WORKING, FAMILY, RETIRED, AT_HOME_TYPE, SHARED = range(5)
TYPES = ("worker", "family", "retired", "home", "shared")


def draw_type(homes: NDArray[np.void], region: Region, draws: Draws) -> NDArray[np.int64]:
    """Household type (0..4) and the working pattern behind it (0 out at work, 1 some days, 2 mostly at home)."""
    u = draws.u("working")
    at_work, mixed = region["household.out_at_work_share"], region["household.mixed_share"]
    pattern = np.where(u < at_work, 0, np.where(u < at_work + mixed, 1, 2))
    several = homes["members"] >= 3
    retired = (pattern == 2) & ~several & draws.owns("retired", region["household.retired_share"])
    family = several & draws.owns("family", region["household.family_share"])
    shared = several & ~family & (pattern < 2) if region["household.family_share"] > 0.0 else np.zeros_like(family)
    kind = np.where(pattern == 2, AT_HOME_TYPE, WORKING)
    homes["household_type"] = np.where(retired, RETIRED, np.where(family, FAMILY, np.where(shared, SHARED, kind)))
    return pattern


def draw_routine(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    """Habitual times of the type, moved by the household's own; how strictly it keeps them."""
    pattern = draw_type(homes, region, draws)
    kind = homes["household_type"]
    out_work = region["routine.goes_out_worker"] * (1.0 - region["routine.work_from_home_fraction"])
    out_home = region["routine.goes_out_home"]
    homes["goes_out"] = np.choose(pattern, [out_work, 0.5 * (out_work + out_home), out_home])
    homes["goes_out_weekend"] = region["routine.goes_out_weekend"]
    spread = 4.0 * region["routine.spread_hours"]

    def habitual(what: str, width: float, extra: float = 0.0) -> NDArray[np.float64]:
        of_type = np.array([region[f"routine.{what}_hour_{name}"] for name in TYPES])
        return np.asarray(4.0 * of_type[kind] + extra + width * spread * draws.z(what))

    homes["wake_quarter"] = habitual("wake", 1.0)
    homes["leave_quarter"] = habitual("leave", 1.0)
    homes["return_quarter"] = habitual("return", 1.3)
    homes["bed_quarter"] = np.clip(habitual("bed", 0.9), 80.0, 108.0)
    homes["dinner_quarter"] = np.clip(habitual("dinner", 1.1), 60.0, 88.0)
    homes["free_leave_quarter"] = 4.0 * region["routine.free_outing_hour"] + 1.5 * spread * draws.z("freeout")
    homes["chore_quarter"] = np.clip(58.0 + 3.0 * spread * draws.z("chores"), 30.0, 84.0)
    homes["jitter_quarters"] = draws.lognormal(
        "jitter", 4.0 * region["routine.jitter_hours"], region["routine.jitter_log_sd"]
    )
    homes["mood_sd"] = region["routine.mood_sd"]
    regularity = region["routine.habit_mean"] + region["routine.habit_sd"] * draws.z("habit")
    homes["regularity"] = np.clip(regularity, 0.0, 0.98)
    homes["away_week_fraction"] = region["routine.away_week_fraction"]
    lunch = np.array([region[f"routine.lunch_fraction_{name}"] for name in TYPES])
    homes["lunch_fraction"] = lunch[kind]
