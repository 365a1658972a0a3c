"""A sample of the fault table of ``benchmarks/faults.py``: a harmed run is complete or resumable."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from benchmarks import faults

needs_linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> faults.Bench:
    return faults.make_bench(tmp_path_factory.mktemp("faults"))


@needs_linux
@pytest.mark.slow
@pytest.mark.parametrize("fault", [
    faults.killed_between_shards, faults.damaged, faults.worker_killed, faults.dask_worker_killed,
    faults.interrupted_twice, faults.out_of_memory, faults.disk_full,
], ids=lambda fault: fault.__name__)  # fmt: skip
def test_a_run_that_is_harmed_is_complete_or_resumed(bench: faults.Bench, fault: faults.Fault) -> None:
    if fault is faults.dask_worker_killed:
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    kind, code, said = faults.outcome(fault, bench, 0)
    assert kind in ("complete", "resumed"), (code, said)


@needs_linux
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_workers_are_found_below_their_parent(method: str) -> None:
    before = faults.workers_of(os.getpid())
    context = multiprocessing.get_context(method)
    worker = context.Process(target=context.Event().wait, args=(90,), daemon=True)
    worker.start()
    try:  # a process has its parent's name until it has become the new program
        until, found = time.monotonic() + 60.0, set[int]()
        while worker.pid not in found and worker.is_alive() and time.monotonic() < until:
            found = set(faults.workers_of(os.getpid())) - set(before)
        assert worker.pid in found
    finally:
        worker.kill()


def test_other_bytes_are_noticed(tmp_path: Path) -> None:
    for side in ("left", "right"):
        (tmp_path / side).mkdir()
        for name in "abcdef":
            (tmp_path / side / name).write_text(name)
    assert faults.same(tmp_path / "left", tmp_path / "right")
    (tmp_path / "right" / "c").write_text("C")
    assert not faults.same(tmp_path / "left", tmp_path / "right")
    (tmp_path / "right" / "c").write_text("c")
    (tmp_path / "left" / "manifest.json").write_text("it quotes the command")
    assert faults.same(tmp_path / "left", tmp_path / "right")
