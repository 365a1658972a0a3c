"""Where a compiled day goes: the packages are copied, one call of ``simulator/day.py`` is cut, and the rest is timed.

    python benchmarks/left_out.py                 # every part; a part of benchmarks/run.py too

What a part costs is what a home-day is shorter by without it, with what follows from it: nobody cooks in a home where
``occupy`` never lets anybody in. So shares add up to more or less than the whole.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, script

PROJECT = Path(__file__).resolve().parents[1]
#: Calls of ``simulator/day.py``.
PARTS = ("occupy", "cooking.run", "draw_sessions", "lighting.run", "electronics.run", "clothes_washer.run",
         "dishwasher.run", "water_heater.heat_tanks", "refrigerator.run", "add_steady", "energy", "condition",
         "climate_energy", "on_the_roof")  # fmt: skip
TIME = """
import json, sys, time
sys.path.insert(0, json.loads(sys.argv[1]))
from simulator.model import DemandResponseModel
from simulator.world import Lives
found = []
for region in ("us_hot_dry", "uk_london"):
    model = DemandResponseModel(region, 2000, "2024-07-08", 12, history_days=7)
    start, times = model.everyone.homes.copy(), []
    for _ in range(12):
        lives = Lives(model.world, start.copy())
        begin = time.process_time()
        for day in range(7, 19):
            lives.day(day)
        times.append((time.process_time() - begin) / (2000 * 12) * 1e9)
    found.append(min(times))
print(json.dumps(found))
"""


def without(text: str, name: str) -> str:
    """A module's text in which no statement calls ``name``; what it would have returned is False.

    Raises
    ------
    ValueError
        There is no such statement.
    """
    kept, lines, cut = [], iter(text.splitlines()), 0
    for line in lines:
        found = re.match(rf"(\s+)((?:\w+(?:\[\w+\])? = )*){re.escape(name)}\(", line)
        if found is None:
            kept.append(line)
            continue
        cut, open_brackets = cut + 1, line.count("(") - line.count(")")
        while open_brackets:
            line = next(lines)
            open_brackets += line.count("(") - line.count(")")
        kept.append(found[1] + (found[2] + "False" if found[2] else "pass"))
    if not cut:
        raise ValueError(f"no statement calls {name}")
    return "\n".join(kept) + "\n"


def home_day_ns(name: str | None) -> list[float]:
    """Nanoseconds a home-day in both regions without ``name``, of compiled code of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for package in ("simulator", "drsim"):
            shutil.copytree(PROJECT / package, Path(folder) / package, ignore=shutil.ignore_patterns("__pycache__"))
        day = Path(folder) / "simulator" / "day.py"
        if name is not None:
            day.write_text(without(day.read_text(encoding="utf-8"), name), encoding="utf-8")
        before = os.environ.get("DRSIM_CACHE_DIR")
        os.environ["DRSIM_CACHE_DIR"] = str(Path(folder) / "cache")
        try:
            return script(TIME, folder)[1]
        finally:
            del os.environ["DRSIM_CACHE_DIR"]
            if before is not None:
                os.environ["DRSIM_CACHE_DIR"] = before


def rows() -> Iterator[Figure]:
    """What each part costs in the two regions."""
    whole = home_day_ns(None)
    yield Figure("a home-day in us_hot_dry, uk_london", ", ".join(f"{ns:.0f} ns" for ns in whole))
    for name in PARTS:
        less = [all_of_it - ns for all_of_it, ns in zip(whole, home_day_ns(name), strict=True)]
        yield Figure(f"less without `{name}`", ", ".join(f"{ns:.0f} ns" for ns in less))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    for figure in rows():
        print(figure.row(), flush=True)
