"""What the report needs to know about a run: tables with named columns, and a few facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from drsim.errors import DrsimError

HOURS = tuple(f"h{hour:02d}" for hour in range(24))

#: Facts that the page prints; each must be given.
FACTS = (
    "households",
    "replications",
    "season",
    "region",
    "programmes",
    "budget_usd",
    "seed",
    "version",
    "scenario_hash",
    "command",
)

#: Columns that each table must hold; others are ignored.
COLUMNS: dict[str, tuple[str, ...]] = {
    "comparison": (
        "arm",
        "metric",
        "unit",
        "mean",
        "ci_low",
        "ci_high",
        "diff_vs_untargeted",
        "diff_ci_low",
        "diff_ci_high",
        "replications",
    ),
    "segments": (
        "segment",
        "label",
        "homes",
        "share",
        "mean_kwh_per_day",
        *HOURS,
        "enrolment_rate",
        "event_participation_rate",
        "impact_kw_per_enrolled_home",
        "usd_per_kw",
    ),
    "events": (
        "arm",
        "replication",
        "event_id",
        "start_local",
        "end_local",
        "notified",
        "participated",
        "opted_out",
        "overrode",
        "true_event_impact_kw",
        "true_program_impact_kw",
        "snapback_kw",
    ),
    "peak_day": ("arm", "start_local", "load_kw", "program_counterfactual_kw"),
    "event_day": ("arm", "start_local", "load_kw", "program_counterfactual_kw"),
    "funnel": ("arm", "offered", "enrolled", "notified", "participated"),
    "event_profile": ("arm", "hours_from_start", "impact_kw"),
    "enrolled_by_segment": ("arm", "segment", "label", "offered", "enrolled"),
    "assumptions": ("name", "value", "unit", "low", "high", "source", "assumption", "note"),
}


class ScenarioLike(Protocol):
    """The three things the report asks of a scenario."""

    @property
    def name(self) -> str:
        """Short name, the stem of the scenario's file."""
        ...

    @property
    def question(self) -> str:
        """The question the scenario asks, in one sentence."""
        ...

    def resolved_yaml(self) -> str:
        """The scenario with every default filled in."""
        ...


@dataclass(frozen=True)
class ReportInput:
    """Everything that ``write_report`` reads.

    Parameters
    ----------
    scenario
        Object with ``name``, ``question`` and ``resolved_yaml()``.
    facts
        Plain values for the keys of ``FACTS``: ``households`` and ``replications`` (int), ``season``,
        ``region`` and ``programmes`` (text), ``budget_usd`` (float), ``seed``, ``version``,
        ``scenario_hash``, ``command``. Optional: ``matched`` (text), when homes were matched to reads;
        ``weather_file`` (text), when one measured
        weather year is used in all replications; the page then says that the intervals do not cover other weather.
    comparison
        One row per arm and metric; kW metrics are sums over the simulated homes.
    segments
        One row per segment of replication 0; ``h00`` to ``h23`` are the workday profile by local hour in any
        common unit (the page scales it to ``mean_kwh_per_day``).
    events
        One row per arm, replication and event [kW, homes], with one column ``estimated_impact_kw_<method>``
        per baseline.
    peak_day
        The counterfactual's peak day of replication 0, one row per arm and interval [kW].
    event_day
        The same for the event day of its highest hour; drawn when no event was called on the peak day.
    funnel
        Means over replications; ``offered`` and ``enrolled`` are homes, ``notified`` and ``participated``
        home-events.
    event_profile
        Mean impact [kW] by hours from the start of the event window, positive is a reduction.
    enrolled_by_segment
        Homes of replication 0, one row per arm and segment; arms with other segments stand apart.
    assumptions
        One row per parameter; ``assumption`` is True where nobody measured it.
    checks
        Sentences about checks that the run made on itself.
    detectable_gain_kw
        Smallest gain over ``untargeted`` that this many replications find in 80 of 100 tries, or None.
    currency
        Currency that the money columns are in, for example ``"USD"``.
    replication_values
        Optional ``replications.csv`` (``arm, replication, metric, value``). With it the page compares two
        arms with each other directly and shows each replication as a tick.
    doubt
        Sentences on whether the answer survives its assumptions, where that was asked for.
    decomposition, pilot
        Optional ``decomposition.csv`` and ``pilot.csv``.

    Raises
    ------
    DrsimError
        A table lacks a column, a fact is missing, or no arm was compared.
    """

    scenario: ScenarioLike
    facts: Mapping[str, object]
    comparison: pd.DataFrame
    segments: pd.DataFrame
    events: pd.DataFrame
    peak_day: pd.DataFrame
    funnel: pd.DataFrame
    event_profile: pd.DataFrame
    enrolled_by_segment: pd.DataFrame
    assumptions: pd.DataFrame
    checks: list[str] = field(default_factory=list)
    detectable_gain_kw: float | None = None
    currency: str = "USD"
    replication_values: pd.DataFrame | None = None
    doubt: list[str] = field(default_factory=list)
    decomposition: pd.DataFrame | None = None
    pilot: pd.DataFrame | None = None
    event_day: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        """Say everything that is missing at once, before anything is drawn."""
        problems = [f"fact {name!r} is missing" for name in FACTS if name not in self.facts]
        for table, wanted in COLUMNS.items():
            frame: pd.DataFrame = getattr(self, table)
            lacking = [name for name in wanted if name not in frame.columns]
            if lacking and (table == "comparison" or len(frame)):  # an empty table has a page that says so
                problems.append(f"table {table!r} lacks {', '.join(lacking)}")
        if self.replication_values is not None:
            wanted = ("arm", "replication", "metric", "value")
            lacking = [name for name in wanted if name not in self.replication_values.columns]
            problems += [f"table 'replication_values' lacks {', '.join(lacking)}"] if lacking else []
        if "metric" in self.comparison.columns and "peak_reduction_kw" not in set(self.comparison["metric"]):
            problems.append("table 'comparison' has no rows of the metric peak_reduction_kw")
        if problems:
            raise DrsimError("the report cannot be drawn: " + "; ".join(problems))
