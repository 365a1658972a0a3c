"""What becomes of a run when something goes wrong: faults x outcomes, as docs/reliability.md prints them.

    python -m benchmarks.faults [--trials 2] [--only WORD] [--out FOLDER]

Each trial starts `drsim run`, harms it from outside, and looks at what is left. The outcome is

* complete: the run itself ended well, with the bytes of an undisturbed one;
* resumed: it ended, and `--resume` (after the cure: room on the disk, a folder that can be written) gave those bytes;
* lost: neither; wrong: other bytes. Either fails this script.

Moments are spread over the run's usual length (multiples of the golden section), not drawn.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHORT = [
    "season.start=2024-07-08", "season.end=2024-07-19", "history_days=14", "events.at_most=2",
    "arms=[none, untargeted, segment_targeted]", "budget_usd=1500",
]  # fmt: skip
GOLDEN, PATIENCE_SECONDS = 0.618034, 600.0
NOT_COMPARED = ("manifest.json", "report.html")  # they quote the command and the time
SMALL_DISK_BYTES = 24_000  # less than one kept replication


@dataclass(frozen=True)
class Bench:
    """Where trials take place, what an undisturbed run left, and how long it took."""

    folder: Path
    undisturbed: Path
    seconds: float

    def moment(self, trial: int) -> float:
        """When to strike in this trial [s after the start]."""
        return self.seconds * (0.15 + 0.85 * ((trial + 1) * GOLDEN % 1.0))


def command(out: Path, *more: str) -> list[str]:
    """A short run of the main job with two workers; its replications are of three shards each."""
    words = [sys.executable, "-m", "drsim", "run", "heat_wave", "--households", "60", "--replications", "6",
             "--out", str(out), "--workers", "2", "--shard-homes", "20"]  # fmt: skip
    return [*words, *(w for change in SHORT for w in ("--set", change)), *more]


def start(out: Path, *more: str, limit_bytes: int | None = None) -> subprocess.Popen[str]:
    """Start a run that heeds SIGINT, optionally without the right to write files longer than ``limit_bytes``."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    return subprocess.Popen(command(out, *more), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            start_new_session=True, preexec_fn=prepare)  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and last line of what a run said, once it and all it started have ended."""
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    lines = [line for line in said.splitlines() if line.strip()]
    return process.returncode, lines[-1] if lines else ""


