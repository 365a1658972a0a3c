"""Thermostat setback: the operator moves the setpoint of enrolled smart thermostats during the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.programs.base import Program


@dataclass(frozen=True, kw_only=True)
class ThermostatSetback(Program):
    """Offer: a season's incentive for letting the operator move the setpoint by ``offset_degc``.

    ``precool_degc`` moves it the other way for ``precool_minutes`` before the window; ``cycling_fraction``
    withholds a share of the air conditioner's capacity in the window as well.
    """

    kind: ClassVar[str] = "thermostat_setback"
    exclusive_with: ClassVar[frozenset[str]] = frozenset({"load_control"})
    offset_degc: float = 2.0
    precool_degc: float = 0.0
    precool_minutes: float = 60.0
    cycling_fraction: float = 0.0

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """A connected thermostat that runs an air conditioner."""
        return np.asarray((homes["smart_thermostat"] == 1) & (homes["ac_thermal_kw"] > 0))

    def commands(self) -> Mapping[str, float]:
        """A device acts."""
        quarters = self.precool_minutes / 15.0 if self.precool_degc > 0.0 else 0.0
        return {
            "device": 1.0,
            "offset_k": self.offset_degc,
            "precool_k": self.precool_degc,
            "precool_quarters": quarters,
            "ac_curtail": self.cycling_fraction,
        }

    def describe(self) -> str:
        """For the report."""
        return f"the thermostat is set {self.offset_degc:g} K higher in events"
