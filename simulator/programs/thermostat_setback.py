"""Thermostat setback: the operator moves the setpoint of enrolled smart thermostats during the event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.participation import opt_out_fraction
from simulator.compiled import compiled
from simulator.fields import Record
from simulator.keyed_random import uniform

KIND = 0


@dataclass(frozen=True)
class ThermostatSetback:
    """Offer: a season's incentive for letting the operator raise the setpoint by ``offset_degc``."""

    name: str
    offset_degc: float
    incentive_usd: float
    device_usd: float = 0.0
    usd_per_kwh: float = 0.0
    baseline: str = "10_in_10"
    kind: int = KIND

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Homes that could join: a connected thermostat that runs an air conditioner."""
        return np.asarray((homes["smart_thermostat"] == 1) & (homes["ac_thermal_kw"] > 0))

    def believed_event_usd(self, homes: NDArray[np.void], window_hours: float, cut: float) -> NDArray[np.float64]:
        """Nothing is paid by the event."""
        return np.zeros(len(homes))


@compiled
def decide(home: Record, b: Record, key: np.uint64, offset_k: float) -> int:
    """Prepare today's event on the record; 1 = takes part, 2 = opted out, 0 = device did not answer."""
    home.event_automatic = 1
    if uniform(key, 0) >= home.device_online:
        return 0
    if uniform(key, 1) < opt_out_fraction(home, b):
        return 2
    home.event_offset_k = offset_k
    return 1
