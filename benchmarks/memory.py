"""What a large run holds of each home, stage by stage: exact bytes that Python and NumPy hold (tracemalloc).

    python -m benchmarks.memory [--homes 40000 80000]

Two runs of one replication (arms none, untargeted, segment_targeted; 28 days of history, 26 of season) are held
against each other, so that what does not grow with homes - code, sums by day, the sample that segments are fitted on -
drops out (both by default fit segments on 20,000 homes). The interpreter, libraries and compiled code come on top.
"""

from __future__ import annotations

import argparse
import tracemalloc
from collections.abc import Callable
from typing import Any

import scenarios.results.tables as tables
import scenarios.running.replication as flow
from scenarios.loader import load_scenario
from scenarios.running.parallel import one_replication
from scenarios.running.seasons import Season
from scenarios.schema.scenario import Scenario

#: (where, name, what is said of it)
STAGES: tuple[tuple[Any, str, str], ...] = (
    (flow, "build_world", "homes drawn"),
    (flow, "history_in_shards", "history lived"),
    (flow, "segments_of", "homes segmented"),
    (flow, "recruit", "offers made"),
    (Season, "live", "season lived"),
    (tables, "_participation", "events and enrolment as tables"),
    (tables, "_homes", "homes as a table"),
)
Held = dict[str, tuple[int, int]]


def scenario_of(homes: int) -> Scenario:
    """The study of a million homes, shorter."""
    sets = ["history_days=28", "arms=[none, untargeted, segment_targeted]", f"budget_usd={6 * homes}",
            "season.start=2024-07-15", "season.end=2024-08-09"]  # fmt: skip
    return load_scenario("heat_wave", sets, households=homes, replications=1)


def held_in(homes: int) -> Held:
    """Bytes held after each stage, and at most while it was under way."""
    found: Held = {}

    def watched(real: Callable[..., Any], said: str) -> Callable[..., Any]:
        def stage(*given: Any, **named: Any) -> Any:
            tracemalloc.reset_peak()
            made = real(*given, **named)
            found.setdefault(said, tracemalloc.get_traced_memory())
            return made

        return stage

    kept = [getattr(where, name) for where, name, _ in STAGES]
    for where, name, said in STAGES:
        setattr(where, name, watched(getattr(where, name), said))
    tracemalloc.start(1)
    try:
        one_replication(scenario_of(homes), 0)
    finally:
        tracemalloc.stop()
        for (where, name, _), real in zip(STAGES, kept, strict=True):
            setattr(where, name, real)
    return found


def bytes_a_home(few: int, many: int) -> dict[str, tuple[float, float]]:
    """For each stage, bytes that one more home takes: held after it, and at most in it."""
    one_replication(scenario_of(100), 0)  # code and tables that stay are loaded before anything is counted
    less, more = held_in(few), held_in(many)
    apart = many - few
    return {said: ((more[said][0] - less[said][0]) / apart, (more[said][1] - less[said][1]) / apart) for said in more}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--homes", nargs=2, type=int, default=[40_000, 80_000], metavar=("FEW", "MANY"))
    few, many = parser.parse_args().homes
    print("| stage | bytes a home held after it | at most in it |\n|---|---|---|")
    for said, (held, most) in bytes_a_home(few, many).items():
        print(f"| {said} | {held:,.0f} | {most:,.0f} |")


if __name__ == "__main__":
    main()
