"""What people prefer and how they answer programmes; and the state at the first midnight."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.fields import ASLEEP
from simulator.parameters.tables import Parameter, Region
from simulator.population.draws import Draws


def draw_preferences(homes: NDArray[np.void], region: Region, behaviour: Mapping[str, Parameter], draws: Draws) -> None:
    p = {name: parameter.value for name, parameter in behaviour.items()}
    comfort = draws.z("tolerance")
    rho = p["taste_tolerance_correlation"]
    homes["tolerance_k"] = np.clip(region["tolerance.mean_k"] + region["tolerance.sd_k"] * comfort, 0.0, 5.0)
    taste = rho * comfort + np.sqrt(1.0 - rho**2) * draws.z("taste")
    homes["taste"] = taste

    def leaning(trait: str, slope: str) -> NDArray[np.float64]:
        """Standard normal that leans on taste: who likes programmes also notices, minds less, can give more."""
        r = p[slope]
        return np.asarray(r * taste + np.sqrt(1.0 - r**2) * draws.z(trait))

    homes["hassle_z"] = p["hassle_income_slope"] * homes["income_z"] - leaning("hassle", "taste_hassle_correlation")
    attention = leaning("attention", "taste_attention_correlation")
    homes["attention"] = np.clip(p["attention_mean"] + p["attention_sd"] * attention, 0.02, 0.98)
    cut = leaning("cut", "taste_cut_correlation")
    homes["cut_fraction"] = np.clip(p["cut_mean"] + p["cut_sd"] * cut, 0.0, 0.9)
    homes["trust_z"] = leaning("trust", "taste_trust_correlation")
    homes["green_z"] = draws.z("green")
    homes["belief_log"] = p["belief_log_sd"] * draws.z("belief")
    homes["manual_offset_k"] = np.clip(
        p["manual_offset_mean_k"] + p["manual_offset_sd_k"] * draws.z("offset"), 0.0, 4.0
    )
    homes["device_online"] = np.clip(p["device_online_mean"] + p["device_online_sd"] * draws.z("online"), 0.2, 1.0)
    homes["trait_u"] = draws.u("trait")


def initial_state(homes: NDArray[np.void], draws: Draws) -> None:
    """State at the first midnight; the history season washes it out."""
    homes["occupancy"] = ASLEEP
    middle = 0.5 * (homes["cool_set_degc"] + homes["heat_set_degc"])
    homes["t_air_degc"], homes["t_mass_degc"] = middle, middle
    homes["t_tank_degc"] = 52.0
    homes["ev_plugged"] = 1
    homes["ev_need_kwh"] = homes["ev_kwh_per_day"] * 0.5 * (homes["ev_kw"] > 0) * draws.u("evneed")
