"""Names and ranges of the model's parameters, read from the tables without loading numpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scenarios.schema.suggestions import did_you_mean
from simulator.parameters.files import BEHAVIOUR, Row, behaviour_rows, region_rows

SHARES = tuple(f"dwelling.{kind}_share" for kind in ("flat", "terraced", "semi_detached", "detached"))


@dataclass(frozen=True)
class Range:
    """What a scenario may set a parameter to: ``low``..``high``, or wider where the table says ``hard_``."""

    table: str
    value: float
    unit: str
    low: float
    high: float


@cache
def known_parameters(region: str) -> Mapping[str, Range]:
    """Every parameter of a region and of behaviour, by name.

    A row's ``low`` and ``high`` are the plausible range; ``hard_low`` and ``hard_high``, where present, are
    how far a scenario may go on purpose (a null case that switches something off).
    """
    return {**_ranges(f"{region}.yaml", region_rows(region)), **_ranges(BEHAVIOUR.name, behaviour_rows())}


def _ranges(table: str, rows: Mapping[str, Row]) -> dict[str, Range]:
    ranges = {}
    for name, row in rows.items():
        low, high = float(row["low"]), float(row["high"])
        low, high = min(low, float(row.get("hard_low", low))), max(high, float(row.get("hard_high", high)))
        ranges[str(name)] = Range(table, float(row["value"]), str(row["unit"]), low, high)
    return ranges


def parameter_problems(region: str, chosen: Mapping[str, float]) -> Iterator[tuple[str, str, bool]]:
    """(name, complaint, whether the name is at fault) of each override that is unknown or out of range."""
    known = known_parameters(region)
    for name, value in chosen.items():
        if name not in known:
            hint = did_you_mean(name, known) or f'; for example "{next(iter(known))}".'
            yield name, f"parameters.{name} is not a parameter of {region} or of behaviour{hint}", True
        elif not known[name].low <= value <= known[name].high:
            r = known[name]
            wider = f"{r.table} would have to state a wider hard_low or hard_high"
            yield (
                name,
                f"parameters.{name} is {value:g}; expected {r.low:g} to {r.high:g} [{r.unit}] ({wider}), "
                f"for example {r.value:g}.",
                False,
            )
    if any(name in chosen for name in SHARES):
        total = sum(chosen.get(name, known[name].value) for name in SHARES if name in known)
        if abs(total - 1.0) > 1e-6:
            name = next(name for name in SHARES if name in chosen)
            yield (
                name,
                f"parameters.{name} is {chosen[name]:g}; expected the four dwelling shares to sum to 1, not "
                f"{total:g}, for example by setting all four.",
                False,
            )
