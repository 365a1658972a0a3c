"""Electric vehicles, their chargers and charging habits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws


def draw_vehicle(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    ev = draws.owns("ev", region["ev.share"], region["ev.income_slope"] * homes["income_z"])
    homes["ev_kw"] = np.where(ev, 7.0, 0.0)
    homes["ev_kwh_per_day"] = draws.lognormal("evkwh", region["ev.kwh_per_day"], 0.4)
    homes["ev_timer"] = draws.owns("evtimer", region["ev.timer_share"])
    homes["ev_plugs"] = region["ev.plugs_fraction"]
