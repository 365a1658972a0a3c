"""Baselines: what a home would have used without the event, as a utility can estimate it.

A baseline is an estimate and usually wrong for one home (see ``docs/measurement.md``); a rebate is paid
against it all the same. The true counterfactual never enters here.
"""

from analysis.baselines.control_group import ControlGroup
from analysis.baselines.day_matching import Adjustment, DayMatch, high_x_of_y, insufficient_findings, rebate_usd
from analysis.baselines.history import REASONS, Estimate, EventWindow, MeterHistory
from analysis.baselines.registry import BASELINES, RULES, Baseline, Rule, estimate_all, grouped
from analysis.baselines.regression import DegreeDayRegression
from analysis.baselines.same_day import SameDay

__all__ = [
    "BASELINES", "REASONS", "RULES", "Adjustment", "Baseline", "ControlGroup", "DayMatch", "DegreeDayRegression",
    "Estimate", "EventWindow", "MeterHistory", "Rule", "SameDay", "estimate_all", "grouped", "high_x_of_y",
    "insufficient_findings", "rebate_usd",
]  # fmt: skip
