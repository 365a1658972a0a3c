"""When the utility calls on the enrolled homes: the ``events`` part of a scenario."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scenarios.schema.parts import Days, Fraction, Part, WindowText


class Events(Part):
    """When the utility calls on the enrolled homes."""

    kind: Literal[
        "hottest_days", "system_peak", "price_threshold", "net_load_ramp", "grid_emergency", "monte_carlo", "listed",
        "hottest_days_hindsight", "none",
    ] = Field(
        description="How event days are chosen. hottest_days, system_peak, price_threshold and net_load_ramp use a "
        "forecast made at notice time; grid_emergency falls on any day; monte_carlo borrows a past season's calendar; "
        "listed takes `dates`; hottest_days_hindsight ranks the finished season and is for tests.",
        examples=["hottest_days"],
    )
    at_most: int = Field(default=12, ge=1, le=100, description="Season limit of events.", examples=[12])
    window_local: WindowText = Field(
        default="16:00-19:00",
        description='Local clock time of every event, "HH:MM-HH:MM" on quarter-hours; end not included.',
        examples=["16:00-19:00"],
    )
    notice_hours: float = Field(
        default=24.0, ge=0.25, le=72.0, description="How long before the event homes are told.", examples=[24]
    )
    dates: Days = Field(
        default=(), description="Event days, only with kind: listed.", examples=[["2024-07-10", "2024-07-11"]]
    )
    forecast_error_degc: float = Field(
        default=1.5,
        ge=0.0,
        le=10.0,
        description="Standard deviation of the day-ahead forecast.",
        examples=[1.5],
    )
    weekdays_only: bool = Field(
        default=True, description="Whether weekends are never called.", examples=[True]
    )
    consecutive_days: int = Field(
        default=0, ge=0, le=30, description="At most so many days on end; 0 = no such limit.", examples=[3]
    )
    cancelled_fraction: Fraction = Field(
        default=0.0, description="Share of called events that are called off after notice.", examples=[0.1]
    )
    test_events: int = Field(
        default=0, ge=0, le=10, description="First workdays called as a test, within at_most.", examples=[1]
    )
    price_usd_per_kwh: float = Field(
        default=0.5, gt=0.0, le=100.0, description="Forecast price that calls an event, with price_threshold.",
        examples=[0.5],
    )  # fmt: skip
    groups: int = Field(
        default=1, ge=1, le=8, description="Staggered groups of homes that share the window in turn.", examples=[2]
    )

    @property
    def begins(self) -> str:
        """Local ``HH:MM`` at which events begin."""
        return self.window_local.split("-")[0]

    @property
    def ends(self) -> str:
        """Local ``HH:MM`` at which events end (not included)."""
        return self.window_local.split("-")[1]

    @property
    def window_hours(self) -> float:
        """Length of an event [hours]."""
        quarters = [4 * int(clock[:2]) + int(clock[3:]) // 15 for clock in (self.begins, self.ends)]
        return (quarters[1] - quarters[0]) / 4
