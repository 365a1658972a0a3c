"""When events are called: on a forecast, against a threshold known beforehand.

A rule may use only what is known at notice time: the forecast (the weather that comes, with a keyed
error), past seasons' weather (climate normals), and a load model fitted on the metered past. Ranking the
season afterwards is offered as ``hottest_days_hindsight``, for tests only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from simulator.event_levels import called_off, drawn_year, emergencies, price_usd_per_kwh, ramp_kw, within_limits
from simulator.keyed_random import Purpose, normals

Array = NDArray[np.float64]
COOLING_BALANCE_DEGC, HEATING_BALANCE_DEGC = 24.0, 15.5
CAUTION = 0.7


@dataclass(frozen=True)
class EventRule:
    """How a scenario calls events; ``dates`` (ordinals) only for ``listed``."""

    kind: str
    at_most: int
    window_from: str
    window_to: str
    notice_hours: float
    forecast_error_degc: float
    weekdays_only: bool = True
    ordinals: tuple[int, ...] = ()
    consecutive_days: int = 0  # at most so many days on end; 0 = no such limit
    cancelled_fraction: float = 0.0  # of called events, called off after notice
    test_events: int = 0  # so many first workdays of the season are called as a test, within the limit
    price_usd_per_kwh: float = 0.5  # for price_threshold
    groups: int = 1  # staggered groups of homes that share the window one after the other


@dataclass(frozen=True)
class Calendar:
    """The events of one replication, fixed before the arms part: day numbers and local windows."""

    days: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    rule: EventRule
    threshold: float = float("nan")
    forecast: Array = field(default_factory=lambda: np.empty(0))
    cancelled: tuple[int, ...] = ()  # days on which homes were told of an event that was then called off

    def window_on(self, day: int) -> tuple[int, int]:
        """Half-open quarter-hours of the event on ``day``; (0, 0) when there is none."""
        return self.windows[self.days.index(day)] if day in self.days else (0, 0)


def forecast_degc(daily_max_degc: Array, clock: Clock, rule: EventRule, seed: int, replication: int) -> Array:
    """Forecast of each day's maximum at notice time, (days,); the error grows with the root of the notice."""
    error = rule.forecast_error_degc * np.sqrt(max(rule.notice_hours, 0.25) / 24.0)
    z = [normals(seed, replication, clock.date(d).toordinal(), 1, Purpose.FORECAST)[0] for d in range(clock.days)]
    return np.asarray(daily_max_degc + error * np.array(z))


def load_model_terms(max_degc: Array, workday: NDArray[np.bool_]) -> Array:
    """Regressors of daily peak load, (days, 4): one, cooling degrees, heating degrees, workday."""
    return np.column_stack(
        [
            np.ones(len(max_degc)),
            np.maximum(0.0, max_degc - COOLING_BALANCE_DEGC),
            np.maximum(0.0, HEATING_BALANCE_DEGC - max_degc),
            workday.astype(float),
        ]
    )


def fit_load_model(daily_peak_kw: Array, max_degc: Array, workday: NDArray[np.bool_]) -> Array:
    """Least squares of the past's daily peaks on ``load_model_terms``; lightly ridged for absent terms."""
    terms = load_model_terms(max_degc, workday)
    scale = 1e-6 * len(terms)
    return np.asarray(np.linalg.solve(terms.T @ terms + scale * np.eye(4), terms.T @ daily_peak_kw))


def _threshold(past: Array, at_most: int) -> float:
    """The level that past seasons passed on at most ``at_most`` days, in ``CAUTION`` of the years.

    A lower level would spend the season's limit before the worst days come.
    """
    if at_most >= past.shape[1]:
        return float(past.min())
    limit_of_year = np.sort(past, axis=1)[:, -at_most]
    return float(np.quantile(limit_of_year, CAUTION))


