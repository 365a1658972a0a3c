"""``drsim import``: a meter export into a store that ``drsim segment`` and ``drsim baseline`` read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Optional, cast

import typer

from scenarios.commands.guard import echo_json, guarded
from scenarios.commands.options import JsonOption, OutOption, ZoneOption, existing

OptionalPath = Optional[Path]  # noqa: UP045
KINDS = ("premise", "stamp", "value")


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text and text not in allowed:
            raise typer.BadParameter(f'"{text}"; expected {" or ".join(allowed)}')
        return text

    return check


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(kind.strip() not in KINDS or not name.strip() for kind, _, name in pairs):
        raise typer.BadParameter(f'"{text}"; expected for example stamp=READ_TIME,value=ENERGY,premise=METER')
    return {kind.strip(): name.strip() for kind, _, name in pairs}


@guarded
def import_reads(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file, or a folder of files: CSV, Parquet, "
                                           "or Green Button XML (also zipped).")],
    out: OutOption = None,
    zone: ZoneOption = "Europe/London",
    stamps: Annotated[str, typer.Option(metavar="start|end", callback=_one_of("start", "end"),
                                        help="What a stamp marks: its interval's start or end.")] = "start",
    unit: Annotated[str, typer.Option(metavar="kwh|wh|kw", callback=_one_of("kwh", "wh", "kw"),
                                      help="Unit of the values.", show_default="inferred, and said")] = "",
    minutes: Annotated[Optional[int], typer.Option(metavar="15|30|60", help="Interval of the store.",  # noqa: UP045
                                                   show_default="the reads' own")] = None,
    columns: Annotated[str, typer.Option(metavar="KIND=NAME,...", help="Unusual column names: premise=, stamp=, "
                                         "value=.")] = "",
    net: Annotated[bool, typer.Option("--net", help="Keep negative reads: net meters with solar.")] = False,
    customers: Annotated[OptionalPath, typer.Option(metavar="FILE", help="Customer table, by premise.")] = None,
    programme: Annotated[OptionalPath, typer.Option(metavar="FILE", help="Programme history.")] = None,
    hash_ids: Annotated[OptionalPath, typer.Option(metavar="SALTFILE", help="Replace premise ids by a hash keyed "
                                                   "with this file's secret (made if absent).")] = None,
    green_button: Annotated[OptionalPath, typer.Option(metavar="DIR", help="Also write each usable premise as a "
                                                       "Green Button file.")] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Import a meter export of any size, and report on its quality.

    \b
    Examples:
      drsim import export.csv
      drsim import exports/ --zone America/Phoenix --stamps end --unit wh
      drsim import export.csv --columns premise=METER,stamp=READ_TIME,value=ENERGY --hash-ids salt.txt
    """
    from drsim.errors import Problem, ScenarioError

    for name, path in (("SOURCE", source), ("--customers", customers), ("--programme", programme)):
        existing(name, path)
    if minutes not in {None, 15, 30, 60}:
        raise ScenarioError(Problem("--minutes", f"minutes is {minutes}; expected 15, 30 or 60"))

    from scenarios.meter_files.import_file import import_file

    result = import_file(
        source, out, zone, cast(Literal["start", "end"], stamps),
        cast(Optional[Literal["kwh", "wh", "kw"]], unit or None),  # noqa: UP045
        minutes, _columns(columns), net, customers, programme, hash_ids, green_button,
    )  # fmt: skip
    if as_json:
        echo_json(result.summary())
    else:
        typer.echo(result.summary_text())
