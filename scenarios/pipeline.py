"""A scenario in, a run folder out: replications, comparison, tables, report, manifest."""

from __future__ import annotations

import os
import shlex
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenarios.loader import load_scenario
from scenarios.measurement.tables import FILES as MEASURED
from scenarios.results.comparison import REFERENCE, compare, detectable_gain
from scenarios.results.decomposition import summary as summary_of_stages
from scenarios.results.invariants import INVARIANTS, verdict
from scenarios.results.tables import ReplicationTables
from scenarios.running import run_folder
from scenarios.running.ahead import Ahead
from scenarios.running.checkpoints import Checkpoints
from scenarios.running.parallel import Engine, Progress, RunFailed, run_all, usual_workers
from scenarios.running.read_files import write_reads
from scenarios.running.shards import SHARD_HOMES, living
from scenarios.running.worlds import misfit_of, region_of
from scenarios.schema.scenario import Scenario

if TYPE_CHECKING:
    from scenarios.results.plotting import Plots
    from scenarios.sweeps.uncertainty import Doubt

HEADLINE, MAIN_ARM = "peak_reduction_kw", "segment_targeted"


@dataclass(frozen=True)
class RunResult:
    """A finished run: where it is, and its comparison."""

    scenario: Scenario
    folder: Path
    comparison: pd.DataFrame
    values: pd.DataFrame
    seconds: float
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    headline: str = ""

    def row(self, arm: str, metric: str = HEADLINE) -> dict[str, Any]:
        """One row of the comparison as a dictionary."""
        found = self.comparison[(self.comparison["arm"] == arm) & (self.comparison["metric"] == metric)]
        return {str(k): v for k, v in found.iloc[0].items()}

    def to_frame(self) -> pd.DataFrame:
        """The comparison: arm x metric with intervals (``comparison.csv``)."""
        return self.comparison.copy()

    def summary(self) -> dict[str, Any]:
        """The answer as plain values: reductions, differences, cost per kW, and the folder."""
        arms: dict[str, Any] = {}
        for arm in self.scenario.arms:
            peak, cost = self.row(arm), self.row(arm, "usd_per_kw")
            arms[arm] = {
                "peak_reduction_kw": [peak["mean"], peak["ci_low"], peak["ci_high"]],
                "diff_vs_untargeted_kw": [peak["diff_vs_untargeted"], peak["diff_ci_low"], peak["diff_ci_high"]],
                "event_reduction_kw": self.row(arm, "event_reduction_kw")["mean"],
                "usd_per_kw": cost["mean"],
            }
        return {
            "question": self.scenario.question,
            "answer": self.headline,
            "folder": str(self.folder),
            "seconds": self.seconds,
            "arms": arms,
        }

    @property
    def plot(self) -> Plots:
        """The report's figures: ``result.plot.peak_day()``; see ``scenarios.results.plotting.Plots``."""
        from scenarios.results.plotting import Plots

        return Plots(self)

    def summary_text(self) -> str:
        """The closing summary of the command line."""
        from scenarios.results.summary import text_of

        return text_of(self)


def run_scenario(
    scenario: Scenario, out: Path | None = None, workers: int | None = None, progress: Progress | None = None,
    command: str | None = None, resume: bool = False, engine: Engine = Engine(), shard_homes: int = SHARD_HOMES,
) -> RunResult:  # fmt: skip
    """Run a scenario and leave its folder.

    Parameters
    ----------
    out
        Folder of the run; default ``runs/<name>-<hash>``.
    workers
        Worker processes over replications, and threads over the shards of each where workers are left; default one
        per processor. Never changes a result.
    progress
        Called with (replications done, in all, what is under way).
    resume
        Continue an interrupted run of the same scenario, sources and versions; it ends as if undisturbed.
    engine
        Where replications and shards are lived; never changes a result.
    shard_homes
        Homes that live through all their days together; what is kept of an interrupted replication is whole shards.
        Never changes a result.

    Raises
    ------
    ScenarioError
        The output folder holds something else, or is in use.
    RunFailed
        Workers kept dying, or the disk is full; finished replications stay in ``<folder>.partial``.
    """
    began, cpu = time.perf_counter(), _cpu_seconds()
    tell: Progress = progress if progress is not None else (lambda done, total, what: None)
    said = command if command is not None else shlex.join(["drsim", *sys.argv[1:]])
    folder = run_folder.folder_for(scenario, out)
    partial = run_folder.partial_of(folder)
    kept, at_a_time = Checkpoints.open(partial, scenario, resume), workers if workers is not None else usual_workers()
    ahead = Ahead(scenario)
    try:
        with living(homes=shard_homes, threads=at_a_time, keeper=kept.shards):
            parts = _live(scenario, kept, at_a_time, tell, engine, ahead)
        tell(scenario.replications, scenario.replications, "comparing arms and writing the report")
        held = verdict(p.broken for p in parts)
        values = pd.concat([p.tables["values"] for p in parts], ignore_index=True)
        comparison, tables = compare(values, list(scenario.arms)), _gather(parts)
        with living(homes=shard_homes, threads=at_a_time):
            _write_tables(partial, scenario, comparison, values, tables, ahead)
        doubt = _doubt(partial, scenario, values, workers, tell)
        headline = _write_report(partial, scenario, comparison, values, tables, said, doubt)
        costs = {
            "wall_seconds": round(time.perf_counter() - began, 2),
            "cpu_seconds": round(_cpu_seconds() - cpu, 2),
            "peak_rss_mb": run_folder.peak_rss_mb(),
        }
        run_folder.write_manifest(partial, scenario, said, {"invariants": held, **costs})
        kept.clear()
    except (KeyboardInterrupt, RunFailed, MemoryError, OSError) as error:
        raise _kept_or_gone(kept, scenario, error) from error
    except BaseException:
        kept.discard()  # the same would happen again: nothing half-written stays
        raise
    run_folder.finish(partial, folder)
    return RunResult(scenario, folder, comparison, values, time.perf_counter() - began, tables, headline)


