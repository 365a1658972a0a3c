"""Replications as tasks over worker processes, their shards over threads; how many never changes a result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Literal

from drsim.errors import DrsimError
from scenarios.results.tables import ReplicationTables
from scenarios.running.shards import Living, living, present, settle
from scenarios.running.spawning import main_hidden, settle_in, workers_context
from scenarios.schema.scenario import Scenario

#: (replications finished, replications in all, what is under way)
Progress = Callable[[int, int, str], None]
Receive = Callable[[ReplicationTables], None]
MOST_BROKEN_POOLS = 3  # a worker that dies takes its pool along; after so many the machine is to blame


class RunFailed(DrsimError):
    """A run that could not go on; what it finished is kept."""


def one_replication(scenario: Scenario, replication: int) -> ReplicationTables:
    """Run one replication and keep its tables; this is what a worker does."""
    from scenarios.measurement.tables import measured
    from scenarios.results.tables import tables_of
    from scenarios.running.replication import run_replication

    result = run_replication(scenario, replication)
    made = tables_of(result, scenario.budget_usd, scenario.costs.admin_usd)
    return replace(made, tables=made.tables | measured(result, scenario))


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


@dataclass(frozen=True)
class Engine:
    """Where replications are lived: in processes of this machine, or on a Dask cluster."""

    kind: Literal["processes", "dask"] = "processes"
    scheduler: str | None = None  # address of a running Dask scheduler; None starts a cluster on this machine


def run_all(
    scenario: Scenario, replications: Iterable[int], workers: int, progress: Progress, receive: Receive,
    engine: Engine = Engine(), meanwhile: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Live ``replications``; each goes to ``receive`` when it is finished, in any order.

    ``meanwhile`` is called when worker processes have begun, and not at all where there are none.
    """
    wanted, n = list(replications), scenario.replications
    begun = n - len(wanted)
    asked, workers = max(1, workers), max(1, min(workers, len(wanted)))
    if wanted:
        compile_first(progress, n)
    progress(begun, n, "replications")
    if engine.kind == "dask":
        from scenarios.running.cluster import run_on_dask

        with living(tell=progress):
            run_on_dask(scenario, wanted, asked, engine.scheduler, progress, receive)
        return
    how = replace(present(), threads=max(1, asked // workers))  # workers beyond replications live their shards
    if workers == 1:
        with living(threads=how.threads, tell=progress):
            for done, replication in enumerate(wanted, start=begun + 1):
                receive(one_replication(scenario, replication))
                progress(done, n, "replications")
        return
    for attempt in range(MOST_BROKEN_POOLS):
        try:
            _with_pool(scenario, wanted, workers, how, progress, receive, meanwhile, afresh=attempt > 0)
            return
        except BrokenProcessPool as error:
            if attempt == MOST_BROKEN_POOLS - 1:
                raise RunFailed(
                    f"a worker process died {MOST_BROKEN_POOLS} times (out of memory, or killed from outside); "
                    f"try --workers 1 or fewer households. {n - len(wanted)} of {n} replications are finished"
                ) from error
            progress(n - len(wanted), n, "a worker process died; starting its replications again")


def _with_pool(
    scenario: Scenario, wanted: list[int], workers: int, how: Living, progress: Progress, receive: Receive,
    meanwhile: Callable[[], None], afresh: bool,
) -> None:  # fmt: skip
    """One pool of workers; takes out of ``wanted`` what is finished, also when the pool breaks."""
    n, context = scenario.replications, workers_context(afresh)
    if context.get_start_method() == "fork":
        _load_for_all(scenario)
    pool = ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=_begin, initargs=(how,))
    try:
        with main_hidden():
            pending: dict[Future[ReplicationTables], int] = {
                pool.submit(one_replication, scenario, replication): replication for replication in wanted
            }
        meanwhile()
        while pending:
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                replication = pending.pop(future)
                receive(future.result())
                wanted.remove(replication)
                progress(n - len(wanted), n, "replications")
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


def _begin(how: Living) -> None:
    """A worker's first act."""
    settle(how)
    settle_in()


def _load_for_all(scenario: Scenario) -> None:
    """Import and load here what every copy of this process would have to."""
    import sklearn.cluster  # noqa: F401

    from scenarios.running.reads import LEAST_HOMES
    from scenarios.running.worlds import world_of
    from simulator.world import Lives

    world = world_of(scenario.with_({"population.households": LEAST_HOMES}), 0, 0)
    Lives(world, world.population.homes).day(0)


def usual_workers() -> int:
    """Workers when none are asked for: one per processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
