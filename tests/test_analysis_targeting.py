"""Orderings and the ledger: properties that hold for any population and any budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.segments.segmentation import NOT_ENOUGH_READS_LABEL, Segmentation
from analysis.targeting.ledger import LedgerResult, blanket_incentive, run_waves
from analysis.targeting.orderings import ORDERINGS, Records, order_by_segment, placebo, segment_scores

# ---- orderings ----


def segmentation_of(labels: NDArray[np.int64]) -> Segmentation:
    k = int(labels.max()) + 1
    names = [f"segment {i}" for i in range(k)]
    return Segmentation(labels, np.ones((k, 24)) / 24, k, pd.DataFrame(), 1.0, names)


def records_of(homes: int, seed: int = 0) -> Records:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, homes)
    labels[0] = -1
    features = pd.DataFrame(
        {
            "mean_kwh_per_day": rng.gamma(4, 8, homes),
            "event_kw": rng.gamma(2, 1, homes),
            "hot_event_kw": rng.gamma(2, 1, homes) * (1 + labels),
            "weather_sensitive_share": rng.uniform(0, 1, homes),
        }
    )
    features.iloc[0] = np.nan
    segments = segmentation_of(labels)
    return Records(features, rng.uniform(size=homes), rng.uniform(size=homes), segments, segments, 0.15, 16.0)


@pytest.mark.parametrize("name", sorted(ORDERINGS))
def test_every_ordering_is_a_repeatable_permutation_with_a_table(name: str) -> None:
    first, table = ORDERINGS[name](records_of(200))
    again, _ = ORDERINGS[name](records_of(200))
    assert first.dtype == np.int64
    assert sorted(first.tolist()) == list(range(200))
    assert np.array_equal(first, again)
    assert len(table) > 0


@pytest.mark.parametrize("name", ["bill_ranked", "load_ranked", "segment_targeted", "segment_absolute"])
def test_a_home_without_reads_comes_last(name: str) -> None:
    order, _ = ORDERINGS[name](records_of(200))
    assert order[-1] == 0


def test_segments_go_out_by_expected_kw_per_dollar_with_random_order_inside() -> None:
    records = records_of(400)
    order, table = ORDERINGS["segment_targeted"](records)
    flexible = records.features["hot_event_kw"] * records.features["weather_sensitive_share"]
    by_hand = flexible.groupby(records.normalised.labels).mean() * 0.15 / 16.0
    expected = by_hand.drop(-1).sort_values(ascending=False).index.tolist()
    assert table["segment"].tolist() == [*expected, -1]
    labels = records.normalised.labels[order]
    assert [*dict.fromkeys(labels.tolist())] == [*expected, -1]  # each segment in one block
    keys = records.keys[order]
    for segment in expected:
        assert np.all(np.diff(keys[labels == segment]) >= 0)


def test_segment_scores_by_hand() -> None:
    """1 kW in segment 0 and in 2, 3 kW in segment 1, a home without reads: the ties keep the segments' order."""
    features = pd.DataFrame({"hot_event_kw": [2.0, 6.0, 2.0, 9.0, 1.0], "weather_sensitive_share": [0.5] * 5})
    segments = segmentation_of(np.array([0, 1, 2, -1, 2]))
    features.loc[[2, 4], "hot_event_kw"] = [3.0, 1.0]
    table = segment_scores(segments, features, 0.2, 4.0)
    assert table["segment"].tolist() == [1, 0, 2, -1] and table["rank"].tolist() == [0, 1, 2, 3]
    assert table["label"].tolist() == ["segment 1", "segment 0", "segment 2", NOT_ENOUGH_READS_LABEL]
    assert table["homes"].tolist() == [1, 1, 2, 1]
    assert table["flexible_kw_per_home"].tolist() == [3.0, 1.0, 1.0, 0.0]
    assert table["expected_kw_per_usd"].tolist() == pytest.approx([0.15, 0.05, 0.05, 0.0])
    assert segment_scores(segments, features, 1.0, 4.0)["expected_kw_per_usd"].iloc[0] == 0.75
    for take_up, cost in ((0.0, 4.0), (1.01, 4.0), (0.2, 0.0)):
        with pytest.raises(ValueError, match="expected"):
            segment_scores(segments, features, take_up, cost)


