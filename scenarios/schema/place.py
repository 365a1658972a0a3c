"""Where a scenario plays: its homes and its weather."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from scenarios.schema.parts import Fraction, Part, RegionName
from simulator.parameters.files import region_names

#: Spelled out for editors and type checkers; a test holds it equal to ``simulator.parameters.files.MIX``.
Share = Literal[
    "flat", "terraced", "semi_detached", "detached", "owner", "air_conditioning", "smart_thermostat", "electric_heat",
    "electric_water_heater", "ev", "pv", "pool", "dryer", "dishwasher",
]  # fmt: skip


def _regions_for_editors(schema: dict[str, Any]) -> None:
    schema["enum"] = region_names()


class Population(Part):
    """Which homes there are."""

    region: RegionName = Field(
        description="Where the homes are: decides climate, appliances, tariff and time zone.",
        examples=["us_hot_dry"],
        json_schema_extra=_regions_for_editors,
    )
    households: int = Field(
        ge=20, le=2_000_000, description="How many homes are simulated in each replication.", examples=[1000]
    )
    mix: dict[Share, Fraction] | None = Field(
        default=None,
        description="Shares instead of the region's own: dwelling kinds (those named must sum to 1), and what homes "
        "own, each on its own.",
        examples=[{"flat": 0.25, "detached": 0.75, "ev": 0.3}],
    )
    match_reads: str | None = Field(
        default=None,
        min_length=1,
        description="Folder left by drsim import (or a meter file): the region's homes are resampled until mean "
        "use, event-hour demand and the mix of load shapes agree; path relative to this file.",
        examples=["runs/reads-export"],
    )


class Weather(Part):
    """Drawn afresh in every replication, unless a weather file is named."""

    file: str | None = Field(
        default=None,
        min_length=1,
        description="Weather file (EPW or NSRDB CSV) instead of drawn weather; path relative to this file.",
        examples=["phoenix.epw"],
    )
    warmer_degc: float = Field(
        default=0.0,
        ge=-10.0,
        le=10.0,
        description="Added to every outdoor temperature [degC].",
        examples=[1.5],
    )
    heat_wave_frequency_factor: float = Field(
        default=1.0,
        ge=0.0,
        le=4.0,
        description="How many times as often heat waves begin as in the climate's own past (drawn weather only).",
        examples=[1.5],
    )
    heat_wave_length_factor: float = Field(
        default=1.0,
        ge=0.5,
        le=3.0,
        description="How many times as long heat waves last on average, at most 14 days (drawn weather only).",
        examples=[1.5],
    )
