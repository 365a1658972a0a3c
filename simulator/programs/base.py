"""What every programme is: an offer, who may join, a signal for each day, who acts, what is paid.

A programme with its terms (incentive, message, channel, way of enrolling) is one frozen value; the same
programme on other terms is another value, so arms may offer different ones. To the compiled day a
programme is nothing but a record of numbers, ``TERMS``: adding one compiles nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.events import Calendar
from simulator.fields import Record

Floats = NDArray[np.float64]

#: What an event asks of a home, as compiled functions read it; every field is a float.
FIELDS: dict[str, str] = {
    "device": "1 = an operator commands a device; people may opt out and override",
    "tech": "1 = a smart thermostat, where there is one, follows the price by itself",
    "asks": "1 = people are told and may act themselves",
    "routine": "1 = a standing price that needs no notice and hardly tires",
    "offset_k": "setpoint moved in the window [K]",
    "precool_k": "setpoint moved the other way before it [K]",
    "precool_quarters": "for how long [quarter-hours]",
    "ac_curtail": "share of the air conditioner's capacity withheld",
    "water_curtail": "the same of the water heater",
    "pool_curtail": "the same of the pool pump",
    "ev_curtail": "the same of the vehicle's charger",
    "battery_kw": "discharge commanded of a home battery [kW]",
    "price_ratio": "price of a kWh in the window (a reward counts) over the usual one; 1 = no price",
    "notice_hours": "how long before the window homes are told [hours]",
    "read_hours": "median delay until a message of this channel is read [hours]",
    "reach": "share of messages of this channel that arrive [fraction]",
    "removal": "opt-outs or overrides in a row after which a home is removed; 0 = never",
}
TERMS = np.dtype([(name, "f8") for name in FIELDS])
CHANNELS = ("display", "app", "email", "mail")


@dataclass(frozen=True)
class Signal:
    """One day's signal: half-open window in quarter-hours of the day, and the terms that hold in it."""

    window: tuple[int, int]
    terms: Record


@dataclass(frozen=True, kw_only=True)
class Program:
    """Base of all programmes; a subclass gives ``kind``, ``eligible``, ``commands`` and what is believed.

    Attributes
    ----------
    name
        The scenario's name for it.
    incentive_usd, device_usd
        Paid on joining; device and installation, per enrolment.
    usd_per_kwh, baseline
        Paid per kWh below the home's own baseline in an event; 0 = no event payment.
    informed
        Whether the offer comes with the home's own expected gain (less uncertainty).
    default
        Whether homes are enrolled unless they say no.
    channel
        How event messages are sent: ``display`` (in the home), ``app``, ``email`` or ``mail``.
    removal_opt_outs
        A home that opts out of, or overrides, so many events in a row is removed; 0 = never.
    """

    kind: ClassVar[str] = ""
    #: programmes that steer the same device or price the same kWh: a home holds one of each group
    exclusive_with: ClassVar[frozenset[str]] = frozenset()
    name: str
    incentive_usd: float = 0.0
    device_usd: float = 0.0
    usd_per_kwh: float = 0.0
    baseline: str = "10_in_10"
    informed: bool = False
    default: bool = False
    channel: str = "email"
    removal_opt_outs: int = 0
    group: tuple[int, int] = (0, 1)  # this offer's staggered group, of how many

    def can_join(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Eligible homes of this offer's group; groups are dealt by household number, (homes,)."""
        number, groups = self.group
        return np.asarray(self.eligible(homes) & (homes["household"] % groups == number))

    def eligible(self, homes: NDArray[np.void]) -> NDArray[np.bool_]:
        """Homes that could join, (homes,)."""
        return np.ones(len(homes), dtype=bool)

    def believed_event_usd(self, homes: NDArray[np.void], window_hours: float, cut: float) -> Floats:
        """What a household expects one event to be worth if it acts: its usual use, cut by a round share, at
        what a kWh is worth in the window, (homes,) [USD]."""
        return np.asarray(homes["typical_kw"] * window_hours * cut * self.worth_usd_per_kwh, dtype=np.float64)

    @property
    def worth_usd_per_kwh(self) -> float:
        """What a kWh less in the window is worth to the household, above its usual price [USD/kWh]."""
        return self.usd_per_kwh

    def season_usd(self, homes: NDArray[np.void], window_hours: float, cut: float, events: int) -> Floats:
        """What a household believes it would gain in a season by joining, (homes,) [USD]."""
        return self.believed_event_usd(homes, window_hours, cut) * events + self.incentive_usd

    def commands(self) -> Mapping[str, float]:
        """The fields of ``TERMS`` that this programme sets in an event."""
        raise NotImplementedError

    def terms(self, behaviour: np.void, notice_hours: float, **changes: float) -> Record:
        """The record of numbers that an event means to a home."""
        record = np.zeros(1, TERMS)
        record["price_ratio"], record["notice_hours"] = 1.0, notice_hours
        record["read_hours"] = behaviour[f"read_hours_{self.channel}"]
        record["reach"] = behaviour[f"reach_{self.channel}"]
        record["removal"] = self.removal_opt_outs
        for name, value in {**self.commands(), **changes}.items():
            record[name] = value
        return record[0]

    def signals(self, calendar: Calendar, clock: Clock, first_day: int, behaviour: np.void) -> dict[int, Signal]:
        """Day number -> signal; by default the events of the calendar, a group's share of each window."""
        terms = self.terms(behaviour, calendar.rule.notice_hours)
        windows = (self.share_of(window) for window in calendar.windows)
        return {day: Signal(window, terms) for day, window in zip(calendar.days, windows, strict=True)}

    def share_of(self, window: tuple[int, int]) -> tuple[int, int]:
        """The part of a window in which this group acts; groups follow one another."""
        (e0, e1), (number, groups) = window, self.group
        return e0 + (e1 - e0) * number // groups, e0 + (e1 - e0) * (number + 1) // groups

    def payment_usd(self, baseline_kwh: Floats, metered_kwh: Floats) -> Floats:
        """What one event pays, from the estimated baseline and the meter, (homes,) [USD]; no baseline, no pay."""
        below = np.nan_to_num(baseline_kwh - metered_kwh, nan=0.0)
        return np.asarray(self.usd_per_kwh * np.maximum(0.0, below))

    @property
    def pays_by_event(self) -> bool:
        """Whether events are paid for, against a baseline."""
        return self.usd_per_kwh > 0.0

    def tariff_usd(self, load_kwh: Floats, priced: NDArray[np.bool_], signal: Signal | None) -> Floats:
        """What the programme's tariff adds to a day's bill over the usual tariff, (homes,) [USD].

        ``load_kwh`` is (homes, intervals); ``priced`` marks the intervals of the day's signal.
        """
        return np.zeros(len(load_kwh))

    def describe(self) -> str:
        """One clause for a report."""
        raise NotImplementedError
