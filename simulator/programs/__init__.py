"""Programmes, one a file: offer, eligibility, signal, who acts, payment. ``PROGRAMS`` is the registry."""

from __future__ import annotations

from simulator.programs.base import CHANNELS, TERMS, Program, Signal
from simulator.programs.battery_vpp import BatteryVpp
from simulator.programs.behavioural_message import BehaviouralMessage
from simulator.programs.capacity_bidding import CapacityBidding
from simulator.programs.critical_peak_pricing import CriticalPeakPricing
from simulator.programs.dynamic_tou import DynamicTou
from simulator.programs.load_control import LoadControl
from simulator.programs.managed_charging import ManagedCharging
from simulator.programs.peak_time_rebate import PeakTimeRebate
from simulator.programs.thermostat_setback import ThermostatSetback
from simulator.programs.time_of_use import TimeOfUse

_ALL: tuple[type[Program], ...] = (
    ThermostatSetback,
    LoadControl,
    PeakTimeRebate,
    CriticalPeakPricing,
    TimeOfUse,
    DynamicTou,
    BehaviouralMessage,
    ManagedCharging,
    BatteryVpp,
    CapacityBidding,
)
PROGRAMS: dict[str, type[Program]] = {program.kind: program for program in _ALL}

__all__ = ["CHANNELS", "PROGRAMS", "TERMS", "PeakTimeRebate", "Program", "Signal", "ThermostatSetback"]
