"""The parts of a scenario: what each key means, its unit, its range and an example.

The descriptions are what an editor shows on hover (through ``schema.json``) and what error messages quote.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from simulator.parameters.files import region_names

if TYPE_CHECKING:
    from simulator.meter import MeterRules

WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")


def _known_region(value: object) -> object:
    if isinstance(value, str) and value not in region_names():
        raise PydanticCustomError("region", "unknown region")
    return value


def _window(value: object) -> object:
    if not isinstance(value, str) or not WINDOW.fullmatch(value):
        raise PydanticCustomError("window", 'expected "HH:MM-HH:MM", for example "16:00-19:00"')
    begins, ends = value.split("-")
    if any(clock[3:] not in ("00", "15", "30", "45") for clock in (begins, ends)):
        raise PydanticCustomError(
            "window", 'expected quarter-hours (:00 :15 :30 :45), for example "16:00-19:00"'
        )
    if ends <= begins:
        reason = 'expected an end after the start on the same day, for example "16:00-19:00"'
        raise PydanticCustomError("window", reason)
    return value


def _iso_date(value: object) -> object:
    """Quoted dates are dates too; anything else is left for the type check."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _number_of_segments(value: object) -> object:
    if value != "auto" and (isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= 30):
        raise PydanticCustomError(
            "segments", 'expected "auto" or a whole number from 2 to 30, for example "auto"'
        )
    return value


Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
Day = Annotated[date, BeforeValidator(_iso_date), Field(ge=date(1970, 1, 1), le=date(2100, 12, 31))]
Days = Annotated[tuple[Day, ...], BeforeValidator(_as_tuple)]
WindowText = Annotated[
    str, BeforeValidator(_window), Field(pattern="^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$")
]
class Part(BaseModel):
    """Frozen, strict about types, and closed: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


RegionName = Annotated[str, BeforeValidator(_known_region)]


class Season(Part):
    """First and last local day on which events may be called."""

    start: Day = Field(description="First day of the season.", examples=["2024-06-01"])
    end: Day = Field(description="Last day of the season, included.", examples=["2024-09-30"])

    @property
    def days(self) -> int:
        """Number of local days."""
        return (self.end - self.start).days + 1




class Costs(Part):
    """What it costs to make offers and to enrol homes, apart from incentives."""

    contact_usd_per_offer: float = Field(
        default=4.0,
        gt=0.0,
        le=10_000.0,
        description="Cost of making one offer, taken up or not.",
        examples=[4.0],
    )
    recruit_usd_per_enrolment: float = Field(
        default=30.0, ge=0.0, le=100_000.0, description="Cost of signing up one home.", examples=[30.0]
    )
    admin_usd: float = Field(
        default=0.0, ge=0.0, le=1e9, description="Fixed cost, paid before the first offer.", examples=[0.0]
    )


class Targeting(Part):
    """How the analyst groups homes, and how offers go out."""

    segments: Annotated[Literal["auto"] | int, BeforeValidator(_number_of_segments)] = Field(
        default="auto",
        description='Number of load-shape segments, 2 to 30, or "auto": chosen by stated criteria.',
        examples=["auto"],
    )
    method: Literal["kmeans", "gaussian_mixture", "hierarchical", "dictionary", "feature_tree"] = Field(
        default="kmeans",
        description="How homes are divided into segments: k-means on mean days, a Gaussian mixture, Ward's "
        "hierarchy, a dictionary of whole days, or a tree of thresholds on a few features.",
        examples=["kmeans"],
    )
    wave_homes: int = Field(
        default=20, ge=1, le=1_000_000, description="Offers sent at a time.", examples=[20]
    )
    planning_take_up_fraction: float = Field(
        default=0.15,
        gt=0.0,
        le=1.0,
        description="Share of offered homes the planner expects to enrol; one value for all.",
        examples=[0.15],
    )
    least_low_income_share: Fraction = Field(
        default=0.0, description="Least share of offers that go to homes on file as low-income.", examples=[0.3]
    )
    most_asks_per_home: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="No home is called on in more events of a season than this; homes take turns. None = no limit.",
        examples=[6],
    )
    target_kw: float | None = Field(
        default=None, gt=0.0, le=1e9, description="What `knapsack` tries to reach surely.", examples=[120.0]
    )
    shock_correlation: Fraction = Field(
        default=0.2, description="Correlation of homes' responses that `knapsack` plans with.", examples=[0.2]
    )


class Outputs(Part):
    """What a run writes besides its comparison."""

    reads: Literal["none", "sample", "all"] = Field(
        default="none",
        description="Which homes' reads go to reads.parquet; all: a folder by month and shard.",
        examples=["none"],
    )
    read_minutes: Literal[15, 30, 60] = Field(
        default=30, description="Length of an interval read.", examples=[30]
    )
    sample_homes: int = Field(
        default=3, ge=0, le=10_000, description="Homes whose end uses (and reads) are kept.", examples=[3]
    )


class Measurement(Part):
    """What a run measures beyond its comparison; each item leaves its own tables and a section of the report."""

    baselines: bool = Field(
        default=False,
        description="Whether every baseline is held against the truth; keeps hourly reads in memory.",
        examples=[True],
    )
    bills: bool = Field(
        default=False,
        description="Whether bills on four tariffs and who gains are worked out; keeps hourly reads.",
        examples=[True],
    )
    vpp: bool = Field(
        default=False,
        description="Whether the second half of the events is sold as a virtual power plant.",
        examples=[True],
    )
    confidence: float = Field(
        default=0.9, gt=0.0, lt=1.0, description="How sure a commitment has to be kept.", examples=[0.9]
    )
    grid_file: str | None = Field(
        default=None,
        min_length=1,
        description="Hourly CSV (start_utc and price_usd_per_kwh, co2_kg_per_kwh or net_load_mw) instead of "
        "built-in prices; path relative to this file.",
        examples=["prices.csv"],
    )

    @property
    def keeps_reads(self) -> bool:
        """Whether hourly reads have to be kept."""
        return self.baselines or self.bills or self.vpp


class Meters(Part):
    """How good the interval reads are."""

    gap_fraction: Fraction = Field(
        default=0.002, description="Share of reads that are lost.", examples=[0.002]
    )
    estimated_fraction: Fraction = Field(
        default=0.002, description="Share of reads that are estimated, and flagged.", examples=[0.002]
    )
    stuck_fraction: float = Field(
        default=0.0,
        ge=0.0,
        le=0.05,
        description="Share of reads of a stuck register: nothing, then all at once; not flagged.",
        examples=[0.001],
    )
    late_fraction: float = Field(
        default=0.0,
        ge=0.0,
        le=0.05,
        description="Share of reads that show the interval before; not flagged.",
        examples=[0.001],
    )
    clock_offset_fraction: Fraction = Field(
        default=0.0,
        description="Share of meters whose clock is off, by clock_offset_minutes either way.",
        examples=[0.02],
    )
    clock_offset_minutes: Literal[15, 30, 45, 60] = Field(
        default=15, description="How far a wrong clock is off.", examples=[30]
    )
    duplicate_hour_fraction: Fraction = Field(
        default=0.0,
        description="Share of meters that stamp autumn's repeated hour twice alike (reads.parquet).",
        examples=[1.0],
    )
    net_metering: bool = Field(
        default=True,
        description="Whether export is registered as negative energy; otherwise it reads as zero.",
        examples=[True],
    )

    def rules(self) -> MeterRules:
        """The same for the world's meters."""
        from simulator.meter import MeterRules

        return MeterRules(
            self.gap_fraction, self.estimated_fraction, self.stuck_fraction, self.late_fraction,
            self.clock_offset_fraction, self.clock_offset_minutes, self.net_metering,
        )  # fmt: skip
