"""Segment-specific offers from records: the plan follows demand, and its order covers every home once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.segments.segmentation import Segmentation
from analysis.targeting.segment_plan import PlannedTerms, order_of_plan, plan_segments, planned_kw, planned_take_up


def segments(labels: np.ndarray) -> Segmentation:
    k = int(labels.max()) + 1
    return Segmentation(labels, np.ones((k, 24)) / 24, k, pd.DataFrame(), 1.0, [str(i) for i in range(k)])


def test_take_up_and_depth_by_hand() -> None:
    usual = PlannedTerms((True,), 1.0, False, 4.0, 70.0, 0.0)
    double = PlannedTerms((True,), 2.0, True, 6.0, 110.0, 0.0, eligible_share=0.5)
    assert planned_take_up(0.15, usual) == pytest.approx(0.15)
    assert planned_take_up(0.15, double) == pytest.approx(0.15 * 2**0.35 * 1.3 * 0.5)
    assert planned_take_up(0.9, PlannedTerms((True,), 2.0, True, 6.0, 110.0, 0.0)) == 1.0
    features = pd.DataFrame({"hot_event_kw": [4.0, np.nan], "weather_sensitive_share": [0.5, 0.5]})
    assert planned_kw(features, usual).tolist() == [1.0, 0.0]  # half of the sensitive half
    both = PlannedTerms((True, False), 1.0, False, 4.0, 70.0, 0.0)
    assert planned_kw(features, both).tolist() == pytest.approx([0.7, 0.0])


def test_each_segment_gets_what_suits_it() -> None:
    labels = np.repeat([0, 1, -1], [60, 40, 5])
    features = pd.DataFrame(
        {"hot_event_kw": np.repeat([3.0, 3.0, np.nan], [60, 40, 5]),
         "weather_sensitive_share": np.repeat([0.0, 0.9, np.nan], [60, 40, 5])}
    )  # fmt: skip
    terms = [PlannedTerms((True,), 1.0, False, 4.0, 70.0, 0.0), PlannedTerms((False,), 1.0, False, 4.0, 30.0, 0.0)]
    plan = plan_segments(segments(labels), features, terms, 100_000.0, 0.2)
    assert {p.segment: p.offer for p in plan} == {0: 1, 1: 0}  # the cooling ones a device, the others a message
    keys = np.random.default_rng(0).uniform(size=105)
    order, given = order_of_plan(plan, segments(labels), keys)
    assert sorted(order.tolist()) == list(range(105))
    assert set(order[:40].tolist()) == set(range(60, 100))  # best value per dollar first
    assert given[:60].tolist() == [1] * 60
    assert set(order[-5:].tolist()) == set(range(100, 105))
    assert (given[100:] == -1).all()


def test_a_small_budget_asks_part_of_the_best_segment() -> None:
    labels = np.repeat([0, 1], [50, 50])
    features = pd.DataFrame({"hot_event_kw": np.repeat([2.0, 4.0], 50), "weather_sensitive_share": np.full(100, 0.8)})
    terms = [PlannedTerms((True,), 1.0, False, 4.0, 70.0, 0.0)]
    plan = plan_segments(segments(labels), features, terms, 10 * (4 + 0.2 * 70), 0.2)
    assert [(p.segment, p.homes) for p in plan] == [(1, 10)]
    order, _ = order_of_plan(plan, segments(labels), np.arange(100.0))
    assert set(order[:50].tolist()) == set(range(50, 100))
