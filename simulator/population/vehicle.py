"""Electric vehicles, their chargers and charging habits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.tables import Region
from simulator.population.draws import Draws


def draw_vehicle(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    ev = draws.owns("ev", region["ev.share"], region["ev.income_slope"] * homes["income_z"])
    wallbox = draws.owns("wallbox", region["ev.wallbox_share"])
    homes["ev_kw"] = np.where(ev, np.where(wallbox, region["ev.wallbox_kw"], region["ev.socket_kw"]), 0.0)
    km = draws.lognormal("evkwh", region["ev.km_per_day"], region["ev.km_log_sd"])
    homes["ev_kwh_per_day"] = km * region["ev.kwh_per_km"]
    homes["ev_timer"] = draws.owns("evtimer", region["ev.timer_share"])
    homes["ev_plugs"] = region["ev.plugs_fraction"]
