"""What a person waits for: start-up, compiled code, the main job, the page; a part of ``benchmarks/run.py``."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from figures import Figure, at_most, python

HELP = "import sys; from scenarios.cli import main; sys.argv[1:] = ['--help']; main()"
HEAVY = "import scenarios.cli, sys; print([m for m in ('pandas', 'sklearn', 'numba') if m in sys.modules])"
COMPILE = "from scenarios.running.parallel import compile_first; compile_first(lambda *a: None, 0)"


def start_up(repeats: int, scratch: Path) -> list[Figure]:
    """Process start, imports, compiled code, the main job."""
    drsim, helps = ([python("-c", code)[0].wall for _ in range(repeats)] for code in ("import drsim", HELP))
    heavy = python("-c", HEAVY)[1].strip()
    first, again = (python("-c", COMPILE)[0].wall for _ in range(2))
    job = [python("-m", "drsim", "run", "heat_wave", "--quiet", "--out", str(scratch / str(i)))[0]
           for i in range(max(1, repeats - 1))]  # fmt: skip
    wall, cpu, gb = median([c.wall for c in job]), median([c.cpu for c in job]), max(c.gb for c in job)
    return [
        at_most("`import drsim`", median(drsim), 0.5),
        at_most("`drsim --help`", median(helps), 1.0),
        Figure("heavy packages that it loads", heavy, "[]", heavy == "[]"),
        Figure("compiled code: as found, then by another process", f"{first:.1f} and {again:.1f} s", "cached",
               again < 10.0),
        at_most("`drsim run heat_wave`, compiled before", wall, 15.0, "{:.1f} s",
                f" of wall time, {cpu:.1f} CPU s, {gb:.2f} GB in its largest process"),
    ]  # fmt: skip


def page() -> list[Figure]:
    """What the what-if page waits for: one replication of 1,000 homes, without the oracle and learned arms."""
    from scenarios.app.working import replication
    from scenarios.loader import load_scenario

    scenario = load_scenario("heat_wave").with_({"arms": ["none", "untargeted", "load_ranked", "segment_targeted"]})
    found = []
    for what, levers in (("first answer, process just started", {}), ("another budget", {"budget_usd": 5000}),
                         ("other homes", {"seed": 5})):  # fmt: skip
        begin = time.perf_counter()
        replication(scenario.with_(levers), 0)
        found.append(at_most(f"the page, {what}", time.perf_counter() - begin, 3.0, "{:.1f} s"))
    return found
