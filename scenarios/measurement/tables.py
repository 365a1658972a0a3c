"""The tables that measurement adds to a replication."""

from __future__ import annotations

import pandas as pd

from scenarios.measurement.errors import baseline_errors
from scenarios.measurement.members import members_of_arm, whole_hours
from scenarios.measurement.money import bill_table, cost_test_table, fairness_table, supply_table
from scenarios.measurement.plant import plant_table
from scenarios.running.replication import ReplicationResult
from scenarios.schema.scenario import Scenario

#: Tables written as CSV when a run has them.
FILES = ("baseline_errors", "settlement", "cost_tests", "supply_curve", "bills", "fairness", "vpp")


def measured(result: ReplicationResult, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """What the scenario asked to be measured, by table; cost tests always."""
    made = {"cost_tests": cost_test_table(result), "supply_curve": supply_table(result)}
    kept, wanted = result.kept, scenario.measurement
    if kept is not None:
        members = [m for arm in result.outcomes if (m := members_of_arm(result, kept, arm)) is not None]
        if wanted.baselines and whole_hours(result) and result.calendar.days:
            pairs = [baseline_errors(result, kept, arm) for arm in members]
            made["baseline_errors"] = _stacked([errors for errors, _ in pairs])
            made["settlement"] = _stacked([payments for _, payments in pairs])
        if wanted.bills:
            made["bills"] = bill_table(result, kept, members)
            made["fairness"] = fairness_table(result, members)
        if wanted.vpp:
            made["vpp"] = plant_table(result, kept, members, wanted.confidence, scenario.grid_path)
    return {name: table for name, table in made.items() if len(table)}


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
