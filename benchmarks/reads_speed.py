"""How fast interval reads are written: a part of ``benchmarks/run.py``.

Counted are quarter-hours a processor second: for metering and writing alone, after a first day that loads code, and
with the homes' lives.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from figures import Figure, at_least

from scenarios.loader import load_scenario
from scenarios.running.read_files import DayTables, ReadsFile, write_reads
from scenarios.running.reads import chosen_world
from simulator.world import Lives


def rows(homes: int = 4096, days: int = 10) -> list[Figure]:
    """Reads a CPU-second, and bytes a read."""
    scenario = load_scenario("heat_wave", ["outputs.reads=all", "outputs.read_minutes=15"], households=homes)
    world, rules = chosen_world(scenario), scenario.meters.rules()
    lives = Lives(world, world.population.homes)
    lives.day(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reads.parquet"
        for counted in (1, days):
            begin = time.process_time()
            tables = DayTables(scenario, world, lives.homes)
            with ReadsFile(path, None) as file:
                for day in range(counted):
                    file.write("", tables.table(day, rules, lives.load_wh, None))
            alone, size = time.process_time() - begin, path.stat().st_size
        path.unlink()
        begin = time.process_time()
        write_reads(scenario, path)
        whole = time.process_time() - begin
    reads, all_reads = homes * days * 96, homes * world.clock.intervals
    return [
        at_least("reads metered and written, a CPU-second", reads / alone / 1e6, 20.0, "{:.1f} million",
                 f", {size / reads:.2f} bytes each"),
        Figure("reads lived, metered and written, a CPU-second", f"{all_reads / whole / 1e6:.1f} million"),
    ]  # fmt: skip
