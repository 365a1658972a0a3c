"""Cost tests, supply curve, bills and fairness of every arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.money import economics as eco
from analysis.money.equity import by_group, gini, share_to_lowest, terciles
from drsim.tariffs import BillingDays, Flat, Tariff, Tiered, TimeOfUse, bill_change, revenue_neutral
from scenarios.measurement.kept import KeptReads
from scenarios.measurement.members import ArmMembers, event_windows
from scenarios.results.metrics import season_of
from scenarios.results.worth import Worth, flows
from scenarios.running.replication import ReplicationResult

#: What is counted for each home; homes that did not enrol have zeros.
COUNTED = ("paid_usd", "asks", "opt_outs", "left", "dissatisfied", "fatigue", "comfort_kh", "event_kwh")
#: Records of the simulator hold no ages; the kind of household stands for age and stage of life.
STAGES = ("working adults", "family with children", "retired", "mostly at home", "shared or students")
#: What the lowest income third's share is shown of.
BURDENS = ("paid_usd", "asks", "comfort_kh")


def cost_test_table(result: ReplicationResult) -> pd.DataFrame:
    """One row for each arm and test: benefits, costs and the flows of the programme's life [USD, present value]."""
    rows, worth = [], result.facts.worth
    for arm, outcome in result.outcomes.items():
        if outcome.ledger is None:
            continue
        years = flows(season_of(outcome, result.logs.get(arm, []), result.facts), worth)
        today = eco.present_value(years, worth.life.discount_fraction)
        tests = eco.cost_tests(years, worth.life.discount_fraction, worth.life.societal_discount_fraction)
        for name, test in tests.items():
            rows.append({"arm": arm, "replication": result.replication, "test": name, "benefits_usd": test.benefits_usd,
                         "costs_usd": test.costs_usd, "net_usd": test.net_usd, **vars(today)})  # fmt: skip
    return pd.DataFrame(rows)


def supply_table(result: ReplicationResult) -> pd.DataFrame:
    """Supply curve of demand response by segment of each arm: kW of event reduction and yearly cost of a kW."""
    parts, worth = [], result.facts.worth
    hours = result.facts.event_hours * max(1, len(result.calendar.days))
    for arm, outcome in result.outcomes.items():
        if outcome.ledger is None or arm == "oracle":
            continue
        segments: dict[str, tuple[float, float]] = {}
        for index, name in enumerate(result.normalised.names):
            inside = result.normalised.labels == index
            kw, paid, incentive = 0.0, 0.0, 0.0
            for member in outcome.members:
                log = result.logs[arm][member.treatment]
                pick = member.chosen & inside[log.rows]
                kw += float(log.event_impact_wh[pick].sum()) / 1e3 / hours
                paid += float(log.paid_usd[pick].sum())
            joined = outcome.ledger.enrolled & inside
            numbers = result.offers[arm].program[joined]
            incentive = float(np.array([p.incentive_usd for p in result.programs])[numbers].sum())
            cost = _yearly(result, arm, joined, inside, incentive + paid, worth)
            segments[f"{index} {name}"] = (kw, cost)
        table = eco.supply_curve(segments)
        table.insert(0, "replication", result.replication)
        table.insert(0, "arm", arm)
        parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _yearly(
    result: ReplicationResult, arm: str, joined: np.ndarray, inside: np.ndarray, transfers: float, worth: Worth
) -> float:
    """Levelled yearly cost of one segment to the utility [USD]: its share of what is spent once, and what recurs."""
    ledger = result.outcomes[arm].ledger
    assert ledger is not None
    offers = float((ledger.offered & inside).sum()) / max(1, int(ledger.offered.sum()))
    enrolled = float(joined.sum()) / max(1, int(ledger.enrolled.sum()))
    once = ledger.spent_usd - result.outcomes[arm].incentives_usd
    share = 0.5 * (offers + enrolled)  # contacts follow offers, recruiting follows enrolments
    years = eco.programme_life(eco.Year(), share * once, transfers, 0.0, float(joined.sum()), worth.life)
    cost = eco.cost_tests(years, worth.life.discount_fraction, 0.0)["PAC"].costs_usd
    return cost * eco.capital_recovery_fraction(worth.life.discount_fraction, worth.life.years)


def tariffs_of(
    parameters: Mapping[str, float], kwh: np.ndarray, days: BillingDays, peak: tuple[int, int]
) -> list[Tariff]:
    """The flat tariff, and three others on which all homes together would pay the same."""
    flat = Flat(parameters["tariff.flat_usd_per_kwh"])
    price = flat.usd_per_kwh
    dear, critical = price * parameters["tariff.peak_ratio"], price * parameters["tariff.critical_ratio"]
    edge = parameters["tariff.tier_kwh_per_month"]
    tiers = Tiered(((edge, price), (np.inf, price * parameters["tariff.tier_ratio"])))
    others = (tiers, TimeOfUse(price, dear, *peak), TimeOfUse(price, price, *peak, critical, name="critical_peak"))
    return [flat, *(revenue_neutral(t, flat, kwh, days) for t in others)]


