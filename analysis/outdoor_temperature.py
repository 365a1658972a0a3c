"""Outdoor temperature records for a meter file: a time column and a degC column in a CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from drsim.errors import DataError, Problem, ScenarioError

DEGC_NAMES = ("t_out_degc", "temp_degc", "degc", "temp_c", "temperature_c", "temperature", "temp")


@dataclass(frozen=True, eq=False)
class DailyTemperature:
    """Daily mean and maximum by local date; unknown days are NaN."""

    by_day: dict[date, tuple[float, float]]

    def of(self, day: date) -> tuple[float, float]:
        """Mean and maximum [degC] of a local date, NaN where the file has nothing."""
        return self.by_day.get(day, (float("nan"), float("nan")))


def read_temperature(path: str | Path, zone: str) -> DailyTemperature:
    """Read outdoor temperatures; stamps without a zone are local time unless their name says ``utc``.

    The first column that reads as times is the stamp; the value column goes by a usual name
    (``temp_c``, ``t_out_degc`` ...) or is the only numeric one.
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(Problem(str(path), "the temperature file does not exist"))
    try:
        table = pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise DataError(f"{path}: not a readable CSV file") from error
    numeric = [str(c) for c in table.columns if pd.api.types.is_numeric_dtype(table[c])]
    named = [c for c in numeric if c.strip().lower() in DEGC_NAMES]
    value = named[0] if named else (numeric[0] if len(numeric) == 1 else None)
    others = [str(c) for c in table.columns if str(c) not in numeric]
    if value is None or not others:
        raise DataError(f"{path}: expected a time and a temperature column, for example start_utc,temp_c")
    stamps = pd.to_datetime(table[others[0]], errors="coerce", utc=True)
    if stamps.isna().mean() > 0.05:
        raise DataError(f"{path}: {others[0]} is not a time column; expected times like 2024-06-01 16:00")
    aware = table[others[0]].astype(str).str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True).any()
    if aware or "utc" in others[0].lower() or "gmt" in others[0].lower():
        days = stamps.dt.tz_convert(zone).dt.date
    else:
        days = stamps.dt.date
    degc = table[value].where(table[value].between(-60.0, 60.0))
    daily = degc.groupby(days).agg(["mean", "max"])
    pairs = zip(daily["mean"].tolist(), daily["max"].tolist(), strict=True)
    return DailyTemperature(dict(zip(daily.index.tolist(), pairs, strict=True)))
