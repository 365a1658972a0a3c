"""Filling the report's input from a run's tables."""

from __future__ import annotations

from datetime import date
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pandas as pd

from scenarios.homes.parameter_table import used_parameters
from scenarios.report.input import ReportInput
from scenarios.results.decomposition import summary as summary_of_stages
from scenarios.running.worlds import behaviour_of, programs_of, region_of
from scenarios.schema.scenario import Scenario


def _version() -> str:
    try:
        return version("drsim")
    except PackageNotFoundError:
        return "unknown"


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def assumptions_table(scenario: Scenario) -> pd.DataFrame:
    """Every parameter the run used, with unit, range, source or the word assumption."""
    table = used_parameters(region_of(scenario), behaviour_of(scenario))
    return table.drop(columns="file")


def _programmes_text(scenario: Scenario) -> str:
    said = []
    for program in programs_of(scenario):
        text = program.describe()
        if program.incentive_usd > 0:
            text += f", USD {program.incentive_usd:g} for joining"
        said.append(f"“{program.name}” ({text})")
    return "; ".join(said) or "none"


def _funnel(values: pd.DataFrame) -> pd.DataFrame:
    table = values.groupby("arm", sort=False)[["offered_homes", "enrolled_homes", "notified", "participated"]].mean()
    return table.rename(columns={"offered_homes": "offered", "enrolled_homes": "enrolled"}).reset_index()


def report_input(
    scenario: Scenario, comparison: pd.DataFrame, values: pd.DataFrame, tables: dict[str, pd.DataFrame],
    checks: list[str], detectable_kw: float, command: str,
) -> ReportInput:  # fmt: skip
    """Everything the report reads, from a run's tables."""
    profile = tables["profile"].groupby(["arm", "hours_from_start"], sort=False)["impact_kw"].mean().reset_index()
    events = scenario.events
    facts: dict[str, object] = {
        "households": scenario.population.households,
        "replications": scenario.replications,
        "season": f"{_long(scenario.season.start)} to {_long(scenario.season.end)}",
        "region": region_of(scenario).title,
        "programmes": _programmes_text(scenario),
        "budget_usd": float(scenario.budget_usd),
        "seed": scenario.seed,
        "version": _version(),
        "scenario_hash": scenario.hash,
        "command": command,
        "matched": str(tables["matched"]["words"].iloc[0]) if "matched" in tables else "",
        "weather_file": scenario.weather_path.name if scenario.weather_path is not None else "",
        "events": f"{events.kind}, at most {events.at_most}, {events.window_local} local time",
    }
    long = values.melt(id_vars=["arm", "replication"], var_name="metric", value_name="value")
    return ReportInput(
        scenario=scenario,
        facts=facts,
        comparison=comparison,
        segments=tables["segments"],
        events=tables["events"],
        peak_day=tables["peak_day"],
        event_day=tables["event_day"],
        funnel=_funnel(values),
        event_profile=profile,
        enrolled_by_segment=tables["enrolled_by_segment"],
        assumptions=assumptions_table(scenario),
        checks=checks,
        detectable_gain_kw=None if np.isnan(detectable_kw) else detectable_kw,
        currency="USD",
        replication_values=long,
        decomposition=summary_of_stages(tables["decomposition"]) if len(tables["decomposition"]) else None,
        pilot=tables["pilot"] if len(tables["pilot"]) else None,
    )
