"""Interrupted runs lose nothing, and a resumed run ends as an undisturbed one, byte for byte."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drsim.errors import ScenarioError
from scenarios.loader import load_scenario
from scenarios.pipeline import run_scenario
from scenarios.running import spawning
from scenarios.running.checkpoints import Checkpoints
from scenarios.running.parallel import RunFailed, one_replication
from scenarios.running.repeat import scenario_of_manifest
from scenarios.schema.scenario import Scenario
from tests.conftest import SHORT, same_bytes

ROOT = Path(__file__).parents[1]


def _stop_after(monkeypatch: pytest.MonkeyPatch, replications: int, error: BaseException) -> None:
    real = Checkpoints.save

    def save(self: Checkpoints, part: object) -> None:
        if self.kept() >= replications:
            raise error
        real(self, part)  # type: ignore[arg-type]

    monkeypatch.setattr(Checkpoints, "save", save)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device"), MemoryError()])
def test_an_interrupted_run_is_kept_and_resumed(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(patch, 2, error)
        expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else RunFailed
        with pytest.raises(expected, match=r"2 of 4 replications are kept.*--resume"):
            run_scenario(short, out=tmp_path / "run", workers=1, command="test")
    assert [p.name for p in tmp_path.iterdir()] == ["run.partial"]
    lived = []
    with monkeypatch.context() as patch:
        patch.setattr(
            "scenarios.running.parallel.one_replication", lambda s, r: lived.append(r) or one_replication(s, r)
        )
        again = run_scenario(short, out=tmp_path / "run", workers=1, command="test", resume=True)
    assert lived == [2, 3]
    same_bytes(undisturbed, again.folder)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_damaged_checkpoint_is_lived_again(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run_scenario(short, out=tmp_path / "run", workers=1, command="test")
    parts = sorted((tmp_path / "run.partial" / "checkpoints").glob("*.part"))
    parts[0].write_bytes(parts[0].read_bytes()[:-100])
    middle = bytearray(parts[1].read_bytes())
    middle[len(middle) // 2] ^= 1
    parts[1].write_bytes(bytes(middle))
    parts[2].write_bytes(b"")
    same_bytes(undisturbed, run_scenario(short, out=tmp_path / "run", workers=1, command="test", resume=True).folder)


def test_what_does_not_fit_is_not_continued(short: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _stop_after(patch, 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run_scenario(short, out=tmp_path / "run", workers=1, command="test")
    other = short.with_({"seed": 7})
    with pytest.raises(ScenarioError, match="another scenario, so its parts do not fit"):
        run_scenario(other, out=tmp_path / "run", workers=1, command="test", resume=True)
    assert (tmp_path / "run.partial" / "checkpoints").is_dir(), "a refusal leaves the parts alone"
    run_scenario(other, out=tmp_path / "run", workers=1, command="test")  # without --resume it starts afresh
    assert not (tmp_path / "run.partial").exists()


def test_two_runs_in_one_folder(short: Scenario, tmp_path: Path) -> None:
    first = Checkpoints.open(tmp_path / "run.partial", short, resume=False)
    with pytest.raises(ScenarioError, match="in use by another run"):
        run_scenario(short, out=tmp_path / "run", workers=1)
    first.discard()
    assert list(tmp_path.iterdir()) == []


def test_nothing_finished_leaves_nothing(short: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stop_after(monkeypatch, 0, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt, match="nothing was finished"):
        run_scenario(short, out=tmp_path / "run", workers=1)
    assert list(tmp_path.iterdir()) == []


def _die_once(scenario: Scenario, replication: int) -> object:
    """A replication whose first worker is killed from outside."""
    marker = Path(os.environ["DRSIM_TEST_MARKER"])
    if replication == 1 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return one_replication(scenario, replication)


def _die(scenario: Scenario, replication: int) -> object:
    """A replication that no worker survives."""
    if replication == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return one_replication(scenario, replication)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("of_the_command_line", [False, True])
def test_a_killed_worker_is_replaced(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_the_command_line: bool
) -> None:
    monkeypatch.setattr(spawning, "_own_process", of_the_command_line)
    monkeypatch.setenv("DRSIM_TEST_MARKER", str(tmp_path / "died"))
    monkeypatch.setattr("scenarios.running.parallel.one_replication", _die_once)
    said: list[str] = []
    result = run_scenario(
        short, out=tmp_path / "run", workers=2, command="test", progress=lambda d, n, what: said.append(what)
    )
    assert (tmp_path / "died").exists() and any("a worker process died" in line for line in said)
    same_bytes(undisturbed, result.folder)


def test_only_the_command_line_copies_itself_and_not_after_a_death() -> None:
    ask = "import sys; from scenarios.running.spawning import *; {}; print(workers_context({}).get_start_method())"
    said = [
        subprocess.run([sys.executable, "-c", ask.format(first, afresh)], cwd=ROOT, capture_output=True, text=True)
        for first, afresh in (("0", False), ("this_process_is_ours()", False), ("this_process_is_ours()", True))
    ]
    copies = "fork" if sys.platform == "linux" else "spawn"
    assert [answer.stdout.strip() for answer in said] == ["spawn", copies, "spawn"], said[0].stderr


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_when_every_worker_dies_the_rest_is_kept(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("scenarios.running.parallel.one_replication", _die)
        with pytest.raises(RunFailed, match="a worker process died 3 times"):
            run_scenario(short, out=tmp_path / "run", workers=2, command="test")
    if (tmp_path / "run.partial").exists():  # how much was finished before the deaths is a race
        again = run_scenario(short, out=tmp_path / "run", workers=1, command="test", resume=True)
        same_bytes(undisturbed, again.folder)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_a_killed_run_is_resumed_and_leaves_no_workers(tmp_path: Path, number: str) -> None:
    longer = load_scenario("heat_wave", SHORT, households=200, replications=8)
    undisturbed = run_scenario(longer, out=tmp_path / "whole", workers=1, command="test").folder
    command = [sys.executable, "-m", "drsim", "run", "heat_wave", "--households", "200",
               "--replications", "8", "--out", str(tmp_path / "run"), "--workers", "2"]  # fmt: skip
    command += [word for change in SHORT for word in ("--set", change)]
    # a shell's background jobs ignore SIGINT and hand that on; the run under test must not inherit it
    heed = functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=heed)
    folder = tmp_path / "run.partial" / "checkpoints"
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None and not list(folder.glob("*.part")):
        time.sleep(0.01)
    process.send_signal(getattr(signal, number))
    process.wait(60)
    assert process.returncode in (-9, 130), "the signal came too late or too early"
    assert (tmp_path / "run.partial").is_dir() and not (tmp_path / "run").exists()
    while time.monotonic() < deadline and _session_lives(process.pid):
        time.sleep(0.1)
    assert not _session_lives(process.pid), "workers outlived their parent"
    again = subprocess.run([*command, "--resume"], cwd=ROOT, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    same_bytes(undisturbed, tmp_path / "run", "report.html")  # it quotes the command, --resume included


def _session_lives(session: int) -> bool:
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_manifest_repeats_its_run(short: Scenario, undisturbed: Path, tmp_path: Path) -> None:
    scenario, warnings = scenario_of_manifest(undisturbed / "manifest.json")
    assert warnings == [] and (scenario.hash, scenario.name) == (short.hash, short.name)
    same_bytes(undisturbed, run_scenario(scenario, out=tmp_path / "again", workers=1, command="test").folder)


def test_a_manifest_that_can_not_be_repeated_says_why(undisturbed: Path, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    for text, complaint in (("{", "no JSON"), ("[]", "lacks"), (json.dumps({"schema": 1}), "lacks")):
        path.write_text(text)
        with pytest.raises(ScenarioError, match=complaint):
            scenario_of_manifest(path)
    with pytest.raises(ScenarioError, match="can not be read"):
        scenario_of_manifest(tmp_path / "absent.json")
    good = json.loads((undisturbed / "manifest.json").read_text())
    path.write_text(json.dumps(good))
    with pytest.raises(ScenarioError, match="should stand beside it"):
        scenario_of_manifest(path)
    resolved = (undisturbed / "scenario.resolved.yaml").read_text()
    (tmp_path / "scenario.resolved.yaml").write_text(resolved.replace("seed: 2024", "seed: 2025"))
    with pytest.raises(ScenarioError, match="has been changed since"):
        scenario_of_manifest(path)
    (tmp_path / "scenario.resolved.yaml").write_text(resolved)
    good["versions"]["numpy"] = "1.0.0"
    path.write_text(json.dumps(good))
    assert any("numpy was 1.0.0" in warning for warning in scenario_of_manifest(path)[1])
