"""Which unit reads are in, from names and size, when nobody said."""

from __future__ import annotations

from typing import Literal

#: A median home above this many "kWh" a day is a file in Wh (it would be ten large houses).
IMPLAUSIBLE_KWH_PER_DAY = 300.0

Unit = Literal["kwh", "wh", "kw"]


def infer_unit(value_name: str, stem: str, median_per_day: float) -> tuple[Unit, str]:
    """Unit and, where it is not plain kWh, the reason.

    Parameters
    ----------
    value_name, stem : names of the value column ("" in a wide table) and of the file, without suffix
    median_per_day : sum of a day's values of the median premise, in the file's unit
    """
    value, stem = value_name.strip().lower(), stem.lower()
    if "wh" in value and "kwh" not in value:
        return "wh", f"the column is named {value_name}"
    if stem.endswith("_wh") or "_wh_" in stem or stem.endswith("_wh.parquet"):
        return "wh", "the file name says so"
    if "kwh" in value:
        return "kwh", ""
    if value == "kw" or value.endswith("_kw"):
        return "kw", f"the column is named {value_name}"
    if median_per_day > IMPLAUSIBLE_KWH_PER_DAY:
        return "wh", f"the median premise would use {median_per_day:,.0f} kWh a day"
    return "kwh", ""
