"""What more homes cost on more machines, on paper: divisions of what is measured here; a part of ``benchmarks/run.py``.

A season of 122 days is measured twice, in processes of their own, at a small size and a larger one: the
counterfactual alone after 14 days of history, and three arms after 28, tables and report included. Homes are
independent and live in shards, so processor seconds are proportional to homes (``--only scaling`` shows it); what a
shard waits for (the analyst's tables, the report) is in the measured seconds and is divided with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from figures import Figure
from scaling import MILLION, NONE, run

HOMES = 64_000
FEW = 8_192  # homes of the run that is taken off
SIZES = (1_000_000, 10_000_000, 100_000_000)
PROCESSORS = (32, 1_000)
KB_A_HOME = 2.0  # the limit that ``--only million`` checks
USD_PER_CPU_HOUR = 0.05  # a cloud's processor on demand, rounded (assumption)


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def costs(cpu_seconds_a_home: float, homes: int) -> str:
    """One line: processor hours and their price, wall time on some processors, and memory in all."""
    cpu = cpu_seconds_a_home * homes
    walls = ", ".join(f"{duration(cpu / n)} on {n:,} processors" for n in PROCESSORS)
    price, memory = USD_PER_CPU_HOUR * cpu / 3600.0, KB_A_HOME * homes / 1e6
    return f"{cpu / 3600.0:,.2f} CPU hours ({price:,.2f} USD); {walls}; {memory:,.0f} GB in all"


def rows() -> Iterator[Figure]:
    """Both studies for each number of homes."""
    for what, sets, budgets in (("`none` alone", NONE, False), ("three arms, report included", MILLION, True)):
        small, large = (run(n, [*sets, f"budget_usd={6 * n}"] if budgets else sets) for n in (FEW, HOMES))
        each = large.less(small) / (HOMES - FEW)
        yield Figure(f"{what}, measured from {FEW:,} to {HOMES:,} homes", f"{1e3 * each:.2f} CPU ms a home")
        for homes in SIZES:
            yield Figure(f"{what}, {homes:,} homes", costs(each, homes))
