"""Outdoor temperature records for a meter file: a time column and a degC column in a CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.meter_data.stamp_zone import names_zone, tidy
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
    stamps, degc, is_utc = _stamped(Path(path))
    days = (stamps.dt.tz_convert(zone) if is_utc else stamps).dt.date
    daily = degc.groupby(days).agg(["mean", "max"])
    pairs = zip(daily["mean"].tolist(), daily["max"].tolist(), strict=True)
    return DailyTemperature(dict(zip(daily.index.tolist(), pairs, strict=True)))


def _stamped(path: Path) -> tuple[pd.Series, pd.Series, bool]:
    """Stamps (as UTC), believable temperatures, and whether the stamps really are UTC."""
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
    stamps = pd.to_datetime(tidy(table[others[0]]), errors="coerce", utc=True)
    if stamps.isna().mean() > 0.05:
        raise DataError(f"{path}: {others[0]} is not a time column; expected times like 2024-06-01 16:00")
    aware = names_zone(table[others[0]])
    name = others[0].lower()
    return stamps, table[value].where(table[value].between(-60.0, 60.0)), aware or "utc" in name or "gmt" in name


def read_temperature_series(path: str | Path, zone: str) -> pd.Series:
    """Outdoor temperatures by UTC stamp [degC], for rules that look at single hours.

    Stamps are read as :func:`read_temperature` reads them; those that no clock showed are left out.
    """
    stamps, degc, is_utc = _stamped(Path(path))
    if is_utc:
        index = pd.DatetimeIndex(stamps)
    else:
        local = pd.DatetimeIndex(stamps.dt.tz_localize(None))
        index = local.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").tz_convert("UTC")
    series = pd.Series(degc.to_numpy(), index=index)
    series = series[series.index.notna()].dropna()
    return series.groupby(level=0).mean().sort_index()
