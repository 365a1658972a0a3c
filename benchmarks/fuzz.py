"""Inputs under attack: every parser answers hostile files with a result or one sentence; nothing is half-written.

    python -m benchmarks.fuzz [--cases 2000] [--parser NAME] [--seed 1] [--engine hypothesis | atheris]

prints, by parser, how many cases were taken, refused and crashed, the slowest case and the memory at its peak; exit
code 1 where one crashed. 100,000 a parser is `--cases 100000`. `--engine atheris` (pip install atheris) is guided by
coverage and takes one parser a process. `tests/test_fuzz.py` runs 2,000 cases a parser.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks import fuzz_cases, fuzz_meter_cases, fuzz_side_cases
from benchmarks.fuzz_cases import Case
from drsim.errors import DrsimError

MOST_BYTES = 6_000_000_000  # address space of a fuzzing process: what needs more is a crash
FIRST_STRINGS, LONGEST_STRING = 200, 8000  # what the coverage-guided engine starts from [strings, bytes]


def _scenario(path: Path, case: Case) -> None:
    from scenarios.loader import load_scenario

    load_scenario(path).resolved_yaml()


def _reads(path: Path, case: Case) -> None:
    from scenarios.meter_files.import_file import import_file

    out = path.with_name("store")
    try:
        import_file(path, out, "America/Chicago", net=case.net)
    except DrsimError:
        assert not out.exists(), "a refused file left a store"
        raise
    finally:
        assert not out.with_name("store.partial").exists(), "something half-written stayed"
    assert (out / "manifest.json").exists()


def _green_button(path: Path, case: Case) -> None:
    from analysis.meter_data.greenbutton import read_green_button

    read_green_button(path, "America/New_York")


def _event_csv(path: Path, case: Case) -> None:
    from analysis.meter_data.event_files import read_events

    for band in (None, "high"):
        read_events(path, "America/Chicago", band=band)


def _event_json(path: Path, case: Case) -> None:
    from drsim.clock import Clock
    from scenarios.openadr import objects_of, program_of, windows_of

    clock = Clock(date(2024, 7, 1), date(2024, 7, 5), "America/Phoenix", "US")
    objects = objects_of(path.read_bytes(), path.name)
    windows_of([o for o in objects if o.get("objectType") == "EVENT"], clock)
    for item in objects:
        program_of(item)


def _weather(path: Path, case: Case) -> None:
    from drsim.clock import Clock
    from simulator.climate import load_climate
    from simulator.weather_files import read_weather_file

    clock = Clock(date(2024, 7, 2), date(2024, 7, 3), "America/Phoenix", "US")
    weather = read_weather_file(path, clock, 0, load_climate("phoenix"))
    assert abs(weather.t_out_degc).max() < 100.0 and weather.ghi_w_per_m2.min() >= 0.0


def _grid(path: Path, case: Case) -> None:
    from analysis.money.grid_series import SyntheticGrid, from_file

    days: list[object] = [date(2024, 7, 1), date(2024, 7, 2)]
    series = from_file(path, "UTC", days, SyntheticGrid())
    for values in (series.price_usd_per_kwh, series.co2_kg_per_kwh, series.net_load_fraction):
        assert values.shape == (2, 24) and np.isfinite(values).all()


def _temperature(path: Path, case: Case) -> None:
    from analysis.meter_data.outdoor_temperature import read_temperature, read_temperature_series

    read_temperature(path, "America/Chicago")
    read_temperature_series(path, "America/Chicago")


def _customers(path: Path, case: Case) -> None:
    from analysis.meter_data import customer_tables, customers

    customer_tables.read_programme(path)
    customer_tables.read_customers(path)
    if path.suffix == ".csv":
        customers.chosen(customers.read_customers(path), ["P0", "P1"], "tariff=ToU", "--only")


def _store(path: Path, case: Case) -> None:
    from analysis.meter_data.ami_store import open_meters

    meters = open_meters(fuzz_side_cases.laid(path, fuzz_side_cases.sound_store()), "America/Chicago")
    meters.system(), meters.customers(), meters.reasons()
    assert sum(len(part.premises) for part in meters.parts()) <= len(meters.premises)


def _run_folder(path: Path, case: Case) -> None:
    from scenarios.results.compare_runs import compare_runs
    from scenarios.running.repeat import scenario_of_manifest

    sound = fuzz_side_cases.sound_run()
    folder = fuzz_side_cases.laid(path, sound)
    found = compare_runs(sound, folder)
    found.summary_text(), found.summary()
    scenario_of_manifest(folder / "manifest.json")


@dataclass(frozen=True)
class Parser:
    """A way in: hostile files, and what reads them."""

    cases: Callable[[], st.SearchStrategy[Case]]
    read: Callable[[Path, Case], None]


PARSERS = {
    "scenario": Parser(fuzz_cases.scenarios, _scenario),
    "meter_csv": Parser(fuzz_meter_cases.meter_csv, _reads),
    "meter_parquet": Parser(fuzz_meter_cases.meter_parquet, _reads),
    "green_button": Parser(fuzz_meter_cases.green_button, _green_button),
    "event_csv": Parser(fuzz_cases.event_csv, _event_csv),
    "event_json": Parser(fuzz_cases.event_json, _event_json),
    "weather": Parser(fuzz_cases.weather, _weather),
    "grid_csv": Parser(fuzz_side_cases.grid_csv, _grid),
    "temperature_csv": Parser(fuzz_side_cases.temperature_csv, _temperature),
    "customers_csv": Parser(fuzz_side_cases.customers_csv, _customers),
    "store": Parser(lambda: fuzz_side_cases.damaged(fuzz_side_cases.sound_store), _store),
    "run_folder": Parser(lambda: fuzz_side_cases.damaged(fuzz_side_cases.sound_run), _run_folder),
}


@dataclass
class Tally:
    """What became of the cases of one parser."""

    taken: int = 0
    refused: int = 0
    slowest_cpu_seconds: float = 0.0
    crashes: Counter[str] = field(default_factory=Counter)
    first: dict[str, Case] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many there were."""
        return self.taken + self.refused + self.crashes.total()


