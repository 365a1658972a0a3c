"""Programmes, one a file: offer, eligibility, signal, who acts, payment. ``PROGRAMS`` is the registry."""

from __future__ import annotations

from simulator.programs.base import CHANNELS, TERMS, Program, Signal
from simulator.programs.peak_time_rebate import PeakTimeRebate
from simulator.programs.thermostat_setback import ThermostatSetback

PROGRAMS: dict[str, type[Program]] = {c.kind: c for c in (ThermostatSetback, PeakTimeRebate)}

__all__ = ["CHANNELS", "PROGRAMS", "TERMS", "PeakTimeRebate", "Program", "Signal", "ThermostatSetback"]
