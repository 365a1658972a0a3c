"""Small worlds shared by the tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from drsim.clock import Clock
from scenarios.loader import load_scenario
from scenarios.pipeline import run_scenario
from scenarios.schema.scenario import Scenario
from simulator.climate import load_climate
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region
from simulator.population import sample
from simulator.weather import generate
from simulator.world import World

# The first call of a compiled function may compile for seconds; no test is timed.
settings.register_profile("drsim", deadline=None)
settings.load_profile("drsim")

SMALL = {
    "population.households": 70,
    "season.start": "2024-07-01",
    "season.end": "2024-07-21",
    "history_days": 21,
    "events.kind": "listed",
    "events.dates": ["2024-07-09", "2024-07-10", "2024-07-17"],
    "budget_usd": 500,
    "replications": 2,
    "targeting.segments": 3,
    "targeting.wave_homes": 5,
}


def make_world(
    households: int = 40, days: int = 6, region: str = "us_hot_dry", seed: int = 5, **overrides: float
) -> World:
    place = load_region(region, overrides)
    start = date(2024, 7, 1) if region == "us_hot_dry" else date(2024, 1, 8)
    clock = Clock(start, date.fromordinal(start.toordinal() + days - 1), place.zone, place.country)
    population = sample(place, load_behaviour(), households, seed, 0)
    weather = generate(load_climate(place.climate), clock, seed, 0)
    return World(population, clock, weather, behaviour_record(load_behaviour()), seed, 0, 0)


@pytest.fixture(scope="session")
def small_scenario() -> Scenario:
    return load_scenario("heat_wave").with_(SMALL)


#: Metrics that only the oracle's knowledge gives; missing (NaN) where a scenario has no oracle.
TRUTH_METRICS = ("expected_event_reduction_kw", "expected_cost_usd", "oracle_bound_kw")


def without_truth(metrics: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if name not in TRUTH_METRICS}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def homes() -> np.ndarray:
    return sample(load_region("us_hot_dry"), load_behaviour(), 400, 3, 0).homes


#: Changes that make `heat_wave` a matter of seconds, for tests that interrupt and repeat runs.
SHORT = [
    "season.start=2024-07-08", "season.end=2024-07-19", "history_days=14", "events.at_most=2",
    "arms=[none, untargeted, segment_targeted]", "budget_usd=1500",
]  # fmt: skip


@pytest.fixture(scope="session")
def short() -> Scenario:
    return load_scenario("heat_wave", SHORT, households=40, replications=4)


@pytest.fixture(scope="session")
def undisturbed(short: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_scenario(short, out=tmp_path_factory.mktemp("whole") / "run", workers=1, command="test").folder


def _files(folder: Path, but: tuple[str, ...]) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and p.name not in ("manifest.json", *but)}  # fmt: skip


def same_bytes(left: Path, right: Path, *but: str) -> None:
    """Two finished runs are equal byte for byte; ``but`` names files that may differ (the manifest always may)."""
    before, after = _files(left, but), _files(right, but)
    assert "comparison.csv" in before and sorted(before) == sorted(after)
    for name, content in before.items():
        assert content == after[name], name
