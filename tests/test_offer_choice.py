"""Offers under a budget, the stochastic knapsack and pilot power: hand-worked cases and properties."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.prediction.power import PilotDesign, homes_needed, pilot_table, power_of, smallest_effect
from analysis.targeting.knapsack import reliability, reliability_curve, stochastic_knapsack
from analysis.targeting.offer_choice import choose_exactly, choose_offers, segment_offers, with_fair_share, within_asks

# ---- one offer a home ----


def test_a_menu_worked_by_hand() -> None:
    # Home 0: 4 kW for 2 USD, or 6 for 5.5. Home 1: 3 for 2. Home 2: 1 for 2, and its second offer is not on the menu.
    value = np.array([[4.0, 3.0, 1.0], [6.0, np.nan, np.nan]])
    cost = np.array([[2.0, 2.0, 2.0], [5.5, 1.0, 1.0]])
    small = choose_offers(value, cost, 4.0)
    assert small.offer.tolist() == [0, 0, -1]
    assert (small.value, small.cost_usd, small.bound) == (7.0, 4.0, 7.0)
    # The upgrade of home 0 gives 2 more for 3.5 more, denser than home 2's 1 for 2.
    large = choose_offers(value, cost, 7.5)
    assert large.offer.tolist() == [1, 0, -1]
    assert large.value == 9.0
    assert choose_exactly(value, cost, 7.5).value == 9.0
    # 5 USD: the bound buys 1 / 3.5 of the upgrade.
    assert choose_offers(value, cost, 5.0).bound == pytest.approx(7.0 + 2.0 / 3.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 25), st.integers(1, 3), st.floats(1, 60), st.integers(0, 10_000))
def test_greedy_is_within_one_home_of_the_exact_optimum_and_nothing_passes_the_bound(
    homes: int, offers: int, budget: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    value = rng.gamma(1.0, 2.0, (offers, homes)) - 0.5
    value[rng.uniform(size=value.shape) < 0.2] = np.nan
    cost = rng.uniform(0.5, 6.0, (offers, homes))
    greedy, exact = choose_offers(value, cost, budget), choose_exactly(value, cost, budget)
    for choice in (greedy, exact):
        asked = np.flatnonzero(choice.offer >= 0)
        assert choice.cost_usd == pytest.approx(cost[choice.offer[asked], asked].sum())
        assert choice.value == pytest.approx(value[choice.offer[asked], asked].sum())
        assert choice.cost_usd <= budget + 1e-6
        assert sorted(choice.order.tolist()) == asked.tolist()
    assert greedy.value <= exact.value + 1e-6 <= greedy.bound + 2e-6
    assert greedy.bound - greedy.value <= np.nanmax(value, initial=0.0) + 1e-9
    more = choose_offers(value, cost, budget + 5.0)
    assert more.bound >= greedy.bound - 1e-9


def test_a_free_offer_is_refused() -> None:
    with pytest.raises(ValueError, match="never free"):
        choose_offers(np.ones((1, 2)), np.array([[0.0, 1.0]]), 3.0)


# ---- one offer a segment ----


def test_segments_get_their_own_offers_by_hand() -> None:
    # Segment 0 (10 homes): offer A 2 for 1, offer B 3 for 2. Segment 1 (10 homes): A 0.5 for 1, B 2 for 2.
    value = np.array([[2.0, 3.0], [0.5, 2.0]])
    cost = np.array([[1.0, 2.0], [1.0, 2.0]])
    homes = np.array([10, 10])
    # 10 USD: A to all of segment 0 (20). 20 USD: B to all of it is 30; A to it and B to five of segment 1 also 30.
    plan = segment_offers(value, cost, homes, 10.0)
    assert [(p.segment, p.offer, p.homes) for p in plan] == [(0, 0, 10)]
    assert sum(p.value for p in segment_offers(value, cost, homes, 20.0)) == pytest.approx(30.0)
    # 40 USD: B to both, 50; nothing is left for more.
    assert {(p.segment, p.offer, p.homes) for p in segment_offers(value, cost, homes, 40.0)} == {(0, 1, 10), (1, 1, 10)}
    poor = segment_offers(value, cost, homes, 10.0, np.array([0.0, 1.0]), 0.5)
    asked = {p.segment: p.homes for p in poor}
    assert asked[1] >= asked[0]
    assert segment_offers(-value, cost, homes, 10.0) == []


def test_a_fair_share_holds_in_every_beginning_of_the_list() -> None:
    rng = np.random.default_rng(0)
    order, low = rng.permutation(200), rng.uniform(size=200) < 0.3
    out = with_fair_share(order, low, 0.25)
    assert sorted(out.tolist()) == list(range(200))
    share = np.cumsum(low[out]) / np.arange(1, 201)
    until = int(np.flatnonzero(low[out])[-1]) + 1  # the last low-income home: after it nobody is left to take
    assert (share[:until] >= 0.25 - 1e-9).all()
    assert until > 150
    assert [h for h in out if low[h]] == [h for h in order if low[h]]
    assert np.array_equal(with_fair_share(order, low, 0.0), order)
    assert within_asks(np.array([0, 2, 3]), 3).tolist() == [True, True, False]


# ---- the stochastic knapsack ----


def test_risk_is_bought_only_when_the_target_is_far() -> None:
    # Two safe homes (1 +- 0.1), two wild ones (0.9 +- 2); two may be asked.
    mu, sd, cost = np.array([1.0, 1.0, 0.9, 0.9]), np.array([0.1, 0.1, 2.0, 2.0]), np.ones(4)
    near = stochastic_knapsack(mu, sd, cost, 1.5, 2.0)
    assert sorted(near.order.tolist()) == [0, 1]
    assert near.probability == pytest.approx(stats.norm.cdf(0.5 / np.sqrt(0.02)))
    far = stochastic_knapsack(mu, sd, cost, 4.0, 2.0)  # out of reach on average: only luck helps
    assert sorted(far.order.tolist()) == [2, 3]
    assert far.probability == pytest.approx(stats.norm.cdf((1.8 - 4) / np.sqrt(8)))


@pytest.mark.parametrize("correlation", [0.0, 0.2])
def test_the_knapsack_comes_close_to_the_best_of_all_subsets(correlation: float) -> None:
    worst = 0.0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        mu, sd = rng.uniform(0.2, 1.5, 11), rng.uniform(0.1, 1.2, 11)
        target = float(rng.uniform(2.0, 6.0))
        found = stochastic_knapsack(mu, sd, np.ones(11), target, 5.0, correlation)
        best = max(
            reliability(mu[list(s)], sd[list(s)], target, correlation)
            for n in range(1, 6)
            for s in combinations(range(11), n)
        )
        assert found.probability <= best + 1e-12
        worst = max(worst, best - found.probability)
    assert worst < 0.02


def test_reliability_agrees_with_simulated_shocks_and_correlation_lowers_it() -> None:
    rng = np.random.default_rng(1)
    mu, sd, rho = rng.uniform(0.5, 1.5, 40), rng.uniform(0.2, 0.8, 40), 0.2
    common, own = rng.normal(size=(20_000, 1)), rng.normal(size=(20_000, 40))
    total = (mu + sd * (np.sqrt(rho) * common + np.sqrt(1 - rho) * own)).sum(axis=1)
    target = 0.85 * mu.sum()
    assert reliability(mu, sd, target, rho) == pytest.approx((total >= target).mean(), abs=0.015)
    assert reliability(mu, sd, target, 0.0) > reliability(mu, sd, target, rho) + 0.03
    curve = reliability_curve(mu, sd, np.argsort(-mu), target, rho)
    assert curve["probability"].iloc[-1] == pytest.approx(reliability(mu, sd, target, rho))


def test_spare_money_buys_homes_that_still_fit() -> None:
    found = stochastic_knapsack(np.array([5.0, 3.0, 1.0]), np.full(3, 0.1), np.array([4.0, 9.0, 1.0]), 5.5, 5.0)
    assert sorted(found.order.tolist()) == [0, 2]
    assert found.cost_usd == 5.0


# ---- power ----


def test_power_by_the_textbook_and_by_simulation() -> None:
    plain = PilotDesign(1.0, 1.0, 0.0, 1, 1.0)
    assert homes_needed(plain, 0.5) == 126  # 63 in each group
    design = PilotDesign(load_kwh=6.0, sd_kwh=3.0, home_correlation=0.4, events=10, take_up_fraction=0.2)
    n = homes_needed(design, 0.2)
    assert power_of(design, n, 0.2) == pytest.approx(0.8, abs=0.002)
    assert smallest_effect(design, n) == pytest.approx(0.2, abs=0.001)
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        lasting = rng.normal(0, 3 * np.sqrt(0.4), n)
        y = lasting + rng.normal(0, 3 * np.sqrt(0.6 / 10), n)
        offered = np.arange(n) % 2 == 0
        y[offered] += 0.2 * 6.0 * 0.2
        hits += stats.ttest_ind(y[offered], y[~offered]).pvalue < 0.05
    assert hits / 400 == pytest.approx(0.8, abs=0.06)


def test_half_the_take_up_needs_four_times_the_homes() -> None:
    one, half = (PilotDesign(6.0, 3.0, take_up_fraction=t) for t in (0.2, 0.1))
    assert homes_needed(half, 0.1) == pytest.approx(4 * homes_needed(one, 0.1), rel=1e-3)
    table = pilot_table(one)
    assert table["homes_80_power"].is_monotonic_decreasing
    assert (table["homes_90_power"] > table["homes_80_power"]).all()
    with pytest.raises(ValueError, match="take_up_fraction"):
        PilotDesign(6.0, 3.0, take_up_fraction=0.0)
