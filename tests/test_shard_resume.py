"""A replication of several shards that is interrupted: finished shards are not lived again, and bytes are equal."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scenarios.loader import load_scenario
from scenarios.pipeline import run_scenario
from scenarios.running.histories import HistoryPlan
from scenarios.running.season_shards import SeasonPlan
from scenarios.running.shard_files import ShardFiles
from scenarios.running.shards import Arrays
from scenarios.schema.scenario import Scenario
from tests.conftest import SHORT, same_bytes

ROOT = Path(__file__).parents[1]
SIZE = 40  # homes of a shard: five shards a replication


@pytest.fixture(scope="module")
def wide() -> Scenario:
    changes = [*SHORT, "arms=[none, untargeted, segment_targeted, oracle]"]
    return load_scenario("heat_wave", changes, households=5 * SIZE, replications=1)


@pytest.fixture(scope="module")
def whole(wide: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_scenario(wide, out=tmp_path_factory.mktemp("whole") / "run", workers=1, command="test").folder


class Stop:
    """Counts the shards that live by phase; the ``at``-th one of ``phase`` is interrupted."""

    def __init__(self, patch: pytest.MonkeyPatch, phase: str = "", at: int = 0) -> None:
        self.lived: Counter[str] = Counter()
        for plan in (HistoryPlan, SeasonPlan):
            patch.setattr(plan, "live", self._counting(plan.live, phase, at))

    def _counting(self, real, phase: str, at: int):  # type: ignore[no-untyped-def]
        def live(plan, cut) -> Arrays:  # type: ignore[no-untyped-def]
            self.lived[plan.phase] += 1
            if plan.phase == phase and self.lived[phase] == at:
                raise KeyboardInterrupt
            return real(plan, cut)

        return live


def _interrupted(wide: Scenario, folder: Path, monkeypatch: pytest.MonkeyPatch, phase: str, at: int) -> list[Path]:
    """The files kept by a run that was interrupted in a shard."""
    with monkeypatch.context() as patch:
        Stop(patch, phase, at)
        with pytest.raises(KeyboardInterrupt, match=r"0 of 1 replications and \d+ shards are kept .*--resume"):
            run_scenario(wide, out=folder, workers=1, command="test", shard_homes=SIZE)
    return sorted((folder.with_name("run.partial") / "checkpoints").glob("*.shard"))


def _resumed(wide: Scenario, folder: Path, monkeypatch: pytest.MonkeyPatch, size: int = SIZE) -> Counter[str]:
    """How many shards of each phase a resumed run lives."""
    with monkeypatch.context() as patch:
        stop = Stop(patch)
        run_scenario(wide, out=folder, workers=1, command="test", shard_homes=size, resume=True)
    return stop.lived


@pytest.mark.parametrize(
    ("phase", "at", "kept", "left"),
    [
        ("history", 3, 2, {"history": 3, "season": 5}),
        ("season", 4, 8, {"season": 2}),
        ("oracle-season", 1, 10, {}),
    ],
)
def test_finished_shards_are_not_lived_again(
    wide: Scenario, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phase: str, at: int, kept: int,
    left: dict[str, int],
) -> None:  # fmt: skip
    assert len(_interrupted(wide, tmp_path / "run", monkeypatch, phase, at)) == kept
    lived = _resumed(wide, tmp_path / "run", monkeypatch)
    assert lived.pop("oracle-season") == 1, "its few homes are one shard, which the replication's own file keeps"
    assert lived == left
    same_bytes(whole, tmp_path / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_damaged_shard_is_lived_again(
    wide: Scenario, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _interrupted(wide, tmp_path / "run", monkeypatch, "season", 5)
    files[0].write_bytes(files[0].read_bytes()[:-50])
    middle = bytearray(files[2].read_bytes())
    middle[len(middle) // 2] ^= 1
    files[2].write_bytes(bytes(middle))
    files[6].write_bytes(b"")
    files[7].write_bytes(files[8].read_bytes())  # whole, but of other homes
    lived = _resumed(wide, tmp_path / "run", monkeypatch)
    assert lived["history"] == 2 and lived["season"] == 3
    same_bytes(whole, tmp_path / "run")


def test_shards_of_another_size_do_not_fit(
    wide: Scenario, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupted(wide, tmp_path / "run", monkeypatch, "season", 3)
    assert _resumed(wide, tmp_path / "run", monkeypatch, SIZE - 10)["history"] == 7
    same_bytes(whole, tmp_path / "run")


def test_a_kept_shard_is_of_its_own_work_only(tmp_path: Path) -> None:
    files, left = ShardFiles(tmp_path), {"load": np.arange(3, dtype=np.int64), "text": np.array(["a", "bc"])}
    files.save("replication-00001.history", slice(0, 3), "0" * 64, left)
    found = files.load("replication-00001.history", slice(0, 3), "0" * 64)
    assert found is not None and found.keys() == left.keys()
    assert all(found[name].dtype == left[name].dtype and (found[name] == left[name]).all() for name in left)
    assert files.load("replication-00001.history", slice(0, 3), "1" + "0" * 63) is None
    assert files.load("replication-00001.history", slice(0, 4), "0" * 64) is None
    files.forget(0)
    assert files.kept() == 1
    files.forget(1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
@pytest.mark.parametrize("phase", ["history", "season"])
def test_a_run_killed_between_shards(
    wide: Scenario, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    command = [sys.executable, "-m", "drsim", "run", "heat_wave", "--households", str(5 * SIZE), "--replications", "1",
               "--out", str(tmp_path / "run"), "--workers", "2", "--shard-homes", str(SIZE)]  # fmt: skip
    sets = [*SHORT, "arms=[none, untargeted, segment_targeted, oracle]"]
    command += [word for change in sets for word in ("--set", change)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    folder, deadline = tmp_path / "run.partial" / "checkpoints", time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None and not list(folder.glob(f"*.{phase}.*.shard")):
        time.sleep(0.002)
    process.kill()
    assert process.wait(60) == -9, "the signal came too late"
    kept = {name: len(list(folder.glob(f"*.{name}.*.shard"))) for name in ("history", "season")}
    assert kept[phase] > 0
    lived = _resumed(wide, tmp_path / "run", monkeypatch)
    assert {name: lived[name] for name in kept} == {name: 5 - n for name, n in kept.items()}
    same_bytes(whole, tmp_path / "run")
