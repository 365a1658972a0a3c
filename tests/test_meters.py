"""Registers that misbehave: shares, conservation, clocks, net metering, and runs that show them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.meter_data.quality import set_aside_catch_ups
from scenarios.meter_files.import_file import import_file
from scenarios.running.read_files import write_reads
from scenarios.schema.scenario import Scenario
from simulator.meter import MeterRules, misread, read_day

HOMES = 3000
ROWS = np.arange(HOMES, dtype=np.int64)


def shown(load_wh: np.ndarray, rules: MeterRules, yesterday_wh: np.ndarray | None = None) -> np.ndarray:
    quality = np.zeros(load_wh.shape, np.uint8)
    return read_day(load_wh, ROWS[: len(load_wh)], 1, 0, 739_000, rules, yesterday_wh, quality)


def load(intervals: int = 96) -> np.ndarray:
    return np.random.default_rng(1).integers(1, 900, (HOMES, intervals)).astype(np.int32)


def test_good_meters_show_the_load() -> None:
    assert np.array_equal(shown(load(), MeterRules()), load())


@pytest.mark.parametrize("fault", ["stuck_fraction", "late_fraction"])
@pytest.mark.parametrize("intervals", [92, 96, 100])
def test_faults_have_their_share_and_lose_no_energy(fault: str, intervals: int) -> None:
    wh = load(intervals)
    reads = shown(wh, MeterRules(**{fault: 0.05}))
    assert (reads != wh).mean() == pytest.approx(0.05, abs=0.01)
    assert np.array_equal(reads.sum(axis=1), wh.sum(axis=1))


def test_a_stuck_register_shows_nothing_and_then_all() -> None:
    wh = np.full((HOMES, 96), 100, np.int32)
    reads = shown(wh, MeterRules(stuck_fraction=0.1))
    hit = np.flatnonzero((reads != 100).any(axis=1))
    row = reads[hit[0]]
    lump = int(row.argmax())
    assert row[lump] == 100 * (1 + (row == 0).sum()) and (row[row != row[lump]] <= 100).all()


def test_clocks_are_off_by_the_minutes_and_begin_with_yesterday() -> None:
    yesterday = np.tile(np.arange(96, dtype=np.int32), (HOMES, 1))
    today = yesterday + 1000
    reads = shown(today, MeterRules(clock_offset_fraction=0.2, clock_offset_minutes=30), yesterday)
    behind, ahead = (reads[:, 0] == 94), (reads[:, 0] == 1002)
    assert (behind | ahead).mean() == pytest.approx(0.2, abs=0.03)
    assert behind.sum() > 200 and ahead.sum() > 200
    assert (reads[behind][:, 2:] == today[0, :-2]).all()
    again = shown(today + 1, MeterRules(clock_offset_fraction=0.2, clock_offset_minutes=30), today)
    assert np.array_equal(again[:, 5] != today[:, 5] + 1, reads[:, 5] != today[:, 5]), "a bad clock stays bad"


def test_without_net_registration_export_reads_as_zero() -> None:
    wh = load() - 450
    assert (shown(wh, MeterRules()) < 0).any()
    assert np.array_equal(shown(wh, MeterRules(net_metering=False)), np.maximum(wh, 0))


def test_a_home_is_misread_alike_whoever_is_with_it() -> None:
    wh, rules = load(), MeterRules(stuck_fraction=0.05, late_fraction=0.05, clock_offset_fraction=0.3)
    assert np.array_equal(shown(wh, rules)[:50], shown(wh[:50], rules))
    out = np.empty_like(wh[:1])
    misread(wh[:1], wh[:1], ROWS[:1], 1, 0, 739_000, 0.05, 0.05, 0.3, 1, True, out)
    assert np.array_equal(out, shown(wh[:1], rules))


def test_a_run_writes_what_meters_showed_and_the_truth_beside_it(small_scenario: Scenario, tmp_path: Path) -> None:
    faults = {"meters.stuck_fraction": 0.02, "meters.gap_fraction": 0.01, "outputs.reads": "sample"}
    scenario = small_scenario.with_({**faults, "outputs.sample_homes": 20})
    write_reads(scenario, tmp_path / "reads.parquet")
    reads, true = (pd.read_parquet(tmp_path / name) for name in ("reads.parquet", "reads_true.parquet"))
    assert list(reads.columns) == list(true.columns) and len(reads) == len(true)
    assert true["kwh"].notna().all() and reads["kwh"].isna().any()
    assert 0.005 < (reads["kwh"].fillna(true["kwh"]) != true["kwh"]).mean() < 0.05


def test_wall_clock_meters_stamp_the_repeated_hour_twice(small_scenario: Scenario, tmp_path: Path) -> None:
    scenario = small_scenario.with_({
        "population.region": "us_hot_humid", "season.start": "2024-11-01", "season.end": "2024-11-05",
        "history_days": 14,
        "events.dates": ["2024-11-04"], "outputs.reads": "sample", "outputs.sample_homes": 10,
        "outputs.read_minutes": 60, "meters.duplicate_hour_fraction": 1.0,
    })  # fmt: skip
    write_reads(scenario, tmp_path / "reads.parquet")
    reads, true = (pd.read_parquet(tmp_path / name) for name in ("reads.parquet", "reads_true.parquet"))
    twice = reads.duplicated(["premise_id", "start_utc"])
    assert twice.sum() == 10 and not true.duplicated(["premise_id", "start_utc"]).any()
    assert str(reads.loc[twice, "start_utc"].iloc[0]).startswith("2024-11-03 06:00")


AUTUMN = {
    "population.region": "us_hot_humid", "season.start": "2024-11-01", "season.end": "2024-11-05", "history_days": 14,
    "events.dates": ["2024-11-04"], "outputs.reads": "sample", "outputs.sample_homes": 60,
}  # fmt: skip


def imported(scenario: Scenario, folder: Path, net: bool = False) -> tuple[pd.DataFrame, dict[str, object]]:
    """The premises and the findings' counts that ``drsim import`` leaves of a scenario's own reads."""
    folder.mkdir()
    write_reads(scenario, folder / "reads.parquet")
    result = import_file(folder / "reads.parquet", folder / "store", zone="America/Chicago", net=net)
    return pd.read_parquet(folder / "store" / "premises.parquet"), result.summary()


def test_the_import_names_the_faults_that_leave_a_mark(small_scenario: Scenario, tmp_path: Path) -> None:
    good = small_scenario.with_({**AUTUMN, "meters.gap_fraction": 0.0, "meters.estimated_fraction": 0.0})
    _, clean = imported(good, tmp_path / "good", net=True)
    assert set(clean["findings"]) <= {"time_stamps"}, "good meters give no finding"
    bad = good.with_({"meters.gap_fraction": 0.01, "meters.estimated_fraction": 0.01, "meters.stuck_fraction": 0.02,
                      "meters.duplicate_hour_fraction": 0.5, "outputs.read_minutes": 15})  # fmt: skip
    premises, found = imported(bad, tmp_path / "bad")
    reads = pd.read_parquet(tmp_path / "bad" / "reads.parquet")
    assert found["findings"]["estimated_reads"]["reads"] == (reads["quality"] == "estimated").sum() > 0
    assert found["lost_reads"]["repeated"] == reads.duplicated(["premise_id", "start_utc"]).sum() > 0
    assert found["lost_reads"]["gaps"] >= reads["kwh"].isna().sum() > 0
    assert found["lost_reads"]["register_catch_up"] > 0 and premises["register_catch_up"].any()


def test_a_stuck_register_is_found_and_a_power_cut_is_not() -> None:
    """Hand-made: 24 reads of 0.3 to 0.5 kWh; six zeros and then their sum, against six zeros and a usual read."""
    usual = np.tile(np.array([0.3, 0.5, 0.4, 0.35], dtype=np.float32), 200)
    stuck, cut = usual.copy(), usual.copy()
    stuck[400:406], stuck[406] = 0.0, usual[400:407].sum()
    cut[400:406], cut[406] = 0.0, 0.6
    clean, findings = set_aside_catch_ups(np.stack((stuck, cut)), 30, ["A", "B"])
    assert [(f.code, f.premise, f.data["reads"]) for f in findings] == [("register_catch_up", "A", 7)]
    assert np.isnan(clean[0, 400:407]).all() and np.array_equal(clean[1], cut)
    assert np.isnan(clean).sum() == 7


def test_found_stuck_spells_are_true_ones_and_most_of_them(small_scenario: Scenario, tmp_path: Path) -> None:
    """Scored against reads_true.parquet."""
    faults = {"meters.gap_fraction": 0.0, "meters.estimated_fraction": 0.0, "meters.stuck_fraction": 0.03}
    scenario = small_scenario.with_({**AUTUMN, **faults, "outputs.read_minutes": 15})
    write_reads(scenario, tmp_path / "reads.parquet")
    reads, true = (
        pd.read_parquet(tmp_path / name).pivot(index="premise_id", columns="start_utc", values="kwh")
        for name in ("reads.parquet", "reads_true.parquet")
    )
    shown, real = reads.to_numpy(np.float32), true.to_numpy(np.float32)
    clean, _ = set_aside_catch_ups(shown, 15, list(reads.index))
    wrong, named = shown != real, np.isnan(clean)
    assert (named & wrong).sum() > 0.95 * named.sum(), "precision"
    assert (named & wrong).sum() > 0.6 * wrong.sum(), "recall"
