"""Settlement, tariffs, cost tests, equity and the virtual power plant: worked by hand, and to the cent."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from analysis.money import economics as eco
from analysis.money.equity import by_group, gini, share_to_lowest, terciles
from analysis.money.grid_series import SyntheticGrid, from_file, synthetic
from analysis.money.market import DayAheadTerms, DeliveryForecast, day_ahead, forecast, risk, vpp_season
from analysis.money.settlement import (
    SETTLEMENTS,
    CapacityTerms,
    aggregate_shared,
    capacity,
    individual,
    mis_payment,
    season_netted,
    share_cents,
)
from drsim.errors import DataError
from drsim.tariffs import BillingDays, Flat, Tiered, TimeOfUse, bill_change, revenue_neutral

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "economics.yaml").read_text(encoding="utf-8"))

# ---- settlement ----

# Two homes, two events. Home A 3 below, then 2 above; home B 1 below both times.
BASE = np.array([[5.0, 5.0], [4.0, 4.0]])
METER = np.array([[2.0, 7.0], [3.0, 3.0]])


def test_three_ways_to_settle_by_hand() -> None:
    # At 1.25 USD: individually A 3.75 + 0, B 1.25 + 1.25. Netted A (3 - 2) x 1.25 = 1.25, B 2.50.
    assert individual(BASE, METER, 1.25).paid_usd.tolist() == [[3.75, 0.0], [1.25, 1.25]]
    assert season_netted(BASE, METER, 1.25).paid_usd.tolist() == [[0.0, 1.25], [0.0, 2.5]]
    # Together: event 1 has 4 kWh = 5.00, shared 3 : 1; event 2 has -1 kWh: nothing.
    assert aggregate_shared(BASE, METER, 1.25).paid_usd.tolist() == [[3.75, 0.0], [1.25, 0.0]]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rate=st.floats(0.01, 5.0), gaps=st.sampled_from([0.0, 0.2]))
def test_settlements_add_up_and_keep_their_order(seed: int, rate: float, gaps: float) -> None:
    rng = np.random.default_rng(seed)
    base, meter = rng.gamma(2, 2, (30, 6)), rng.gamma(2, 2, (30, 6))
    base[rng.uniform(size=base.shape) < gaps] = np.nan
    made = {name: rule(base, meter, rate) for name, rule in SETTLEMENTS.items()}
    for paid in made.values():
        assert paid.paid_cents.min() >= 0
        assert paid.total_usd == pytest.approx(paid.paid_cents.sum() / 100)
        assert not paid.paid_cents[np.isnan(base).all(axis=1)].any()
    slack = 0.005 * base.size  # rounding to cents
    assert made["season_netted"].total_usd <= made["individual"].total_usd + slack
    assert made["aggregate_shared"].total_usd <= made["individual"].total_usd + slack
    below = np.nan_to_num(base - meter, nan=0.0).sum(axis=0)
    pools = np.rint(rate * np.maximum(0, below) * 100)
    assert made["aggregate_shared"].paid_cents.sum(axis=0).tolist() == pools.tolist()  # the shares are the pool


@given(pool=st.integers(0, 10_000), weights=st.lists(st.floats(0, 1e3), min_size=1, max_size=40))
def test_shares_are_the_pool(pool: int, weights: list[float]) -> None:
    shares = share_cents(pool, np.array(weights))
    assert shares.sum() == (pool if sum(weights) > 0 else 0)
    assert (shares[np.array(weights) == 0] == 0).all() or sum(weights) == 0 or shares.min() >= 0


def test_capacity_by_hand() -> None:
    # 10 kW committed at 50 USD; delivered 10, 5, 12: performance (1 + .5 + 1) / 3 = 5/6, payment 416.67;
    # 5 kW short at 4 USD.
    made = capacity(np.array([10.0, 5.0, 12.0]), CapacityTerms(10.0, 50.0, 4.0))
    assert made.payment_cents == 41667
    assert made.shortfall_kw.tolist() == [0.0, 5.0, 0.0]
    assert made.net_usd == pytest.approx(396.67)
    worst = capacity(np.zeros(3), CapacityTerms(10.0, 50.0, 400.0, floor_usd=100.0))
    assert worst.net_usd == -100.0
    assert capacity(np.empty(0), CapacityTerms(10.0, 50.0)).net_usd == 0.0


def test_mis_payment_by_hand() -> None:
    # Truly, home A cut 1 kWh in event 1 and nothing after; home B cut nothing at all.
    truth = np.array([[1.0, 0.0], [0.0, 0.0]])
    found = mis_payment(individual(BASE, METER, 1.0), truth, 1.0)
    assert found.paid_usd == 5.0
    assert found.earned_usd == 1.0
    assert found.to_non_responders_fraction == pytest.approx(2 / 5)
    assert found.over_usd == 4.0
    assert found.under_usd == 0.0
    assert found.unpaid_responder_fraction == 0.0
    assert found.structural_winners_fraction == 0.5


def test_mis_payment_of_responders_by_hand() -> None:
    # Home A is paid 3 and nothing for cuts worth 4 and 1.5; home B, paid 1 twice, cut just the threshold once.
    truth = np.array([[4.0, 1.5], [0.05, 0.0]])
    found = mis_payment(individual(BASE, METER, 1.0), truth, 1.0)
    assert found.earned_usd == pytest.approx(5.55)
    assert found.to_non_responders_fraction == pytest.approx(1 / 5)
    assert found.unpaid_responder_fraction == pytest.approx(1 / 3)
    assert found.over_usd == pytest.approx(0.95 + 1.0)
    assert found.under_usd == pytest.approx(1.0 + 1.5)
    assert found.structural_winners_fraction == 0.0  # the threshold itself counts as a response


# ---- tariffs ----


def billing(days: int, start: date = date(2024, 7, 1)) -> BillingDays:
    dates = [start + timedelta(days=d) for d in range(days)]
    event = np.zeros((days, 24), bool)
    event[2, 17:19] = True
    return BillingDays(dates, np.array([d.weekday() < 5 for d in dates]), event)


def test_tariffs_by_hand() -> None:
    days = billing(7)  # a week from Monday
    kwh = np.ones((1, 7, 24))
    assert Flat(0.2).energy_usd(kwh, days).tolist() == [pytest.approx(33.6)]
    # 5 workdays x 4 h at 0.5, 148 h at 0.1: 10 + 14.8; critical: 2 of the dear hours cost 2.0 instead.
    assert TimeOfUse(0.1, 0.5, 16, 20).energy_usd(kwh, days).tolist() == [pytest.approx(24.8)]
    assert TimeOfUse(0.1, 0.5, 16, 20, 2.0).energy_usd(kwh, days).tolist() == [pytest.approx(27.8)]
    # 30 days in June, 720 kWh: 500 at 0.1, the rest at 0.3.
    june = billing(30, date(2024, 6, 1))
    assert Tiered(((500.0, 0.1), (np.inf, 0.3))).energy_usd(np.ones((1, 30, 24)), june).tolist() == [pytest.approx(116)]


@pytest.mark.parametrize("tariff", [Flat(0.2), Tiered(((100.0, 0.1), (np.inf, 0.3))), TimeOfUse(0.1, 0.4, 16, 20, 1.5)])
def test_every_tariff_scales_and_is_made_revenue_neutral(tariff: Flat | Tiered | TimeOfUse) -> None:
    days, kwh = billing(40), np.random.default_rng(1).gamma(2, 0.4, (9, 40, 24))
    once, twice = tariff.energy_usd(kwh, days), tariff.scaled(2.0).energy_usd(kwh, days)
    assert twice == pytest.approx(2 * once)
    neutral = revenue_neutral(tariff, Flat(0.25), kwh, days)
    assert neutral.energy_usd(kwh, days).sum() == pytest.approx(Flat(0.25).energy_usd(kwh, days).sum())
    with pytest.raises(ValueError, match="gaps"):
        tariff.energy_usd(np.full((1, 40, 24), np.nan), days)


def test_gainers_and_losers() -> None:
    made = bill_change(np.array([10.0, 10, 10, 10]), np.array([8.0, 10.1, 13.0, 10.0]))
    assert made.gainers_fraction == 0.25
    assert made.losers_fraction == 0.25
    assert made.mean_usd == pytest.approx(0.275)


# ---- cost tests ----


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_cost_tests_by_hand(case: dict) -> None:
    years = [eco.Year(**year) for year in case["years"]]
    made = eco.cost_tests(years, case.get("discount", 0.0), case.get("societal_discount", 0.0))
    for name, wanted in case["expected"].items():
        assert made[name].benefits_usd == pytest.approx(wanted["benefits"]), case["arithmetic"]
        assert made[name].costs_usd == pytest.approx(wanted["costs"]), case["arithmetic"]
        if "ratio" in wanted:
            assert made[name].ratio == pytest.approx(wanted["ratio"], abs=1e-4)


AMOUNTS = st.floats(0, 1e5)


@given(
    items=st.lists(st.fixed_dictionaries({f.name: AMOUNTS for f in fields(eco.Year)}), min_size=1, max_size=4),
    bill=st.floats(-1e4, 1e4), rate=st.floats(0, 0.2), transfer=st.floats(0, 1e4),
)  # fmt: skip
def test_transfers_cancel(items: list[dict[str, float]], bill: float, rate: float, transfer: float) -> None:
    years = [eco.Year(**{**item, "bill_savings_usd": bill}) for item in items]
    made = eco.cost_tests(years, rate, rate)
    scale = sum(sum(abs(v) for v in item.values()) for item in items) + abs(bill) + 1
    assert made["TRC"].net_usd == pytest.approx(made["PCT"].net_usd + made["RIM"].net_usd, abs=1e-9 * scale)
    more = [y.plus(eco.Year(incentives_usd=transfer, bill_savings_usd=transfer)) for y in years]
    again = eco.cost_tests(more, rate, rate)
    assert again["TRC"].net_usd == pytest.approx(made["TRC"].net_usd, abs=1e-9 * (scale + transfer))
    assert again["PAC"].net_usd <= made["PAC"].net_usd + 1e-9


def test_value_by_hand() -> None:
    # 2 kW, 5 % losses, A x B x C = 0.8: 2 x 1.05 x 0.8 x 100 = 168. T&D 2 x 1.05 x 0.5 x 40 = 42.
    # Energy (10 x 0.2 - 4 x 0.05) x 1.05 = 1.89. CO2 (10 x 0.5 - 4 x 0.2) x 1.05 / 1000 = 0.00441 t x 30 = 0.1323.
    costs = eco.AvoidedCosts(100.0, 40.0, 0.05, 30.0, 190.0)
    made = eco.value_of(2.0, np.array([10.0, -4.0]), np.array([0.2, 0.05]), np.array([0.5, 0.2]),
                        eco.CapacityFactors(0.8), costs, 0.5)  # fmt: skip
    assert made.capacity_usd == pytest.approx(168)
    assert made.transmission_distribution_usd == pytest.approx(42)
    assert made.energy_usd == pytest.approx(1.89)
    assert made.co2_usd == pytest.approx(0.1323)
    assert made.externality_usd == pytest.approx(0.00441 * 160)


def test_levelled_cost_supply_curve_and_break_even() -> None:
    # 100 now is worth 3 payments of x at the beginning of each year: x (1 + 1/1.1 + 1/1.21) = 100.
    assert eco.usd_per_kw_year(100.0, 1.0, 0.1, 3) == pytest.approx(100 / (1 + 1 / 1.1 + 1 / 1.21))
    assert eco.usd_per_kw_year(90.0, 1.0, 0.0, 3) == 30.0
    assert np.isnan(eco.usd_per_kw_year(90.0, 0.0, 0.0, 3))
    curve = eco.supply_curve({"dear": (1.0, 100.0), "none": (0.0, 10.0), "cheap": (2.0, 50.0)})
    assert curve["segment"].tolist() == ["cheap", "dear", "none"]
    assert curve["cumulative_kw"].tolist() == [2.0, 3.0, 3.0]
    assert eco.break_even_incentive_usd(100.0, 30.0, 2) == 35.0  # PAC = 100 / (30 + 2 x 35) = 1
    assert eco.capacity_factors(0.9, 24.0, 12.0, 0.7).product == pytest.approx(0.9 * 0.5 * 0.7)


# ---- equity ----


def test_equity_by_hand() -> None:
    assert gini(np.array([1.0, 1, 1, 1])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0, 0, 4])) == pytest.approx(0.75)  # (n - 1) / n
    assert gini(np.array([1.0, 3])) == pytest.approx(0.25)
    assert np.isnan(gini(np.zeros(3)))
    assert terciles(np.array([5.0, 1, 9, 3, 7, 2])).tolist() == [1, 0, 2, 1, 2, 0]
    assert share_to_lowest(np.array([1.0, 2, 3]), np.array([30.0, 10, 20])) == pytest.approx(2 / 6)
    tenure = np.array(["rent", "own", "rent"], dtype=object)
    table = by_group(tenure, {"paid": np.array([1.0, 6, 3])}).set_index("group")
    assert table.loc["rent", "paid_per_home"] == 2.0
    assert table.loc["own", "paid_share"] == 0.6


@given(values=st.lists(st.floats(0.01, 1e4), min_size=2, max_size=60), factor=st.floats(0.1, 10))
def test_gini_does_not_depend_on_order_or_unit(values: list[float], factor: float) -> None:
    amounts = np.array(values)
    assert 0 <= gini(amounts) + 1e-9 < 1 + 1e-9
    assert gini(factor * amounts[::-1]) == pytest.approx(gini(amounts), abs=1e-9)


# ---- markets ----


def test_commitment_by_hand() -> None:
    # 10 homes at 1.0 / 1.2 / 0.8 kW, 5 homes at 0.4 / 0.4 / 0.4: deliveries 12, 14, 10; mean 12, spread 2.
    made = forecast([10, 5], np.array([[1.0, 1.2, 0.8], [0.4, 0.4, 0.4]]))
    assert made.mean_kw == pytest.approx(12.0)
    assert made.spread_kw == pytest.approx(2.0)
    assert made.committed_kw(0.5) == pytest.approx(12.0)
    assert made.committed_kw(0.9) == pytest.approx(12.0 - 1.2816 * 2.0, abs=1e-3)
    assert DeliveryForecast(1.0, 10.0).committed_kw(0.99) == 0.0
    with pytest.raises(ValueError, match="confidence"):
        made.committed_kw(1.0)


def test_a_confident_commitment_is_kept_that_often() -> None:
    rng = np.random.default_rng(0)
    kept = []
    for _ in range(2000):
        common = rng.normal(0, 0.2, (1, 60))
        past = rng.normal(1.0, 0.1, (4, 60)) + common
        today = rng.normal(1.0, 0.1, 4) + rng.normal(0, 0.2)
        kept.append(25 * today.sum() >= forecast([25] * 4, past).committed_kw(0.9))
    assert np.mean(kept) == pytest.approx(0.9, abs=0.025)


def test_day_ahead_by_hand() -> None:
    # 10 kW offered; hour 1 at 0.10 does not clear; hour 2 at 0.50 delivers 6: earns 3.00, 4 missing at 0.75 = 3.00.
    made = day_ahead(10.0, np.array([[9.0, 6.0]]), np.array([[0.1, 0.5]]), DayAheadTerms(0.2, 1.5))
    assert made.cleared_kwh.tolist() == [10.0]
    assert made.revenue_cents.tolist() == [300]
    assert made.penalty_cents.tolist() == [300]
    assert made.net_usd == 0.0


def test_a_season_of_the_plant_adds_up() -> None:
    delivered, price = np.array([[10.0, 10.0], [4.0, 4.0]]), np.full((2, 2), 0.5)
    made = vpp_season(DeliveryForecast(10.0, 0.0), 0.9, delivered, price, DayAheadTerms(0.0), 50.0, 4.0, 100.0, 60.0)
    # Capacity 10 x 50 x (1 + .4) / 2 = 350, penalty 6 x 4 = 24; energy (20 + 8) x 0.5 = 14, 12 missing x 0.75 = 9.
    assert made.capacity_usd == 350.0
    assert made.energy_usd == 14.0
    assert made.penalties_usd == 33.0
    assert made.profit_usd == pytest.approx(350 + 14 - 33 - 100 - 60)
    assert made.shortfall_events == 1
    assert risk(np.arange(101.0)) == (10.0, 50.0, 90.0)


def test_the_duck_has_a_belly_and_a_neck() -> None:
    hour = np.arange(24)
    degc = 30 + 6 * np.sin((hour - 9) / 24 * 2 * np.pi)[None, :] + np.linspace(-4, 4, 20)[:, None]
    made = synthetic(degc - 8, np.arange(20) % 7 < 5, SyntheticGrid(solar_share=0.65))
    mean = made.net_load_fraction.mean(axis=0)
    assert 10 <= int(mean[6:20].argmin()) + 6 <= 14
    assert 17 <= int(mean.argmax()) <= 21
    assert made.price_usd_per_kwh[:, 19].mean() > 2 * made.price_usd_per_kwh[:, 12].mean()
    assert made.curtailed.any()
    assert (made.co2_kg_per_kwh[made.curtailed] == 0).all()
    assert made.price_usd_per_kwh[-1, 19] > made.price_usd_per_kwh[0, 19]  # hotter days are dearer


def test_a_price_file_is_laid_on_by_month_day_and_hour(tmp_path: Path) -> None:
    start = pd.date_range("2023-07-01", periods=72, freq="1h", tz="UTC")
    pd.DataFrame({"start_utc": start, "price_usd_per_kwh": np.arange(72) / 100}).to_csv(tmp_path / "p.csv", index=False)
    made = from_file(tmp_path / "p.csv", "UTC", [date(2024, 7, 2), date(2024, 7, 9)], SyntheticGrid())
    assert made.price_usd_per_kwh[0] == pytest.approx(np.arange(24, 48) / 100)
    assert made.price_usd_per_kwh[1] == pytest.approx(np.arange(24, 48) / 100)  # not in the file: the hour's mean
    (tmp_path / "q.csv").write_text("start_utc,colour\n2023-07-01,red\n")
    with pytest.raises(DataError, match="expected price_usd_per_kwh or net_load_mw"):
        from_file(tmp_path / "q.csv", "UTC", [date(2024, 7, 2)], SyntheticGrid())
