"""Households sampled jointly from a region's parameters, one structured record each.

Draws are keyed by (seed, replication, trait, household), and nothing is normalised over the sample: a
home does not change when another is added. Joint structure: income moves dwelling, floor area
and tenure; all four move what a home owns, at the shares that the region states (``joint.py``); floor area moves
members, lighting and the size of equipment; a common factor of energy habits moves all discretionary use;
tastes lean on comfort tolerance and, if asked, on income.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fields import HOME
from simulator.parameters.tables import Parameter, Region
from simulator.population.appliances import draw_appliances
from simulator.population.climate_control import draw_climate_control
from simulator.population.draws import Draws
from simulator.population.dwelling import draw_dwelling, draw_envelope
from simulator.population.energy import draw_energy
from simulator.population.preferences import draw_preferences, initial_state
from simulator.population.routine import draw_routine
from simulator.population.vehicle import draw_vehicle
from simulator.population.water import draw_water


@dataclass(frozen=True)
class Population:
    """The homes of one replication: ``homes`` has shape (households,) and dtype ``fields.HOME``."""

    region: Region
    homes: NDArray[np.void]

    def __len__(self) -> int:
        return len(self.homes)

    def columns(self) -> Mapping[str, NDArray[np.generic]]:
        """Each field as an array view of shape (households,)."""
        return {name: self.homes[name] for name in self.homes.dtype.names or ()}


def sample(
    region: Region, behaviour: Mapping[str, Parameter], households: int, seed: int, replication: int,
) -> Population:  # fmt: skip
    """Draw ``households`` homes of a region."""
    homes = np.zeros(households, HOME)
    homes["household"] = np.arange(households)
    draws = Draws(seed, replication, households)
    draw_dwelling(homes, region, draws)
    draw_routine(homes, region, draws)
    draw_envelope(homes, region, draws)
    draw_climate_control(homes, region, draws)
    draw_water(homes, region, draws)
    draw_vehicle(homes, region, draws)
    draw_appliances(homes, region, draws)
    draw_energy(homes, region, draws)
    draw_preferences(homes, region, behaviour, draws)
    initial_state(homes, draws)
    return Population(region, homes)
