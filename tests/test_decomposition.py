"""The decomposition sums exactly, credits the stage that differs, and survives arms that did nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.results.decomposition import STAGES, ArmStages, decompose, shapley, stages_of

totals = st.lists(st.floats(-50, 500).filter(lambda x: abs(x) > 1e-3), min_size=7, max_size=7)


@settings(max_examples=60, deadline=None)
@given(totals, totals)
def test_parts_sum_to_the_difference(one: list[float], other: list[float]) -> None:
    arms = [stages_of(name, *t, cost_usd=900.0) for name, t in (("a", one), ("b", other))]
    for arm, t in zip(arms, (one, other), strict=True):
        assert arm.peak_reduction_kw == pytest.approx(t[6], rel=1e-9)
    table = decompose(*arms)
    difference = one[6] - other[6]
    kw = table[table["of"] == "peak_reduction_kw"]["part"]
    scale = kw.abs().sum()
    assert kw.sum() == pytest.approx(difference, abs=1e-9 * scale + 1e-9)
    net = (one[4] - one[5]) - (other[4] - other[5])
    for of, wanted in (("net_event_reduction_kw", net), ("net_event_reduction_kw_per_1000_usd", net / 0.9)):
        parts = table[table["of"] == of]["part"]
        assert parts.sum() == pytest.approx(wanted, abs=1e-8 * parts.abs().sum() + 1e-8)


def test_a_stage_that_alone_differs_gets_all_and_equal_arms_get_nothing() -> None:
    base = stages_of("untargeted", 100, 15, 12.0, 12.0, 10.0, 2.0, 6.0, 1000.0)
    better = stages_of("other", 100, 15, 24.0, 24.0, 20.0, 4.0, 12.0, 1000.0)  # the same, but twice the people's kW
    parts = decompose(better, base).query("of == 'peak_reduction_kw'").set_index("stage")["part"]
    assert parts["who_enrolled_kw"] == pytest.approx(6.0)
    assert parts.drop("who_enrolled_kw").abs().max() == pytest.approx(0.0, abs=1e-12)
    assert decompose(base, base)["part"].abs().max() == 0.0


def test_better_people_and_better_behaviour_are_told_apart() -> None:
    base = stages_of("untargeted", 100, 10, 10.0, 10.0, 10.0, 0.0, 10.0, 1000.0)
    # The same kind of people (10 kW under the old offer), who give 15 kW for the new one.
    paid = stages_of("paid", 100, 10, 10.0, 15.0, 15.0, 0.0, 15.0, 1000.0)
    parts = decompose(paid, base).query("of == 'peak_reduction_kw'").set_index("stage")["part"]
    assert parts["how_they_behave"] == pytest.approx(5.0)
    assert parts["who_enrolled_kw"] == pytest.approx(0.0)


def test_a_broken_chain_still_multiplies_out() -> None:
    nobody = stages_of("none", 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert nobody.peak_reduction_kw == 0.0
    odd = stages_of("odd", 50, 5, 0.0, 0.0, 2.0, 2.0, 1.0, 10.0)  # nothing at first, later something
    assert odd.peak_reduction_kw == pytest.approx(1.0)
    assert isinstance(odd, ArmStages)
    assert set(odd.factors()) == set(STAGES)
    net = decompose(nobody, stages_of("untargeted", 100, 10, 10.0, 10.0, 10.0, 0.0, 10.0, 1000.0))
    assert net.groupby("of")["part"].sum()["net_event_reduction_kw"] == pytest.approx(-10.0)  # all of it is lost


def test_three_factors_by_hand() -> None:
    # 2 x 1 x 5 against 1 x 1 x 1. The middle one is a dummy; a and c: alone 1 and 4, last 5 and 8.
    parts = shapley({"a": 2.0, "b": 1.0, "c": 5.0}, {"a": 1.0, "b": 1.0, "c": 1.0})
    assert parts == pytest.approx({"a": 3.0, "b": 0.0, "c": 6.0})
    assert np.isclose(sum(parts.values()), 9.0)
