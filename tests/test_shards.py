"""One replication in shards: neither their size nor the threads that live them change a byte."""

from __future__ import annotations

import gc
import pickle
import weakref
from collections.abc import Iterator

import pandas as pd
import pytest

from benchmarks.memory import bytes_a_home
from scenarios.running.histories import history_in_shards
from scenarios.running.parallel import one_replication
from scenarios.running.shards import Arrays, Cut, Plan, living, shards
from scenarios.running.shared import sharing
from scenarios.running.spreading import PROTOCOL, live_elsewhere
from scenarios.running.worlds import build_world, event_rule_of
from scenarios.schema.scenario import Scenario
from simulator.meter import GOOD_METERS


def test_shards_cover_the_homes_once() -> None:
    with living(homes=30):
        assert shards(70) == [slice(0, 30), slice(30, 60), slice(60, 70)]
        assert shards(70, together=True) == [slice(0, 70)]
        assert shards(60)[-1] == slice(30, 60)
    assert shards(70) == [slice(0, 70)]


def test_a_long_replication_tells_how_far_it_is(small_scenario: Scenario) -> None:
    told: list[tuple[int, int, str]] = []
    with living(homes=-(-small_scenario.population.households // 41), tell=lambda *step: told.append(step)):
        one_replication(small_scenario.with_({"arms": ["none"]}), 0)
    phases = [[step[:2] for step in told if phase in step[2]] for phase in ("history", "season")]
    pieces = phases[0][-1][1]
    assert pieces > 20, "else every shard is told"
    for steps in phases:
        done = [step for step, _ in steps]
        assert 10 <= len(done) <= 20 and done == sorted(set(done)) and done[-1] == pieces
        assert {of for _, of in steps} == {pieces}


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


def _elsewhere(plan: Plan, cuts: Iterator[tuple[slice, Cut]]) -> Iterator[tuple[slice, Arrays]]:
    """As another process would live them, the last one first."""
    packed = pickle.dumps(plan, PROTOCOL)
    assert len(packed) < 1_000_000, "it goes along with every shard"
    for piece, cut in reversed(list(cuts)):
        yield piece, live_elsewhere(packed, pickle.dumps(cut, PROTOCOL))


@pytest.mark.parametrize(
    "changes",
    [{"meters.gap_fraction": 0.1}, {"population.region": "au_sydney", "targeting.most_asks_per_home": 2}],
    ids=["gaps", "panels on some roofs, homes in turns"],
)
def test_shards_live_elsewhere_as_here(small_scenario: Scenario, changes: dict) -> None:
    arms = {"arms": ["none", "untargeted", "segment_targeted", "oracle"]}
    scenario = small_scenario.with_({**arms, "measurement": {"baselines": True, "bills": True}, **changes})
    here = one_replication(scenario, 0)
    with living(homes=16, spread=_elsewhere):
        there = one_replication(scenario, 0)
    for name, table in here.tables.items():
        pd.testing.assert_frame_equal(there.tables[name], table, check_exact=True, obj=name)


class Ledger:
    """A keeper that keeps nothing but keys."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, int], str] = {}

    def load(self, name: str, piece: slice, key: str) -> None:
        self.keys[name, piece.start] = key

    def save(self, name: str, piece: slice, key: str, left: Arrays) -> None:
        assert self.keys[name, piece.start] == key and left


def test_a_shard_is_known_by_all_that_its_life_depends_on(small_scenario: Scenario) -> None:
    def keys(changes: dict) -> dict[tuple[str, int], str]:
        with living(homes=30, keeper=Ledger()) as how:
            one_replication(small_scenario.with_(changes), 0)
        assert isinstance(how.keeper, Ledger)
        return how.keeper.keys

    usual = keys({})
    pasts, seasons = ({(f"replication-00000.{phase}", at) for at in (0, 30, 60)} for phase in ("history", "season"))
    assert usual.keys() == pasts | seasons and len(set(usual.values())) == 6
    assert keys({}) == usual
    more = keys({"budget_usd": 200})  # others are enrolled, with the same past
    assert all(more[at] == usual[at] for at in pasts) and any(more[at] != usual[at] for at in seasons)
    days = ["2024-07-09", "2024-07-10", "2024-07-18"]
    later = keys({"arms": ["none"], "events.dates": days})
    assert not {later[at] for at in later if "season" in at[0]} & {*keys({"arms": ["none"]}).values()}


def test_load_shapes_are_let_go_once_homes_are_segmented(small_scenario: Scenario) -> None:
    world = build_world(small_scenario, 0)
    history = history_in_shards(world, event_rule_of(small_scenario), GOOD_METERS, keep_days=True)
    shapes, days = (weakref.ref(a) for a in (history.shapes.mean_kw, history.days))
    history = history.without_shapes()
    gc.collect()
    assert shapes() is None and days() is None, "a view would keep all of it"
    assert len(history.shapes.features()) == len(world.population)


def test_shards_on_tape_are_played_back(small_scenario: Scenario) -> None:
    with living(homes=23), sharing() as store:
        first = one_replication(small_scenario, 0)
        assert store.played == 0
        again = one_replication(small_scenario.with_({"budget_usd": 400}), 0)
        assert store.played > 0
    alone = one_replication(small_scenario.with_({"budget_usd": 400}), 0)
    assert not first.tables["values"].equals(again.tables["values"])
    pd.testing.assert_frame_equal(again.tables["values"], alone.tables["values"], check_exact=True)


def test_memory_of_a_home_stays_small() -> None:
    with living(homes=250):
        held = {said: bytes_ for said, (bytes_, _) in bytes_a_home(500, 1500).items()}
    assert held["history lived"] < 1_000, "no days are kept"
    assert held["offers made"] < held["homes segmented"] - 90, "load shapes are let go"
    assert held["homes as a table"] < 1_600, held
