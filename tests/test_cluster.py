"""A real Dask cluster on this machine: the same bytes, also when a worker is killed; clear refusals."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from drsim.errors import ScenarioError
from scenarios.pipeline import run_scenario
from scenarios.running.histories import HistoryCut, HistoryPlan
from scenarios.running.parallel import Engine, one_replication
from scenarios.running.season_shards import SeasonCut, SeasonPlan
from scenarios.running.seasons import SeasonWork
from scenarios.running.shards import Arrays
from scenarios.running.spreading import live_elsewhere
from scenarios.schema.scenario import Scenario
from tests.conftest import same_bytes

DASK = Engine("dask")
needs_dask = pytest.mark.skipif(find_spec("distributed") is None,
                                reason='needs the extra: pip install -e ".[cluster]"')  # fmt: skip


def _die_once(scenario: Scenario, replication: int) -> object:
    """The first worker that gets replication 2 is killed from outside."""
    marker = Path(os.environ["DRSIM_TEST_MARKER"])
    if replication == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return one_replication(scenario, replication)


@needs_dask
@pytest.mark.slow
def test_a_cluster_leaves_the_same_bytes(short: Scenario, undisturbed: Path, tmp_path: Path) -> None:
    same_bytes(undisturbed, run_scenario(short, out=tmp_path / "run", workers=2, command="test", engine=DASK).folder)


@needs_dask
@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_killed_worker_of_a_cluster_changes_nothing(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRSIM_TEST_MARKER", str(tmp_path / "died"))
    monkeypatch.setattr("scenarios.running.cluster.one_replication", _die_once)
    result = run_scenario(short, out=tmp_path / "run", workers=2, command="test", engine=DASK)
    assert (tmp_path / "died").exists()
    same_bytes(undisturbed, result.folder)


def _die_in_a_shard(plan: bytes, cut: bytes) -> object:
    """The worker that gets the second shard of a season is killed from outside, once."""
    marker, found = Path(os.environ["DRSIM_TEST_MARKER"]), pickle.loads(cut)
    if isinstance(found, SeasonCut) and found.piece.start == 16 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return live_elsewhere(plan, cut)


@needs_dask
@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("deadly", [False, True], ids=["as it is", "with a worker killed in a shard"])
def test_shards_on_a_cluster_leave_the_same_bytes(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadly: bool
) -> None:
    monkeypatch.setenv("DRSIM_TEST_MARKER", str(tmp_path / "died"))
    if deadly:
        monkeypatch.setattr("scenarios.running.spreading.live_elsewhere", _die_in_a_shard)
    for plan in (HistoryPlan, SeasonPlan):  # the workers have their own: here no shard of several is lived
        real = plan.live
        monkeypatch.setattr(plan, "live", lambda self, cut, real=real: _here(cut) or real(self, cut))
    result = run_scenario(short, out=tmp_path / "run", workers=2, command="test", engine=DASK, shard_homes=16)
    assert (tmp_path / "died").exists() == deadly
    same_bytes(undisturbed, result.folder)


def _here(cut: HistoryCut | SeasonCut) -> None:
    assert len(cut.homes) not in (16, 8), "a shard was lived in the driver's process"


@needs_dask
@pytest.mark.slow
def test_shards_that_a_cluster_finished_are_kept(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, received = SeasonWork.receive, []

    def receive(self: SeasonWork, piece: slice, left: Arrays) -> None:
        received.append(piece)
        if len(received) == 5:
            raise KeyboardInterrupt
        real(self, piece, left)

    with monkeypatch.context() as patch:
        patch.setattr(SeasonWork, "receive", receive)
        with pytest.raises(KeyboardInterrupt, match=r"1 of 4 replications and 5 shards are kept"):
            run_scenario(short, out=tmp_path / "run", workers=2, command="test", engine=DASK, shard_homes=16)
    again = run_scenario(short, out=tmp_path / "run", workers=1, command="test", resume=True, shard_homes=16)
    same_bytes(undisturbed, again.folder)


@needs_dask
def test_no_scheduler_answers(short: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.running.cluster.PATIENCE_SECONDS", 1)
    with pytest.raises(ScenarioError, match=r"nothing answers at 'tcp://127\.0\.0\.1:9'"):
        run_scenario(short, out=tmp_path / "run", engine=Engine("dask", "tcp://127.0.0.1:9"))
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_says_how_to_get_it(
    short: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # import now fails as if it were not installed
    with pytest.raises(ScenarioError, match=r"drsim\[cluster\]"):
        run_scenario(short, out=tmp_path / "run", engine=DASK)
    assert list(tmp_path.iterdir()) == []
