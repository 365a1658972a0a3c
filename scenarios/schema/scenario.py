"""The scenario: one frozen value that says what is asked, of which homes, and with which means.

``schema.json`` is made from this file by ``drsim schema``; a test keeps the two the same.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML

from scenarios.schema.checks import cross_checks
from scenarios.schema.events import Events
from scenarios.schema.parts import (
    Costs,
    Measurement,
    Meters,
    Name,
    Outputs,
    Part,
    Season,
    Targeting,
)
from scenarios.schema.place import Population, Weather
from scenarios.schema.programs import Program
from scenarios.schema.targeting import CustomerRecords, Menu, Pilot

SCHEMA_VERSION = 1
WhatIf = Annotated[dict[str, Any], Field(examples=[{"budget_usd": 24000}])]
ArmName = Literal[
    "none",
    "blanket",
    "untargeted",
    "bill_ranked",
    "load_ranked",
    "segment_targeted",
    "segment_absolute",
    "placebo",
    "segment_offers",
    "propensity_targeted",
    "uplift_targeted",
    "knapsack",
    "propensity_targeted_sunk",
    "uplift_targeted_sunk",
    "knapsack_sunk",
    "oracle",
]


def _arms_from_list(value: object) -> object:
    """A list in YAML; each arm once."""
    if not isinstance(value, list | tuple):
        return value
    twice = next((arm for i, arm in enumerate(value) if arm in value[:i]), None)
    if twice is not None:
        raise PydanticCustomError(
            "repeated", 'expected each arm once, but "{arm}" is repeated', {"arm": str(twice)}
        )
    return tuple(value)


def _with_none_first(arms: tuple[ArmName, ...]) -> tuple[ArmName, ...]:
    """Every comparison needs the programme counterfactual."""
    return arms if "none" in arms else ("none", *arms)


class Scenario(Part):
    """Everything a run depends on. Made by ``load_scenario``; changed by ``with_``, never in place."""

    schema_version: Literal[1] = Field(
        alias="schema", description="Version of this file format.", examples=[1]
    )
    question: str = Field(
        min_length=1,
        max_length=500,
        description="The question this scenario answers, in one sentence; it opens the report.",
        examples=["Does segment-targeted recruitment cut more peak than untargeted recruitment?"],
    )
    description: str = Field(
        default="", max_length=5000, description="Notes for the reader.", examples=["A pilot."]
    )
    seed: int = Field(ge=0, le=4_294_967_295, description="Same seed, same result.", examples=[2024])
    population: Population = Field(description="Which homes.")
    season: Season = Field(description="Days on which events may be called.")
    history_days: int = Field(
        default=56, ge=14, le=366, description="Days of interval reads before the season.", examples=[56]
    )
    weather: Weather = Field(default=Weather(), description="Outdoor conditions.")
    events: Events = Field(description="When the enrolled homes are called on.")
    programs: dict[Name, Program] = Field(
        default_factory=dict,
        max_length=4,
        description="Programmes on offer, by a name of your choice; at most 4.",
        examples=[{"cool": {"kind": "thermostat_setback"}}],
    )
    budget_usd: float = Field(
        gt=0.0,
        le=1e9,
        description="Each arm's budget: contacts, enrolments, event payments.",
        examples=[12000],
    )
    costs: Costs = Field(default=Costs(), description="Costs of making offers.")
    messages: bool = Field(default=True, description="Whether homes get event messages.", examples=[True])
    targeting: Targeting = Field(default=Targeting(), description="How offers are ordered and sent.")
    menu: Menu = Field(default=Menu(), description="Terms that arms may choose among.")
    pilot: Pilot | None = Field(
        default=None, description="A randomised season to learn from.", examples=[{"homes": 600}]
    )
    records: CustomerRecords = Field(default=CustomerRecords(), description="Records besides the reads.")
    replications: int = Field(
        default=10, ge=1, le=2000, description="Independent draws of homes, weather and dice.", examples=[10]
    )
    arms: Annotated[
        tuple[ArmName, ...], BeforeValidator(_arms_from_list), AfterValidator(_with_none_first)
    ] = Field(
        min_length=1,
        description="Ways of recruiting to compare; `none` is always among them.",
        examples=[["none", "untargeted", "segment_targeted"]],
    )
    outputs: Outputs = Field(default=Outputs(), description="Optional extra files of a run.")
    measurement: Measurement = Field(default=Measurement(), description="What is measured beyond the comparison.")
    meters: Meters = Field(default=Meters(), description="Quality of the interval reads.")
    parameters: dict[str, float] = Field(
        default_factory=dict,
        description="Numbers of the model's parameter tables to replace, by dotted name.",
        examples=[{"ac.share": 0.9}],
    )
    uncertainty: Literal["none", "parameters"] = Field(
        default="none",
        description="`parameters` also draws every uncertain parameter within its range, at reduced size, and reports "
        "a wider interval and which assumptions move the answer most.",
        examples=["parameters"],
    )
    uncertainty_draws: int = Field(
        default=64, ge=16, le=10_000, description="How many draws of the parameters.", examples=[64]
    )
    what_ifs: dict[Name, WhatIf] = Field(
        default_factory=dict,
        max_length=200,
        description="Named changes to this scenario: dotted key to value.",
        examples=[{"doubled_incentive": {"programs.cool.incentive_usd_per_season": 80}}],
    )

    _name: str = PrivateAttr("scenario")
    _path: Path | None = PrivateAttr(default=None)
    _weather_folder: Path = PrivateAttr(Path())

    @model_validator(mode="after")
    def _parts_agree(self) -> Scenario:
        complaints = cross_checks({name: getattr(self, name) for name in type(self).model_fields})
        if complaints:
            text = "; ".join(c.message for c in complaints)
            raise PydanticCustomError("cross_checks", "{text}", {"text": text, "complaints": complaints})
        return self

    @property
    def name(self) -> str:
        """The file's stem; for a what-if, ``stem-what_if``."""
        return self._name

    @property
    def path(self) -> Path | None:
        """The file it was read from."""
        return self._path

    @property
    def weather_path(self) -> Path | None:
        """Where ``weather.file`` is: beside the scenario file, or as seen from where ``--set`` was typed."""
        return None if self.weather.file is None else self._weather_folder / self.weather.file

    @property
    def grid_path(self) -> Path | None:
        """Where ``measurement.grid_file`` is, found like ``weather.file``."""
        file = self.measurement.grid_file
        return None if file is None else self._weather_folder / file

    @property
    def reads_path(self) -> Path | None:
        """Where ``population.match_reads`` is, found like :attr:`weather_path`."""
        name = self.population.match_reads
        return None if name is None else self._weather_folder / name

    @property
    def events_per_home(self) -> int:
        """Most events of a season that one home is called on in."""
        most = self.targeting.most_asks_per_home
        return self.events.at_most if most is None else min(most, self.events.at_most)

    @property
    def hash(self) -> str:
        """First 10 hex digits of the SHA-256 of everything in the scenario (not of its comments or name)."""
        text = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def to_data(self) -> dict[str, Any]:
        """Plain dicts, lists, dates and numbers, as a YAML file would hold them."""
        data = self.model_dump(mode="python", by_alias=True)
        data["arms"] = list(self.arms)
        data["events"]["dates"] = list(self.events.dates)
        return data

    def resolved_yaml(self) -> str:
        """The scenario with every default written out; the same text for the same scenario."""
        writer = YAML(typ="safe", pure=True)
        writer.default_flow_style = False
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel types it as None
        writer.width = 1000
        out = io.StringIO()
        writer.dump(self.to_data(), out)
        return out.getvalue()

    def with_(self, dotted: Mapping[str, object]) -> Scenario:
        """A copy with some keys changed.

        Parameters
        ----------
        dotted : mapping
            Dotted key to value, for example ``{"population.households": 50, "budget_usd": 500.0}``;
            ``households`` alone is short for ``population.households``.

        Raises
        ------
        ScenarioError
            If the changed scenario is not a valid one; carries every problem.
        """
        from scenarios.schema.edit import Edit
        from scenarios.schema.validate import changed

        return changed(self, [Edit.of(key, value, f"with_ {key}") for key, value in dotted.items()])

    def apply_set(self, sets: Sequence[str]) -> Scenario:
        """A copy with ``key.path=value`` texts applied, values read as YAML; problems at ``--set key``."""
        from scenarios.schema.edit import parse_sets
        from scenarios.schema.validate import changed

        return changed(self, parse_sets(sets))

    def what_if(self, name: str) -> Scenario:
        """The scenario with one of its ``what_ifs`` applied (and without its ``what_ifs``).

        Raises
        ------
        ScenarioError
            If there is no such what-if.
        """
        from scenarios.schema.validate import what_if

        return what_if(self, name)