def attempt(parser: Parser, case: Case) -> bool:
    """Whether a case was taken (else refused); raises what is not a sentence with exit code 2 or 3."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / case.name
        path.write_bytes(case.content)
        try:
            parser.read(path, case)
            taken = True
        except DrsimError as error:
            assert error.exit_code in (2, 3) and str(error).strip(), repr(error)
            assert len(str(error)) < 100_000, "a refusal of over 100,000 characters"
            taken = False
        left = {p.name for p in Path(folder).iterdir()} - {case.name, "store"}
        assert not left, f"left behind: {left}"
    return taken


def counted(parser: Parser, case: Case, tally: Tally) -> None:
    """Try one case and count what became of it; crashes by where they happened."""
    began = time.process_time()
    try:
        taken = attempt(parser, case)
        tally.taken += taken
        tally.refused += not taken
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)
        ours = [f for f in where if "site-packages" not in f.filename and "benchmarks" not in f.filename] or where
        said = f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}: {str(error)[:120]}"
        tally.crashes[said.splitlines()[0]] += 1
        tally.first.setdefault(said.splitlines()[0], case)
    tally.slowest_cpu_seconds = max(tally.slowest_cpu_seconds, time.process_time() - began)


def fuzz(name: str, cases: int, seed_number: int = 1) -> Tally:
    """Try ``cases`` hostile files on a parser."""
    parser, tally = PARSERS[name], Tally()
    warnings.simplefilter("ignore")  # what pandas and numpy think of hostile numbers is no news here

    @seed(seed_number)
    @settings(max_examples=cases, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(parser.cases())
    def one(case: Case) -> None:
        counted(parser, case, tally)

    one()
    return tally


def guided(name: str, cases: int, seed_number: int) -> None:
    """The same kinds of cases, chosen by the coverage they reach; prints its row and ends the process.

    libFuzzer hands over bytes, from which Hypothesis draws a file. It starts from random strings long enough for a
    whole file (from nothing it would spend its time on strings that end before the first cell), and only files that
    were drawn to their end are counted.
    """
    import atheris  # not a dependency: pip install atheris

    with atheris.instrument_imports(include=["drsim", "scenarios", "analysis", "simulator"]):
        parser, tally = PARSERS[name], Tally()
        warnings.simplefilter("ignore")
        attempt(parser, Case("x.csv", b""))  # imports what it needs, instrumented

    began = time.process_time()

    @settings(database=None, deadline=None)
    @given(parser.cases())
    def one(case: Case) -> None:
        counted(parser, case, tally)
        if tally.cases >= cases:  # libFuzzer's own -runs counts strings, not files
            print_row(name, tally, time.process_time() - began)
            sys.stdout.flush()
            os._exit(int(tally.crashes.total() > 0))

    with tempfile.TemporaryDirectory() as folder:
        dice = random.Random(seed_number)
        for number in range(FIRST_STRINGS):
            (Path(folder) / str(number)).write_bytes(dice.randbytes(dice.randrange(200, LONGEST_STRING)))
        options = [f"-seed={seed_number}", f"-max_len={LONGEST_STRING}", "-len_control=0", "-timeout=7200",
                   "-rss_limit_mb=6000", "-verbosity=0"]  # fmt: skip
        atheris.Setup([sys.argv[0], *options, folder], one.hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
        atheris.Fuzz()


def print_row(name: str, tally: Tally, cpu_seconds: float) -> None:
    """One row of the table; crashes go to stderr, each with the first file that did it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = [name, tally.cases, tally.taken, tally.refused, tally.crashes.total()]
    costs = [f"{tally.slowest_cpu_seconds:.2f}", f"{cpu_seconds:.0f}", f"{peak:.0f}"]
    print("| " + " | ".join(map(str, [*counts, *costs])) + " |", flush=True)
    for said, count in tally.crashes.most_common():
        case = tally.first[said]
        print(f"    {count} x {said}\n      {case.name}: {case.content[:300]!r}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--parser", choices=[*PARSERS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    print("| parser | cases | taken | refused | crashed | slowest case, CPU s | CPU s | peak MB |\n" + "|---" * 8 + "|")
    if args.engine == "atheris":
        guided(args.parser, args.cases, args.seed)
    bad = 0
    for name in PARSERS if args.parser == "all" else [args.parser]:
        began = time.process_time()
        tally = fuzz(name, args.cases, args.seed)
        bad += tally.crashes.total()
        print_row(name, tally, time.process_time() - began)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
