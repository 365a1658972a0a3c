"""The report of a run: one self-contained page, and its figures as SVG files."""

from __future__ import annotations

from scenarios.report.input import COLUMNS, FACTS, ReportInput, ScenarioLike
from scenarios.report.page import write_report

__all__ = ["COLUMNS", "FACTS", "ReportInput", "ScenarioLike", "write_report"]
