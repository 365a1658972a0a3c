"""The customer file: what a utility has on record of a home besides its meter, with holes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from scenarios.schema.scenario import Scenario
from simulator.keyed_random import Purpose, uniforms
from simulator.world import World


def customers_of(scenario: Scenario, world: World) -> pd.DataFrame:
    """Dwelling (0 flat .. 3 detached), owner (1) or tenant (0), income band (0 low, 1 middle, 2 high).

    Either all three are known of a home or none; which homes, is drawn by home
    (``records.demographics_known_fraction``) and is not related to anything else.
    """
    homes = world.population.homes
    number = homes["household"]
    u = uniforms(world.seed, world.replication, 0, int(number.max()) + 1, Purpose.RECORDS_KNOWN)[number]
    known = u < scenario.records.demographics_known_fraction
    bands = np.searchsorted(ndtri([1 / 3, 2 / 3]), homes["income_z"].astype(np.float64))
    columns = {"dwelling": homes["dwelling"], "owner": homes["owner"], "income_band": bands}
    return pd.DataFrame({name: np.where(known, values.astype(np.float64), np.nan) for name, values in columns.items()})


def covariates_of(scenario: Scenario, world: World, features: pd.DataFrame) -> pd.DataFrame:
    """Features of the reads beside the customer file; one row per home, numbers only."""
    numbers = features.select_dtypes("number").reset_index(drop=True)
    return pd.concat([numbers, customers_of(scenario, world)], axis=1)


def low_income(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Homes on file as low-income; unknown counts as not, because a rule can only follow what is on file."""
    return np.asarray(table["income_band"].to_numpy(np.float64) == 0.0)
