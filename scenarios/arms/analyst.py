"""Handing the analyst its records: metered history in, features, segments and planning figures out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.baselines import BASELINES
from analysis.segments.segmentation import Segmentation, segment
from analysis.shapes.daily_shapes import DailyShapes
from analysis.shapes.load_shapes import HomeShapes, LoadShapes
from analysis.targeting.orderings import Records
from drsim.clock import Clock, quarter_of
from scenarios.measurement.kept import KeptReads
from scenarios.running.shards import shards
from scenarios.schema.scenario import Scenario
from simulator.events import EventRule
from simulator.keyed_random import Purpose, uniforms
from simulator.meter import MeterRules, hourly_kwh, read_day
from simulator.world import Lives, World

#: What a planner expects enrolled homes to cut of their event-hour use: a rebate trial's 12 % (Anaheim 2005).
PLANNING_CUT_FRACTION = 0.12
PLANNING_DAYS = 10  # latest workdays before the season, from which event payments are forecast


def window_kwh_of(past_wh: NDArray[np.float32], clock: Clock) -> NDArray[np.float64]:
    """Event windows of past days (homes, past days) [Wh] on all days of the clock [kWh]; NaN where still to come."""
    window = np.full((len(past_wh), clock.days), np.nan)
    window[:, : past_wh.shape[1]] = past_wh.astype(np.float64) / 1e3
    return window


@dataclass(frozen=True, eq=False)
class History:
    """The metered past of one replication: what the analyst starts from.

    Per home it holds features, one load shape and the event window of each past day; no days.
    """

    shapes: HomeShapes
    window_wh: NDArray[np.float32]  # (homes, history days), whole watt-hours; NaN where missing
    load_wh: NDArray[np.int64]  # (intervals of the history,) of all these homes together
    clock: Clock
    days: NDArray[np.float32] | None = None  # (homes, sampled days, 24), where the segmenter learns from days

    @property
    def window_kwh(self) -> NDArray[np.float64]:
        """Event-window energy, a new array (homes, days of the clock) [kWh]; NaN where missing or still to come."""
        return self.window_of(slice(None))

    def window_of(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        """:attr:`window_kwh` of some homes."""
        return window_kwh_of(self.window_wh[rows], self.clock)

    @property
    def daily_peak_kw(self) -> NDArray[np.float64]:
        """Highest hour of the system on each day of the history, (history days,) [kW]."""
        days = [self.load_wh[self.clock.slice(day)] for day in range(self.window_wh.shape[1])]
        return np.array([float(wh.reshape(-1, 4).sum(axis=1).max()) / 1e3 for wh in days])

    def means_on(
        self, days: Sequence[int], per_home: Callable[[NDArray[np.float64], int], NDArray[np.float64]]
    ) -> list[float]:  # fmt: skip
        """For each of ``days``, the mean over homes of what ``per_home`` makes of their windows; NaN is left out.

        Homes go through in shards, for their windows over all days of the clock would be the largest table of a run.
        """
        made = np.empty((len(days), len(self.window_wh)))
        for piece in shards(len(self.window_wh)):
            window = self.window_of(piece)
            for row, day in enumerate(days):
                made[row, piece] = per_home(window, day)
        return [float(np.nanmean(row)) if np.isfinite(row).any() else 0.0 for row in made]

    def without_shapes(self) -> History:
        """The same once homes are segmented: load shapes and days, of which nothing later asks, are let go."""
        none = np.empty((0, self.shapes.mean_kw.shape[1]))  # no slice, which would keep all of it
        return replace(self, shapes=HomeShapes(self.shapes.table, none), days=None)


def event_hours(rule: EventRule) -> tuple[int, int]:
    """Whole clock hours that the window touches."""
    first, last = quarter_of(rule.window_from), quarter_of(rule.window_to)
    return first // 4, -(-last // 4)


def live_history(
    world: World, everyone: Lives, rule: EventRule, gaps: MeterRules, keep_days: bool = False,
    kept: KeptReads | None = None,
) -> History:  # fmt: skip
    """Live the days before the season with some homes and read their meters.

    ``keep_days`` is for a segmenter that learns from days.
    """
    clock, homes = world.clock, len(everyone.homes)
    shapes = LoadShapes(homes, event_hours(rule))
    sampled = DailyShapes(homes) if keep_days else None
    window = np.full((homes, world.first_event_day), np.nan, np.float32)
    load_wh = np.zeros(int(clock.count[: world.first_event_day].sum()), np.int64)
    highest, mean = world.weather.daily_max_degc(clock), world.weather.daily_mean_degc(clock)
    yesterday: NDArray[np.int32] | None = None
    quality = np.zeros((homes, 100), np.uint8)
    for day in range(world.first_event_day):
        everyone.day(day)
        if kept is not None:
            kept.everyone(day, everyone)
        wh = everyone.load_wh
        codes = quality[:, : wh.shape[1]]
        reads = read_day(wh, everyone.homes["household"], world.seed, world.replication,
                         clock.date(day).toordinal(), gaps, yesterday, codes)  # fmt: skip
        quarter = clock.local_quarter[clock.slice(day)]
        hourly, hours = hourly_kwh(reads, quarter), len(np.unique(quarter // 4))
        shapes.add_day(hourly, bool(clock.is_workday[day]), float(mean[day]), float(highest[day]), hours)
        if sampled is not None:
            sampled.add_day(hourly)
        i0, i1 = clock.window(day, rule.window_from, rule.window_to)
        window[:, day] = reads[:, i0:i1].sum(axis=1)
        load_wh[clock.slice(day)] = wh.sum(axis=0, dtype=np.int64)
        yesterday = wh.copy()
    found = shapes.summary()
    everyone.homes["typical_kw"] = found.features()["mean_kwh_per_day"].fillna(0.0).to_numpy() / 24.0
    return History(found, window, load_wh, clock, None if sampled is None else sampled.days())


@dataclass(frozen=True, eq=False)
class BaselineRules:
    """The analyst's baseline rules, bound to the days that may serve as history; called as ``simulator.Baselines``.

    Those are days of the same type (workdays for a workday, the others for a weekend or holiday) without events.
    """

    workday: NDArray[np.bool_]  # (days,)
    plain: NDArray[np.bool_]  # (days,) without events

    def __call__(self, window_kwh: NDArray[np.float64], day: int) -> dict[str, NDArray[np.float64]]:
        eligible = self.plain & (self.workday == self.workday[day])
        return {name: rule(window_kwh, eligible, day)[0] for name, rule in BASELINES.items() if name != "high_4_of_5"}


def baselines_of(workday: NDArray[np.bool_], event_days: Sequence[int]) -> BaselineRules:
    """:class:`BaselineRules` of a clock's workdays (days,) and its event days."""
    plain = np.ones(len(workday), bool)
    plain[list(event_days)] = False
    return BaselineRules(workday, plain)


