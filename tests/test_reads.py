"""Interval reads on demand: a sample in one file, all homes in a folder by month and shard; the same reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scenarios.running.read_files import write_reads
from scenarios.running.reads import chosen_world
from scenarios.running.shards import living
from scenarios.schema.scenario import Scenario
from simulator.world import Lives

COLUMNS = ["premise_id", "start_utc", "kwh", "quality"]


def test_all_homes_in_parts_are_the_sample_in_one_file(
    small_scenario: Scenario, tmp_path: Path
) -> None:
    with living(homes=30):
        write_reads(small_scenario.with_({"outputs.reads": "all"}), tmp_path / "all.parquet")
    sample = small_scenario.with_({"outputs.reads": "sample", "outputs.sample_homes": 25})
    write_reads(sample, tmp_path / "some.parquet")
    parts = sorted(p.relative_to(tmp_path / "all.parquet").as_posix() for p in (tmp_path / "all.parquet").rglob("*.*"))
    assert parts == [f"month=2024-0{m}/shard-0000{k}.parquet" for m in (6, 7) for k in (0, 1, 2)]
    june = pq.ParquetFile(tmp_path / "all.parquet" / parts[0])
    assert june.num_row_groups == 21, "one a day"
    assert [field.name for field in june.schema_arrow] == COLUMNS
    everyone, some = (pd.read_parquet(tmp_path / f"{name}.parquet")[COLUMNS] for name in ("all", "some"))
    assert everyone["premise_id"].nunique() == 70 and some["premise_id"].nunique() == 25
    few = everyone[everyone["premise_id"] <= "H0000024"]
    order = ["premise_id", "start_utc"]
    pd.testing.assert_frame_equal(
        few.sort_values(order, ignore_index=True), some.sort_values(order, ignore_index=True), check_exact=True
    )


def test_reads_sum_what_the_homes_used(small_scenario: Scenario, tmp_path: Path) -> None:
    scenario = small_scenario.with_({
        "outputs.reads": "sample", "outputs.sample_homes": 5, "meters.gap_fraction": 0.0,
        "meters.estimated_fraction": 0.0,
    })  # fmt: skip
    write_reads(scenario, tmp_path / "reads.parquet")
    reads = pd.read_parquet(tmp_path / "reads.parquet")
    world = chosen_world(scenario)
    lives, wh = Lives(world, world.population.homes), np.zeros(5, np.int64)
    for day in range(world.clock.days):
        lives.day(day)
        wh += lives.load_wh.sum(axis=1, dtype=np.int64)
    assert np.array_equal((1e3 * reads.groupby("premise_id")["kwh"].sum()).round().to_numpy(np.int64), wh)
