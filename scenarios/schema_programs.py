"""The programmes a scenario may offer; ``kind`` decides which keys a programme has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.schema_parts import Part


class ThermostatSetback(Part):
    """The utility shifts the thermostat of enrolled homes during events; people may override it."""

    kind: Literal["thermostat_setback"] = Field(description="Automatic thermostat offset.")
    offset_degc: float = Field(
        default=2.0, ge=0.5, le=5.0, description="How far the set-point is moved [degC].", examples=[2.0]
    )
    incentive_usd_per_season: float = Field(
        default=40.0, ge=0.0, le=10_000.0, description="Paid once at enrolment.", examples=[40.0]
    )
    device_usd: float = Field(
        default=0.0,
        ge=0.0,
        le=10_000.0,
        description="Device and installation, per enrolment.",
        examples=[0.0],
    )


class PeakTimeRebate(Part):
    """Enrolled homes are told of events and paid per kWh below a baseline estimated from their own reads."""

    kind: Literal["peak_time_rebate"] = Field(description="Paid per kWh below an estimated baseline.")
    usd_per_kwh: float = Field(
        default=1.25, ge=0.0, le=100.0, description="Rebate per kWh below the baseline.", examples=[1.25]
    )
    incentive_usd_per_season: float = Field(
        default=0.0, ge=0.0, le=10_000.0, description="Paid once at enrolment.", examples=[0.0]
    )
    baseline: Literal["10_in_10", "high_5_of_10"] = Field(
        default="10_in_10",
        description="Which past days estimate what a home would have used.",
        examples=["10_in_10"],
    )

    @property
    def device_usd(self) -> float:
        """No device is needed [usd]."""
        return 0.0


Program = Annotated[ThermostatSetback | PeakTimeRebate, Field(discriminator="kind")]
PROGRAM_KINDS = ("thermostat_setback", "peak_time_rebate")