def forecast_paid_kwh(history: History, workday: NDArray[np.bool_], method: str, first_day: int) -> float:
    """Mean kWh a home would be paid for in one event, from the latest workdays before the season alone.

    On each of them the baseline is worked out and every home is taken to cut ``PLANNING_CUT_FRACTION`` of what its
    meter shows. What would be paid without any response is in it: what lies below the baseline counts, home by home.
    """
    days = np.flatnonzero(workday[:first_day])[-PLANNING_DAYS:]

    def below(window_kwh: NDArray[np.float64], day: int) -> NDArray[np.float64]:
        base, _ = BASELINES[method](window_kwh, workday, day)
        return np.asarray(np.maximum(0.0, base - (1.0 - PLANNING_CUT_FRACTION) * window_kwh[:, day]))

    found = history.means_on(days.tolist(), below)
    return float(np.mean(found)) if found else 0.0


def segments_of(
    history: History, scenario: Scenario, stability: bool
) -> tuple[pd.DataFrame, Segmentation, Segmentation]:
    """Features, and segmentations of normalised and of absolute load shapes."""
    features = history.shapes.features()
    k, method = scenario.targeting.segments, scenario.targeting.method
    normalised, absolute = (
        segment(history.shapes.shapes(normalised=relative), k, random_state=0, features=features,
                stability=stability, method=method, days=history.days)
        for relative in (True, False)
    )  # fmt: skip
    return features, normalised, absolute


def records_for(
    scenario: Scenario, world: World, features: pd.DataFrame, normalised: Segmentation, absolute: Segmentation,
    cost_per_offer_usd: float, segment_features: pd.DataFrame | None = None,
) -> Records:  # fmt: skip
    """What the ordering rules may look at; the random numbers are one keyed uniform per home."""
    n = len(world.population)

    def keys(purpose: Purpose) -> NDArray[np.float64]:
        return uniforms(world.seed, world.replication, 0, n, purpose)

    return Records(
        features=features,
        keys=keys(Purpose.TARGETING_ORDER),
        placebo_keys=keys(Purpose.TARGETING_PLACEBO),
        normalised=normalised,
        absolute=absolute,
        planning_take_up_fraction=scenario.targeting.planning_take_up_fraction,
        expected_cost_usd_per_offer=cost_per_offer_usd,
        segment_features=segment_features,
    )
