"""Running many settings of one scenario on the same homes, weather and dice.

Settings that differ only in what the utility does share the homes' life without it (``scenarios.running.shared``).
What is finished is kept in ``<folder>.partial``, so an interrupted sweep goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from drsim.errors import Problem, ScenarioError
from scenarios.results.comparison import compare
from scenarios.running import run_folder
from scenarios.running.checked_files import read_checked, write_checked
from scenarios.running.parallel import Progress, compile_first, usual_workers
from scenarios.running.shard_files import ShardFiles
from scenarios.running.shards import living
from scenarios.running.shared import sharing, world_key
from scenarios.running.spawning import main_hidden, settle_in, workers_context
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.sweep_points import Axis, Point

MOST_IN_A_TASK = 12
FINISHED = "finished"
ROWS = ".rows"  # a finished task's rows: Parquet behind its checksum


@dataclass(frozen=True)
class Task:
    """Points of one world in one replication, to be run in one go."""

    replication: int
    numbers: tuple[int, ...]
    scenarios: tuple[Scenario, ...]

    @property
    def name(self) -> str:
        """The same for the same work, so that finished work is recognised."""
        text = "|".join([str(self.replication), *map(str, self.numbers), *(s.hash for s in self.scenarios)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep: its folder and its tidy tables."""

    scenario: Scenario
    folder: Path
    axes: tuple[Axis, ...]
    table: pd.DataFrame  # one row a point, arm and metric, with intervals
    values: pd.DataFrame  # one row a point, arm and replication

    def to_frame(self) -> pd.DataFrame:
        """``sweep.parquet``: the varied settings, then arm, metric and its interval."""
        return self.table.copy()

    def summary(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        from scenarios.sweeps.sweep_report import findings

        return {"folder": str(self.folder), "points": int(self.table["point"].nunique()), "findings": findings(self)}

    def summary_text(self) -> str:
        """What the sweep found, in sentences, and where it lies."""
        from scenarios.sweeps.sweep_report import findings

        said = "\n".join(f"- {line}" for line in findings(self))
        return f"{self.scenario.question}\n\n{said}\n\nFigures and tables: {self.folder / 'sweep.html'}"


def run_sweep(
    scenario: Scenario, axes: Sequence[Axis], points: Sequence[Point], out: str | os.PathLike[str] | None = None,
    workers: int | None = None, progress: Progress | None = None, resume: bool = False, command: str = "",
) -> SweepResult:  # fmt: skip
    """Run every point, and leave a folder with tidy tables and figures.

    Parameters
    ----------
    resume
        Keep what an interrupted sweep of the same points finished.
    """
    tell: Progress = progress if progress is not None else (lambda done, total, what: None)
    digest = hashlib.sha256("|".join(p.scenario.hash for p in points).encode()).hexdigest()[:10]
    folder = _folder(scenario, digest, Path(out) if out is not None else None)
    partial = _partial(folder, resume)
    values = run_points(points, partial / FINISHED / _sources(), workers, tell)
    table = _tidy(points, values)
    result = SweepResult(scenario, folder, tuple(axes), table, values)
    _write(result, partial, command, digest)
    run_folder.finish(partial, folder)
    return result


def run_points(points: Sequence[Point], keep: Path | None, workers: int | None, tell: Progress) -> pd.DataFrame:
    """One row a point, arm and replication; ``keep`` is a folder for finished work."""
    tasks = _tasks(points)
    total = sum(len(task.numbers) for task in tasks)
    compile_first(tell, total)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    found: dict[str, pd.DataFrame] = {}
    left: list[Task] = []
    for task in tasks:
        content = read_checked(keep / f"{task.name}{ROWS}") if keep is not None else None
        if content is not None:
            found[task.name] = pd.read_parquet(io.BytesIO(content))
        else:
            left.append(task)
    done = total - sum(len(task.numbers) for task in left)
    tell(done, total, "settings")
    for task, rows in _run(left, workers if workers is not None else usual_workers(), keep):
        found[task.name] = rows
        if keep is not None:
            write_checked(keep / f"{task.name}{ROWS}", rows.to_parquet())
            for folder in keep.glob(f"{task.name}-*"):
                shutil.rmtree(folder, ignore_errors=True)
        done += len(task.numbers)
        tell(done, total, "settings")
    rows = pd.concat([found[task.name] for task in tasks], ignore_index=True)
    return rows.sort_values(["point", "replication"], kind="stable", ignore_index=True)


def _tasks(points: Sequence[Point]) -> list[Task]:
    groups: dict[tuple[str, int], list[Point]] = {}
    for point in points:
        for replication in range(point.scenario.replications):
            groups.setdefault((world_key(point.scenario, replication), replication), []).append(point)
    tasks = []
    for (_, replication), group in groups.items():
        for at in range(0, len(group), MOST_IN_A_TASK):
            part = group[at : at + MOST_IN_A_TASK]
            tasks.append(Task(replication, tuple(p.number for p in part), tuple(p.scenario for p in part)))
    return tasks


def _run(tasks: list[Task], workers: int, keep: Path | None) -> Iterable[tuple[Task, pd.DataFrame]]:
    if workers <= 1 or len(tasks) <= 1:
        for task in tasks:
            with living(threads=workers):
                rows = run_task(task, keep)
            yield task, rows
        return
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=workers_context(), initializer=settle_in)
    try:
        with main_hidden():
            pending = {pool.submit(run_task, task, keep): task for task in tasks}
        for future in as_completed(pending):
            yield pending[future], future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in (pool._processes or {}).values():
            process.terminate()
        raise
    pool.shutdown()


