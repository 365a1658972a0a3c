"""``drsim segment``: segment a real smart-meter file with the code the scenarios use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, OutOption, TemperatureOption, ZoneOption, existing


def _segments(text: str) -> str:
    if text != "auto" and not (text.isdecimal() and text.isascii() and 2 <= int(text) <= 30):
        raise typer.BadParameter(f'"{text}"; expected "auto" or a whole number from 2 to 30, for example 6')
    return text


@guarded
def segment(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Folder left by drsim import; or Parquet, CSV.")],
    out: OutOption = None,
    segments: Annotated[
        str, typer.Option(callback=_segments, metavar="N|auto", help="How many segments.")
    ] = "auto",
    zone: ZoneOption = "Europe/London",
    temperature: TemperatureOption = None,
    event_window: Annotated[
        str, typer.Option(metavar="HH:MM-HH:MM", help="Local hours that matter.")
    ] = "17:00-20:00",
    method: Annotated[
        str,
        typer.Option(metavar="NAME", help="kmeans, gaussian_mixture, hierarchical, dictionary or feature_tree."),
    ] = "kmeans",
    smallest_segment: Annotated[
        int, typer.Option(metavar="HOMES", help="Smaller segments are merged into another.")
    ] = 15,
    members: Annotated[bool, typer.Option("--members", help="Also write homes.csv, which names premises.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Segment a real smart-meter file by its load shapes.

    \b
    Examples:
      drsim segment reads.parquet
      drsim segment reads.csv --zone America/Phoenix --event-window 16:00-20:00 --segments 6
    """
    existing("FILE", file)
    existing("--temperature", temperature)

    from scenarios.meter_files.segment_file import segment_file

    result = segment_file(
        file,
        out=out,
        segments="auto" if segments == "auto" else int(segments),
        zone=zone,
        temperature=temperature,
        event_window=event_window,
        method=method,
        smallest_segment=smallest_segment,
        members=members,
    )
    if as_json:
        echo_json(result.summary())
    else:
        typer.echo(result.summary_text())
