"""Sections about bills, fairness, the virtual power plant, cost tests and the supply curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.money.market import risk
from scenarios.measurement.words import (
    Section,
    Table,
    arms_of,
    mean_interval,
    percent,
    plain,
    ratio_interval,
    spanned,
    table_of,
    usd,
)
from scenarios.report.bars import GREY, ORANGE, Bar, bars

TESTS = {
    "TRC": "all resources",
    "PAC": "the utility's spending",
    "RIM": "other customers' bills",
    "PCT": "participants",
    "SCT": "society",
}


GROUPINGS = {
    "income": "income third",
    "tenure": "tenure",
    "age": "age and stage of life",
    "segment": "segment",
}


def tests(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """The five cost tests of each arm."""
    if "cost_tests" not in tables:
        return None
    table = tables["cost_tests"]
    rows, said = [], []
    for arm in arms_of(table):
        cells = [arm]
        for test in TESTS:
            mine = table[(table["arm"] == arm) & (table["test"] == test)]
            cells.append(spanned(ratio_interval(mine, "benefits_usd", "costs_usd")))
        rows.append(cells)
        trc = table[(table["arm"] == arm) & (table["test"] == "TRC")]
        if arm in ("untargeted", "segment_targeted"):
            mean, low, high = mean_interval(trc, "net_usd")
            word = "no clear difference from zero" if low <= 0.0 <= high else "pays" if mean > 0 else "does not pay"
            said.append(f"{arm}: net TRC {usd(mean)} USD ({usd(low)} to {usd(high)}): {word}.")
    price = parameters["economics.capacity_usd_per_kw_year"]
    return Section(
        "Is it worth it?",
        f"Benefits over costs, present value over {parameters['economics.program_years']:.0f} years at a capacity "
        f"price of {price:g} USD/kW-year, valued with the true programme counterfactual. At or above 1 a view is "
        "better off.",
        said,
        [],
        [
            Table("Cost tests: ratio (95 % interval)", ["arm", *[f"{t}: {w}" for t, w in TESTS.items()]], rows),
            _flows(table),
        ],
    )


def _flows(table: pd.DataFrame) -> Table:
    names = [
        "capacity_usd",
        "transmission_distribution_usd",
        "energy_usd",
        "co2_usd",
        "incentives_usd",
        "bill_savings_usd",
        "admin_usd",
        "participant_burden_usd",
    ]
    one = table[table["test"] == "TRC"].groupby("arm", sort=False)[names].mean()
    rows = [(str(arm), *[usd(float(v)) for v in values]) for arm, values in zip(one.index, one.to_numpy(), strict=True)]
    return Table(
        "Flows over the life, present value, USD, means",
        ["arm", *[n.removesuffix("_usd").replace("_", " ") for n in names]],
        rows,
    )


def supply(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """The supply curve of segments, beside a battery and a peaker."""
    if "supply_curve" not in tables:
        return None
    table = tables["supply_curve"]
    arm = arms_of(table)[0]
    mine = table[(table["arm"] == arm) & (table["replication"] == 0)]
    chart = [
        Bar(
            str(r["segment"]),
            float(r["usd_per_kw_year"]),
            f"{plain(float(r['usd_per_kw_year']), 0)}, {plain(float(r['kw']), 1)} kW"
            if r["kw"] > 0
            else "delivers nothing",
        )
        for r in mine.to_dict("records")
    ]
    for name in ("battery", "peaker"):
        value = parameters[f"economics.{name}_usd_per_kw_year"]
        chart.append(Bar(f"a {name}, for comparison", value, f"{value:g}", colour=GREY))
    caption = f"Cost of a kW of event reduction, USD/kW-year, by segment of replication 0, arm {arm}"
    return Section(
        "What a kilowatt costs, by segment",
        "Cheapest first: what the utility pays for a kW of event reduction in a year, recruiting spread over the "
        "programme's life. Battery and peaker are net costs of firm capacity from memory of a 2023 study, "
        "unverified; they are firm, these kW are not.",
        [],
        [(caption, bars(chart, caption))],
        [],
    )


def bills(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """What bills do."""
    if "bills" not in tables:
        return None
    table = tables["bills"]
    rows = []
    for (change, arm, tariff), mine in table.groupby(["change", "arm", "tariff"], sort=False):
        mean = mine.mean(numeric_only=True)
        who = "all homes, moved there from flat" if change == "tariff" else f"programme, arm {arm}"
        rows.append(
            (
                who,
                str(tariff).replace("_", " "),
                f"{mean['homes']:.0f}",
                spanned(mean_interval(mine, "mean_usd")),
                percent(mean["gainers_fraction"]),
                percent(mean["losers_fraction"]),
                plain(mean["p10_usd"]),
                plain(mean["p90_usd"]),
            )
        )
    return Section(
        "Bills",
        "Change of a season's bill in USD a home; below zero the home gains. Programme rows compare the arm's "
        "homes with and without the programme, payments included. The other tariffs raise the same money from all"
        " homes together, so moving everyone there only moves money between homes (nobody changes use in those "
        "rows).",
        [],
        [],
        [
            Table(
                "Change of bills",
                ["who", "tariff", "homes", "mean (95 % interval)", "gain", "lose", "P10", "P90"],
                rows,
            )
        ],
    )


def fairness(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """Who gets and who bears."""
    if "fairness" not in tables:
        return None
    table = tables["fairness"]
    whole = table[table["grouping"] == "all"]
    rows, chart, said = [], [], []
    for arm in arms_of(whole):
        mine = whole[whole["arm"] == arm]
        share = mean_interval(mine, "lowest_third_paid_usd_share")
        chart.append(Bar(arm, share[0], percent(share[0]), share[1], share[2], ORANGE))
        rows.append(_fair_row(arm, mine.mean(numeric_only=True)))
        if np.isfinite(share[1]) and not share[1] <= 1 / 3 <= share[2]:
            side = "less" if share[0] < 1 / 3 else "more"
            said.append(f"{arm}: the lowest income third gets {percent(share[0])} of the money, {side} than a third.")
    return Section(
        "Fair?",
        "An even hand would give the lowest income third a third of the money. Comfort lost is degree-hours above"
        " what the home can bear.",
        said,
        [("Share of money that goes to the lowest income third", bars(chart, "Share to the lowest third", True))],
        [
            table_of("Money and burdens", rows),
            *(_groups(table, g) for g in GROUPINGS),
            _liked(table),
        ],
    )


def _first(table: pd.DataFrame) -> pd.DataFrame:
    """The first replication's rows: segments are found anew in each, so only one can be shown."""
    return pd.DataFrame(table[table["replication"] == table["replication"].min()])


