"""Homes matched to reads: weights by hand, and a region bent towards an import it did not resemble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.segments.reads_target import read_target
from analysis.shapes.balancing import balance, effective_rows, resample
from drsim.errors import DataError, ScenarioError
from scenarios.meter_files.import_file import import_file
from scenarios.running.worlds import build_world, misfit_of
from scenarios.schema.scenario import Scenario
from simulator.meter import to_minutes
from simulator.world import Lives


def test_weights_meet_reachable_targets_and_stay_near_equal_ones() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([rng.lognormal(2.0, 0.5, 800), rng.integers(0, 2, 800)]).astype(float)
    target = np.array([10.0, 0.35])
    weight = balance(x, target)
    assert weight.min() > 0.0 and weight.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(weight @ x, target, rtol=0.01)
    same = balance(x, x.mean(axis=0))
    np.testing.assert_allclose(same, 1 / 800, rtol=1e-3)
    assert effective_rows(same) == pytest.approx(800, rel=1e-3) and effective_rows(weight) < 800


def test_a_target_out_of_reach_gives_misfit_and_bounded_weights() -> None:
    x = np.arange(100.0)[:, None]
    weight = balance(x, np.array([1000.0]))
    assert weight.max() <= 20.5 / 100 and 90.0 < float(weight @ x[:, 0]) < 100.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 50), st.integers(1, 400), st.floats(0.0, 0.999), st.integers(0, 10**6))
def test_resampling_takes_each_row_as_often_as_its_weight_says(rows: int, size: int, start: float, seed: int) -> None:
    weight = np.random.default_rng(seed).dirichlet(np.ones(rows))
    counts = np.bincount(resample(weight, size, start), minlength=rows)
    assert counts.sum() == size and np.abs(counts - size * weight).max() < 1.0 + 1e-6


def reads_of(scenario: Scenario, folder: Path, keep: float) -> Path:
    """Hourly reads of the scenario's own history days from the homes that use most: a region it does not resemble."""
    world = build_world(scenario, 5)
    lives, days = Lives(world, world.population.homes.copy()), []
    for day in range(world.first_event_day):
        lives.day(day)
        days.append(to_minutes(lives.load_wh, 60) / 1000.0)
    kwh = np.concatenate(days, axis=1)
    high = np.argsort(-kwh.sum(axis=1))[: int(keep * len(kwh))]
    start = pd.Timestamp(world.clock.utc()[0]).tz_localize("UTC")
    index = pd.date_range(start, periods=kwh.shape[1], freq="h", name="start_utc")
    table = pd.DataFrame(kwh[high].T, index=index, columns=[f"H{i}" for i in high])
    table.to_parquet(folder / "reads.parquet")
    zone = world.population.region.zone
    return import_file(folder / "reads.parquet", folder / "store", zone=zone).folder


def test_homes_are_resampled_towards_the_reads(small_scenario: Scenario, tmp_path: Path) -> None:
    scenario = small_scenario.with_({"population.households": 120})
    store = reads_of(scenario, tmp_path, keep=0.5)
    matched = scenario.with_({"population.match_reads": str(store)})
    found = misfit_of(matched)
    assert found is not None
    use = found.misfit.set_index("moment").loc["mean kWh per day"]
    assert abs(use["matched"] - use["target"]) < 0.25 * abs(use["region"] - use["target"])
    shares = found.misfit.iloc[2:]
    before = (shares["region"] - shares["target"]).abs().sum()
    assert (shares["matched"] - shares["target"]).abs().sum() < 0.6 * before
    assert "reads" in found.words() and 10 < found.effective_homes <= 480
    one, two = (build_world(matched, 0).population.homes for _ in range(2))
    assert np.array_equal(one, two) and np.array_equal(one["household"], np.arange(120))
    assert not np.array_equal(one, build_world(scenario, 0).population.homes)


def test_without_the_key_nothing_changes(small_scenario: Scenario) -> None:
    assert misfit_of(small_scenario) is None and small_scenario.reads_path is None


def test_reads_that_are_not_there_or_too_few_are_refused(small_scenario: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="folder left by drsim import"):
        small_scenario.with_({"population.match_reads": "nowhere"})
    index = pd.date_range("2024-06-01", periods=24 * 30, freq="h", tz="UTC", name="start_utc")
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.lognormal(0, 1, (len(index), 5)), index=index, columns=list("abcde"))
    table.to_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataError, match="needs 30"):
        read_target(tmp_path / "x.parquet", "UTC", (16, 19), {6})