def run(
    scenario: str | os.PathLike[str] | Scenario, out: str | os.PathLike[str] | None = None,
    workers: int | None = None, progress: Progress | None = None,
) -> RunResult:  # fmt: skip
    """Run a scenario given by name, path or object: ``run("heat_wave")``; see ``run_scenario``."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return run_scenario(loaded, Path(out) if out is not None else None, workers, progress, command="drsim.run")


def _live(
    scenario: Scenario, kept: Checkpoints, workers: int, tell: Progress, engine: Engine, ahead: Ahead
) -> list[ReplicationTables]:
    """All replications in order: those kept from before, the others lived now and kept."""
    found = {r: part for r in range(scenario.replications) if (part := kept.load(r)) is not None}

    def receive(part: ReplicationTables) -> None:
        kept.save(part)
        found[part.replication] = part

    wanted = [r for r in range(scenario.replications) if r not in found]
    run_all(scenario, wanted, workers, tell, receive, engine, ahead.work)
    return [found[r] for r in range(scenario.replications)]


def _kept_or_gone(kept: Checkpoints, scenario: Scenario, error: BaseException) -> BaseException:
    """What to raise after an interruption that another try may get over; the finished part stays."""
    done, shards = kept.kept(), kept.shards.kept()
    if done == shards == 0:
        kept.discard()
        hint = "nothing was finished"
    else:
        kept.release()
        what = f"{done} of {scenario.replications} replications" + (f" and {shards} shards" if shards else "")
        hint = f"{what} are kept in {kept.partial}; continue with --resume"
    if isinstance(error, KeyboardInterrupt):
        return KeyboardInterrupt(hint)
    if isinstance(error, RunFailed):
        return RunFailed(f"{error}; {hint}")
    what = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return RunFailed(f"the run could not go on ({what}); {hint}")


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _gather(parts: list[ReplicationTables]) -> dict[str, pd.DataFrame]:
    """One table of each kind over replications, in their order."""
    names = [name for name in parts[0].tables if name != "values"]
    return {name: pd.concat([p.tables[name] for p in parts if name in p.tables], ignore_index=True) for name in names}


def _write_tables(
    folder: Path, scenario: Scenario, comparison: pd.DataFrame, values: pd.DataFrame,
    tables: dict[str, pd.DataFrame], ahead: Ahead,
) -> None:  # fmt: skip
    from scenarios.measurement.page import write_measurement_page

    run_folder.write_csv(comparison, folder / "comparison.csv")
    long = values.melt(id_vars=["arm", "replication"], var_name="metric", value_name="value")
    run_folder.write_csv(long, folder / "replications.csv")
    run_folder.write_csv(tables["events"], folder / "events.csv")
    run_folder.write_csv(tables["segments"], folder / "segments.csv")
    for name in MEASURED:
        if name in tables:
            run_folder.write_csv(tables[name], folder / f"{name}.csv")
    numbers = {name: p.value for name, p in region_of(scenario).parameters.items()}
    write_measurement_page(folder, scenario, {**tables, "values": values}, numbers)
    if len(tables["decomposition"]):
        run_folder.write_csv(summary_of_stages(tables["decomposition"]), folder / "decomposition.csv")
    if len(tables["pilot"]):
        run_folder.write_csv(tables["pilot"], folder / "pilot.csv")
    tables["end_use"] = pd.concat([tables["end_use"], ahead.end_use], ignore_index=True)
    if scenario.outputs.reads != "none":
        write_reads(scenario, folder / "reads.parquet")
    for name in ("end_use", "homes", "enrolment", "participation", "load"):
        run_folder.write_parquet(tables[name], folder / f"{name}.parquet")
    if (matched := misfit_of(scenario)) is not None:
        run_folder.write_csv(matched.misfit, folder / "match_reads.csv")
        tables["matched"] = pd.DataFrame({"words": [matched.words()]})
    (folder / run_folder.RESOLVED).write_text(scenario.resolved_yaml(), encoding="utf-8")


def _doubt(folder: Path, scenario: Scenario, values: pd.DataFrame, workers: int | None, tell: Progress) -> Doubt | None:
    """Whether the answer survives the assumptions, where the scenario asks."""
    if scenario.uncertainty == "none":
        return None
    from scenarios.sweeps.uncertainty import explore

    doubt = explore(scenario, values, workers, tell)
    if doubt is not None:
        run_folder.write_csv(doubt.draws, folder / "uncertainty.csv")
    return doubt


def _write_report(
    folder: Path, scenario: Scenario, comparison: pd.DataFrame, values: pd.DataFrame,
    tables: dict[str, pd.DataFrame], command: str, doubt: Doubt | None = None,
) -> str:  # fmt: skip
    """The report, and the answer's headline."""
    from scenarios.report import write_report
    from scenarios.report.answer import answer
    from scenarios.results.run_report import report_input

    detectable = detectable_gain(values, MAIN_ARM) if {MAIN_ARM, REFERENCE} <= set(scenario.arms) else float("nan")
    page = report_input(scenario, comparison, values, tables, list(INVARIANTS.values()), detectable, command)
    page = replace(page, doubt=doubt.sentences() if doubt is not None else [])
    write_report(folder, page)
    return answer(page).headline
