"""Who gets what: shares, Gini, and tables by group of customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NAN = float("nan")


def gini(values: Floats) -> float:
    """Gini coefficient of non-negative amounts over homes: 0 is equal, near 1 is all to one; NaN where all is 0."""
    if len(values) and float(values.min()) < 0.0:
        raise ValueError("an amount is negative; the Gini coefficient is for what is handed out")
    total = float(values.sum())
    if total == 0.0:
        return NAN
    ordered = np.sort(values)
    rank = np.arange(1, len(values) + 1)
    return float((2.0 * (rank * ordered).sum() / total - (len(values) + 1)) / len(values))


def terciles(values: Floats) -> NDArray[np.int64]:
    """0, 1, 2 for the lowest, middle and highest third by rank; ties keep their order."""
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    return np.asarray(3 * rank // max(1, len(values)), dtype=np.int64)


def share_to_lowest(amounts: Floats, by: Floats) -> float:
    """Share of all amounts that goes to the lowest third of homes by ``by``; a third is even, NaN where all is 0."""
    total = float(amounts.sum())
    return float(amounts[terciles(by) == 0].sum()) / total if total else NAN


def by_group(group: NDArray[np.object_], columns: Mapping[str, Floats]) -> pd.DataFrame:
    """Sums, means per home and shares of each column by group.

    Returns
    -------
    DataFrame
        ``group, homes, share_of_homes`` and for each column ``<name>_per_home`` and ``<name>_share``.
    """
    rows = []
    for name in sorted({str(g) for g in group}):
        pick = np.array([str(g) == name for g in group])
        row: dict[str, object] = {"group": name, "homes": int(pick.sum()), "share_of_homes": float(pick.mean())}
        for column, values in columns.items():
            total = float(values.sum())
            row[f"{column}_per_home"] = float(values[pick].mean())
            row[f"{column}_share"] = float(values[pick].sum()) / total if total else NAN
        rows.append(row)
    return pd.DataFrame(rows)
