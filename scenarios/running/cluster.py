"""The same tasks on a Dask cluster: ``drsim run --engine dask [--scheduler ADDRESS]`` (extra ``cluster``).

Dask, not an engine of our own: it is the scheduler that laptops, Slurm (dask-jobqueue) and Kubernetes share.
A replication of one shard is a task. Of a larger one every shard is: this process keeps the analyst's tables, sends
each shard what it needs of them and keeps what it leaves, one replication after the other. Results do not depend on
where anything is lived, so tables come out byte for byte the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from drsim.errors import Problem, ScenarioError
from scenarios.results.tables import ReplicationTables
from scenarios.running.parallel import Progress, Receive, RunFailed, compile_first, one_replication
from scenarios.running.run_folder import source_hashes
from scenarios.running.shards import living, shards
from scenarios.running.spawning import main_hidden
from scenarios.running.spreading import spread_over
from scenarios.schema.scenario import Scenario

DEATHS_ALLOWED = 3  # a replication that took so many workers with it is to blame itself
PATIENCE_SECONDS = 15


def _prepare() -> dict[str, str]:
    """On each worker, once: compile, and say which sources it runs."""
    compile_first(lambda done, total, what: None, 0)
    return source_hashes()


def run_on_dask(
    scenario: Scenario, wanted: list[int], workers: int, scheduler: str | None, progress: Progress, receive: Receive
) -> None:
    """Live ``wanted`` on a cluster; takes out of it what is finished, also when the run breaks.

    Raises
    ------
    ScenarioError
        The extra is not installed, no scheduler answers, it has no workers, or they run another drsim.
    RunFailed
        Workers kept dying on a replication.
    """
    distributed = _distributed()
    n, alone = scenario.replications, len(shards(scenario.population.households)) == 1
    many = max(1, min(workers, len(wanted))) if alone else workers
    with main_hidden(), _client(distributed, many, scheduler) as client:
        _same_sources(client, scheduler)
        progress(n - len(wanted), n, "replications")
        live = (_replications_on if alone else _here)(client, distributed, scenario, wanted)
        try:
            for part in live:
                receive(part)
                wanted.remove(part.replication)
                progress(n - len(wanted), n, "replications")
        except distributed.KilledWorker as error:
            what = "replication" if alone else "shard"
            raise RunFailed(
                f"a {what} was lost with its worker {DEATHS_ALLOWED} times (out of memory, or killed from outside)"
            ) from error
        finally:
            live.close()


def _replications_on(
    client: Any, distributed: Any, scenario: Scenario, wanted: list[int]
) -> Generator[ReplicationTables]:
    """Each replication as a task."""
    futures = [client.submit(one_replication, scenario, r, pure=False) for r in wanted]
    try:
        for future in distributed.as_completed(futures):
            yield future.result()
    finally:
        client.cancel(futures)


def _here(client: Any, distributed: Any, scenario: Scenario, wanted: list[int]) -> Generator[ReplicationTables]:
    """One replication after the other in this process, the shards of each on the cluster."""
    with living(spread=partial(spread_over, distributed, client)):
        for replication in list(wanted):
            yield one_replication(scenario, replication)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        message = '"dask" needs an extra that is not installed; pip install "drsim[cluster]", or leave --engine away.'
        raise ScenarioError(Problem("--engine", message)) from error
    return distributed


@contextmanager
def _client(distributed: Any, workers: int, scheduler: str | None) -> Iterator[Any]:
    """A client of the cluster at ``scheduler``, or of one of our own on this machine."""
    import dask

    quiet: dict[str, object] = {"distributed.scheduler.allowed-failures": DEATHS_ALLOWED}
    with dask.config.set(quiet):
        if scheduler is None:
            options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
            try:
                cluster = distributed.LocalCluster(**options, silence_logs=logging.CRITICAL)
            except RuntimeError as error:  # a worker died, or was killed, while it started
                raise RunFailed(f"the cluster on this machine did not start ({error})") from error
            with cluster, distributed.Client(cluster) as client:
                yield client
            return
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            message = f"nothing answers at {scheduler!r}; expected a Dask scheduler, for example tcp://127.0.0.1:8786."
            raise ScenarioError(Problem("--scheduler", message)) from error
        with client:
            yield client


def _same_sources(client: Any, scheduler: str | None) -> None:
    reach: Callable[..., dict[str, Any]] = client.run
    if not client.scheduler_info(n_workers=-1)["workers"]:
        raise ScenarioError(Problem("--scheduler", f"{scheduler} has no workers yet; start some and try again."))
    try:
        answers = reach(_prepare)
    except ImportError as error:
        message = f"its workers can not import drsim ({error}); install this version where they run."
        raise ScenarioError(Problem("--scheduler", message)) from error
    mine = source_hashes()
    others = [address for address, theirs in answers.items() if theirs != mine]
    if others:
        message = f"{len(others)} workers run other sources of drsim ({others[0]}); install this version there."
        raise ScenarioError(Problem("--scheduler", message))
