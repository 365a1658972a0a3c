"""The programmes a scenario may offer; ``kind`` decides which keys a programme has.

A key here is a field of the programme of that kind in ``simulator.programs`` (``incentive_usd_per_season`` is
its ``incentive_usd``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.schema.parts import Fraction, Part, WindowText

Usd = Annotated[float, Field(ge=0.0, le=10_000.0)]
Price = Annotated[float, Field(ge=0.0, le=100.0)]
Kelvin = Annotated[float, Field(ge=0.0, le=5.0)]
BaselineName = Literal["10_in_10", "high_5_of_10"]


class _Terms(Part):
    """What every offer has."""

    incentive_usd_per_season: Usd = Field(default=0.0, description="Paid once at enrolment.", examples=[40.0])
    device_usd: Usd = Field(default=0.0, description="Device and installation, per enrolment.", examples=[0.0])
    informed: bool = Field(
        default=False, description="Whether the offer states the home's own expected gain.", examples=[True]
    )
    default: bool = Field(
        default=False, description="Whether homes are enrolled unless they say no.", examples=[False]
    )
    channel: Literal["display", "app", "email", "mail"] = Field(
        default="email", description="How event messages are sent.", examples=["app"]
    )
    removal_opt_outs: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Opt-outs or overrides in a row after which a home is removed; 0 = never.",
        examples=[0],
    )


class ThermostatSetback(_Terms):
    """The utility shifts the thermostat of enrolled homes during events; people may override it."""

    kind: Literal["thermostat_setback"] = Field(description="Automatic thermostat offset.")
    offset_degc: float = Field(
        default=2.0, ge=0.5, le=5.0, description="How far the set-point is moved [degC].", examples=[2.0]
    )
    precool_degc: Kelvin = Field(default=0.0, description="Set-point moved the other way before.", examples=[1.0])
    precool_minutes: float = Field(
        default=60.0, ge=15.0, le=240.0, description="For how long before the window.", examples=[60]
    )
    cycling_fraction: Fraction = Field(
        default=0.0, description="Share of the air conditioner's capacity withheld as well.", examples=[0.0]
    )
    incentive_usd_per_season: Usd = Field(default=40.0, description="Paid once at enrolment.", examples=[40.0])


class LoadControl(_Terms):
    """A switch withholds part of the capacity of air conditioner, water heater and pool pump during events."""

    kind: Literal["load_control"] = Field(description="Direct load control by a switch.")
    ac_fraction: Fraction = Field(default=0.5, description="Share of cooling withheld.", examples=[0.5])
    water_fraction: Fraction = Field(default=1.0, description="Share of water heating withheld.", examples=[1.0])
    pool_fraction: Fraction = Field(default=1.0, description="Share of pool pumping withheld.", examples=[1.0])
    incentive_usd_per_season: Usd = Field(default=40.0, description="Paid once at enrolment.", examples=[40.0])
    device_usd: Usd = Field(default=200.0, description="Switch and installation.", examples=[200.0])


class PeakTimeRebate(_Terms):
    """Enrolled homes are told of events and paid per kWh below a baseline estimated from their own reads."""

    kind: Literal["peak_time_rebate"] = Field(description="Paid per kWh below an estimated baseline.")
    usd_per_kwh: Price = Field(default=1.25, description="Rebate per kWh below the baseline.", examples=[1.25])
    baseline: BaselineName = Field(
        default="10_in_10",
        description="Which past days estimate what a home would have used.",
        examples=["10_in_10"],
    )
    tech: bool = Field(default=False, description="Whether smart thermostats follow by themselves.", examples=[True])


class _Prices(_Terms):
    """A tariff: the window's price, the other hours' price, and the price without it."""

    other_usd_per_kwh: float = Field(
        default=0.12, gt=0.0, le=100.0, description="Price outside the window.", examples=[0.12]
    )
    usual_usd_per_kwh: float = Field(
        default=0.15, gt=0.0, le=100.0, description="Price without the programme.", examples=[0.15]
    )
    tech: bool = Field(default=False, description="Whether smart thermostats follow by themselves.", examples=[True])


class CriticalPeakPricing(_Prices):
    """A high price in announced event windows, a discount in all other hours."""

    kind: Literal["critical_peak_pricing"] = Field(description="High price in events.")
    peak_usd_per_kwh: float = Field(
        default=0.75, gt=0.0, le=100.0, description="Price in events.", examples=[0.75]
    )


class TimeOfUse(_Prices):
    """The same dear window every workday."""

    kind: Literal["time_of_use"] = Field(description="Standing price by time of day.")
    peak_usd_per_kwh: float = Field(
        default=0.30, gt=0.0, le=100.0, description="Price in the window.", examples=[0.30]
    )
    window_local: WindowText = Field(
        default="16:00-19:00", description="The dear hours of workdays, local time.", examples=["16:00-19:00"]
    )


class DynamicTou(_Prices):
    """High and Low blocks announced a day ahead; events are the High blocks."""

    kind: Literal["dynamic_tou"] = Field(description="High, Normal and Low prices, announced.")
    peak_usd_per_kwh: float = Field(
        default=0.75, gt=0.0, le=100.0, description="Price in High blocks.", examples=[0.75]
    )
    low_usd_per_kwh: float = Field(
        default=0.05, gt=0.0, le=100.0, description="Price in Low blocks.", examples=[0.05]
    )
    low_every_days: int = Field(
        default=0, ge=0, le=366, description="A Low block every so many days; 0 = none.", examples=[4]
    )
    low_window: WindowText = Field(
        default="21:00-24:00", description="Local hours of a Low block.", examples=["21:00-24:00"]
    )


class BehaviouralMessage(_Terms):
    """People are asked to use less in events; nobody is paid."""

    kind: Literal["behavioural_message"] = Field(description="Messages without money.")
    default: bool = Field(default=True, description="Whether homes get messages unless they say no.", examples=[True])


class ManagedCharging(_Terms):
    """The operator holds back vehicle charging."""

    kind: Literal["managed_charging"] = Field(description="Control of the vehicle charger.")
    withheld_fraction: Fraction = Field(default=1.0, description="Share of charging withheld.", examples=[1.0])
    every_day: bool = Field(
        default=False, description="Whether the event window is held back every day.", examples=[True]
    )
    incentive_usd_per_season: Usd = Field(default=50.0, description="Paid once at enrolment.", examples=[50.0])


class BatteryVpp(_Terms):
    """Home batteries discharge in events."""

    kind: Literal["battery_vpp"] = Field(description="Control of home batteries.")
    discharge_kw: float = Field(default=3.0, gt=0.0, le=50.0, description="Commanded discharge.", examples=[3.0])
    incentive_usd_per_season: Usd = Field(default=275.0, description="Paid once at enrolment.", examples=[275.0])


class CapacityBidding(_Terms):
    """Homes commit kW through an aggregator; shortfall costs."""

    kind: Literal["capacity_bidding"] = Field(description="Committed kW with a penalty.")
    usd_per_kwh: Price = Field(default=1.5, description="Paid up to the commitment.", examples=[1.5])
    committed_kw: float = Field(
        default=0.5, gt=0.0, le=50.0, description="Commitment per home.", examples=[0.5]
    )
    penalty_usd_per_kwh: Price = Field(default=0.5, description="Owed for shortfall.", examples=[0.5])
    baseline: BaselineName = Field(
        default="10_in_10", description="What delivery is judged against.", examples=["10_in_10"]
    )


Program = Annotated[
    ThermostatSetback
    | LoadControl
    | PeakTimeRebate
    | CriticalPeakPricing
    | TimeOfUse
    | DynamicTou
    | BehaviouralMessage
    | ManagedCharging
    | BatteryVpp
    | CapacityBidding,
    Field(discriminator="kind"),
]
PROGRAM_KINDS = (
    "thermostat_setback",
    "load_control",
    "peak_time_rebate",
    "critical_peak_pricing",
    "time_of_use",
    "dynamic_tou",
    "behavioural_message",
    "managed_charging",
    "battery_vpp",
    "capacity_bidding",
)