def workers_of(parent: int) -> list[int]:
    """Worker processes below ``parent``, children of children included (Dask's live below their nannies).

    A worker is a spawned process, or a copy of its parent.
    """
    parents: dict[int, tuple[int, bytes]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "stat").read_text()
            words = (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        parents[int(entry.name)] = (int(text.rpartition(")")[2].split()[1]), words)
    below, grew = {parent}, True
    while grew:
        more = {pid for pid, (above, _) in parents.items() if above in below} - below
        grew = bool(more)
        below |= more
    return sorted(pid for pid in below if pid != parent and _is_worker(parents, *parents[pid]))


def _is_worker(parents: dict[int, tuple[int, bytes]], above: int, words: bytes) -> bool:
    return b"spawn_main" in words or (above in parents and words == parents[above][1])


def wait_for_workers(process: subprocess.Popen[str], seconds: float) -> list[int]:
    """The workers at a moment, or as soon after it as there are any."""
    until = time.monotonic() + PATIENCE_SECONDS
    time.sleep(seconds)
    while process.poll() is None and time.monotonic() < until:
        if found := workers_of(process.pid):
            return found
        time.sleep(0.05)
    return []


def same(left: Path, right: Path) -> bool:
    """Whether two finished runs hold the same bytes."""
    files = [{p.relative_to(folder): p.read_bytes() for p in folder.rglob("*")
              if p.is_file() and p.name not in NOT_COMPARED} for folder in (left, right)]  # fmt: skip
    return files[0] == files[1] and len(files[0]) > 5


# ---- the faults: each harms a run in `out` and returns (exit code, what it said) ----


def killed(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """kill -9 of the run"""
    process = start(out)
    time.sleep(bench.moment(trial))
    process.kill()
    return ended(process)


def worker_killed(bench: Bench, out: Path, trial: int, *more: str) -> tuple[int, str]:
    """kill -9 of a worker process"""
    process = start(out, *more)
    found = wait_for_workers(process, bench.moment(trial) + (bench.seconds / 2 if more else 0.0))
    if found:
        with suppress(ProcessLookupError):
            os.kill(found[trial % len(found)], signal.SIGKILL)
    return ended(process)


def dask_worker_killed(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """kill -9 of a worker of a Dask cluster"""
    return worker_killed(bench, out, trial, "--engine", "dask")


def interrupted_twice(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """Ctrl-C, and again while it ends"""
    process = start(out)
    time.sleep(bench.moment(trial))
    for _ in range(2):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    return ended(process)


def out_of_memory(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """every worker out of memory (address space held at what each has), from its first moment or later"""
    process = start(out)
    time.sleep(bench.moment(trial) if trial % 2 else 0.0)  # later on a worker may get by with what it has
    starved: set[int] = set()
    while process.poll() is None:
        for pid in set(workers_of(process.pid)) - starved:
            with suppress(OSError, ValueError):
                held = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
                resource.prlimit(pid, resource.RLIMIT_AS, (held, held))
                starved.add(pid)
        time.sleep(0.01)
    return ended(process)


def killed_between_shards(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """kill -9 of the run in the middle of a replication of three shards, and half the kept shards damaged"""
    process = start(out)
    kept = out.with_name(out.name + ".partial") / "checkpoints"
    phase = ("history", "season")[trial % 2]
    until = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until and not list(kept.glob(f"*.{phase}.*.shard")):
        time.sleep(0.002)
    process.kill()
    result = ended(process)
    for number, shard in enumerate(sorted(kept.glob("*.shard"))[trial % 2 :: 2]):
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1 << trial % 8
        shard.write_bytes((bytes(content), bytes(content[:-100]), b"")[number % 3])
    return result


def damaged(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """kept files truncated, emptied and with one bit flipped, after a kill"""
    process = start(out)
    kept = out.with_name(out.name + ".partial") / "checkpoints"
    until = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until and len(list(kept.glob("*.part"))) < 3:
        time.sleep(0.02)
    process.kill()
    result = ended(process)
    for number, part in enumerate(sorted(kept.glob("*.part"))):
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 1 << trial % 8
        part.write_bytes((bytes(content), bytes(content[:-100]), b"")[number % 3])
    return result


def two_runs(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """a second run started in the same folder"""
    first = start(out)
    lock = out.with_name(out.name + ".partial") / "identity.json"
    while first.poll() is None and not lock.exists():
        time.sleep(0.02)
    second = ended(start(out))
    code, said = ended(first)
    if second[0] != 2 or code != 0:
        return 99, f"second: {second}; first: {code} {said}"
    return second


def disk_full(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """a full disk"""
    with disk(out.parent, "rw,size=600k") as mounted:
        return ended(start(out, limit_bytes=None if mounted else SMALL_DISK_BYTES))


def read_only(bench: Bench, out: Path, trial: int) -> tuple[int, str]:
    """a folder that can not be written"""
    with disk(out.parent, "ro") as mounted:
        if not mounted:
            out = Path("/proc/drsim-run")  # the one folder that not even root may write to
        return ended(start(out))


@contextmanager
def disk(at: Path, options: str) -> Iterator[bool]:
    """A file system of its own at ``at``, with room made when the block ends; False where it may not be mounted."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)], capture_output=True).returncode:
        yield False
        return
    saved = at.with_name(at.name + "-saved")
    try:
        yield True
        shutil.copytree(at, saved)
    finally:
        subprocess.run(["umount", str(at)], check=True, capture_output=True)
        if saved.exists():
            shutil.copytree(saved, at, dirs_exist_ok=True)


Fault = Callable[[Bench, Path, int], tuple[int, str]]
FAULTS: tuple[Fault, ...] = (
    killed, killed_between_shards, worker_killed, dask_worker_killed, interrupted_twice, out_of_memory, damaged,
    two_runs, disk_full, read_only,
)  # fmt: skip


def outcome(fault: Fault, bench: Bench, trial: int) -> tuple[str, int, str]:
    """One trial: what became of the run, its exit code, and what it said."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        out = Path(folder) / "place" / "run"
        out.parent.mkdir()
        code, said = fault(bench, out, trial)
        said = said.replace(str(out.parent), "...")
        if out.exists():
            return ("complete" if same(bench.undisturbed, out) else "wrong"), code, said
        again, why = ended(start(out, "--resume"))
        if again != 0:
            return "lost", again, why.replace(str(out.parent), "...")
        return ("resumed" if same(bench.undisturbed, out) else "wrong"), code, said


def make_bench(folder: Path) -> Bench:
    """An undisturbed run to compare with; the model is compiled before its time is taken."""
    undisturbed = folder / "undisturbed"
    for _ in range(2):
        shutil.rmtree(undisturbed, ignore_errors=True)
        began = time.monotonic()
        code, said = ended(start(undisturbed))
        if code:
            raise SystemExit(f"the undisturbed run failed: {said}")
    return Bench(folder, undisturbed, time.monotonic() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--only", default="", help="faults whose name holds this word")
    parser.add_argument("--out", type=Path, default=None, help="where to work (default: a temporary folder)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.out) as folder:
        bench = make_bench(Path(folder))
        bad = 0
        print("| fault | trials | complete | resumed | lost | wrong | exit codes | said |\n" + "|---" * 8 + "|")
        for fault in FAULTS:
            if args.only not in fault.__name__:
                continue
            if fault is dask_worker_killed and find_spec("distributed") is None:
                print(f"| {fault.__doc__} | 0: the extra `cluster` is not installed | | | | | | |")
                continue
            found = [outcome(fault, bench, trial) for trial in range(args.trials)]
            counts = [sum(kind == name for kind, _, _ in found) for name in ("complete", "resumed", "lost", "wrong")]
            bad += counts[2] + counts[3]
            codes = ", ".join(str(c) for c in sorted({code for _, code, _ in found}))
            cells = [fault.__doc__, len(found), *counts, codes, found[-1][2][:160]]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
