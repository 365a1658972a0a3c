"""What an analyst may try beyond one list at one incentive: a menu of terms, a pilot, customer records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scenarios.schema.parts import Part, RegionName

Factor = Annotated[float, Field(ge=0.0, le=10.0)]
Message = Literal["plain", "informed"]
Enrolment = Literal["choice", "default"]


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Menu(Part):
    """Terms on which the programmes may be offered, to arms that can choose among terms."""

    incentive_factors: Annotated[tuple[Factor, ...], BeforeValidator(_tuple)] = Field(
        default=(1.0,),
        min_length=1,
        max_length=5,
        description="Multiples of the usual incentives that may be offered.",
        examples=[[0.5, 1.0, 2.0]],
    )
    messages: Annotated[tuple[Message, ...], BeforeValidator(_tuple)] = Field(
        default=("plain",),
        min_length=1,
        max_length=2,
        description="Kinds of offer letter: plain, or with the home's own expected gain worked out.",
        examples=[["plain", "informed"]],
    )
    enrolment: Annotated[tuple[Enrolment, ...], BeforeValidator(_tuple)] = Field(
        default=("choice",),
        min_length=1,
        max_length=2,
        description="Ways in: by choice, or by default (in unless the home says no). With both, arms that learn from a "
        "pilot may enrol a home by default, let it choose, or leave it alone.",
        examples=[["choice", "default"]],
    )
    informed_usd_per_offer: float = Field(
        default=2.0, ge=0.0, le=1000.0, description="Extra cost of an informed letter.", examples=[2.0]
    )


class Pilot(Part):
    """A randomised season on homes of their own, which are never scored; what it costs is charged to its users."""

    homes: int = Field(ge=60, le=1_000_000, description="Homes in the pilot, controls included.", examples=[600])
    offered_share: float = Field(
        default=0.5, ge=0.1, le=0.9, description="Share of them that is offered something.", examples=[0.5]
    )
    region: RegionName | None = Field(
        default=None,
        description="Where the pilot is run, if not in the scenario's own region.",
        examples=["us_hot_dry"],
    )
    parameters: dict[str, float] = Field(
        default_factory=dict,
        description="Numbers of the model that hold in the pilot's world only: a mismatch on purpose.",
        examples=[{"enrol.intercept": -3.0}],
    )


class CustomerRecords(Part):
    """What the utility's files hold besides meter reads."""

    demographics_known_fraction: float = Field(
        default=0.7,
        ge=0.0,
        le=1.0,
        description="Share of homes whose dwelling, tenure and income band are on file.",
        examples=[0.7],
    )
    segments_age_days: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="How long before the history the reads were taken that the segments rest on; 0 = the history.",
        examples=[183],
    )

