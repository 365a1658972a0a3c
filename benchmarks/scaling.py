"""How the cost of a run grows: with homes, days, arms, threads and workers. Parts of ``benchmarks/run.py``.

Costs are processor seconds. A run's own process start is measured once and taken off, so that what is left can be
divided by homes and days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from figures import Cost, Figure, at_most, script

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
status = Path("/proc/self/status")  # ru_maxrss begins with the largest size of the process that started this one
if asked["workers"] == 1 and status.exists():
    peak = next(int(line.split()[1]) / per_gb for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    peak = max(resource.getrusage(who).ru_maxrss / per_gb for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([time.perf_counter() - begin, sum(times[:4]), peak]))
"""
#: Every home could join and is enrolled by default; the budget buys 30 % of them, and each arm chooses others.
ARMS = """
import json, sys, time
from scenarios.loader import load_scenario
from scenarios.running.parallel import one_replication
asked = json.loads(sys.argv[1])
sets = [f"budget_usd={22 * asked['homes']}", "programs.cool.default=true", "parameters.ac.smart_thermostat_share=1.0",
        "history_days=28"]
scenario = load_scenario("heat_wave", sets, households=asked["homes"], replications=2)
one_replication(scenario.with_({"population.households": 50}), 1)
found = []
for wanted in (["none"], ["none", *asked["arms"]]):
    begin = time.process_time()
    made = one_replication(scenario.with_({"arms": wanted}), 1)
    found.append(time.process_time() - begin)
shares = made.tables["values"]["enrolled_homes"][1:] / asked["homes"]
print(json.dumps([*found, float(shares.min()), float(shares.max())]))
"""
THREADS = """
import json, os, sys, time
from concurrent.futures import ThreadPoolExecutor
from simulator.model import DemandResponseModel
from simulator.world import Lives
asked = json.loads(sys.argv[1])
model = DemandResponseModel(households=4096, days=20, history_days=7, start="2024-07-08")
start = model.everyone.homes.copy()
def live(homes):
    lives = Lives(model.world, homes)
    for day in range(7, 27):
        lives.day(day)
for day in range(7, 27):
    model.world.outdoor(day)
shards = [start.copy() for _ in range(asked["threads"])]
begin, cpu = time.perf_counter(), time.process_time()
with ThreadPoolExecutor(asked["threads"]) as pool:
    list(pool.map(live, shards))
print(json.dumps([len(shards) * 4096 * 20 / x for x in (time.perf_counter() - begin, time.process_time() - cpu)]))
"""
FIVE = ("untargeted", "bill_ranked", "load_ranked", "segment_targeted", "placebo")
NONE = ["arms=[none]", "history_days=14"]
MILLION = ["history_days=28", "arms=[none, untargeted, segment_targeted]"]
HISTORY, SEASON = 14, 122
SMALL = 500  # homes of the run that is taken off
TWO_SHARDS = 8_192


@cache
def compile_before() -> None:
    """One tiny run of this checkout: else the first measured run would compile, and that be taken off all others.

    (``compile_first`` takes the word of a marker that another checkout of the same sources may have left.)
    """
    sizes = {"households": 50, "replications": 1}
    script(RUN, {"sets": [*MILLION, "budget_usd=300"], "sizes": sizes, "workers": 1})


def run(homes: int, sets: list[str], workers: int = 1, replications: int = 1) -> Cost:
    """One run of ``heat_wave`` at another size, in a process of its own."""
    compile_before()
    sizes = {"households": homes, "replications": replications}
    return Cost(*script(RUN, {"sets": sets, "sizes": sizes, "workers": workers})[1])


