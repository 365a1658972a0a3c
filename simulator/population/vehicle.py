"""Electric vehicles, their chargers and charging habits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import Lean


def draw_vehicle(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    lean = Lean(region["ev.income_slope"], (region["ev.flat_slope"], 0.0, 0.0, 0.0), region["ev.owner_slope"])
    ev = draws.leans("ev", region["ev.share"], lean)
    wallbox = draws.owns("wallbox", region["ev.wallbox_share"])
    homes["ev_kw"] = np.where(ev, np.where(wallbox, region["ev.wallbox_kw"], region["ev.socket_kw"]), 0.0)
    km = draws.lognormal("evkwh", region["ev.km_per_day"], region["ev.km_log_sd"])
    homes["ev_kwh_per_day"] = km * region["ev.kwh_per_km"]
    homes["ev_timer"] = draws.owns("evtimer", region["ev.timer_share"])
    homes["ev_plugs"] = region["ev.plugs_fraction"]
