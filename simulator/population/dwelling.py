"""Who lives in what: dwelling kind, floor area, income, tenure, people; and the envelope of the dwelling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.dwelling import exact_step, mass_to_outdoor_kw_per_k
from simulator.parameters.files import KINDS
from simulator.parameters.tables import Region
from simulator.population.draws import Draws
from simulator.population.joint import kind_edges, kind_score_scale, society, tenure_lean
from simulator.ventilation import AIR_KWH_PER_M3_K
from simulator.walls import FACADES

Array = NDArray[np.float64]
CEILING_M = 2.5
#: The roof's part in the conductance of roof and walls, by kind of dwelling: a few flats lie under a roof.
ROOF_SHARE = np.array([0.1, 0.4, 0.4, 0.4])


def draw_dwelling(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    """Income first; it moves the kind of dwelling and the floor area, these and it the tenure and the people."""
    income = region["household.income_sd"] * draws.z("income")
    # a normal score leaning on income, compared with the score's own fixed quantiles, keeps the shares
    score = (region["dwelling.kind_income_slope"] * income + draws.z("kind")) / kind_score_scale(region)
    kind = np.searchsorted(kind_edges(region), score, side="right")
    mean_area = np.array([region[f"dwelling.{k}_m2"] for k in KINDS])[kind]
    log_sd = region["dwelling.area_log_sd"]
    area = draws.lognormal("area", 1.0, log_sd) * np.exp(region["dwelling.area_income_slope"] * income)
    homes["dwelling"] = kind
    homes["income_z"] = income
    homes["floor_area_m2"] = np.clip(mean_area * area, 25.0, 600.0)
    none, log_area = np.zeros(len(homes)), np.log(homes["floor_area_m2"] / mean_area)
    draws.settle(society(region), income, kind, none, log_area)
    owner = draws.leans("owner", region["household.owner_share"], tenure_lean(region))
    draws.settle(draws.society, income, kind, owner.astype(np.float64), log_area)
    homes["owner"] = owner
    size = region["household.members_area_slope"] * (log_sd > 0) * np.log(homes["floor_area_m2"] / _usual_m2(region))
    people = region["household.members_mean"] * np.exp(size)
    people = draws.lognormal("members", 1.0, region["household.members_log_sd"]) * people
    homes["members"] = np.clip(np.rint(people), 1, 7)


def _usual_m2(region: Region) -> float:
    """Mean floor area of the region by its own table: never that of the sample, which one more home would move."""
    shares = np.array([region[f"dwelling.{kind}_share"] for kind in KINDS])
    return float(shares @ np.array([region[f"dwelling.{kind}_m2"] for kind in KINDS]) / shares.sum())


def draw_envelope(homes: NDArray[np.void], region: Region, draws: Draws) -> None:
    area = homes["floor_area_m2"].astype(float)
    exposed = np.array([0.62, 0.85, 0.95, 1.1])[homes["dwelling"]]
    old, new = region["dwelling.old_share"], region["dwelling.new_share"]
    u = draws.u("vintage")
    homes["vintage"] = np.where(u < old, 0, np.where(u < 1.0 - new, 1, 2))
    by_vintage = np.array([region["envelope.old_factor"], 1.0, region["envelope.new_factor"]])
    by_vintage /= old * by_vintage[0] + (1.0 - old - new) + new * by_vintage[2]  # the region's mean stays what it is
    spread = draws.lognormal("ua", region["envelope.ua_w_per_k_per_m2"], region["envelope.ua_log_sd"])
    ua = area * exposed * spread * by_vintage[homes["vintage"]] / 1e3
    homes["ua_kw_per_k"] = ua
    homes["leak_kw_per_k"] = region["envelope.leak_share"] * ua
    opens = draws.owns("windows", region["ventilation.opens_share"])
    flow = region["ventilation.air_changes_per_hour"] * area * CEILING_M * AIR_KWH_PER_M3_K
    homes["window_kw_per_k"] = np.where(opens, flow, 0.0)
    homes["solar_m2"] = (
        area * region["envelope.solar_m2_per_m2"] * np.exp(0.5 * region["envelope.ua_log_sd"] * draws.z("glass"))
    )
    house, flat = region["envelope.glass_main_share"], region["envelope.flat_glass_main_share"]
    homes["glass_main_fraction"] = np.where(homes["dwelling"] == 0, flat, house)
    homes["glass_facing"] = (FACADES * draws.u("facing")).astype(np.uint8)
    parts = envelope_parts(homes, region)
    homes["roof_kw_per_k"] = ROOF_SHARE[homes["dwelling"]] * parts[1]
    homes["walls_kw_per_k"] = parts[1] - homes["roof_kw_per_k"]
    for name, values in exact_step(*parts).items():
        homes[name] = values


def envelope_parts(homes: NDArray[np.void], region: Region) -> tuple[Array, Array, Array, Array, Array]:
    """Conductances and heat capacities of the homes, in the order of ``dwelling.exact_step``."""
    area, ua = homes["floor_area_m2"].astype(float), homes["ua_kw_per_k"].astype(float)
    coupling = area * region["envelope.coupling_w_per_k_m2"] / 1e3
    opaque = region["envelope.opaque_share"] * ua
    return (
        ua - opaque,
        mass_to_outdoor_kw_per_k(opaque, coupling),
        coupling,
        area * region["envelope.air_kj_per_k_m2"] / 3600.0,
        area * region["envelope.mass_kj_per_k_m2"] / 3600.0,
    )
