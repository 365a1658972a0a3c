"""Every figure that ``docs/performance.md`` holds, measured here and printed beside its target.

    python benchmarks/run.py                              # all parts but the million homes; close other programs first
    python benchmarks/run.py --only kernel arms reads
    python benchmarks/run.py --only million               # 1,000,000 homes: about a quarter of an hour on two cores
    python benchmarks/run.py --only million --homes 50000 # a rehearsal
    python benchmarks/run.py --only peers --peers FOLDER  # other models, each in an environment of its own

Prints a Markdown table a part. Run it under ``env -u OPENBLAS_CORETYPE`` where that variable is set (see
``docs/performance.md``). ``--peers`` names a folder with one virtual environment a peer (``FOLDER/richardsonpy``,
``FOLDER/rampdemand``, ``FOLDER/ochre-nrel``), made with ``python -m venv`` and ``pip install``; others are skipped.
"""

from __future__ import annotations

import argparse
import os

os.environ["NUMBA_NUM_THREADS"] = "1"  # before the compiler is imported

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

import peers
import reads_speed
import scaling
import speed

Rows = list[list[str]]


def kernel(asked: argparse.Namespace) -> Rows:
    """Household-days per CPU-second of the whole model."""
    rows = []
    for region in speed.REGIONS:
        plain, compiled = speed.kernel_rates(region, asked.repeats)
        rate, ratio = median(compiled), median([c / p for p, c in zip(plain, compiled, strict=True)])
        rows.append([f"{region}: household-days a CPU-second, one thread", f"{rate:,.0f}", "300,000"])
        rows.append([f"{region}: times plain Mesa ({median(plain):,.0f})", f"{ratio:.0f}", "300"])
    return rows


def startup(asked: argparse.Namespace) -> Rows:
    """Process start, imports, compiled code, the main job."""
    walls = [speed.timed_child(["-c", speed.RUN_HELP])[0] for _ in range(asked.repeats)]
    drsim = [speed.timed_child(["-c", "import drsim"])[0] for _ in range(asked.repeats)]
    main_job = [speed.timed_child(["-m", "drsim", "run", "heat_wave", "--quiet", "--out", str(asked.scratch / str(i))])
                for i in range(max(1, asked.repeats - 1))]  # fmt: skip
    return [
        ["import drsim", f"{median(drsim):.2f} s", "0.5 s"],
        ["drsim --help", f"{median(walls):.2f} s", "1 s"],
        *scaling.compile_and_cache(),
        ["drsim run heat_wave, compiled before", f"{median([w for w, _, _ in main_job]):.1f} s of wall time, "
         f"{median([c for _, c, _ in main_job]):.1f} CPU s, {max(m for _, _, m in main_job):.2f} GB", "15 s"],
    ]  # fmt: skip


def page(asked: argparse.Namespace) -> Rows:
    """What the what-if page waits for: one replication of 1,000 homes, without the oracle and learned arms."""
    from scenarios.app.working import replication
    from scenarios.loader import load_scenario

    scenario = load_scenario("heat_wave").with_({"arms": ["none", "untargeted", "load_ranked", "segment_targeted"]})
    rows = []
    for what, levers in (("first answer, process just started", {}), ("another budget", {"budget_usd": 5000}),
                         ("other homes", {"seed": 5})):  # fmt: skip
        begin = time.perf_counter()
        replication(scenario.with_(levers), 0)
        rows.append([f"the page, {what}", f"{time.perf_counter() - begin:.1f} s of wall time", "3 s"])
    return rows


PARTS: dict[str, Callable[[argparse.Namespace], Rows]] = {
    "kernel": kernel,
    "startup": startup,
    "page": page,
    "scaling": lambda asked: scaling.homes_and_days(),
    "arms": lambda asked: scaling.arms(),
    "workers": lambda asked: scaling.workers(),
    "reads": lambda asked: reads_speed.rows(),
    "peers": lambda asked: peers.rows(asked.peers),
    "million": lambda asked: scaling.million(asked.homes),
}


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="Costs of drsim, beside their targets.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[part for part in PARTS if part != "million"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--homes", type=int, default=1_000_000, help="homes of the part million")
    parser.add_argument("--peers", type=Path, default=None, help="folder with one environment a peer")
    asked = parser.parse_args()
    import tempfile

    import numba
    import numpy

    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, NumPy "
          f"{numpy.__version__}, numba {numba.__version__}; load before: {os.getloadavg()[0]:.1f}")  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        asked.scratch = Path(scratch)
        for part in asked.only:
            print(f"\n### {part}\n\n| what | measured | target |\n|---|---|---|", flush=True)
            for row in PARTS[part](asked):
                print("| " + " | ".join(row) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
