"""How the cost of a run grows: with homes, days, arms, and workers. Parts of ``benchmarks/run.py``.

Costs are processor seconds. A run's own process start is measured once and taken off, so that what is left can be
divided by homes and days.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

RUN = """
import json, os, resource, sys, tempfile, time
from pathlib import Path
asked = json.loads(sys.argv[1])
begin = time.perf_counter()
from scenarios.loader import load_scenario
from scenarios.pipeline import run_scenario
scenario = load_scenario("heat_wave", asked["sets"], **asked["sizes"])
with tempfile.TemporaryDirectory() as folder:
    run_scenario(scenario, out=Path(folder) / "run", workers=asked["workers"], command="benchmarks/run.py")
times, per_gb = os.times(), 1e9 if sys.platform == "darwin" else 1e6
peak = [resource.getrusage(who).ru_maxrss / per_gb for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([time.perf_counter() - begin, sum(times[:4]), max(peak)]))
"""
ARMS = """
import sys, time
from scenarios.loader import load_scenario
from scenarios.running.parallel import one_replication
homes, arms = int(sys.argv[1]), sys.argv[2].split(",")
scenario = load_scenario("heat_wave", [f"budget_usd={24 * homes}", "history_days=28"], households=homes, replications=2)
one_replication(scenario.with_({"population.households": 50}), 1)
for wanted in (["none"], ["none", *arms]):
    begin = time.process_time()
    made = one_replication(scenario.with_({"arms": wanted}), 1)
    print(time.process_time() - begin)
values = made.tables["values"]
print(float(values["enrolled_homes"].max()) / homes)
"""


@dataclass(frozen=True)
class Cost:
    """Wall and processor seconds of a whole run, and peak memory of its largest process [GB]."""

    wall: float
    cpu: float
    gb: float

    def less(self, other: Cost) -> float:
        """Processor seconds beyond another run's."""
        return max(self.cpu - other.cpu, 1e-9)


def child(script: str, *arguments: str) -> str:
    """What a Python process of its own prints."""
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the measured process ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def run(homes: int, sets: list[str], workers: int = 1, replications: int = 1) -> Cost:
    """One run of ``heat_wave`` at another size, in a process of its own."""
    sizes = {"households": homes, "replications": replications}
    said = child(RUN, json.dumps({"sets": sets, "sizes": sizes, "workers": workers}))
    return Cost(*json.loads(said.splitlines()[-1]))


NONE = ["arms=[none]", "history_days=14"]


def homes_and_days() -> list[list[str]]:
    """Processor seconds per million home-days as homes and days grow, and bytes a home."""
    small = run(500, NONE)
    rows, days = [], 14 + 122
    for homes in (8_000, 32_000):
        cost = run(homes, NONE)
        per_home = 1e9 * (cost.gb - small.gb) / (homes - 500)
        rows.append([f"{homes:,} homes x {days} days", f"{1e6 * cost.less(small) / ((homes - 500) * days):.1f} CPU s "
                     f"a million home-days, {per_home / 1e3:.2f} KB a home", "linear; under 2 KB"])  # fmt: skip
    short = run(8_000, [*NONE, "season.end=2024-06-30"])
    long = run(8_000, [*NONE, "season.end=2024-10-31"])
    rows.append(["8,000 homes, 30 and 153 event days", f"{short.cpu:.1f} and {long.cpu:.1f} CPU s, {short.gb:.2f} and "
                 f"{long.gb:.2f} GB", "linear; memory does not grow"])  # fmt: skip
    return rows


def arms(homes: int = 4_000) -> list[list[str]]:
    """What five arms add to ``none`` alone, without the start of the process and without the oracle's dice."""
    five = "untargeted,bill_ranked,load_ranked,segment_targeted,segment_absolute"
    alone, six, share = (float(line) for line in child(ARMS, str(homes), five).split())
    return [[f"five arms beside none, {homes:,} homes, at most {share:.0%} of homes enrolled in one",
             f"{six:.1f} against {alone:.1f} CPU s: {six / alone:.2f} times", "under 2.5 times"]]  # fmt: skip


def workers() -> list[list[str]]:
    """Wall time with one and with two workers, on replications and on the shards of one replication."""
    rows = []
    for what, homes, replications in (("4 replications", 2_000, 4), ("1 replication in shards", 24_000, 1)):
        one, two = (run(homes, NONE, workers=n, replications=replications) for n in (1, 2))
        rows.append([f"{what}: 1 and 2 workers", f"{one.wall:.1f} and {two.wall:.1f} s of wall time, {one.cpu:.1f} and "
                     f"{two.cpu:.1f} CPU s", "CPU the same"])  # fmt: skip
    return rows


MILLION = ["history_days=28", "arms=[none, untargeted, segment_targeted]"]


def million(homes: int = 1_000_000) -> list[list[str]]:
    """The two large runs; ``homes`` below a million is a rehearsal, whose targets are scaled."""
    scale = homes / 1e6
    study = run(homes, [*MILLION, f"budget_usd={6 * homes}"], workers=2)
    alone = run(homes, NONE, workers=2)
    return [
        [f"{homes:,} homes x 122 days, 28 days of history, none, untargeted, segment_targeted, two workers",
         f"{study.wall:.0f} s of wall time, {study.cpu:.0f} CPU s, {study.gb:.2f} GB", f"{600 * scale:.0f} s, 3 GB"],
        [f"{homes:,} homes x 122 days, none, 14 days of history (the least), two workers",
         f"{alone.wall:.0f} s of wall time, {alone.cpu:.0f} CPU s, {alone.gb:.2f} GB", f"{300 * scale:.0f} s"],
    ]  # fmt: skip


def compile_and_cache() -> list[list[str]]:
    """Compiling everything once, and a process that finds it compiled."""
    script = "from scenarios.running.parallel import compile_first; compile_first(lambda *a: None, 0)"
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        child(script)
        times.append(time.perf_counter() - begin)
    return [["compile_first, as found and again", f"{times[0]:.1f} and {times[1]:.1f} s of wall time", "cached"]]
