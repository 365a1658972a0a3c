"""Every parameter with its value, unit, range and source, as one table for reports and for ``drsim parameters``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from simulator.climate import climate_names, load_climate
from simulator.parameters.documents import document
from simulator.parameters.files import BEHAVIOUR, COMMON, REGIONS, Row, behaviour_rows, region_names, region_rows
from simulator.parameters.tables import Parameter, Region

COLUMNS = ["file", "name", "value", "unit", "low", "high", "source", "assumption", "note"]
CLIMATES_FILE = "climates.yaml"


def used_parameters(region: Region, behaviour: Mapping[str, Parameter]) -> pd.DataFrame:
    """What one run uses: behaviour, the region's parameters as resolved, and its climate."""
    rows = [
        (file, p.name, p.value, p.unit, p.low, p.high, p.source, p.assumption, p.note)
        for file, table in ((BEHAVIOUR.name, behaviour), (f"{region.name}.yaml", region.parameters))
        for p in table.values()
    ]
    return pd.DataFrame([*rows, *_climate(region.climate)], columns=COLUMNS)


def region_table(name: str) -> pd.DataFrame:
    """A region's parameters as resolved, with behaviour and climate; ``file`` says where a row was written."""
    own = document(REGIONS / f"{name}.yaml").get("parameters") or {}
    rows = [*_plain(BEHAVIOUR.name, behaviour_rows())]
    for key, row in region_rows(name).items():
        rows.extend(_plain(f"{name}.yaml" if key in own else COMMON.name, {key: row}))
    climate = str(document(REGIONS / f"{name}.yaml")["meta"]["climate"])
    return pd.DataFrame([*rows, *_climate(climate)], columns=COLUMNS)


def every_parameter() -> pd.DataFrame:
    """Every row of every parameter file, once; a region's file has only what it overrides."""
    rows = [*_plain(BEHAVIOUR.name, behaviour_rows()), *_plain(COMMON.name, document(COMMON)["parameters"])]
    for name in region_names():
        own = document(REGIONS / f"{name}.yaml").get("parameters") or {}
        resolved = region_rows(name)
        rows.extend(_plain(f"{name}.yaml", {key: resolved[key] for key in own}))
    for climate in climate_names():
        rows.extend(_climate(climate, prefix=f"{climate}."))
    return pd.DataFrame(rows, columns=COLUMNS)


def _plain(file: str, rows: Mapping[str, Row]) -> Iterator[tuple[object, ...]]:
    for name, row in rows.items():
        yield (
            file, name, float(row["value"]), str(row["unit"]), float(row["low"]), float(row["high"]),
            str(row.get("source", "")), bool(row.get("assumption", False)), str(row.get("note", "")),
        )  # fmt: skip


def _climate(name: str, prefix: str = "climate.") -> Iterator[tuple[object, ...]]:
    """A climate's rows; twelve monthly values are shown by their mean."""
    for key, row in load_climate(name).rows.items():
        monthly = isinstance(row["value"], list)
        value = sum(row["value"]) / len(row["value"]) if monthly else row["value"]
        note = "; ".join(filter(None, ["mean of 12 monthly values" if monthly else "", str(row.get("note", ""))]))
        yield (
            CLIMATES_FILE, f"{prefix}{key}", float(value), str(row["unit"]), float(row["low"]), float(row["high"]),
            str(row.get("source", "")), bool(row.get("assumption", False)), note,
        )  # fmt: skip
