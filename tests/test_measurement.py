"""What a run says about money and measurement agrees across its tables, to the cent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.money.settlement import individual
from scenarios.loader import load_scenario
from scenarios.measurement.errors import estimates_of
from scenarios.measurement.members import event_windows, history_with_controls, members_of_arm
from scenarios.measurement.tables import FILES, measured
from scenarios.running.replication import ReplicationResult, run_replication

TINY = {
    "population.households": 120,
    "season.start": "2024-06-24",
    "season.end": "2024-07-31",
    "history_days": 28,
    "events.at_most": 6,
    "budget_usd": 2500,
    "replications": 1,
    "measurement.baselines": True,
    "measurement.bills": True,
    "measurement.vpp": True,
    "meters.gap_fraction": 0.0,
    "meters.estimated_fraction": 0.0,
    "arms": ["none", "blanket", "untargeted", "load_ranked"],
}


@pytest.fixture(scope="module")
def scenario() -> object:
    return load_scenario("baseline_error").with_(TINY)


@pytest.fixture(scope="module")
def result(scenario: object) -> ReplicationResult:
    return run_replication(scenario, 0)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tables(result: ReplicationResult, scenario: object) -> dict[str, pd.DataFrame]:
    return measured(result, scenario)  # type: ignore[arg-type]


def test_every_table_is_made(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(FILES)
    assert all(len(t) for t in tables.values())


def test_payments_are_what_the_rule_settles_from_the_meters(result: ReplicationResult) -> None:
    """The world's payments, and the analyst's settlement of the same reads, home by home and event by event."""
    assert result.kept is not None
    members = members_of_arm(result, result.kept, "untargeted")
    assert members is not None
    windows = event_windows(result)
    history = history_with_controls(result, result.kept, members)
    base = estimates_of(history, windows, len(members.rows), ["10_in_10"])["10_in_10"]
    estimate = np.stack([e.window_kwh for e in base], axis=1)
    metered = np.stack([history.on(w.day, w.slots)[: len(members.rows)].sum(axis=1) for w in windows], axis=1)
    paid = individual(estimate, metered, 1.25).paid_usd
    rebate = np.array([p.usd_per_kwh > 0 for p in result.programs])[result.offers["untargeted"].program[members.rows]]
    assert rebate.any()
    here = members.paid_usd[rebate].sum(axis=1) > 0
    assert here.any()
    near = np.abs(members.paid_usd[rebate] - paid[rebate]) <= 0.0101  # reads are float32 kWh here, Wh there
    assert near.mean() > 0.95  # the rest left the programme
    assert (members.paid_usd[~rebate] == 0).all()


def test_money_agrees_across_tables(result: ReplicationResult, tables: dict[str, pd.DataFrame]) -> None:
    assert result.kept is not None
    for arm in ("blanket", "untargeted", "load_ranked"):
        metrics, ledger = result.metrics[arm], result.offers[arm].ledger
        members = members_of_arm(result, result.kept, arm)
        assert members is not None
        for handed_out in (members.paid_usd, members.incentive_usd):
            assert np.abs(100.0 * handed_out - np.rint(100.0 * handed_out)).max() < 1e-6  # whole cents
        paid = members.paid_usd.sum()
        assert metrics["budget_overrun_usd"] - metrics["budget_unspent_usd"] == pytest.approx(
            metrics["program_cost_usd"] - 2500, abs=0.004
        )
        assert metrics["event_payments_usd"] == pytest.approx(paid, abs=0.004)
        assert metrics["program_cost_usd"] == pytest.approx(ledger.spent_usd + paid, abs=0.004)
        assert ledger.spent_usd + ledger.forecast_liability_usd + ledger.unspent_usd == pytest.approx(2500, abs=0.004)
        assert members.incentive_usd.sum() == pytest.approx(result.offers[arm].incentives_usd, abs=0.004)
        by_third = tables["fairness"].query("arm == @arm and grouping == 'income'")
        handed = (by_third["paid_usd_per_home"] * by_third["homes"]).sum()
        assert handed == pytest.approx(paid + members.incentive_usd.sum(), abs=0.004)
        flat = tables["bills"].query("arm == @arm and tariff == 'flat'").iloc[0]
        assert flat["mean_usd"] * flat["homes"] == pytest.approx(metrics["bill_change_usd"], abs=0.02)


def test_cost_tests_agree_with_the_metrics_and_transfers_cancel(
    result: ReplicationResult, tables: dict[str, pd.DataFrame]
) -> None:
    for arm, rows in tables["cost_tests"].groupby("arm"):
        by = rows.set_index("test")
        net = by["net_usd"]
        assert net["TRC"] == pytest.approx(net["PCT"] + net["RIM"], abs=0.004)
        for test in by.index:
            assert by.loc[test, "costs_usd"] == pytest.approx(result.metrics[str(arm)][f"{test.lower()}_costs_usd"])
        avoided = by[["capacity_usd", "transmission_distribution_usd", "energy_usd", "co2_usd"]].iloc[0].sum()
        assert by.loc["TRC", "benefits_usd"] == pytest.approx(avoided)


def test_a_tariff_that_all_pay_alike_moves_money_between_homes_only(tables: dict[str, pd.DataFrame]) -> None:
    moved = tables["bills"].query("change == 'tariff'")
    assert set(moved["tariff"]) == {"tiered", "time_of_use", "critical_peak"}
    assert moved["mean_usd"].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert (moved["gainers_fraction"] > 0.05).all() and (moved["losers_fraction"] > 0.05).all()


def test_the_truth_is_one_for_all_rules_and_levels(tables: dict[str, pd.DataFrame]) -> None:
    errors = tables["baseline_errors"].query("segment == -1 and refused_fraction == 0")
    for _, rows in errors.groupby(["arm", "level"]):
        assert np.ptp(rows["true_event_impact_kwh"].to_numpy()) < 1e-9
    # bias is (estimated - true impact) / counterfactual: the two tables of numbers say the same
    one = errors.query("level == 'individual'")
    away = one["estimated_impact_kwh"] - one["true_event_impact_kwh"]
    assert np.array_equal(np.sign(away), np.sign(one["bias_fraction"]))
    assert len(set(errors["rule"])) >= 12


def test_settlement_columns_are_ordered(tables: dict[str, pd.DataFrame]) -> None:
    paid = tables["settlement"].pivot_table(index=["arm", "rule"], columns="settlement", values="paid_usd")
    assert (paid["aggregate_shared"] <= paid["individual"] + 0.1).all()
    assert (paid["season_netted"] <= paid["individual"] + 1.0).all()
    over = tables["settlement"]
    assert np.allclose(over["paid_usd"] - over["earned_usd"], over["over_usd"] - over["under_usd"], atol=0.004)


def test_fairness_shares_add_up(tables: dict[str, pd.DataFrame]) -> None:
    table = tables["fairness"].query("grouping != 'all'")
    for _, rows in table.groupby(["arm", "grouping"]):
        assert rows["share_of_homes"].sum() == pytest.approx(1.0)
        assert rows["paid_usd_share"].sum() == pytest.approx(1.0)


def test_the_plant_s_books_balance(tables: dict[str, pd.DataFrame]) -> None:
    plant = tables["vpp"]
    made = plant["capacity_usd"] + plant["energy_usd"] - plant["penalties_usd"]
    assert np.allclose(plant["profit_usd"], made - plant["payments_to_homes_usd"] - plant["cost_usd"])
    assert (plant["committed_kw"] <= plant["forecast_kw"].clip(lower=0) + 1e-9).all()


def test_the_page_says_what_the_tables_say(
    tables: dict[str, pd.DataFrame], scenario: object, result: ReplicationResult, tmp_path: Path
) -> None:
    from scenarios.measurement.page import write_measurement_page

    write_measurement_page(tmp_path, scenario, tables, result.facts.worth.parameters)  # type: ignore[arg-type]
    page = (tmp_path / "measurement.html").read_text(encoding="utf-8")
    for title in ("How far each baseline is", "Whom the errors pay", "Bills", "Fair?", "A virtual power plant",
                  "Is it worth it?", "What a kilowatt costs"):  # fmt: skip
        assert f"<h2>{title}" in page
    for outside in ('src="http', 'href="http', "<script"):
        assert outside not in page
    assert "Into the sunny hours" not in page  # no values were given
    values = pd.DataFrame([{"arm": "untargeted", "replication": r, "surplus_hours_kwh": 120.0 + r, "kwh_shifted": 30.0,
                            "energy_value_usd": 9.5} for r in range(3)])  # fmt: skip
    sunny = {"cost_tests": tables["cost_tests"], "values": values}
    write_measurement_page(tmp_path, scenario, sunny, result.facts.worth.parameters)  # type: ignore[arg-type]
    assert "untargeted: 121 kWh more in surplus hours" in (tmp_path / "measurement.html").read_text(encoding="utf-8")
    one = {"cost_tests": tables["cost_tests"]}
    write_measurement_page(tmp_path, scenario, one, result.facts.worth.parameters)  # type: ignore[arg-type]
    assert "Fair?" not in (tmp_path / "measurement.html").read_text(encoding="utf-8")