def test_names_never_move_an_offer() -> None:
    records = records_of(300)
    renamed = Segmentation(
        records.normalised.labels, records.normalised.centres, 4, pd.DataFrame(), 1.0, ["z", "a", "y", "b"]
    )
    order, _ = order_by_segment(records.normalised, records.features, records.keys, 0.15, 16.0)
    same, _ = order_by_segment(renamed, records.features, records.keys, 0.15, 16.0)
    assert np.array_equal(order, same)


def test_the_placebo_keeps_sizes_and_loses_the_meaning() -> None:
    records = records_of(4000)
    shuffled = placebo(records.normalised, records.placebo_keys)
    assert np.array_equal(shuffled.sizes(), records.normalised.sizes())
    spread = segment_scores(records.normalised, records.features, 0.15, 16.0)["flexible_kw_per_home"]
    nothing = segment_scores(shuffled, records.features, 0.15, 16.0)["flexible_kw_per_home"]
    assert nothing.iloc[:4].max() - nothing.iloc[:4].min() < 0.2 * (spread.iloc[0] - spread.iloc[3])


# ---- the ledger ----


@dataclass
class Programme:
    order: NDArray[np.int64]
    enrols: NDArray[np.bool_]
    contact: float
    enrol: NDArray[np.float64]
    payment: float
    admin: float
    wave_homes: int
    take_up: float

    def run(self, budget: float) -> LedgerResult:
        return run_waves(
            self.order, self.enrols, self.contact, self.enrol, self.payment, budget, self.admin,
            self.wave_homes, self.take_up,
        )  # fmt: skip


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    homes = draw(st.integers(1, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Programme(
        order=rng.permutation(homes)[: draw(st.integers(1, homes))].astype(np.int64),
        enrols=rng.uniform(size=homes) < draw(st.floats(0, 1)),
        contact=draw(st.floats(0.5, 10)),
        enrol=rng.uniform(0, 150, homes),
        payment=draw(st.floats(0, 60)),
        admin=draw(st.floats(0, 100)),
        wave_homes=draw(st.integers(1, 40)),
        take_up=draw(st.floats(0, 1)),
    )


@settings(max_examples=200, deadline=None)
@given(programmes(), st.floats(0, 6000))
def test_the_ledger_never_overspends_and_keeps_the_order(programme: Programme, extra: float) -> None:
    budget = programme.admin + extra
    result = programme.run(budget)
    committed = result.spent_usd + result.forecast_liability_usd
    assert committed <= budget + 1e-6  # the bound is 0 USD, up to rounding
    assert committed + result.unspent_usd == pytest.approx(budget, abs=1e-6)
    sent = programme.order[: int(result.offered.sum())]
    assert result.offered[sent].all()  # a beginning of the order, so nobody is passed over or asked twice
    assert np.all(np.diff(result.wave[sent]) >= 0)
    assert np.bincount(result.wave[sent]).max(initial=0) <= programme.wave_homes
    assert np.array_equal(result.enrolled, result.offered & programme.enrols)
    by_hand = programme.admin + programme.contact * len(sent) + programme.enrol[result.enrolled].sum()
    assert result.spent_usd == pytest.approx(by_hand)
    if len(sent) < len(programme.order):  # it stopped for want of money: less than one home's cost is left
        waiting = programme.order[len(sent)]
        assert result.unspent_usd < programme.contact + programme.enrol[waiting] + programme.payment + 1e-6


@settings(max_examples=200, deadline=None)
@given(programmes(), st.floats(0, 6000), st.floats(0, 3000))
def test_a_larger_budget_never_reaches_fewer_homes(programme: Programme, extra: float, more: float) -> None:
    small = programme.run(programme.admin + extra)
    large = programme.run(programme.admin + extra + more)
    assert not np.any(small.offered & ~large.offered)


def test_a_ledger_worked_by_hand() -> None:
    # Ten homes in a row, 4 USD a contact, 76 on enrolment (incl. 0 forecast payment), every third accepts.
    # Budget 200: home 0 accepts 80; 1, 2: 88; 3 accepts 168; 4, 5: 176 ... home 4 could cost 80 > 200 - 168.
    enrols = np.arange(10) % 3 == 0
    result = run_waves(np.arange(10), enrols, 4.0, 76.0, 0.0, 200.0, 0.0, wave_homes=4,
                       planning_take_up_fraction=0.15)  # fmt: skip
    assert np.flatnonzero(result.offered).tolist() == [0, 1, 2, 3]
    assert np.flatnonzero(result.enrolled).tolist() == [0, 3]
    assert (result.spent_usd, result.forecast_liability_usd, result.unspent_usd) == (168.0, 0.0, 32.0)


def test_the_last_wave_is_cut_to_what_the_rest_is_expected_to_buy() -> None:
    # 10 USD a contact, nobody accepts, take-up planned at 0: 100 USD buy ten letters in waves of 4, 4, 2.
    result = run_waves(np.arange(30), np.zeros(30, bool), 10.0, 0.0, 0.0, 100.0, 0.0, 4, 0.0)
    assert np.bincount(result.wave[result.offered]).tolist() == [4, 4, 2]
    assert result.unspent_usd == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": np.array([0, 0])}, "different rows"),
        ({"order": np.array([5])}, "different rows"),
        ({"admin_usd": 300.0}, "admin_usd"),
        ({"wave_homes": 0}, "wave_homes"),
        ({"planning_take_up_fraction": 15.0}, "planning_take_up_fraction"),
        ({"cost_if_offered_usd": -1.0}, "negative"),
    ],
)
def test_the_ledger_refuses_nonsense(change: dict[str, object], message: str) -> None:
    good: dict[str, object] = {
        "order": np.arange(3), "enrols": np.ones(3, bool), "cost_if_offered_usd": 4.0,
        "cost_if_enrolled_usd": 30.0, "forecast_payment_usd_per_enrolment": 0.0, "budget_usd": 200.0,
        "admin_usd": 0.0, "wave_homes": 20, "planning_take_up_fraction": 0.15,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        run_waves(**(good | change))  # type: ignore[arg-type]


def test_the_blanket_incentive_spends_the_budget_on_everyone() -> None:
    # 1,000 homes, 12,000 USD, 4 USD a contact leaves 8,000 USD for 150 enrolments: 53.33 each, 30 recruit.
    assert blanket_incentive(12_000, 1000, 4, 30, 0, 0.15, 0, 200) == pytest.approx(23.333, abs=1e-3)
    assert blanket_incentive(12_000, 1000, 4, 30, 60, 0.15, 10, 200) == 10.0
    assert blanket_incentive(900_000, 1000, 4, 30, 0, 0.15, 0, 200) == 200.0


def test_later_waves_are_planned_on_what_earlier_ones_left() -> None:
    # An offer costs 1, an enrolment 10; half are expected to accept (6 a home), nobody does: 20, 17, 15, 13, 11 left.
    ledger = run_waves(np.arange(10), np.zeros(10, bool), 1.0, 10.0, 0.0, 20.0, 0.0, 3, 0.5)
    assert ledger.wave.tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3, 4]


def test_one_possible_incentive_is_the_incentive() -> None:
    assert blanket_incentive(5000.0, 100, 4.0, 10.0, 0.0, 0.5, 25.0, 25.0) == 25.0
