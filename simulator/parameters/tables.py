"""Reading the parameter tables; overrides come from a scenario's ``parameters:``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
REGIONS = FOLDER / "regions"


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


@cache
def _document(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def _parameters(document: Mapping[str, Any], overrides: Mapping[str, float]) -> dict[str, Parameter]:
    table: dict[str, Parameter] = {}
    for name, row in document["parameters"].items():
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


def region_names() -> list[str]:
    """Names of the regions that ship with the model."""
    return sorted(path.stem for path in REGIONS.glob("*.yaml"))


def load_region(name: str, overrides: Mapping[str, float] | None = None) -> Region:
    """A region by name; raises ``FileNotFoundError`` when there is no such file."""
    document = _document(REGIONS / f"{name}.yaml")
    meta = document["meta"]
    return Region(
        name=name,
        title=str(meta["title"]),
        zone=str(meta["zone"]),
        country=str(meta["country"]),
        currency=str(meta["currency"]),
        usd_per_unit=float(meta["usd_per_unit"]),
        climate=str(meta["climate"]),
        parameters=_parameters(document, overrides or {}),
    )


def load_behaviour(overrides: Mapping[str, float] | None = None) -> dict[str, Parameter]:
    """The behavioural parameters, one set for all regions."""
    return _parameters(_document(FOLDER / "behaviour.yaml"), overrides or {})


def behaviour_record(behaviour: Mapping[str, Parameter]) -> np.void:
    """The behavioural parameters as one record that compiled functions read by name."""
    kind = np.dtype([(name, "f8") for name in behaviour])
    record = np.zeros(1, kind)
    for name, parameter in behaviour.items():
        record[name] = parameter.value
    return record[0]  # type: ignore[no-any-return]
