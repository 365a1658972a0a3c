"""Climates of named cities: the monthly normals and spreads that the weather generator draws around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.parameters.documents import document

Floats = NDArray[np.float64]

CLIMATES = Path(__file__).parent / "parameters" / "climates.yaml"
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_MONTH_ENDS = np.cumsum(_MONTH_DAYS)
_MONTH_CENTRES = _MONTH_ENDS - _MONTH_DAYS / 2
SPELL_SHORTEST_DAYS, SPELL_LONGEST_DAYS = 3, 14
DAYS_PER_MONTH = 365.25 / 12
# Below this share of the variance, the day-to-day anomaly would be a residue of the heat waves.
_LEAST_ANOMALY_SHARE = 0.3


def seasonal(monthly: Floats, day_of_year: Floats) -> Floats:
    """Straight lines between month centres, December joined to January.

    Parameters
    ----------
    monthly : (12,) values at the month centres, any unit.
    day_of_year : (n,) days since 1 January 00:00 of a 365-day year.

    Returns
    -------
    (n,) values in the unit of ``monthly``.
    """
    return np.interp(day_of_year, _MONTH_CENTRES, monthly, period=365.0)


def mean_keeping_knots(monthly: Floats) -> Floats:
    """Month-centre values whose interpolation has exactly the given monthly means, (12,).

    Straight lines through the means themselves would cut the summer's top off (0.2-0.4 K).
    """
    days = np.arange(365, dtype=np.float64) + 0.5
    units: Floats = np.identity(12)
    weights = np.stack([seasonal(units[month], days) for month in range(12)], axis=1)
    starts = np.concatenate([[0], _MONTH_ENDS[:-1]])
    means = np.add.reduceat(weights, starts, axis=0) / _MONTH_DAYS[:, None]
    knots: Floats = np.linalg.solve(means, monthly)
    return knots


def spell_survival(mean_days: float) -> Floats:
    """Chance that a heat wave lasts beyond its day 0, 1, ... (``SPELL_LONGEST_DAYS`` entries)."""
    leave = 1.0 / (mean_days - SPELL_SHORTEST_DAYS + 1.0)
    day = np.arange(SPELL_LONGEST_DAYS)
    tail = (1.0 - leave) ** (day - SPELL_SHORTEST_DAYS + 1.0)
    return np.where(day < SPELL_SHORTEST_DAYS, 1.0, tail)


def spell_ramp() -> Floats:
    """Share of a heat wave's extra warmth on its day 0, 1, ...: half on the first day, then all of it."""
    ramp: Floats = np.minimum(1.0, (np.arange(SPELL_LONGEST_DAYS) + 1.0) / 2.0)
    return ramp


@dataclass(frozen=True)
class Climate:
    """What the weather generator needs of a place; monthly arrays have shape (12,), January first.

    ``rows`` holds the table the values came from (unit, range, source or assumption), for reports.
    """

    name: str
    title: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    mean_daily_max_degc: Floats = field(repr=False, compare=False)
    mean_daily_min_degc: Floats = field(repr=False, compare=False)
    daily_max_sd_k: Floats = field(repr=False, compare=False)
    daily_min_sd_ratio: float
    persistence: float
    max_min_correlation: float
    spell_starts_per_month: Floats = field(repr=False, compare=False)
    spell_days: float
    spell_extra_k: float
    spell_night_fraction: float
    temperature_peak_solar_hour: float
    clearness_fraction: Floats = field(repr=False, compare=False)
    cloud_log_sd: float
    clearness_temperature_correlation: float
    rows: Mapping[str, Mapping[str, Any]] = field(repr=False, compare=False, default_factory=dict)

    @classmethod
    def from_mapping(cls, name: str, block: Mapping[str, Any]) -> Climate:
        """A climate from one block of ``climates.yaml`` (``title`` and ``parameters``).

        Raises
        ------
        ValueError
            A row is missing or unknown, a monthly row has not 12 entries, a value lies outside its
            row's range, or the heat waves alone would make more than 70 % of a month's variance.
        """
        rows: Mapping[str, Mapping[str, Any]] = block["parameters"]
        known = set(cls.__dataclass_fields__) - {"name", "title", "rows"}
        if set(rows) != known:
            raise ValueError(
                f"climate {name}: rows {sorted(known - set(rows))} are missing, "
                f"{sorted(set(rows) - known)} are unknown; expected exactly {sorted(known)}"
            )
        values: dict[str, Any] = {key: _value(name, key, row) for key, row in rows.items()}
        climate = cls(name=name, title=str(block["title"]), rows=rows, **values)
        _check_spells(climate)
        return climate


_MONTHLY = frozenset(
    {
        "mean_daily_max_degc",
        "mean_daily_min_degc",
        "daily_max_sd_k",
        "spell_starts_per_month",
        "clearness_fraction",
    }
)


def _value(name: str, key: str, row: Mapping[str, Any]) -> float | Floats:
    value = np.atleast_1d(np.asarray(row["value"], dtype=np.float64))
    expected = 12 if key in _MONTHLY else 1
    if value.shape != (expected,):
        raise ValueError(f"climate {name}: {key} has {value.size} values; expected {expected}")
    if value.min() < float(row["low"]) or value.max() > float(row["high"]):
        raise ValueError(
            f"climate {name}: {key} spans {value.min():g} to {value.max():g}, "
            f"outside its own range {row['low']} to {row['high']}"
        )
    return value if expected == 12 else float(value[0])


def spell_moments(climate: Climate, starts_per_day: Floats) -> tuple[Floats, Floats]:
    """Mean [K] and variance [K2] of the heat-wave warmth, for a given chance of a start per day.

    Overlapping heat waves add, so Campbell's theorem gives both moments exactly for a slowly varying
    chance; the extra warmth is uniform in 0.5-1.5 times its mean.
    """
    profile, ramp = spell_survival(climate.spell_days), spell_ramp()
    mean = starts_per_day * climate.spell_extra_k * float(np.sum(profile * ramp))
    square = starts_per_day * climate.spell_extra_k**2 * (13.0 / 12.0) * float(np.sum(profile * ramp**2))
    return mean, square


def _check_spells(climate: Climate) -> None:
    _, variance = spell_moments(climate, climate.spell_starts_per_month / DAYS_PER_MONTH)
    share = variance / climate.daily_max_sd_k**2
    if share.max() > 1.0 - _LEAST_ANOMALY_SHARE:
        raise ValueError(
            f"climate {climate.name}: in month {int(share.argmax()) + 1} heat waves make up "
            f"{share.max():.0%} of the variance of the daily maximum; allowed are 70 %. "
            "Lower spell_starts_per_month, spell_days or spell_extra_k, or raise daily_max_sd_k."
        )


def climate_names() -> list[str]:
    """Names of the climates that ship with the model."""
    return sorted(document(CLIMATES))


@cache
def load_climate(name: str) -> Climate:
    """A climate of ``climates.yaml`` by name; raises ``KeyError`` for an unknown one."""
    if name not in document(CLIMATES):
        raise KeyError(f"no climate is named {name!r}; there are {', '.join(climate_names())}")
    return Climate.from_mapping(name, document(CLIMATES)[name])
