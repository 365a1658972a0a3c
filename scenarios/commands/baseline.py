"""``drsim baseline``: every baseline on a real smart-meter file, and the effect of its events."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Optional

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, OutOption, TemperatureOption, ZoneOption, existing

OptionalPath = Optional[Path]  # noqa: UP045
OptionalText = Optional[str]  # noqa: UP045
WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")


def _window(text: str) -> str:
    if not WINDOW.fullmatch(text) or text[:5] >= text[6:]:
        raise typer.BadParameter(f'"{text}"; expected "HH:MM-HH:MM", for example 17:00-20:00')
    return text


def _placebo(texts: list[str] | None) -> list[str] | None:
    for text in texts or []:
        if not re.fullmatch(r"(highest|random):[1-9]\d{0,2}", text):
            raise typer.BadParameter(f'"{text}"; expected highest:N or random:N, for example highest:12')
    return texts


@guarded
def baseline(
    reads: Annotated[Path, typer.Argument(metavar="READS", help="Folder left by drsim import; or Parquet, CSV.")],
    events: Annotated[
        OptionalPath,
        typer.Option(metavar="FILE", help="Events (start_local,end_local or date), or a schedule with a band column."),
    ] = None,
    band: Annotated[OptionalText, typer.Option(help="The schedule's band that is an event.")] = None,
    reference_band: Annotated[OptionalText, typer.Option(help="The band to compare with.")] = None,
    customers: Annotated[OptionalPath, typer.Option(metavar="FILE", help="Customer table (CSV).")] = None,
    called: Annotated[OptionalText, typer.Option(metavar="COL=VALUE", help="Customers that were called.")] = None,
    control: Annotated[OptionalText, typer.Option(metavar="COL=VALUE", help="Customers that were not.")] = None,
    window: Annotated[
        str, typer.Option(callback=_window, metavar="HH:MM-HH:MM", help="Local hours of placebo and dated events.")
    ] = "17:00-20:00",
    zone: ZoneOption = "Europe/London",
    temperature: TemperatureOption = None,
    design_degc: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(metavar="DEGC", help="Also the impact expected at this outdoor temperature."),
    ] = None,
    country: Annotated[OptionalText, typer.Option(metavar="CODE", help="Leave out its public holidays.")] = None,
    placebo: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(callback=_placebo, metavar="KIND:N", help="Placebo days: highest:N or random:N. Repeatable."),
    ] = None,
    bootstrap: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap samples of homes.")] = 500,
    seed: Annotated[int, typer.Option(help="Draw of random placebo days and of the bootstrap.")] = 1,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run every baseline on a real smart-meter file.

    \b
    Examples:
      drsim baseline reads.parquet
      drsim baseline reads.parquet --zone America/Phoenix --window 16:00-19:00
      drsim baseline reads.parquet --events events.csv --customers homes.csv --called tariff=ToU --control tariff=Std
    """
    files = {"READS": reads, "--events": events, "--customers": customers, "--temperature": temperature}
    for name, path in files.items():
        existing(name, path)

    from scenarios.meter_files.baseline_meters import BaselineOptions
    from scenarios.meter_files.baseline_report import baseline_file

    options = BaselineOptions(
        zone=zone, window=window, events=events, band=band, reference_band=reference_band, customers=customers,
        called=called, control=control, temperature=temperature, country=country,
        placebo=tuple(placebo) if placebo else ("highest:12", "random:40"), bootstrap=bootstrap, seed=seed,
        design_degc=design_degc,
    )  # fmt: skip
    result = baseline_file(reads, options, out)
    if as_json:
        echo_json(result.summary())
    else:
        typer.echo(result.summary_text())