def homes_and_days() -> Iterator[Figure]:
    """Processor seconds per million home-days and memory as homes and days grow. Some minutes.

    Memory is compared with the smallest size of two shards: below that it is the buffers of one shard that grow.
    """
    small, sizes, days = run(SMALL, NONE), (8_000, 32_000, 64_000), HISTORY + SEASON
    costs: dict[int, Cost] = {}
    for homes in sizes:
        cost = costs[homes] = run(homes, NONE)
        each = [1e6 * c.less(small) / ((n - SMALL) * days) for n, c in costs.items()]
        yield at_most(f"{homes:,} homes x {days} days, `none`: CPU s a million home-days", each[-1], 1.1 * each[0],
                      "{:.1f}", f"; {cost.words()}")  # fmt: skip
        if homes > sizes[0]:
            kb = 1e6 * (cost.gb - costs[sizes[0]].gb) / (homes - sizes[0])
            yield at_most(f"{homes:,} homes: memory of a home beyond {sizes[0]:,}", kb, 2.0, "{:.2f} KB")
    homes = sizes[1]
    short, long = (run(homes, [*NONE, f"season.end={end}"]) for end in ("2024-06-30", "2024-10-31"))  # 30 and 153 days
    each = [1e6 * cost.less(small) / (homes * (n + HISTORY)) for n, cost in ((30, short), (153, long))]
    yield at_most(f"{homes:,} homes, 153 event days: CPU s a million home-days", each[1], 1.1 * each[0], "{:.1f}",
                  f"; {long.words()}; 30 days: {each[0]:.1f}; {short.words()}")  # fmt: skip
    # memory that grew with days would be a number a home and day at the least
    grown = 1e9 * (long.gb - short.gb) / (homes * 123)
    yield at_most(f"{homes:,} homes: memory of a home and day more", grown, 4.0, "{:.1f} bytes")


def arms(homes: int = 4_000) -> list[Figure]:
    """What five arms add to ``none`` alone, without the start of the process and without the oracle's dice."""
    compile_before()
    alone, six, least, most = script(ARMS, {"homes": homes, "arms": FIVE})[1]
    what = f"five arms beside `none`, {homes:,} homes, each enrolling {least:.1%} to {most:.1%} of them, not the same"
    return [at_most(what, six / alone, 2.5, "{:.2f} times `none` alone", f" ({six:.1f} and {alone:.1f} CPU s)")]


def workers() -> list[Figure]:
    """What a second thread and a second worker bring, on replications and on the shards of one replication."""
    found = []
    one, two = (script(THREADS, {"threads": n})[1] for n in (1, 2))
    found.append(Figure("a shard of 4,096 homes on each of 1 and 2 threads: household-days a second of wall time",
                        f"{one[0]:,.0f} and {two[0]:,.0f}; a CPU-second: {one[1]:,.0f} and {two[1]:,.0f}"))  # fmt: skip
    for what, homes, replications in (("4 replications", 2_000, 4), ("1 replication in shards", 24_000, 1)):
        costs = [run(homes, NONE, workers=n, replications=replications) for n in (1, 2)]
        found.append(Figure(f"{what}: with 1 worker; with 2", "; ".join(cost.words() for cost in costs)))
    return found


def million(homes: int = 1_000_000) -> list[Figure]:
    """The two large runs; ``homes`` below a million is a rehearsal, which no target is for.

    Memory a home is counted from two shards on, where one shard's buffers no longer grow.
    """
    few = run(TWO_SHARDS, [*MILLION, f"budget_usd={6 * TWO_SHARDS}"], workers=2)
    study = run(homes, [*MILLION, f"budget_usd={6 * homes}"], workers=2)
    alone = run(homes, NONE, workers=2)
    what, bare = f"{homes:,} homes x 122 days, 28 of history, three arms, two workers", f"{homes:,} homes, `none` alone"
    kb = 1e6 * (study.gb - few.gb) / (homes - TWO_SHARDS)
    found = [
        at_most(f"{what}: wall time", study.wall, 600, "{:.0f} s", f"; {study.cpu:.0f} CPU s"),
        at_most(f"{what}: memory", study.gb, 3.0, "{:.2f} GB"),
        at_most(f"{what}: memory of a home beyond {TWO_SHARDS:,}", kb, 2.0, "{:.2f} KB"),
        at_most(f"{bare}, 14 days of history (the least): wall time", alone.wall, 300, "{:.0f} s",
                f"; {alone.cpu:.0f} CPU s, {alone.gb:.2f} GB"),
    ]  # fmt: skip
    return found if homes >= 1_000_000 else [replace(figure, target="", met=None) for figure in found]