def run_task(task: Task, keep: Path | None = None) -> pd.DataFrame:
    """What a worker does: the points of one world, the counterfactual lived once.

    In ``keep`` stay the finished shards of points with several, for as long as the task is under way.
    """
    from scenarios.running.replication import run_replication

    rows = []
    with sharing():
        for number, scenario in zip(task.numbers, task.scenarios, strict=True):
            shards = None if keep is None else ShardFiles(keep / f"{task.name}-{number}")
            with living(keeper=shards):
                metrics = run_replication(scenario, task.replication).metrics
            rows += [{"point": number, "arm": arm, "replication": task.replication, **m} for arm, m in metrics.items()]
    return pd.DataFrame(rows)


def _tidy(points: Sequence[Point], values: pd.DataFrame) -> pd.DataFrame:
    parts = []
    names = list(dict.fromkeys(name for point in points for name in point.settings))
    for point in points:
        mine = values[values["point"] == point.number]
        table = compare(mine, list(dict.fromkeys(mine["arm"])))
        for at, name in enumerate(names):
            table.insert(at, name, [point.settings.get(name)] * len(table))
        table.insert(0, "point", point.number)
        parts.append(table)
    return pd.concat([p.astype({n: object for n in names}) for p in parts], ignore_index=True).infer_objects()


def _partial(folder: Path, resume: bool) -> Path:
    partial = run_folder.partial_of(folder)
    try:
        if not resume:
            shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = f"{partial} can not be written ({error.strerror}); give another folder"
        raise ScenarioError(Problem("--out", said)) from error
    return partial


def _sources() -> str:
    """A name for the code that made finished work: what other code made is not taken up again."""
    text = "".join(run_folder.source_hashes().values())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _folder(scenario: Scenario, digest: str, out: Path | None) -> Path:
    folder = out if out is not None else Path("runs") / f"sweep-{scenario.name}-{digest}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        try:
            same = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sweep"]["hash"] == digest
        except (OSError, ValueError, KeyError, TypeError):
            same = False
        if not same:
            said = f"{folder} holds something else than this sweep; give another folder."
            raise ScenarioError(Problem("--out", said))
    return folder


def _write(result: SweepResult, partial: Path, command: str, digest: str) -> None:
    from scenarios.sweeps.sweep_report import write_sweep_report

    shutil.rmtree(partial / FINISHED, ignore_errors=True)
    run_folder.write_parquet(_text_if_mixed(result.table), partial / "sweep.parquet")
    run_folder.write_csv(result.table, partial / "sweep.csv")
    run_folder.write_parquet(result.values, partial / "replications.parquet")
    (partial / "scenario.resolved.yaml").write_text(result.scenario.resolved_yaml(), encoding="utf-8")
    write_sweep_report(partial, result)
    axes = {a.name: {"keys": list(a.keys), "values": [str(v) for v in a.values]} for a in result.axes}
    sweep = {"hash": digest, "points": int(result.table["point"].nunique()), "axes": axes}
    run_folder.write_manifest(partial, result.scenario, command, {"sweep": sweep})


def _text_if_mixed(table: pd.DataFrame) -> pd.DataFrame:
    """Parquet columns have one type: a column that mixes numbers and words is written as words."""
    mixed = [c for c in table.columns if table[c].dtype == object and table[c].map(type).nunique() > 1]
    return table.assign(**{c: table[c].map(lambda v: None if v is None else str(v)) for c in mixed})
