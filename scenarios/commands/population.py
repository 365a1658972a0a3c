"""``drsim population``: draw a region's homes and show who owns what, with three pairwise checks."""

from __future__ import annotations

from typing import Annotated

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, RegionOption, known_region


@guarded
def population(
    region: Annotated[str, RegionOption] = "us_hot_dry",
    households: Annotated[int, typer.Option("--households", min=100, max=1_000_000, help="Homes drawn.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Draw a region's homes and show who owns what.

    Prints each share beside the table it comes from, air conditioning by income, electric vehicles by income and
    household size by kind of dwelling.

    \b
    Examples:
      drsim population
      drsim population --region uk_london --households 5000 --json
    """
    name = known_region(region)

    from scenarios.homes.population_checks import by_income, shares, size_by_dwelling
    from simulator.parameters.tables import load_behaviour, load_region
    from simulator.population import sample

    place = load_region(name)
    homes = sample(place, load_behaviour(), households, seed, 0).homes
    tables = {
        "shares": shares(place, homes),
        "air_conditioning_by_income": by_income(homes, "air_conditioning"),
        "ev_by_income": by_income(homes, "ev"),
        "household_size_by_dwelling": size_by_dwelling(homes),
    }
    if as_json:
        echo_json({key: table.to_dict("records") for key, table in tables.items()})
        return
    typer.echo(f"{place.title}: {households} homes drawn")
    for table in tables.values():
        typer.echo("\n" + table.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
