"""Representative profiles of segments with quantile bands, and who is in each, with small cells withheld."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.shapes.profiles import SEASONS, TEMPERATURE_EDGES, Profiles

QUANTILES = {"p10_kw": 0.1, "p50_kw": 0.5, "p90_kw": 0.9}
#: A column with more kinds than this is not a grouping (an address, an amount).
MOST_KINDS = 12

Kinds = Mapping[str, NDArray[np.float32]]


def kinds_of(profiles: Profiles) -> dict[str, NDArray[np.float32]]:
    """Every kind of profile of some homes by name, (homes, 168) or (homes, 24) [kW], NaN where not known."""
    kinds = {"week from Monday": profiles.weekly()}
    for at, season in enumerate(SEASONS):
        for workday, day in ((True, "workdays"), (False, "weekends")):
            kinds[f"{day} {season.replace('_', ' to ')}"] = profiles.seasonal(at, workday, normalised=False)
    edges = ["below", *(f"{e:g}" for e in TEMPERATURE_EDGES), "and more"]
    for band in range(len(edges) - 1):
        low, high = edges[band], edges[band + 1]
        name = f"{low} {high} degC" if "below" in low or "more" in high else f"{low} to {high} degC"
        kinds[f"workdays {name}"] = profiles.by_temperature(band)
    return {name: values.astype(np.float32) for name, values in kinds.items()}


def segment_profiles(
    kinds: Kinds, labels: NDArray[np.int64], names: list[str], smallest: int
) -> pd.DataFrame:
    """Mean and quantiles over the homes of each segment.

    Parameters
    ----------
    kinds : :func:`kinds_of`
    labels : (homes,) segment of each home
    names : label of each segment
    smallest : a profile known of fewer homes is withheld

    Returns
    -------
    DataFrame
        ``segment, label, profile, hour, homes, mean_kw, p10_kw, p50_kw, p90_kw``.
    """
    tables = []
    for segment, label in enumerate(names):
        for kind, values in kinds.items():
            inside = values[labels == segment]
            inside = inside[~np.isnan(inside).any(axis=1)]
            if len(inside) < smallest:
                continue
            table = pd.DataFrame({"hour": np.arange(inside.shape[1]), "homes": len(inside),
                                  "mean_kw": inside.mean(axis=0, dtype=np.float64)})  # fmt: skip
            for name, q in QUANTILES.items():
                table[name] = np.quantile(inside, q, axis=0)
            tables.append(table.assign(segment=segment, label=label, profile=kind))
    columns = ["segment", "label", "profile", "hour", "homes", "mean_kw", *QUANTILES]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def members(customers: pd.DataFrame, labels: NDArray[np.int64], k: int, smallest: int) -> pd.DataFrame:
    """Who is in each segment: share of its homes with a record, by kind of each customer column.

    Returns
    -------
    DataFrame
        ``column, kind, homes`` and one column a segment (``0``..) with shares in [0, 1]. A cell of fewer than
        ``smallest`` homes is withheld (NaN), and so is a second one where the first would follow by subtraction;
        homes without a record are the kind ``not known``.
    """
    rows = []
    used = labels >= 0
    sizes = np.bincount(labels[used], minlength=k)
    for column in customers.columns:
        kind = customers[column].astype("string").fillna("not known").to_numpy(dtype=str)
        values = sorted(set(kind[used]) - {"not known"}) + (["not known"] if "not known" in kind[used] else [])
        if not 1 < len(values) <= MOST_KINDS:
            continue
        counts = np.stack([np.bincount(labels[used & (kind == value)], minlength=k) for value in values])
        shown = _shown(counts, smallest)
        for value, row, seen in zip(values, counts, shown, strict=True):
            share = np.where(seen, row / np.maximum(sizes, 1), np.nan)
            total = int(row.sum()) if row.sum() >= smallest else np.nan
            rows.append({"column": column, "kind": value, "homes": total,
                         **{str(s): share[s] for s in range(k)}})  # fmt: skip
    return pd.DataFrame(rows, columns=["column", "kind", "homes", *map(str, range(k))])


def _shown(counts: NDArray[np.int64], smallest: int) -> NDArray[np.bool_]:
    """Which cells may be shown: large enough, and not the way to a withheld one by subtraction.

    A row or column with a single withheld cell gives it away by its total, so its smallest shown cell is withheld too.
    """
    shown = counts >= smallest
    for _ in range(counts.size):
        before = shown.sum()
        for view, size in ((shown, counts), (shown.T, counts.T)):
            for line, of in zip(view, size, strict=True):
                if (~line).sum() == 1 and line.any():
                    line[int(np.argmin(np.where(line, of, np.iinfo(np.int64).max)))] = False
        if shown.sum() == before:
            break
    return np.asarray(shown)
