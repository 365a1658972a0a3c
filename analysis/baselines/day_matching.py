"""Day-matching baselines: what a home would have used, estimated from its own similar days.

Choose days (the last ones, or those with the nearest weather), keep the highest or the middle ones, take
their mean slot by slot, and optionally move it to the level of the hours before the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.baselines.history import (
    NO_ADJUSTMENT_HOURS,
    NO_EVENT_READS,
    NO_TEMPERATURE,
    TOO_FEW_DAYS,
    Estimate,
    EventWindow,
    Floats,
    Ints,
    Mask,
    MeterHistory,
)
from analysis.meter_data.quality import NO_BASELINE
from drsim.findings import Finding


@dataclass(frozen=True)
class Adjustment:
    """Move the baseline to the level of the same day's hours before the event.

    The window runs from ``begins_hours`` to ``ends_hours`` before the event's start. ``ratio`` multiplies by
    metered over baseline energy, held to 1 +- ``cap_fraction``; ``difference`` adds the mean difference per hour.
    """

    kind: Literal["ratio", "difference"]
    begins_hours: float = 4.0
    ends_hours: float = 1.0
    cap_fraction: float | None = None

    def slots(self, event: EventWindow, per_hour: float) -> Ints:
        """Slots of the adjustment window on the event day; empty where the day has none."""
        first = max(0, event.first - round(self.begins_hours * per_hour))
        return np.arange(first, max(first, event.first - round(self.ends_hours * per_hour)))

    def apply(self, baseline: Floats, estimated: Floats, metered: Floats) -> Floats:
        """``baseline`` (homes, window), ``estimated`` and ``metered`` (homes, adjustment) [kWh a slot]."""
        if self.kind == "difference":
            return np.asarray(baseline + (metered - estimated).mean(axis=1)[:, None])
        below, above = estimated.sum(axis=1), metered.sum(axis=1)
        ratio = np.where(below > 0.0, above / np.where(below > 0.0, below, 1.0), 1.0)
        if self.cap_fraction is not None:
            ratio = np.clip(ratio, 1.0 - self.cap_fraction, 1.0 + self.cap_fraction)
        return np.asarray(baseline * ratio[:, None])


@dataclass(frozen=True)
class DayMatch:
    """The mean of ``x`` of the ``y`` matched days, chosen for each home.

    Also callable on the energy of the window alone, ``rule(window_kwh, eligible, day) -> (baseline, insufficient)``,
    which is how a rebate is settled while a season runs.
    """

    name: str
    x: int
    y: int
    title: str
    source: str
    keep: Literal["highest", "middle"] = "highest"
    match: Literal["last", "weather"] = "last"
    adjustment: Adjustment | None = None
    lookback_days: int | None = None
    fewest: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.x <= self.y:
            raise ValueError(f"x is {self.x} and y is {self.y}; expected 1 <= x <= y, for example x=5, y=10")

    @property
    def fewest_days(self) -> int:
        """With fewer matched days than this the rule refuses."""
        return self.fewest if self.fewest is not None else max(1, self.y // 2)

    def estimate(self, history: MeterHistory, event: EventWindow) -> Estimate:
        """Baseline of every home in every slot of the event window [kWh]."""
        if self.match == "weather" and history.outdoor_degc is None:
            return Estimate.refused(history.homes, len(event.slots), NO_TEMPERATURE)
        window, before = event.slots, np.empty(0, np.int64)
        if self.adjustment is not None:
            before = self.adjustment.slots(event, history.slots_per_hour)
            if not len(before):
                return Estimate.refused(history.homes, len(window), NO_ADJUSTMENT_HOURS)
        slots = np.concatenate([window, before])
        order = self._order(history, event)
        at, found = last_usable(history, order, slots, self.y)
        mean = self._mean(history, order, at, found, slots, event.core)
        refusal = np.where(found < self.fewest_days, TOO_FEW_DAYS, 0)
        baseline = mean[:, : len(window)]
        if self.adjustment is not None:
            metered = history.on(event.day, before)
            missing = np.isnan(metered).any(axis=1)
            refusal = np.where((refusal == 0) & missing, NO_EVENT_READS, refusal)
            baseline = self.adjustment.apply(baseline, mean[:, len(window) :], metered)
        return Estimate.of(baseline, refusal)

    def _order(self, history: MeterHistory, event: EventWindow) -> Ints:
        """Candidate days, best match first: the latest, or those nearest in the window's mean temperature."""
        order = history.days_before(event.day, self.lookback_days)
        if self.match == "last" or history.outdoor_degc is None:
            return order
        degc = history.outdoor_degc[:, event.first : event.last].mean(axis=1)
        away = np.abs(degc[order] - degc[event.day])
        order, away = order[np.isfinite(away)], away[np.isfinite(away)]
        return np.asarray(order[np.argsort(away, kind="stable")])

    def _mean(
        self, history: MeterHistory, order: Ints, at: Ints, found: Ints, slots: Ints, core: slice
    ) -> Floats:  # fmt: skip
        """Mean over the kept days of each home, (homes, slots); 0 where there is none."""
        if at.shape[1] == 0 or not len(order):
            return np.zeros((history.homes, len(slots)))
        days = order[np.maximum(at, 0)]
        homes = np.arange(history.homes)[:, None, None]
        reads = history.kwh[homes, days[:, :, None], slots[None, None, :]].astype(np.float64)
        kept = at >= 0
        if self.x < self.y:
            energy = np.where(kept, reads[:, :, core].sum(axis=2), -np.inf)
            rank = np.argsort(np.argsort(-energy, axis=1, kind="stable"), axis=1, kind="stable")
            first = np.maximum(0, (found - self.x) // 2) if self.keep == "middle" else np.zeros_like(found)
            kept &= (rank >= first[:, None]) & (rank < first[:, None] + self.x)
        total = np.where(kept[:, :, None], reads, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(kept.sum(axis=1), 1)[:, None])

    def __call__(
        self, window_kwh: Floats | NDArray[np.float32], eligible: Mask, day: int
    ) -> tuple[Floats, Mask]:  # fmt: skip
        """The same rule on window energy (homes, days) [kWh]; see :func:`high_x_of_y`."""
        if self.adjustment is not None or self.match != "last":
            raise ValueError(f"{self.name} needs more than the energy of the event window; use estimate()")
        made = self.estimate(MeterHistory(window_kwh[:, :, None], eligible), EventWindow(day, 0, 1))
        return made.kwh[:, 0], made.refusal > 0


def last_usable(history: MeterHistory, order: Ints, slots: Ints, y: int) -> tuple[Ints, Ints]:
    """:func:`first_usable` of a history's days; only homes that lack one of the nearest ``y`` look further."""
    columns = min(y, len(order))
    at = np.tile(np.arange(columns, dtype=np.int64), (history.homes, 1))
    found = np.full(history.homes, columns, dtype=np.int64)
    lacking = np.flatnonzero(~history.usable(order[:columns], slots).all(axis=1))
    if len(lacking):
        at[lacking], found[lacking] = first_usable(history.rows(lacking).usable(order, slots), y)
    return at, found


def first_usable(usable: Mask, y: int) -> tuple[Ints, Ints]:
    """Positions of the first ``y`` True of each row, (rows, <= y) padded with -1, and how many there are."""
    columns = min(y, usable.shape[1])
    at = np.tile(np.arange(columns, dtype=np.int64), (len(usable), 1))
    found = np.full(len(usable), columns, dtype=np.int64)
    some = np.flatnonzero(~usable[:, :columns].all(axis=1))  # only these rows have to look further back
    if len(some):
        rest = usable[some]
        rank = np.cumsum(rest, axis=1)
        taken = rest & (rank <= columns)
        at[some] = -1
        row, column = np.nonzero(taken)
        at[some[row], rank[row, column] - 1] = column
        found[some] = taken.sum(axis=1)
    return at, found


def high_x_of_y(
    window_kwh: Floats | NDArray[np.float32], eligible: Mask, day: int, x: int, y: int
) -> tuple[Floats, Mask]:
    """Mean of the ``x`` highest of the last ``y`` eligible days before ``day``, chosen per home.

    Parameters
    ----------
    window_kwh : (homes, days) [kWh]
        Metered energy in the event window; NaN is a missing read.
    eligible : (days,) or (homes, days) bool
        Days of the same type without an event (for this home).
    day : int
        The event day; only days before it are used.
    x, y : int
        ``x = y = 10`` is 10-in-10.

    Returns
    -------
    baseline_kwh, insufficient
        (homes,) float64 and (homes,) bool. Where fewer than ``y // 2`` (at least one) eligible days with
        reads exist the baseline is NaN and ``insufficient`` is True; nowhere else. With between that and
        ``y`` days, the ``x`` highest of those are used, or all where there are fewer than ``x``.
    """
    return DayMatch(f"high_{x}_of_{y}", x, y, "", "")(window_kwh, eligible, day)


def rebate_usd(
    baseline_kwh: Floats, metered_kwh: Floats | NDArray[np.float32], usd_per_kwh: float
) -> Floats:
    """Payment for use below the baseline, never negative, (homes,) [USD].

    Nobody is charged for using more. Where the baseline or the reading is unknown (NaN) nothing is paid;
    :func:`insufficient_findings` says for whom.
    """
    if usd_per_kwh < 0.0:
        raise ValueError(f"usd_per_kwh is {usd_per_kwh}; expected 0 or more")
    below = np.asarray(baseline_kwh, dtype=np.float64) - metered_kwh
    return np.where(np.isnan(below), 0.0, np.maximum(below, 0.0)) * usd_per_kwh


def insufficient_findings(
    premises: Sequence[str], insufficient: Mask, rule: DayMatch, day: str
) -> list[Finding]:
    """One finding for each premise that has no baseline on ``day``."""
    message = f"fewer than {rule.fewest_days} eligible days with reads before {day}: no {rule.name} baseline"
    data = {"rule": rule.name, "day": day}
    rows = np.flatnonzero(insufficient).tolist()
    return [Finding(NO_BASELINE, premises[row], message, data) for row in rows]
