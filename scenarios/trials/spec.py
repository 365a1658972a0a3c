"""The allow-list of a trial file: region, season, dwelling and technology mix, recruitment, price, notice, calendar.

Nothing here can change how people behave: there is no ``parameters`` key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML

from drsim.errors import Problem, ScenarioError
from scenarios.schema.parts import Day, Fraction, Name, Part, Season, WindowText, _known_region
from scenarios.schema.programs import Program

FOLDER = Path(__file__).parent
#: technology a trial reports the share of -> the region's parameter
TECHNOLOGY = {
    "air_conditioner": "ac.share",
    "smart_thermostat": "ac.smart_thermostat_share",
    "electric_vehicle": "ev.share",
    "electric_water_heater": "water.tank_share",
    "electric_heating": "heat.electric_share",
    "pool_pump": "pool.share",
}
STATISTICS = (
    "take_up", "per_offered_fraction", "per_offered_kw", "per_enrolled_fraction", "per_enrolled_kw",
    "first_event_fraction", "after_gap_fraction", "later_over_earlier", "override_share", "opt_out_share",
    "runtime_cut_fraction", "left_share", "low_fraction", "responder_share", "took_part_share",
)  # fmt: skip


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Group(Part):
    """One randomised group: how it was recruited, into what, told when."""

    recruitment: Literal["opt_in", "default", "assigned"] = "opt_in"
    in_person: bool = Field(default=False, description="Whether every home read or heard the offer.")
    contacts: int = Field(default=1, ge=1, le=20, description="How often the offer was made: letters, calls, visits.")
    equipped: bool = Field(default=False, description="Whether homes with air conditioning got a smart thermostat.")
    notice_hours: float | None = Field(default=None, gt=0.0, le=72.0)
    program: Program


class TrialEvents(Part):
    """The trial's calendar."""

    kind: Literal["hottest_days", "system_peak", "listed", "every_workday", "london_2013"]
    at_most: int = Field(default=12, ge=1, le=400)
    window_local: WindowText = "16:00-19:00"
    notice_hours: float = Field(default=24.0, gt=0.0, le=72.0)
    dates: Annotated[tuple[Day, ...], BeforeValidator(_listed)] = ()


class Band(Part):
    """One published figure and what counts as reproduced: the simulated figure within ``low..high``."""

    measure: str = Field(description="`group.statistic`, or `group/group.statistic` for a ratio.")
    published: float
    low: float
    high: float
    row: int | None = Field(default=None, description="Row of the evidence table that it answers.")


class Trial(Part):
    """A trial as its publication tells it."""

    title: str
    found: str
    source: str
    unverified: bool = Field(default=False, description="Whether a figure is recalled, not read in the source.")
    stand_in: str = Field(default="", description="Where the region is not the trial's own, and why.")
    region: Annotated[str, BeforeValidator(_known_region)]
    season: Season
    technology: dict[
        Literal["air_conditioner", "smart_thermostat", "electric_vehicle", "electric_water_heater",
                "electric_heating", "pool_pump"], Fraction] = Field(default_factory=dict)  # fmt: skip
    dwelling: dict[Literal["flat", "terraced", "semi_detached", "detached"], Fraction] | None = None
    homes: int = Field(ge=100, le=20_000, description="Homes (volunteers, by design) in each group, control included.")
    design: Literal["randomised_offer", "randomised_volunteers", "volunteers_against_others"]
    study_volunteers: bool = Field(
        default=False, description="Whether homes had volunteered for the study before any offer was made."
    )
    events: TrialEvents
    groups: dict[Name, Group] = Field(min_length=1)
    reproduced_if: Annotated[tuple[Band, ...], BeforeValidator(_listed)] = Field(min_length=1)

    def parameters(self) -> dict[str, float]:
        """The region's parameters that the technology mix sets; no solar panels, which the regions have of today.

        Panels bring midday net load near zero, where the estimators' log ratios of mean loads are not defined.
        """
        return {"pv.share": 0.0, **{TECHNOLOGY[name]: share for name, share in self.technology.items()}}


def load_trial(path: Path) -> Trial:
    """A trial from its file.

    Raises
    ------
    ScenarioError
        A key is not on the allow-list, or a value is not allowed; every problem is named.
    """
    from pydantic import ValidationError

    data: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    try:
        trial = Trial.model_validate(data)
        for band in trial.reproduced_if:
            _check_measure(band.measure, trial)
    except ValidationError as error:
        said = [Problem(path.name, f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}") for e in error.errors()]
        raise ScenarioError(said) from error
    except PydanticCustomError as error:
        raise ScenarioError(Problem(path.name, error.message())) from error
    return trial


def _check_measure(measure: str, trial: Trial) -> None:
    groups, _, statistic = measure.partition(".")
    unknown = [name for name in groups.split("/") if name not in trial.groups]
    if unknown or statistic not in STATISTICS:
        raise PydanticCustomError(
            "measure", 'reproduced_if names "{measure}"; expected group.statistic with {groups} and {statistics}',
            {"measure": measure, "groups": ", ".join(trial.groups), "statistics": ", ".join(STATISTICS)},
        )  # fmt: skip


def trial_files() -> dict[str, Path]:
    """Name -> file of every trial that ships with drsim."""
    return {p.stem: p for p in sorted(FOLDER.glob("*.yaml")) if p.stem != "roles"}


def fitted_trials() -> tuple[str, ...]:
    """Trials named beforehand as those that parameters may be fitted to."""
    return tuple(_roles()["fitted"])


def seen_trials() -> tuple[str, ...]:
    """Trials whose figures were looked at while parameters were being set; they are not predictions either."""
    return tuple(_roles()["seen"])


def _roles() -> Any:
    return YAML(typ="safe", pure=True).load((FOLDER / "roles.yaml").read_text(encoding="utf-8"))
