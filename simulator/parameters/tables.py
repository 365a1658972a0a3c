"""Reading the parameter tables; overrides come from a scenario's ``parameters:``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.parameters.files import REGIONS, Row, behaviour_rows, region_meta, region_names, region_rows

__all__ = ["Parameter", "Region", "behaviour_record", "load_behaviour", "load_region", "region_names"]


@dataclass(frozen=True)
class Parameter:
    """One number of the model: ``value`` in ``unit``, its plausible range, and where it comes from."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str
    assumption: bool
    note: str = ""


@dataclass(frozen=True)
class Region:
    """A place: its meta data (time zone, country, currency, climate) and its parameters."""

    name: str
    title: str
    zone: str
    country: str
    currency: str
    usd_per_unit: float
    climate: str
    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> float:
        return self.parameters[name].value


def _parameters(rows: Mapping[str, Row], overrides: Mapping[str, float]) -> dict[str, Parameter]:
    table: dict[str, Parameter] = {}
    for name, row in rows.items():
        table[name] = Parameter(
            name=name,
            value=float(row["value"]),
            unit=str(row["unit"]),
            low=float(row["low"]),
            high=float(row["high"]),
            source=str(row.get("source", "")),
            assumption=bool(row.get("assumption", False)),
            note=str(row.get("note", "")),
        )
    for name, value in overrides.items():
        if name in table:
            table[name] = replace(table[name], value=float(value), source="set by the scenario")
    return table


def load_region(name: str, overrides: Mapping[str, float] | None = None, folder: Path = REGIONS) -> Region:
    """A region by name; raises ``FileNotFoundError`` when ``folder`` has no such file."""
    meta = region_meta(name, folder)
    return Region(
        name=name,
        title=str(meta["title"]),
        zone=str(meta["zone"]),
        country=str(meta["country"]),
        currency=str(meta["currency"]),
        usd_per_unit=float(meta["usd_per_unit"]),
        climate=str(meta["climate"]),
        parameters=_parameters(region_rows(name, folder), overrides or {}),
    )


def load_behaviour(overrides: Mapping[str, float] | None = None) -> dict[str, Parameter]:
    """The behavioural parameters, one set for all regions."""
    return _parameters(behaviour_rows(), overrides or {})


def behaviour_record(behaviour: Mapping[str, Parameter]) -> np.void:
    """The behavioural parameters as one record that compiled functions read by name."""
    kind = np.dtype([(name, "f8") for name in behaviour])
    record = np.zeros(1, kind)
    for name, parameter in behaviour.items():
        record[name] = parameter.value
    return record[0]  # type: ignore[no-any-return]
