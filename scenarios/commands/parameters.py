"""``drsim parameters``: every number of the model with its unit, range and source; assumptions are marked."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, RegionOption, known_region


@guarded
def parameters(
    region: Annotated[Optional[str], RegionOption] = None,  # noqa: UP045
    assumptions: Annotated[bool, typer.Option("--assumptions", help="Only those without a source.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List every parameter with value, unit, range and source.

    Without --region: all files, where a region's file holds only what differs from common.yaml.

    \b
    Examples:
      drsim parameters --region us_hot_dry
      drsim parameters --assumptions --json
    """
    chosen = None if region is None else known_region(region)

    from scenarios.homes.parameter_table import every_parameter, region_table

    table = every_parameter() if chosen is None else region_table(chosen)
    marked = int(table["assumption"].sum())
    shown = table[table["assumption"]] if assumptions else table
    if as_json:
        echo_json(shown.to_dict("records"))
        return
    width = {name: max(len(name), int(shown[name].str.len().max())) for name in ("file", "name", "unit")}
    typer.echo(
        f"{'file':<{width['file']}}  {'name':<{width['name']}}  {'value':>9}  {'unit':<{width['unit']}}  "
        f"{'low':>9} {'high':>9}  source"
    )
    for row in shown.to_dict("records"):
        source = " ".join(filter(None, ["ASSUMPTION" if row["assumption"] else row["source"], _aside(row["note"])]))
        typer.echo(
            f"{row['file']:<{width['file']}}  {row['name']:<{width['name']}}  {row['value']:>9.4g}  "
            f"{row['unit']:<{width['unit']}}  {row['low']:>9.4g} {row['high']:>9.4g}  {source}"
        )
    typer.echo(f"{len(table)} parameters, {marked} of them assumptions.")


def _aside(note: str) -> str:
    return f"({note})" if note else ""