def bill_table(result: ReplicationResult, kept: KeptReads, members: list[ArmMembers]) -> pd.DataFrame:
    """Bills of the season on four tariffs: what the programme changes for its homes, who gains and who loses.

    ``change`` is ``programme`` (the arm's homes, with it against without it, payments included) or ``tariff``
    (all homes, put on the tariff from the flat one without changing what they use; arm ``none``).
    """
    world, first = result.world, result.world.first_event_day
    clock, windows = world.clock, event_windows(result)
    event = np.zeros((clock.days - first, 24), bool)
    for window in windows:
        event[window.day - first, window.first : window.last] = True
    days = BillingDays([clock.date(d) for d in range(first, clock.days)], clock.is_workday[first:], event)
    none = _filled(kept.none[:, first:])
    peak = (windows[0].first, windows[0].last) if windows else (16, 20)
    tariffs = tariffs_of(result.facts.worth.parameters, none, days, peak)
    rows = []
    usual = tariffs[0].energy_usd(none, days)
    for tariff in tariffs:
        before = tariff.energy_usd(none, days)
        if tariff is not tariffs[0]:
            rows.append({"arm": "none", "change": "tariff", "tariff": tariff.name, "homes": len(none),
                         **vars(bill_change(usual, before))})  # fmt: skip
        for arm in members:
            after = tariff.energy_usd(_filled(arm.kwh[:, first:]), days) + arm.tariff_usd
            paid = arm.paid_usd.sum(axis=1) + arm.incentive_usd
            rows.append({"arm": arm.arm, "change": "programme", "tariff": tariff.name, "homes": len(arm.rows),
                         **vars(bill_change(before[arm.rows], after - paid))})  # fmt: skip
    table = pd.DataFrame(rows)
    table.insert(1, "replication", result.replication)
    return table


def _filled(kwh: np.ndarray) -> np.ndarray:
    """The hour that a clock change skips uses nothing."""
    return np.asarray(np.nan_to_num(kwh, nan=0.0))


def feelings(arm: ArmMembers) -> tuple[np.ndarray, np.ndarray]:
    """Whether each member is dissatisfied as the season ends, and its mean fatigue after events, (members,)."""
    called = arm.asked > 0.0
    fatigue = np.where(called, arm.fatigue, 0.0).sum(axis=1) / np.maximum(called.sum(axis=1), 1)
    return (called.any(axis=1) & (arm.satisfaction < 0.0)).astype(np.float64), fatigue


def fairness_table(result: ReplicationResult, members: list[ArmMembers]) -> pd.DataFrame:
    """Who gets the money and who bears the burden, by income third, tenure, age and segment, and in one number.

    ``dissatisfied`` counts called homes whose running mean of what events brought, money on the bill less discomfort
    and effort, is below zero as the season ends; ``fatigue`` is the mean of the stock after the events a home was in.

    Rows with ``grouping`` "all" hold the Gini coefficient of payments over all homes and over enrolled homes, and the
    lowest income third's share of payments, of homes asked and of comfort lost.
    """
    homes = result.world.population.homes
    n = len(homes)
    income = homes["income_z"].astype(np.float64)
    third = np.array(["lowest third", "middle third", "highest third"], dtype=object)[terciles(income)]
    tenure = np.where(homes["owner"].astype(bool), "owner", "renter").astype(object)
    age = np.array(STAGES, dtype=object)[homes["household_type"]]
    names = np.array([*result.normalised.names, "none"], dtype=object)[result.normalised.labels]
    groups = (("income", third), ("tenure", tenure), ("age", age), ("segment", names))
    parts = []
    for arm in members:
        ledger = result.offers[arm.arm].ledger
        columns = {name: np.zeros(n) for name in COUNTED}
        columns["paid_usd"][arm.rows] = arm.paid_usd.sum(axis=1) + arm.incentive_usd
        columns["asks"][arm.rows] = arm.asked.sum(axis=1)
        columns["left"][arm.rows] = arm.left
        columns["opt_outs"][arm.rows] = arm.opted_out.sum(axis=1)
        columns["dissatisfied"][arm.rows], columns["fatigue"][arm.rows] = feelings(arm)
        columns["comfort_kh"][arm.rows] = arm.discomfort_kh.sum(axis=1)
        columns["event_kwh"][arm.rows] = arm.true_event_kwh.sum(axis=1)
        columns |= {"offered": ledger.offered.astype(float), "enrolled": ledger.enrolled.astype(float)}
        for grouping, group in groups:
            table = by_group(group, columns)
            table.insert(0, "grouping", grouping)
            parts.append(table.assign(arm=arm.arm))
        paid = columns["paid_usd"]
        one = {
            "grouping": "all", "group": "all", "homes": n, "share_of_homes": 1.0, "arm": arm.arm,
            "gini_all_homes": gini(paid), "gini_enrolled": gini(paid[arm.rows]),
            **{f"lowest_third_{k}_share": share_to_lowest(columns[k], income) for k in BURDENS},
            "most_asks": float(columns["asks"].max()),
        }  # fmt: skip
        parts.append(pd.DataFrame([one]))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(table):
        table.insert(0, "replication", result.replication)
        table.insert(0, "arm", table.pop("arm"))
    return table


