"""Programmes, one a file: offer, eligibility, signal, who acts, payment."""

from __future__ import annotations

from simulator.programs.peak_time_rebate import PeakTimeRebate
from simulator.programs.thermostat_setback import ThermostatSetback

Program = ThermostatSetback | PeakTimeRebate

PROGRAMS: dict[str, type[Program]] = {
    "thermostat_setback": ThermostatSetback,
    "peak_time_rebate": PeakTimeRebate,
}

__all__ = ["PROGRAMS", "PeakTimeRebate", "Program", "ThermostatSetback"]
