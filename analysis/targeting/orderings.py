"""In which order homes are offered a programme: the rules the arms of a scenario compare.

An ordering is a pure function of records. It returns the homes in the order of their offers and a score
table for the report; how far down the list the budget reaches is :mod:`analysis.targeting.ledger`'s business.
Random numbers are given by the caller, one uniform number per home, so that arms share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.segments.segmentation import NOT_ENOUGH_READS_LABEL, Segmentation

Order = NDArray[np.int64]
Floats = NDArray[np.float64]
Ordering = tuple[Order, pd.DataFrame]


def order_untargeted(keys: Floats) -> Ordering:
    """Random order: by the uniform number of each home."""
    order = np.argsort(keys, kind="stable").astype(np.int64)
    return order, pd.DataFrame({"home": order, "score": keys[order]})


def _highest_first(score: Floats, name: str) -> Ordering:
    """Highest score first; unknown scores (NaN) last; ties by row."""
    order = np.argsort(-np.where(np.isnan(score), -np.inf, score), kind="stable").astype(np.int64)
    return order, pd.DataFrame({"home": order, "score": score[order], "scored_by": name})


def order_by_bill(features: pd.DataFrame) -> Ordering:
    """Largest users first: by mean kWh per day, which is what a bill shows."""
    return _highest_first(features["mean_kwh_per_day"].to_numpy(dtype=np.float64), "mean_kwh_per_day")


def order_by_load(features: pd.DataFrame) -> Ordering:
    """Highest past demand in event hours on workdays first: the strong, simple rival of segments."""
    return _highest_first(features["event_kw"].to_numpy(dtype=np.float64), "event_kw")


def segment_scores(
    segmentation: Segmentation,
    features: pd.DataFrame,
    planning_take_up_fraction: float,
    expected_cost_usd_per_offer: float,
) -> pd.DataFrame:
    """Expected kW per dollar of each segment, from records alone, before any programme record.

    ``expected_kw_per_usd`` = mean over the segment's homes of (``hot_event_kw`` x
    ``weather_sensitive_share``) x ``planning_take_up_fraction`` / ``expected_cost_usd_per_offer``. Take-up
    and cost are the planner's, the same for all segments: only demand differs. Unknown values count as 0.

    Returns
    -------
    DataFrame, best segment first
        ``segment, label, homes, flexible_kw_per_home, expected_kw_per_usd, rank``; homes without enough
        reads form a last row with segment -1.
    """
    if not 0.0 < planning_take_up_fraction <= 1.0:
        raise ValueError(f"planning_take_up_fraction is {planning_take_up_fraction}; expected 0 < it <= 1")
    if expected_cost_usd_per_offer <= 0.0:
        raise ValueError(f"expected_cost_usd_per_offer is {expected_cost_usd_per_offer}; expected above 0")
    flexible = (features["hot_event_kw"] * features["weather_sensitive_share"]).fillna(0.0).to_numpy()
    rows = []
    for index in range(-1, segmentation.k):
        inside = segmentation.labels == index
        if index >= 0 or inside.any():
            label = segmentation.names[index] if index >= 0 else NOT_ENOUGH_READS_LABEL
            kw = float(flexible[inside].mean()) if index >= 0 and inside.any() else 0.0
            rows.append((index, label, int(inside.sum()), kw))
    table = pd.DataFrame(rows, columns=["segment", "label", "homes", "flexible_kw_per_home"])
    per_usd = planning_take_up_fraction / expected_cost_usd_per_offer
    table["expected_kw_per_usd"] = table["flexible_kw_per_home"] * per_usd
    # Unread homes last even when nothing scores; then by score, ties to the larger segment.
    table["unread"] = table["segment"] < 0
    by = ["unread", "expected_kw_per_usd", "segment"]
    table = table.sort_values(by, ascending=[True, False, True], kind="stable", ignore_index=True)
    table["rank"] = np.arange(len(table))
    return table.drop(columns="unread")


def order_by_segment(
    segmentation: Segmentation,
    features: pd.DataFrame,
    keys: Floats,
    planning_take_up_fraction: float,
    expected_cost_usd_per_offer: float,
) -> Ordering:
    """Segments by expected kW per dollar (:func:`segment_scores`), homes in random order inside one.

    Returns
    -------
    order, table
        (homes,) int and the segment scores.
    """
    table = segment_scores(segmentation, features, planning_take_up_fraction, expected_cost_usd_per_offer)
    rank = np.zeros(segmentation.k + 1, dtype=np.int64)  # position k stands for segment -1
    rank[table["segment"].to_numpy()] = table["rank"].to_numpy()
    order = np.lexsort((keys, rank[segmentation.labels])).astype(np.int64)
    return order, table


def placebo(segmentation: Segmentation, keys: Floats) -> Segmentation:
    """The same segmentation with its labels permuted over homes by ``keys``: sizes kept, meaning lost."""
    return replace(segmentation, labels=segmentation.labels[np.argsort(keys, kind="stable")])


@dataclass(frozen=True, eq=False)
class Records:
    """What every ordering may look at; one row per home.

    Attributes
    ----------
    features : DataFrame, :meth:`analysis.shapes.load_shapes.LoadShapes.features`
    keys, placebo_keys : (homes,) uniform numbers, independent of each other
    normalised, absolute : segmentations of normalised shapes and of shapes in kW
    planning_take_up_fraction, expected_cost_usd_per_offer : the planner's assumptions, one for all homes
    segment_features : DataFrame, optional
        The features that segments are scored by, where they were made from older reads than the rest.
    """

    features: pd.DataFrame
    keys: Floats
    placebo_keys: Floats
    normalised: Segmentation
    absolute: Segmentation
    planning_take_up_fraction: float
    expected_cost_usd_per_offer: float
    segment_features: pd.DataFrame | None = None


def _by(records: Records, segmentation: Segmentation) -> Ordering:
    return order_by_segment(
        segmentation,
        records.features if records.segment_features is None else records.segment_features,
        records.keys,
        records.planning_take_up_fraction,
        records.expected_cost_usd_per_offer,
    )


#: Arm name -> ordering. Every rule added here is held to the conformance tests.
ORDERINGS: Mapping[str, Callable[[Records], Ordering]] = {
    "untargeted": lambda records: order_untargeted(records.keys),
    "bill_ranked": lambda records: order_by_bill(records.features),
    "load_ranked": lambda records: order_by_load(records.features),
    "segment_targeted": lambda records: _by(records, records.normalised),
    "segment_absolute": lambda records: _by(records, records.absolute),
    "placebo": lambda records: _by(records, placebo(records.normalised, records.placebo_keys)),
}