def call_events(
    rule: EventRule, clock: Clock, first_day: int, daily_max_degc: Array, past_max_degc: Array, seed: int,
    replication: int, load_model: Array | None = None, normals_shift_degc: float = 0.0,
    clearness: Array | None = None,
) -> Calendar:  # fmt: skip
    """Fix the calendar of one replication.

    Parameters
    ----------
    first_day
        First day of the event season on ``clock`` (history comes before it).
    daily_max_degc, past_max_degc : (days,), (years, days)
        What will be, seen only through the forecast; and past seasons on the same calendar days.
    load_model
        Coefficients of ``fit_load_model``; needed by ``system_peak``.
    normals_shift_degc
        Added to past seasons when a weather file of another place is used: the mean departure of the
        history from the normals, known before the season starts.
    clearness : (days,)
        Forecast midday irradiance over 1 kW/m2; used by ``net_load_ramp``.
    """
    days = np.arange(first_day, clock.days)
    if rule.weekdays_only and rule.kind != "listed":
        days = days[clock.is_workday[days]]
    forecast = forecast_degc(daily_max_degc, clock, rule, seed, replication)
    # the threshold belongs to forecasts, so past maxima get a forecast's error too (the same in all runs)
    noise = normals(0, 0, 0, past_max_degc.size, Purpose.FORECAST).reshape(past_max_degc.shape)
    error = rule.forecast_error_degc * np.sqrt(max(rule.notice_hours, 0.25) / 24.0)
    past = (past_max_degc + error * noise)[:, days] + normals_shift_degc
    threshold = float("nan")
    if rule.kind == "none" or rule.at_most == 0:
        called: list[int] = []
    elif rule.kind == "listed":
        called = [o - clock.start.toordinal() for o in rule.ordinals]
    elif rule.kind == "hottest_days_hindsight":
        called = sorted(days[np.argsort(-daily_max_degc[days], kind="stable")][: rule.at_most].tolist())
    elif rule.kind == "grid_emergency":
        called = days[emergencies(len(days), rule.at_most, seed, replication)].tolist()
    else:
        level, past_level = _levels(rule, clock, days, forecast, past, load_model, seed, replication, clearness)
        threshold = rule.price_usd_per_kwh
        if rule.kind != "price_threshold":
            threshold = _threshold(past_level, rule.at_most)
        if rule.kind == "monte_carlo":
            level = past_level[drawn_year(len(past_level), seed, replication)]
        called = days[level >= threshold].tolist()
    if rule.kind not in ("none", "listed"):
        tests = clock.is_workday[first_day:].nonzero()[0][: rule.test_events] + first_day
        called = within_limits([*{*called, *tests.tolist()}], rule.at_most, rule.consecutive_days)
    cancelled = called_off(called, rule.cancelled_fraction, seed, replication, clock.start.toordinal())
    called = [day for day in called if day not in cancelled]
    windows = tuple(clock.window(d, rule.window_from, rule.window_to) for d in called)
    days_called = tuple(int(d) for d in called)
    return Calendar(days_called, windows, rule, threshold, forecast, tuple(int(d) for d in cancelled))


def _levels(
    rule: EventRule, clock: Clock, days: NDArray[np.int64], forecast: Array, past: Array, load_model: Array | None,
    seed: int, replication: int, clearness: Array | None,
) -> tuple[Array, Array]:  # fmt: skip
    """What the rule looks at on each callable day, and the same of past seasons, (days,) and (years, days)."""
    if rule.kind in ("hottest_days", "monte_carlo"):
        return forecast[days], past
    if load_model is None:
        raise ValueError(f"{rule.kind} needs a load model fitted on the past")
    workday = clock.is_workday[days]
    level = load_model_terms(forecast[days], workday) @ load_model
    past_level = np.stack([load_model_terms(row, workday) @ load_model for row in past])
    if rule.kind == "price_threshold":
        return price_usd_per_kwh(level, float(past_level.max()), seed, replication), past_level
    if rule.kind == "net_load_ramp":
        clear = np.ones(clock.days) if clearness is None else clearness
        mean = float(past_level.mean())
        usual = np.full(len(days), float(np.mean(clear)))
        return ramp_kw(level, clear[days], mean), np.stack([ramp_kw(row, usual, mean) for row in past_level])
    return level, past_level


def missed_and_needless(
    calendar: Calendar, daily_peak_kw: Array, first_day: int, eligible: NDArray[np.bool_]
) -> tuple[int, int]:
    """Peaks that had no event, and events outside the peaks: the ``at_most`` highest days that could be called."""
    days = np.flatnonzero(eligible) + first_day
    top = set(days[np.argsort(-daily_peak_kw[days - first_day], kind="stable")][: calendar.rule.at_most].tolist())
    called = set(calendar.days)
    return len(top - called), len(called - top)