def _liked(table: pd.DataFrame) -> Table:
    """What events did to those who joined, per enrolled home: each arm, and its segments."""
    everyone = table[table["grouping"] == "income"].assign(group="everyone")
    mine = pd.concat([everyone, _first(table[table["grouping"] == "segment"])])
    names = ["asks", "opt_outs", "left", "dissatisfied", "fatigue"]
    sums = pd.DataFrame({name: mine["homes"] * mine[f"{name}_per_home"] for name in [*names, "enrolled"]}).assign(
        arm=mine["arm"], group=mine["group"], replication=mine["replication"]
    )
    whole = sums.groupby(["arm", "group"], sort=False)
    order = {arm: i for i, arm in enumerate(arms_of(table))}
    rows = []
    for (arm, group), part in whole:
        one, runs = part[[*names, "enrolled"]].sum(), part["replication"].nunique()
        n = float(one["enrolled"])
        each = {name: float(one[name]) / n if n else float("nan") for name in names}
        rows.append(
            {"arm and segment": f"{arm}: {group}", "enrolled homes": plain(n / runs, 1),
             "asks": plain(each["asks"], 1), "opt-outs": plain(each["opt_outs"]), "fatigue": plain(each["fatigue"]),
             "dissatisfied": percent(each["dissatisfied"]), "left": percent(each["left"])}
        )  # fmt: skip
    rows.sort(key=lambda row: order[row["arm and segment"].partition(": ")[0]])
    said = "Liked? Per enrolled home: asks are events it was called on in; dissatisfied: they brought less than nothing"
    return table_of(said, rows)


