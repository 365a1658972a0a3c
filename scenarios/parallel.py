"""Replications as independent tasks over worker processes; the number of workers never changes a result."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from scenarios.schema import Scenario
from scenarios.spawning import main_hidden
from scenarios.tables import ReplicationTables

#: (replications finished, replications in all, what is under way)
Progress = Callable[[int, int, str], None]


def one_replication(scenario: Scenario, replication: int) -> ReplicationTables:
    """Run one replication and keep its tables; this is what a worker does."""
    from scenarios.replication import run_replication
    from scenarios.tables import tables_of

    return tables_of(run_replication(scenario, replication), scenario.budget_usd)


def compile_first(progress: Progress, total: int) -> None:
    """Compile in the parent, so that workers find the code in the cache instead of each compiling it."""
    from simulator.compiled import CACHE_FOLDER, mark_warm, warm

    if warm():
        return
    progress(0, total, "compiling the model (first run only, under a minute)")
    from scenarios.loader import load_scenario

    tiny = {
        "population.households": 20,
        "season.start": "2024-07-08",
        "season.end": "2024-07-12",
        "events.kind": "listed",
        "events.dates": ["2024-07-10"],
        "history_days": 14,
        "arms": ["none", "untargeted", "oracle"],
        "replications": 1,
    }
    if CACHE_FOLDER is not None:
        one_replication(load_scenario("heat_wave").with_(tiny), 0)
        mark_warm()


def run_all(scenario: Scenario, workers: int, progress: Progress) -> list[ReplicationTables]:
    """All replications, in order of their number."""
    n = scenario.replications
    asked, workers = max(1, workers), max(1, min(workers, n))
    from simulator.world import use_threads

    compile_first(progress, n)
    progress(0, n, "replications")
    use_threads(max(1, asked // workers))
    if workers == 1:
        done = []
        for replication in range(n):
            done.append(one_replication(scenario, replication))
            progress(len(done), n, "replications")
        return done
    results: dict[int, ReplicationTables] = {}
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max_workers=workers, mp_context=context)
    try:
        with main_hidden():
            pending = {pool.submit(one_replication, scenario, r): r for r in range(n)}
        while pending:
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                results[pending.pop(future)] = future.result()
                progress(len(results), n, "replications")
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in (pool._processes or {}).values():
            process.terminate()
        raise
    pool.shutdown()
    return [results[r] for r in range(n)]


def usual_workers() -> int:
    """Workers when none are asked for: one per processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
