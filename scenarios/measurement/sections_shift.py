"""The section about load that moves in time: around events, and into hours of surplus renewable energy."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from scenarios.measurement.words import Section, arms_of, mean_interval, plain, spanned, table_of, usd


def shift(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, float]) -> Section | None:
    """What moved where; left out where the grid has no surplus hours that any arm used."""
    values = tables.get("values")
    if values is None or not (values["surplus_hours_kwh"] > 0.0).any():
        return None
    rows, said = [], []
    for arm in arms_of(values):
        mine = values[values["arm"] == arm]
        if arm == "none" or not len(mine):
            continue
        surplus, energy = mean_interval(mine, "surplus_hours_kwh"), mean_interval(mine, "energy_value_usd")
        rows.append(
            {"arm": arm, "more use in surplus hours, kWh": spanned(surplus, 0),
             "away from events, kWh": spanned(mean_interval(mine, "kwh_shifted"), 0),
             "energy saved or moved, USD": spanned(energy, 1)}
        )  # fmt: skip
        said.append(
            f"{arm}: {plain(surplus[0], 0)} kWh more in surplus hours over the season; "
            f"all energy that moved was worth {usd(energy[0])} USD."
        )
    return Section(
        "Into the sunny hours",
        "Surplus hours are those in which renewable energy would otherwise be curtailed: price and marginal emissions "
        "are about zero there. Use in them counts where an arm uses more than the programme's counterfactual; the "
        "energy's worth is that of all hours of the season at hourly prices, dear hours saved and cheap hours used.",
        said,
        [],
        [table_of("Means over replications (95 % interval)", rows)],
    )
