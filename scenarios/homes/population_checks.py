"""Who owns what in a region: shares beside the table's, and three pairwise tables a person can judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.parameters.files import KINDS, MIX
from simulator.parameters.tables import Region

_FIFTHS = ("poorest fifth", "second", "third", "fourth", "richest fifth")


def owned(homes: NDArray[np.void]) -> dict[str, NDArray[np.bool_]]:
    """Per home: each share that ``population.mix`` can set, as yes or no."""
    return {
        **{kind: homes["dwelling"] == code for code, kind in enumerate(KINDS)},
        "owner": homes["owner"] == 1,
        "air_conditioning": homes["ac_thermal_kw"] > 0.0,
        "smart_thermostat": homes["smart_thermostat"] == 1,
        "electric_heat": homes["heat_kw_per_kw"] > 0.2,
        "electric_water_heater": homes["tank_litres"] > 0.0,
        "ev": homes["ev_kw"] > 0.0,
        "pv": homes["pv_kw"] > 0.0,
        "pool": homes["fixed_kw"] > 0.0,
        "dryer": homes["dryer_kw"] > 0.0,
        "dishwasher": homes["dish_per_day"] > 0.0,
    }


def shares(region: Region, homes: NDArray[np.void]) -> pd.DataFrame:
    """Share of homes with each thing, drawn and as the region's table states it."""
    rows = [(name, float(has.mean()), region[MIX[name]], MIX[name]) for name, has in owned(homes).items()]
    return pd.DataFrame(rows, columns=["share", "drawn", "table", "parameter"])


def by_income(homes: NDArray[np.void], what: str) -> pd.DataFrame:
    """Share of homes with ``what`` in each fifth of income."""
    has = owned(homes)[what]
    edges = np.quantile(homes["income_z"], [0.2, 0.4, 0.6, 0.8])
    fifth = np.searchsorted(edges, homes["income_z"])
    return pd.DataFrame({"income": _FIFTHS, what: [float(has[fifth == f].mean()) for f in range(5)]})


def size_by_dwelling(homes: NDArray[np.void]) -> pd.DataFrame:
    """Mean household size, and the share of one-person homes, in each kind of dwelling that occurs."""
    kinds = [code for code in range(len(KINDS)) if (homes["dwelling"] == code).any()]
    members = [homes["members"][homes["dwelling"] == code].astype(float) for code in kinds]
    return pd.DataFrame({
        "dwelling": [KINDS[code] for code in kinds],
        "members": [float(m.mean()) for m in members],
        "one_person": [float((m == 1).mean()) for m in members],
    })  # fmt: skip
