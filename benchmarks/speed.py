"""How fast drsim is, measured as ratios in one run on one machine.

    python benchmarks/speed.py                   # everything; close other programs first
    python benchmarks/speed.py --only kernel     # household-days per CPU-second: plain Mesa, compiled, ratio
    python benchmarks/speed.py --only startup heat_wave
    python benchmarks/speed.py --only large      # 100,000 homes x 122 days

Needs an installed drsim. Unset ``OPENBLAS_CORETYPE`` (``env -u OPENBLAS_CORETYPE python ...``): where it names
another processor than the one at hand, linear algebra runs on the wrong kernels and the times mean nothing.
"""

from __future__ import annotations

import argparse
import os

os.environ["NUMBA_NUM_THREADS"] = "1"  # before the compiler is imported

import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

TARGET_RATIO = 300.0
REGIONS = ("us_hot_dry", "uk_london")
START, DAYS, HISTORY_DAYS = "2024-07-08", 28, 7
COMPILED_HOMES, PLAIN_HOMES, PLAIN_DAYS = 2000, 40, 4
RUN_HELP = "import sys; from scenarios.cli import main; sys.argv[1:] = ['--help']; main()"
HEAVY_AT_START = "import sys, scenarios.cli; print([m for m in ('pandas', 'sklearn', 'numba') if m in sys.modules])"
RUN_SCENARIO = """
import sys, tempfile
from pathlib import Path
from scenarios.loader import load_scenario
from scenarios.pipeline import run_scenario
households, replications, *sets = sys.argv[1:]
sizes = {"households": int(households), "replications": int(replications)} if households != "0" else {}
scenario = load_scenario("heat_wave", sets, **sizes)
with tempfile.TemporaryDirectory() as folder:
    run_scenario(scenario, out=Path(folder) / "run", command="benchmarks/speed.py")
"""


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process spent in ``work``, all threads together."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def kernel_rates(region: str, repeats: int) -> tuple[list[float], list[float]]:
    """Household-days per CPU-second of plain Mesa and of the compiled loop, one figure a repeat.

    Both live from the same settled records on the same days; what is measured is living, not setting up.
    """
    from plain_mesa import PlainModel

    from simulator.model import DemandResponseModel
    from simulator.world import Lives

    model = DemandResponseModel(region, COMPILED_HOMES, START, DAYS, history_days=HISTORY_DAYS)
    start = model.everyone.homes.copy()
    plain_rates, compiled_rates = [], []
    for _ in range(repeats):
        lives = Lives(model.world, start.copy())

        def live(lives: Lives = lives) -> None:
            for day in range(HISTORY_DAYS, HISTORY_DAYS + DAYS):
                lives.day(day)

        compiled_rates.append(COMPILED_HOMES * DAYS / cpu_seconds(live))
        plain = PlainModel(model.world, start[:PLAIN_HOMES], HISTORY_DAYS, PLAIN_DAYS)
        plain_rates.append(PLAIN_HOMES * PLAIN_DAYS / cpu_seconds(plain.run_model))
    return plain_rates, compiled_rates


def kernel(repeats: int) -> bool:
    """Print household-days per CPU-second on one thread; True when every ratio meets the target."""
    print("\nHousehold-days per CPU-second, one thread, all appliances (median and range of the repeats)")
    print(f"{'region':<12} {'plain Mesa':>22} {'compiled':>28} {'ratio':>18}")
    holds = True
    for region in REGIONS:
        plain, compiled = kernel_rates(region, repeats)
        ratios = [c / p for p, c in zip(plain, compiled, strict=True)]
        holds &= median(ratios) >= TARGET_RATIO
        cells = [f"{median(r):,.0f} ({min(r):,.0f}-{max(r):,.0f})" for r in (plain, compiled, ratios)]
        print(f"{region:<12} {cells[0]:>22} {cells[1]:>28} {cells[2]:>18}")
    print(f"target: a ratio of {TARGET_RATIO:.0f} or more: {'met' if holds else 'NOT MET'}")
    return holds


def timed_child(arguments: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory [GB] of a Python child (its own children included)."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"the measured process ended with exit code {child.returncode}")
    per_gb = 1e9 if sys.platform == "darwin" else 1e6  # macOS reports bytes, Linux kilobytes
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_gb


def startup(repeats: int) -> bool:
    """Time of ``drsim --help`` in a fresh process, and whether it loads anything heavy."""
    walls = [timed_child(["-c", RUN_HELP])[0] for _ in range(repeats + 1)][1:]
    heavy = subprocess.run([sys.executable, "-c", HEAVY_AT_START], capture_output=True, text=True, check=True)
    print(f"\ndrsim --help: {median(walls):.2f} s ({min(walls):.2f}-{max(walls):.2f}), target under 1 s")
    print(f"heavy packages loaded for it: {heavy.stdout.strip()} (target: none)")
    return median(walls) < 1.0 and heavy.stdout.strip() == "[]"


def heat_wave(repeats: int) -> bool:
    """The main job as bundled, compiled code warm."""
    walls = [timed_child(["-c", RUN_SCENARIO, "0", "0"]) for _ in range(max(1, repeats - 1))]
    wall = median([w for w, _, _ in walls])
    print(f"\nheat_wave, as bundled: {wall:.1f} s of wall time, {median([c for _, c, _ in walls]):.1f} s of CPU time, "
          f"peak memory of its largest process {max(m for _, _, m in walls):.2f} GB; target under 30 s")  # fmt: skip
    return wall < 30.0


def large(repeats: int) -> bool:
    """100,000 homes over the bundled summer, arms ``none`` and ``untargeted``, one replication, once."""
    sets = ["arms=[none, untargeted]", "budget_usd=600000"]  # the bundled budget for a hundred times the homes
    wall, cpu, memory = timed_child(["-c", RUN_SCENARIO, "100000", "1", *sets])
    print(f"\n100,000 homes x 122 days after the history, two arms, one replication: {wall:.0f} s of wall time, "
          f"{cpu:.0f} s of CPU time, peak memory {memory:.2f} GB; target under 120 s and 2 GB")  # fmt: skip
    return wall < 120.0 and memory < 2.0


PARTS = {"kernel": kernel, "startup": startup, "heat_wave": heat_wave, "large": large}


def main() -> int:
    """Measure what is asked for; the exit code is 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="Speed of drsim, as ratios measured in one run.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    import mesa
    import numba
    import numpy

    print(f"Python {platform.python_version()}, mesa {mesa.__version__}, numpy {numpy.__version__}, "
          f"numba {numba.__version__}, {os.cpu_count()} cores")  # fmt: skip
    if "OPENBLAS_CORETYPE" in os.environ:
        print("warning: OPENBLAS_CORETYPE is set; run under `env -u OPENBLAS_CORETYPE`", file=sys.stderr)
    verdicts = [PARTS[part](asked.repeats) for part in asked.only]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