def _fair_row(arm: str, mean: pd.Series) -> dict[str, str]:
    return {
        "arm": arm,
        "Gini, all homes": plain(mean["gini_all_homes"]),
        "Gini, enrolled": plain(mean["gini_enrolled"]),
        "lowest third: money": percent(mean["lowest_third_paid_usd_share"]),
        "lowest third: asks": percent(mean["lowest_third_asks_share"]),
        "lowest third: comfort lost": percent(mean["lowest_third_comfort_kh_share"]),
        "most asks of a home": f"{mean['most_asks']:.0f}",
    }


def _groups(table: pd.DataFrame, grouping: str) -> Table:
    mine = table[table["grouping"] == grouping]
    of = ""
    if grouping == "segment":
        mine, of = _first(mine), " of the first replication"
    names = [
        "enrolled_per_home",
        "asks_per_home",
        "opt_outs_per_home",
        "left_per_home",
        "comfort_kh_per_home",
        "event_kwh_per_home",
        "paid_usd_per_home",
    ]
    mean = mine.groupby(["arm", "group"], sort=False)[names].mean()
    rows = [
        (f"{arm}: {group}", *[plain(float(v)) for v in values])
        for (arm, group), values in zip(mean.index, mean.to_numpy(), strict=True)
    ]
    head = ["arm and group", "enrolled", "asks", "opt-outs", "left", "comfort lost, K h", "kWh cut", "money, USD"]
    return Table(f"By {GROUPINGS[grouping]}{of}, per home of the group", head, rows)


def plant(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """The virtual power plant."""
    if "vpp" not in tables:
        return None
    table = tables["vpp"]
    rows, chart, said = [], [], []
    for arm in arms_of(table):
        mine = table[table["arm"] == arm]
        profit = risk(mine["profit_usd"].to_numpy(float))
        promised = float(mine["committed_kw"].sum()) > 0.0
        kept = 1.0 - float(mine["shortfall_events"].sum()) / float(mine["events"].sum()) if promised else float("nan")
        chart.append(Bar(arm, profit[1], usd(profit[1]), profit[0], profit[2]))
        mean = mine.mean(numeric_only=True)
        rows.append(_plant_row(arm, mean, kept, profit))
        promise = f"promised {plain(mean['committed_kw'], 1)} kW, kept in {percent(kept)} of events."
        said.append(f"{arm}: {promise if promised else 'nothing is sure enough to be promised.'}")
    confidence = float(table["confidence"].iloc[0])
    return Section(
        "A virtual power plant",
        "The first half of the events teaches what segments deliver; the second half is sold at a confidence of "
        f"{percent(confidence)}. Delivery is what the market's baseline measures; the true reduction stands beside"
        " it. A promise kept less often than the confidence says that past events are not like future ones "
        "(weather, fatigue) or too few to know their spread.",
        said,
        [("Profit of the second half, USD: median, and P10 to P90 over replications", bars(chart, "Profit by arm"))],
        [table_of("Means over replications", rows)],
    )


def _plant_row(arm: str, mean: pd.Series, kept: float, profit: tuple[float, float, float]) -> dict[str, str]:
    return {
        "arm": arm,
        "forecast kW": plain(mean["forecast_kw"], 1),
        "promised kW": plain(mean["committed_kw"], 1),
        "measured kW": plain(mean["delivered_kw"], 1),
        "true kW": plain(mean["true_event_kw"], 1),
        "promise kept": percent(kept),
        "capacity, USD": usd(mean["capacity_usd"]),
        "energy": usd(mean["energy_usd"]),
        "penalties": usd(mean["penalties_usd"]),
        **{f"profit P{q}": usd(p) for q, p in zip((10, 50, 90), profit, strict=True)},
    }
