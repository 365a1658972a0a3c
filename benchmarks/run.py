"""Every figure that ``docs/performance.md`` holds, measured here and printed beside its target.

    python benchmarks/run.py                              # all parts but the long ones; close other programs first
    python benchmarks/run.py --only kernel arms reads
    python benchmarks/run.py --only million               # 1,000,000 homes: about a quarter of an hour on two cores
    python benchmarks/run.py --only million --homes 50000 # a rehearsal
    python benchmarks/run.py --only peers --peers FOLDER  # other models, each in an environment of its own

Prints a Markdown table a part: what, measured, target, and whether the target is met or missed; the exit code is 1 when
one is missed. Run it under ``env -u OPENBLAS_CORETYPE`` where that variable is set: it can name another processor than
the one at hand, then linear algebra is slow and the times mean nothing. ``--peers`` names a folder with one virtual
environment a peer (see ``peers.py``), made with ``python -m venv`` and ``pip install``; others are skipped.
"""

from __future__ import annotations

import argparse
import os

os.environ["NUMBA_NUM_THREADS"] = "1"  # before the compiler is imported

import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

import kernel_speed
import left_out
import paper
import peers
import reads_speed
import roofline
import scaling
import start_speed
from figures import HEAD, Figure, at_least

#: Parts that take long, or need something installed: only when asked for.
LONG = ("million", "peers", "chunks", "paper", "roofline", "parts")


def kernel(asked: argparse.Namespace) -> Iterator[Figure]:
    """Household-days per CPU-second of the whole model, and times its twins."""
    for region in kernel_speed.REGIONS:
        found = kernel_speed.rates(region, asked.repeats)
        rate = {name: median(some) for name, some in found.items()}
        compiled = found[kernel_speed.COMPILED]
        yield at_least(f"{region}: household-days a CPU-second, one thread", rate[kernel_speed.COMPILED], 300_000,
                       more=f" ({min(compiled):,.0f} to {max(compiled):,.0f})")  # fmt: skip
        for twin, target in ((kernel_speed.NUMPY_32, 3.0), (kernel_speed.NUMPY_64, 3.0), (kernel_speed.MESA, 300.0)):
            words = "{:.1f}" if target < 10.0 else "{:.0f}"
            yield at_least(
                f"{region}: times {twin} ({rate[twin]:,.0f})", kernel_speed.ratio(found, twin), target, words
            )


def chunks(asked: argparse.Namespace) -> list[Figure]:
    """The NumPy twin by homes a chunk, from which its own setting was chosen."""
    import numpy as np

    model = kernel_speed.settled(kernel_speed.REGIONS[0])
    start = model.everyone.homes.copy()
    found = []
    for real in (np.float32, np.float64):
        for chunk in (256, 512, 1024, 2048, 4096):
            rate = median(kernel_speed.chunked_rate(model.world, start, real, chunk) for _ in range(asked.repeats))
            what = f"chunked NumPy, {np.finfo(real).bits} bits, {chunk} homes a chunk"
            found.append(Figure(what, f"{rate:,.0f} household-days a CPU-second"))
    return found


PARTS: dict[str, Callable[[argparse.Namespace], Iterable[Figure]]] = {
    "kernel": kernel,
    "chunks": chunks,
    "roofline": lambda asked: roofline.rows(),
    "parts": lambda asked: left_out.rows(),
    "startup": lambda asked: start_speed.start_up(asked.repeats, asked.scratch),
    "page": lambda asked: start_speed.page(),
    "scaling": lambda asked: scaling.homes_and_days(),
    "arms": lambda asked: scaling.arms(),
    "workers": lambda asked: scaling.workers(),
    "reads": lambda asked: reads_speed.rows(),
    "peers": lambda asked: peers.rows(asked.peers),
    "paper": lambda asked: paper.rows(),
    "million": lambda asked: scaling.million(asked.homes),
}


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="Costs of drsim, beside their targets.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[part for part in PARTS if part not in LONG])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--homes", type=int, default=1_000_000, help="homes of the part million")
    parser.add_argument("--peers", type=Path, default=None, help="folder with one environment a peer")
    asked = parser.parse_args()
    import mesa
    import numba
    import numpy

    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, NumPy "
          f"{numpy.__version__}, numba {numba.__version__}, Mesa {mesa.__version__}; load before: "
          f"{os.getloadavg()[0]:.1f}")  # fmt: skip
    if "OPENBLAS_CORETYPE" in os.environ:
        print("warning: OPENBLAS_CORETYPE is set; run under `env -u OPENBLAS_CORETYPE`", file=sys.stderr)
    missed = False
    with tempfile.TemporaryDirectory() as scratch:
        asked.scratch = Path(scratch)
        for part in asked.only:
            print(f"\n### {part}\n\n{HEAD}", flush=True)
            for figure in PARTS[part](asked):
                print(figure.row(), flush=True)
                missed |= figure.met is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
