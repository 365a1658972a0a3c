"""Pieces that the sections of ``measurement.html`` share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from markupsafe import Markup

from scenarios.results.comparison import fieller, t_interval


@dataclass(frozen=True)
class Table:
    """A small table; cells are text."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def table_of(caption: str, rows: Sequence[dict[str, str]]) -> Table:
    """A table whose rows are named by column; all rows have the same columns."""
    return Table(caption, list(rows[0]) if rows else [], [list(row.values()) for row in rows])


@dataclass(frozen=True)
class Section:
    """One heading of the page."""

    title: str
    text: str
    findings: list[str] = field(default_factory=list)
    charts: list[tuple[str, Markup]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def mean_interval(table: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """Mean over replications with its interval."""
    return t_interval(table.groupby("replication")[column].mean().to_numpy(float))


def ratio_interval(table: pd.DataFrame, top: str, bottom: str) -> tuple[float, float, float]:
    """Ratio of sums over replications with Fieller's interval."""
    sums = table.groupby("replication")[[top, bottom]].sum()
    return fieller(sums[top].to_numpy(float), sums[bottom].to_numpy(float))


def percent(value: float, signed: bool = False) -> str:
    """0.123 as 12 %."""
    if not np.isfinite(value):
        return "–"
    return (f"{100 * value:+.1f}" if signed else f"{100 * value:.1f}").replace("-", "−") + " %"


def usd(value: float) -> str:
    """Whole dollars, thousands apart."""
    if not np.isfinite(value):
        return "–"
    return f"{value:,.0f}".replace("-", "−") if abs(value) >= 100 else f"{value:,.2f}".replace("-", "−")


def plain(value: float, digits: int = 2) -> str:
    """A number with a real minus sign; a dash where there is none."""
    if not np.isfinite(value):
        return "–"
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0: no negative zero


def spanned(value: tuple[float, float, float], digits: int = 2) -> str:
    """Mean and interval."""
    mean, low, high = value
    if not (np.isfinite(low) and np.isfinite(high)):
        return plain(mean, digits)
    return f"{plain(mean, digits)} ({plain(low, digits)} to {plain(high, digits)})"


def arms_of(table: pd.DataFrame) -> list[str]:
    """Arms in the table's own order."""
    return [str(arm) for arm in table["arm"].unique()]
