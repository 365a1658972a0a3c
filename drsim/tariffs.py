"""Tariffs and bills: flat, tiered, time-of-use and critical-peak prices, one interface.

A bill here is the energy charge: the sum over hours of energy times price. Fixed charges are left out, for no
programme changes them. Names say ``usd`` throughout the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOURS = 24


@dataclass(frozen=True, eq=False)
class BillingDays:
    """The days that are billed.

    Attributes
    ----------
    dates : local dates
    workday : (days,) bool
    event : (days, 24) bool, hours of called events
    """

    dates: Sequence[date]
    workday: NDArray[np.bool_]
    event: NDArray[np.bool_]

    @property
    def month(self) -> NDArray[np.int64]:
        """(days,) number of the calendar month each day lies in, from 0."""
        keys = np.array([day.year * 12 + day.month for day in self.dates], dtype=np.int64)
        return np.asarray(np.unique(keys, return_inverse=True)[1], dtype=np.int64)


class Tariff(Protocol):
    """What every tariff is."""

    @property
    def name(self) -> str:
        """Short name for tables."""
        ...

    def energy_usd(self, kwh: Floats | NDArray[np.float32], days: BillingDays) -> Floats:
        """Energy charge of each home, (homes,) [USD]; ``kwh`` is (homes, days, 24)."""
        ...

    def scaled(self, factor: float) -> Tariff:
        """The same tariff with all energy prices times ``factor``."""
        ...


@dataclass(frozen=True)
class Flat:
    """One price for every kWh."""

    usd_per_kwh: float
    name: str = "flat"

    def energy_usd(self, kwh: Floats | NDArray[np.float32], days: BillingDays) -> Floats:
        """Energy charge of each home, (homes,) [USD]."""
        return np.asarray(_total(kwh).sum(axis=1) * self.usd_per_kwh)

    def scaled(self, factor: float) -> Flat:
        """All prices times ``factor``."""
        return replace(self, usd_per_kwh=self.usd_per_kwh * factor)


@dataclass(frozen=True)
class Tiered:
    """The first kWh of a month are cheaper: ``blocks`` of (kWh a month up to here, price); the last has no end."""

    blocks: tuple[tuple[float, float], ...]
    name: str = "tiered"

    def energy_usd(self, kwh: Floats | NDArray[np.float32], days: BillingDays) -> Floats:
        """Energy charge of each home, (homes,) [USD]; a part month has its share of each block by days in 30."""
        month = days.month
        daily = _total(kwh)
        bill = np.zeros(len(daily))
        for m in range(int(month.max()) + 1 if len(month) else 0):
            used = daily[:, month == m].sum(axis=1)
            share = min(1.0, float((month == m).sum()) / 30.0)
            begin = 0.0
            for end, price in self.blocks:
                inside = np.clip(used, begin * share, end * share) - begin * share
                bill += inside * price
                begin = end
        return bill

    def scaled(self, factor: float) -> Tiered:
        """All prices times ``factor``."""
        return replace(self, blocks=tuple((end, price * factor) for end, price in self.blocks))


@dataclass(frozen=True)
class TimeOfUse:
    """A dear period on workdays: ``peak_usd_per_kwh`` in local hours ``first``..``last``, ``usd_per_kwh`` otherwise.

    ``critical_usd_per_kwh`` replaces both in the hours of called events (critical-peak pricing).
    """

    usd_per_kwh: float
    peak_usd_per_kwh: float
    first: int
    last: int
    critical_usd_per_kwh: float | None = None
    name: str = "time_of_use"

    def prices(self, days: BillingDays) -> Floats:
        """Price of each hour, (days, 24) [USD/kWh]."""
        price = np.full((len(days.dates), HOURS), self.usd_per_kwh)
        hour = np.arange(HOURS)
        peak = days.workday[:, None] & ((hour >= self.first) & (hour < self.last))[None, :]
        price[peak] = self.peak_usd_per_kwh
        if self.critical_usd_per_kwh is not None:
            price[days.event] = self.critical_usd_per_kwh
        return price

    def energy_usd(self, kwh: Floats | NDArray[np.float32], days: BillingDays) -> Floats:
        """Energy charge of each home, (homes,) [USD]."""
        _total(kwh)
        return np.asarray(np.tensordot(kwh.astype(np.float64), self.prices(days), axes=([1, 2], [0, 1])))

    def scaled(self, factor: float) -> TimeOfUse:
        """All prices times ``factor``."""
        critical = None if self.critical_usd_per_kwh is None else self.critical_usd_per_kwh * factor
        return replace(
            self, usd_per_kwh=self.usd_per_kwh * factor, peak_usd_per_kwh=self.peak_usd_per_kwh * factor,
            critical_usd_per_kwh=critical,
        )  # fmt: skip


def _total(kwh: Floats | NDArray[np.float32]) -> Floats:
    """Energy of each home and day, (homes, days) [kWh]."""
    daily = kwh.sum(axis=2, dtype=np.float64)
    if np.isnan(daily).any():
        raise ValueError("kwh has gaps (NaN); fill or estimate them before billing, as a utility does")
    return np.asarray(daily)


def revenue_neutral(tariff: Tariff, like: Tariff, kwh: Floats | NDArray[np.float32], days: BillingDays) -> Tariff:
    """``tariff`` scaled so that all homes together, using what they use now, pay what ``like`` charges them."""
    asked = float(tariff.energy_usd(kwh, days).sum())
    if asked <= 0.0:
        raise ValueError(f"{tariff.name} charges nothing for this use; it cannot be scaled")
    return tariff.scaled(float(like.energy_usd(kwh, days).sum()) / asked)


@dataclass(frozen=True)
class BillChange:
    """Who gains and who loses [USD, fraction of homes]; a negative change is a gain of the home."""

    mean_usd: float
    gainers_fraction: float
    losers_fraction: float
    p10_usd: float
    p50_usd: float
    p90_usd: float


def bill_change(before_usd: Floats, after_usd: Floats, threshold_usd: float = 0.5) -> BillChange:
    """Summary of the change of bills over homes; changes under ``threshold_usd`` are neither gain nor loss."""
    change = after_usd - before_usd
    if not len(change):
        nan = float("nan")
        return BillChange(nan, nan, nan, nan, nan, nan)
    p10, p50, p90 = np.quantile(change, [0.1, 0.5, 0.9])
    return BillChange(
        float(change.mean()), float((change < -threshold_usd).mean()), float((change > threshold_usd).mean()),
        float(p10), float(p50), float(p90),
    )  # fmt: skip
