"""Every baseline by name. A rule added to :data:`RULES` is held to the conformance tests."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.baselines.control_group import ControlGroup
from analysis.baselines.day_matching import Adjustment, DayMatch
from analysis.baselines.history import Estimate, EventWindow, Floats, Ints, MeterHistory, stack
from analysis.baselines.regression import DegreeDayRegression
from analysis.baselines.same_day import SameDay

CHUNK_HOMES = 2048
#: The name that older code and docs use for a rule on window energy.
Baseline = DayMatch


class Rule(Protocol):
    """What every baseline is: a name, what it says about itself, and ``estimate``."""

    @property
    def name(self) -> str:
        """Key in :data:`RULES`."""
        ...

    @property
    def title(self) -> str:
        """A few words for tables."""
        ...

    @property
    def source(self) -> str:
        """Whose rule it is."""
        ...

    def estimate(self, history: MeterHistory, event: EventWindow) -> Estimate:
        """Baseline of every home in every slot of the event window [kWh]."""
        ...


_CAISO = "CAISO demand response baselines, from memory, unverified"
_WINDOW_RULES = (
    DayMatch("10_in_10", 10, 10, "mean of the last 10 days", "CAISO 10-in-10, no day-of adjustment"),
    DayMatch("high_5_of_10", 5, 10, "5 highest of the last 10 days", "NYISO; CAISO 5-in-10 residential"),
    DayMatch("high_4_of_5", 4, 5, "4 highest of the last 5 days", "PJM economic programme"),
)
#: Rules that need nothing but the energy of the event window; a scenario's rebate names one.
BASELINES: Mapping[str, DayMatch] = {rule.name: rule for rule in _WINDOW_RULES}

_ALL: tuple[Rule, ...] = (
    *_WINDOW_RULES,
    DayMatch("middle_4_of_6", 4, 6, "middle 4 of the last 6 days", "Middle X of Y", keep="middle"),
    DayMatch("caiso_10_in_10", 10, 10, "10-in-10, times day-of ratio within 20 %", _CAISO,
             adjustment=Adjustment("ratio", 4, 1, 0.2), lookback_days=45),
    DayMatch("caiso_5_in_10", 5, 10, "5-in-10, times day-of ratio within 40 %", _CAISO,
             adjustment=Adjustment("ratio", 4, 1, 0.4), lookback_days=45),
    DayMatch("pjm_high_4_of_5", 4, 5, "high 4-of-5, plus day-of difference", "PJM, from memory, unverified",
             adjustment=Adjustment("difference", 4, 1), lookback_days=45, fewest=4),
    DayMatch("nyiso_high_5_of_10", 5, 10, "high 5-of-10, times in-day scalar 0.8 to 1.2",
             "NYISO, from memory, unverified", adjustment=Adjustment("ratio", 4, 2, 0.2), lookback_days=45),
    DayMatch("weather_match", 4, 4, "4 days of the nearest temperature, day-of ratio within 40 %", _CAISO,
             match="weather", adjustment=Adjustment("ratio", 4, 1, 0.4), lookback_days=90),
    SameDay("same_day", "3 h before and 2 h after, 1 h apart", "PJM same-day 3+2"),
    DegreeDayRegression("degree_day", "regression on daily degree days", "degree-day regression"),
    DegreeDayRegression("time_of_week", "regression on time of week and temperature",
                        "after Mathieu et al. 2011, simplified", time_of_week=True, fewest=20),
    ControlGroup("matched_control", "5 nearest homes that were not called", "matched control group", nearest=5),
    ControlGroup("randomised_control", "all control homes, difference-in-differences", "randomised control group"),
)  # fmt: skip
RULES: Mapping[str, Rule] = {rule.name: rule for rule in _ALL}


def estimate_all(
    history: MeterHistory, events: Sequence[EventWindow], rules: Sequence[str] | None = None
) -> dict[str, list[Estimate]]:
    """Every rule on every event; homes go through in chunks, in threads. Neither changes a result.

    Returns
    -------
    dict
        Rule name to one :class:`Estimate` for each event, in their order.
    """
    from threadpoolctl import threadpool_limits

    made: dict[str, list[Estimate]] = {}
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # NumPy lets go of the lock
        for name in rules if rules is not None else RULES:
            rule = RULES[name]
            if isinstance(rule, ControlGroup):
                made[name] = list(pool.map(lambda event, r=rule: r.estimate(history, event), events))
                continue
            chunks = [history.rows(slice(i, i + CHUNK_HOMES)) for i in range(0, history.homes, CHUNK_HOMES)]
            parts = list(pool.map(lambda c, r=rule: [r.estimate(c, e) for e in events], chunks))
            made[name] = [stack([part[e] for part in parts]) for e in range(len(events))]
    return made


def grouped(history: MeterHistory, group: Ints, groups: int, min_share: float = 0.5) -> MeterHistory:
    """The mean home of each group, as if it were one meter: (groups, days, slots) [kWh a home].

    The mean is over the homes that were read; where less than ``min_share`` of a group was, the slot is
    missing. ``group`` (homes,) is -1 for homes that belong to none. Homes with their own event days count
    as the majority of their group does.
    """
    kwh = np.full((groups, *history.kwh.shape[1:]), np.nan)
    eligible = history.eligible if history.eligible.ndim == 1 else np.zeros((groups, history.days), bool)
    control = None if history.control is None else np.zeros(groups, bool)
    for g in range(groups):
        rows = np.flatnonzero(group == g)
        if not len(rows):
            continue
        kwh[g] = _mean_read(history.kwh[rows], min_share)
        if history.eligible.ndim == 2:
            eligible[g] = history.eligible[rows].mean(axis=0) > 0.5
        if control is not None and history.control is not None:
            control[g] = bool(history.control[rows].all())
    return MeterHistory(kwh, eligible, history.weekday, history.outdoor_degc, control, history.day_type)


def _mean_read(kwh: NDArray[np.float32] | Floats, min_share: float) -> Floats:
    seen = ~np.isnan(kwh)
    count = seen.sum(axis=0)
    total = np.where(seen, kwh, 0.0).sum(axis=0, dtype=np.float64)
    return np.asarray(np.where(count >= max(1.0, min_share * len(kwh)), total / np.maximum(count, 1), np.nan))
