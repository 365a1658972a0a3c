"""Segment-specific offers from records alone: what each segment would give on each set of terms, and the plan.

Before any programme record exists, take-up and depth are the planner's stated assumptions, the same for all
homes; only demand differs between segments. The numbers below are planning assumptions of an analyst, not
facts of the simulated world, and the reports list what the plan came to against what happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.segments.segmentation import Segmentation
from analysis.targeting.offer_choice import NO_OFFER, SegmentPlan, segment_offers

Floats = NDArray[np.float64]

#: Doubling an incentive adds about 27 % to take-up (recalled from the literature, 15-40 %; not verified).
INCENTIVE_ELASTICITY = 0.35
#: A letter with the home's own expected gain adds a third to take-up (a cautious part of what trials found).
INFORMED_FACTOR = 1.3
#: Homes that are in unless they say no: take-up over that of a choice, and response of a home over that of one
#: that chose (3.5 in a utility trial; about half, recalled and not verified).
DEFAULT_TAKE_UP_FACTOR, DEFAULT_RESPONSE_FACTOR = 3.5, 0.5
#: An operator's device sheds this share of the weather-sensitive demand it steers.
DEVICE_SHED_FRACTION = 0.5
#: People who act themselves cut this share of their event-hour demand.
MANUAL_CUT_FRACTION = 0.10


@dataclass(frozen=True)
class PlannedTerms:
    """One set of terms as a planner sees it, before anybody has answered; the share of homes with the device that a
    programme needs is known from market statistics, not home by home."""

    device: tuple[bool, ...]  # for each of its programmes: does a device act?
    incentive_factor: float
    informed: bool
    contact_usd: float
    enrol_usd: float
    forecast_usd: float
    default: bool = False
    eligible_share: float = 1.0  # homes that could join these terms, over those that could join the usual ones


def planned_take_up(base_fraction: float, terms: PlannedTerms) -> float:
    """Expected share of accepted offers on some terms; ``base_fraction`` is that of the usual ones."""
    factor = terms.incentive_factor**INCENTIVE_ELASTICITY if terms.incentive_factor > 0.0 else 0.0
    informed = INFORMED_FACTOR if terms.informed else 1.0
    default = DEFAULT_TAKE_UP_FACTOR if terms.default else 1.0
    return float(min(1.0, base_fraction * terms.eligible_share * factor * informed * default))


def planned_kw(features: pd.DataFrame, terms: PlannedTerms) -> Floats:
    """Expected reduction of each home if it enrolled, (homes,) [kW]; programmes on one menu count equally."""
    hot = features["hot_event_kw"].fillna(0.0).to_numpy(np.float64)
    sensitive = features["weather_sensitive_share"].fillna(0.0).to_numpy(np.float64)
    device, manual = DEVICE_SHED_FRACTION * hot * sensitive, MANUAL_CUT_FRACTION * hot
    response = DEFAULT_RESPONSE_FACTOR if terms.default else 1.0
    return np.asarray(response * np.mean([device if d else manual for d in terms.device], axis=0))


def plan_segments(
    segmentation: Segmentation, features: pd.DataFrame, terms: list[PlannedTerms], budget_usd: float,
    planning_take_up_fraction: float, low_income: NDArray[np.bool_] | None = None, least_low_income_share: float = 0.0,
) -> list[SegmentPlan]:  # fmt: skip
    """Which terms for which segment, and how many of its homes (``offer_choice.segment_offers``)."""
    k = segmentation.k
    value, cost = np.zeros((k, len(terms))), np.zeros((k, len(terms)))
    for o, t in enumerate(terms):
        take_up, kw = planned_take_up(planning_take_up_fraction, t), planned_kw(features, t)
        cost[:, o] = t.contact_usd + take_up * (t.enrol_usd + t.forecast_usd)
        for s in range(k):
            value[s, o] = take_up * float(kw[segmentation.labels == s].mean())
    share = None
    if low_income is not None and least_low_income_share > 0.0:
        share = np.array([float(low_income[segmentation.labels == s].mean()) for s in range(k)])
    return segment_offers(value, cost, segmentation.sizes(), budget_usd, share, least_low_income_share)


def order_of_plan(
    plan: list[SegmentPlan], segmentation: Segmentation, keys: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order of offers and each home's terms, (homes,) both; -1 = the plan had none for its segment.

    Planned homes first, segment by segment, random inside one; then the rest of those segments; then others.
    """
    homes = len(segmentation.labels)
    terms = np.full(homes, NO_OFFER, dtype=np.int64)
    block = np.full(homes, 2 * len(plan) + 1, dtype=np.int64)
    for place, part in enumerate(plan):
        inside = np.flatnonzero(segmentation.labels == part.segment)
        inside = inside[np.argsort(keys[inside], kind="stable")]
        terms[inside] = part.offer
        block[inside[: part.homes]] = place
        block[inside[part.homes :]] = len(plan) + place
    return np.lexsort((keys, block)).astype(np.int64), terms
