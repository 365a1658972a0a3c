"""Virtual power plant of home batteries: commanded discharge in the window, paid per kW and season."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.programs.base import Program


@dataclass(frozen=True, kw_only=True)
class BatteryVpp(Program):
    """Offer: a season's incentive for discharging ``discharge_kw`` in events, as far as the battery and its backup
    reserve allow."""

    kind: ClassVar[str] = "battery_vpp"
    discharge_kw: float = 3.0

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Homes with a battery."""
        names = homes.dtype.names or ()
        if "battery_kwh" not in names:
            return np.zeros(len(homes), bool)
        return np.asarray(homes["battery_kwh"] > 0)

    def commands(self) -> Mapping[str, float]:
        """A device acts, and nobody is the warmer for it."""
        return {"device": 1.0, "battery_kw": self.discharge_kw}

    def describe(self) -> str:
        """For the report."""
        return f"home batteries discharge {self.discharge_kw:g} kW in events"
