"""The rows of the parameter files: ``regions/common.yaml`` holds them all, a region's file overrides some.

Read without numpy, because the scenario schema needs the names and ranges before anything heavy is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.parameters.documents import document

FOLDER = Path(__file__).parent
REGIONS = FOLDER / "regions"
COMMON = REGIONS / "common.yaml"
BEHAVIOUR = FOLDER / "behaviour.yaml"
#: Dwelling kinds, whose shares sum to 1, and other shares that ``population.mix`` may set, with their parameters.
KINDS = ("flat", "terraced", "semi_detached", "detached")
MIX = {
    **{kind: f"dwelling.{kind}_share" for kind in KINDS},
    "owner": "household.owner_share",
    "air_conditioning": "ac.share",
    "smart_thermostat": "ac.smart_thermostat_share",
    "electric_heat": "heat.electric_share",
    "electric_water_heater": "water.tank_share",
    "ev": "ev.share",
    "pv": "pv.share",
    "pool": "pool.share",
    "dryer": "dryer.share",
    "dishwasher": "dish.share",
}
META = ("title", "zone", "country", "currency", "usd_per_unit", "climate")

Row = Mapping[str, Any]


def mix_parameters(mix: Mapping[str, float]) -> dict[str, float]:
    """The parameters that a mix of shares sets; when it names a dwelling kind, the kinds it leaves out are 0."""
    chosen = {MIX[name]: float(share) for name, share in mix.items()}
    if any(kind in mix for kind in KINDS):
        chosen = {**{MIX[kind]: 0.0 for kind in KINDS}, **chosen}
    return chosen


def region_names() -> list[str]:
    """Names of the regions that ship with the model: the files beside ``common.yaml``."""
    return sorted(path.stem for path in REGIONS.glob("*.yaml") if path != COMMON)


def region_meta(name: str, folder: Path = REGIONS) -> Row:
    """Title, zone, country, currency, price of the currency and climate of a region.

    Raises
    ------
    FileNotFoundError
        No region has this name.
    ValueError
        The file lacks a key.
    """
    meta: Row = document(folder / f"{name}.yaml")["meta"]
    missing = [key for key in META if key not in meta]
    if missing:
        raise ValueError(f"{name}.yaml: meta lacks {', '.join(missing)}; expected {', '.join(META)}")
    return meta


def region_rows(name: str, folder: Path = REGIONS) -> dict[str, Row]:
    """Every parameter row of a region: those of ``common.yaml`` with the region's own laid over them.

    An override replaces value, range, source and note; the unit and how far a scenario may go
    (``hard_low``, ``hard_high``) stay those of ``common.yaml`` unless the region states them.

    Raises
    ------
    ValueError
        The region names a parameter that ``common.yaml`` does not have, or a row is incomplete.
    """
    common: dict[str, Row] = document(COMMON)["parameters"]
    own: Mapping[str, Row] = document(folder / f"{name}.yaml").get("parameters") or {}
    unknown = sorted(set(own) - set(common))
    if unknown:
        raise ValueError(
            f"{name}.yaml: {', '.join(unknown)} stands in no row of common.yaml; expected names of that file, for "
            f"example {next(iter(common))}. Add the parameter to common.yaml first, with its default."
        )
    rows = {key: {**_inherited(row), **own[key]} if key in own else row for key, row in common.items()}
    for key, row in rows.items():
        _check(f"{name}.yaml" if key in own else COMMON.name, key, row)
    return rows


def behaviour_rows() -> dict[str, Row]:
    """The behavioural parameters' rows, one set for all regions."""
    rows: dict[str, Row] = document(BEHAVIOUR)["parameters"]
    for key, row in rows.items():
        _check(BEHAVIOUR.name, key, row)
    return rows


def _inherited(row: Row) -> dict[str, Any]:
    """What an override keeps of the common row; where a number comes from is never inherited."""
    return {key: row[key] for key in ("unit", "low", "high", "hard_low", "hard_high") if key in row}


def _check(file: str, key: str, row: Row) -> None:
    missing = [word for word in ("value", "unit", "low", "high") if word not in row]
    if missing:
        raise ValueError(f"{file}: {key} lacks {', '.join(missing)}; expected value, unit, low, high and a source")
    if bool(row.get("source")) == bool(row.get("assumption", False)):
        raise ValueError(f"{file}: {key} needs either a source or `assumption: true`, and not both")
    if not float(row["low"]) <= float(row["value"]) <= float(row["high"]):
        raise ValueError(f"{file}: {key} is {row['value']}, outside its own range {row['low']} to {row['high']}")
