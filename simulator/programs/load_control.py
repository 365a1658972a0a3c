"""Direct load control: switches on the air conditioner, the water heater and the pool pump."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.programs.base import Program


@dataclass(frozen=True, kw_only=True)
class LoadControl(Program):
    """Offer: a season's incentive for a switch that withholds a share of each device's capacity in the window.

    A share of 0 leaves the device alone; 0.5 on the air conditioner is 50 % cycling.
    """

    kind: ClassVar[str] = "load_control"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"thermostat_setback"})
    ac_fraction: float = 0.5
    water_fraction: float = 1.0
    pool_fraction: float = 1.0

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Homes with one of the devices that the programme switches."""
        return np.asarray(
            (self.ac_fraction > 0.0) & (homes["ac_thermal_kw"] > 0)
            | (self.water_fraction > 0.0) & (homes["tank_litres"] > 0)
            | (self.pool_fraction > 0.0) & (homes["fixed_kw"] > 0)
        )

    def commands(self) -> Mapping[str, float]:
        """A device acts."""
        return {
            "device": 1.0,
            "ac_curtail": self.ac_fraction,
            "water_curtail": self.water_fraction,
            "pool_curtail": self.pool_fraction,
        }

    def describe(self) -> str:
        """For the report."""
        parts = {"air conditioner": self.ac_fraction, "water heater": self.water_fraction, "pump": self.pool_fraction}
        said = [f"{name} {share:.0%}" for name, share in parts.items() if share > 0.0]
        return f"a switch withholds {', '.join(said)} of its capacity in events"
