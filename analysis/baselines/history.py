"""What every baseline reads and what it returns: metered days, an event window, an estimate with refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.meter_data.quality import NO_BASELINE
from drsim.findings import Finding

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Why a home has no baseline; an estimate holds the position in this list, 0 where it has one.
REASONS = (
    "",
    "too few eligible days with reads before the event",
    "reads missing around the event that the day-of adjustment or the same-day rule needs",
    "no hours before the event on the same day for the day-of adjustment",
    "no outdoor temperatures",
    "no control homes with reads on the event day and before it",
    "a control itself, which is not matched",
)
TOO_FEW_DAYS, NO_EVENT_READS, NO_ADJUSTMENT_HOURS, NO_TEMPERATURE, NO_CONTROL, IS_CONTROL = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class EventWindow:
    """One event on one local day: half-open range of time slots ``first``..``last``.

    ``before`` and ``after`` widen what is estimated (pre-event effect, snapback) without changing the event that
    days are chosen by and adjustments are anchored on.
    """

    day: int
    first: int
    last: int
    before: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.last or not 0 <= self.before <= self.first or self.after < 0:
            raise ValueError(
                f"event window {self.first}..{self.last} ({self.before} before, {self.after} after); "
                "expected 0 <= first < last, all inside the day"
            )

    @property
    def slots(self) -> Ints:
        """Slots of the day that are estimated."""
        return np.arange(self.first - self.before, self.last + self.after)

    @property
    def core(self) -> slice:
        """Where the event itself lies among :attr:`slots`."""
        return slice(self.before, self.before + self.last - self.first)

    def wider(self, before: int, after: int, slots: int) -> EventWindow:
        """The same event with more slots estimated, as far as the day (``slots`` long) has them."""
        return replace(self, before=min(before, self.first), after=min(after, slots - self.last))


@dataclass(frozen=True, eq=False)
class MeterHistory:
    """Metered reads by local day, and what the utility knows about those days.

    Attributes
    ----------
    kwh : (homes, days, slots) float [kWh]
        24 slots are hours, 48 half hours of the local day; NaN is a missing read.
    eligible : (days,) or (homes, days) bool
        Days that may serve as history: no event, and of one day type unless ``day_type`` tells types apart.
    weekday : (days,) int, optional
        0 is Monday; needed by time-of-week rules.
    outdoor_degc : (days, slots) float, optional
    control : (homes,) bool, optional
        Homes that were not called and may serve as controls.
    day_type : (days,) int, optional
        Only days of the event day's type serve as its history (1 workday, 0 weekend or holiday).
    """

    kwh: NDArray[np.float32] | Floats
    eligible: Mask
    weekday: Ints | None = None
    outdoor_degc: Floats | None = None
    control: Mask | None = None
    day_type: Ints | None = None

    def __post_init__(self) -> None:
        homes, days, slots = self.kwh.shape
        if self.eligible.shape not in {(days,), (homes, days)}:
            raise ValueError(f"eligible has shape {self.eligible.shape}; expected ({days},) or ({homes}, {days})")
        if self.outdoor_degc is not None and self.outdoor_degc.shape != (days, slots):
            raise ValueError(f"outdoor_degc has shape {self.outdoor_degc.shape}; expected ({days}, {slots})")

    @property
    def homes(self) -> int:
        """Number of homes."""
        return int(self.kwh.shape[0])

    @property
    def days(self) -> int:
        """Number of local days."""
        return int(self.kwh.shape[1])

    @property
    def slots_per_hour(self) -> float:
        """Slots in an hour; a history of one slot a day has 1/24."""
        return float(self.kwh.shape[2]) / 24.0

    def rows(self, rows: slice | Ints | Mask) -> MeterHistory:
        """The same days for some of the homes."""
        eligible = self.eligible if self.eligible.ndim == 1 else self.eligible[rows]
        control = None if self.control is None else self.control[rows]
        return replace(self, kwh=self.kwh[rows], eligible=eligible, control=control)

    def days_before(self, day: int, lookback_days: int | None) -> Ints:
        """Days of the same type that are eligible for at least one home, latest first."""
        if not 0 <= day <= self.days:
            raise ValueError(f"day is {day}; expected 0..{self.days}")
        some: Mask = np.asarray(np.atleast_2d(self.eligible).any(axis=0))
        if self.day_type is not None and day < self.days:
            some &= self.day_type == self.day_type[day]
        first = 0 if lookback_days is None else max(0, day - lookback_days)
        return first + np.flatnonzero(some[first:day])[::-1]

    def usable(self, order: Ints, slots: Ints) -> Mask:
        """(homes, len(order)): the day is eligible for the home and every one of ``slots`` was read."""
        reads = self.kwh[:, order[:, None], slots[None, :]]
        whole = ~np.isnan(reads.sum(axis=2))
        return np.asarray(whole if self.eligible.ndim == 1 else whole & self.eligible[:, order])

    def on(self, day: int, slots: Ints) -> Floats:
        """Reads of one day, (homes, len(slots)) [kWh]."""
        return self.kwh[:, day, slots].astype(np.float64)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A baseline for one event.

    Attributes
    ----------
    kwh : (homes, slots of the window) float64 [kWh], NaN exactly where ``refusal`` is not 0
    refusal : (homes,) int, position in :data:`REASONS`
    """

    kwh: Floats
    refusal: Ints

    @classmethod
    def of(cls, kwh: Floats, refusal: Ints) -> Estimate:
        """Blank out the refused homes."""
        return cls(np.where(refusal[:, None] > 0, np.nan, kwh), refusal)

    @classmethod
    def refused(cls, homes: int, slots: int, reason: int) -> Estimate:
        """Nobody has a baseline, for one reason."""
        return cls(np.full((homes, slots), np.nan), np.full(homes, reason, dtype=np.int64))

    @property
    def window_kwh(self) -> Floats:
        """Baseline energy of the whole window, (homes,) [kWh]."""
        return np.asarray(self.kwh.sum(axis=1))

    def findings(self, premises: Sequence[str], rule: str, day: str) -> list[Finding]:
        """One finding for each premise without a baseline."""
        rows = np.flatnonzero(self.refusal).tolist()
        data = {"rule": rule, "day": day}
        return [
            Finding(NO_BASELINE, premises[row], f"{REASONS[self.refusal[row]]} ({day}, {rule})", data) for row in rows
        ]


def stack(parts: Sequence[Estimate]) -> Estimate:
    """Estimates of consecutive groups of homes as one."""
    return Estimate(np.concatenate([p.kwh for p in parts]), np.concatenate([p.refusal for p in parts]))
