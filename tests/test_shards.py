"""One replication in shards: neither their size nor the threads that live them change a byte."""

from __future__ import annotations

import pandas as pd
import pytest

from scenarios.running.parallel import one_replication
from scenarios.running.shards import living, shards
from scenarios.running.shared import sharing
from scenarios.schema.scenario import Scenario


def test_shards_cover_the_homes_once() -> None:
    with living(homes=30):
        assert shards(70) == [slice(0, 30), slice(30, 60), slice(60, 70)]
        assert shards(70, together=True) == [slice(0, 70)]
        assert shards(60)[-1] == slice(30, 60)
    assert shards(70) == [slice(0, 70)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"meters.gap_fraction": 0.2, "measurement": {"baselines": True, "bills": True}},
        pytest.param({"targeting.method": "dictionary", "parameters": {"gaming_share": 0.5}}, marks=pytest.mark.slow),
        pytest.param({"parameters": {"take_part_neighbours": 2.5}}, marks=pytest.mark.slow),
        pytest.param(
            {"records.segments_age_days": 365, "season.start": "2024-10-25", "season.end": "2024-11-08",
             "events.dates": ["2024-10-30", "2024-11-03"], "population.region": "uk_london"},
            marks=pytest.mark.slow,
        ),
    ],
    ids=["plain", "gaps and kept reads", "dictionary", "neighbours", "older records, a long day"],
)  # fmt: skip
def test_shard_size_and_threads_change_no_byte(small_scenario: Scenario, changes: dict) -> None:
    scenario = small_scenario.with_({"arms": ["none", "untargeted", "segment_targeted", "oracle"], **changes})
    made = []
    for size, threads in ((4096, 1), (23, 1), (16, 2)):
        with living(homes=size, threads=threads):
            made.append(one_replication(scenario, 0))
    for other in made[1:]:
        assert other.broken == made[0].broken
        assert other.tables.keys() == made[0].tables.keys()
        for name, table in made[0].tables.items():
            pd.testing.assert_frame_equal(other.tables[name], table, check_exact=True, obj=name)


def test_shards_on_tape_are_played_back(small_scenario: Scenario) -> None:
    with living(homes=23), sharing() as store:
        first = one_replication(small_scenario, 0)
        assert store.played == 0
        again = one_replication(small_scenario.with_({"budget_usd": 400}), 0)
        assert store.played > 0
    alone = one_replication(small_scenario.with_({"budget_usd": 400}), 0)
    assert not first.tables["values"].equals(again.tables["values"])
    pd.testing.assert_frame_equal(again.tables["values"], alone.tables["values"], check_exact=True)
