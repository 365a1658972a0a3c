"""The command line. Only typer is imported until a command runs, so ``drsim --help`` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from scenarios.commands.app import what_if_app
from scenarios.commands.baseline import baseline
from scenarios.commands.check import check
from scenarios.commands.compare import compare
from scenarios.commands.evidence import evidence
from scenarios.commands.frontier import frontier
from scenarios.commands.guard import INTERRUPTED
from scenarios.commands.home import home
from scenarios.commands.import_reads import import_reads
from scenarios.commands.init import init
from scenarios.commands.library import library
from scenarios.commands.listing import list_scenarios
from scenarios.commands.parameters import parameters
from scenarios.commands.population import population
from scenarios.commands.run import run
from scenarios.commands.schema import schema
from scenarios.commands.segment import segment
from scenarios.commands.sweep import sweep
from scenarios.commands.version import drsim_version, show_version
from scenarios.running.spawning import this_process_is_ours

app = typer.Typer(
    name="drsim",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: messages stay on one line, and logs can be searched
    help="Simulate residential demand response home by home, and compare ways of recruiting at equal budget.",
    epilog="Exit codes: 0 fine, 1 run failed, 2 bad usage or scenario, 3 unusable data, 130 interrupted.",
)
app.command("run")(run)
app.command("check")(check)
app.command("list")(list_scenarios)
app.command("parameters")(parameters)
app.command("population")(population)
app.command("home")(home)
app.command("init")(init)
app.command("compare")(compare)
app.command("sweep")(sweep)
app.command("app")(what_if_app)
app.command("frontier")(frontier)
app.command("library")(library)
app.command("schema")(schema)
app.command("import")(import_reads)
app.command("segment")(segment)
app.command("baseline")(baseline)
app.command("evidence")(evidence)
app.command("version")(show_version)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"drsim {drsim_version()}")
        raise typer.Exit()


@app.callback()
def _front(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point of ``drsim``."""
    this_process_is_ours()
    try:
        app(prog_name="drsim")
    except KeyboardInterrupt:  # before a command's own guard, or while Python shuts down
        raise SystemExit(INTERRUPTED) from None
