"""Whole runs: the same dice in all arms, copies equal full simulation, equal bytes, honest folders, statistics."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drsim.clock import Clock
from drsim.errors import ScenarioError
from scenarios.pipeline import run_scenario
from scenarios.results.comparison import compare, detectable_gain, fieller, ratio_difference, t_interval
from scenarios.running.ahead import Ahead
from scenarios.running.parallel import one_replication
from scenarios.running.replication import run_replication
from scenarios.schema.scenario import Scenario
from simulator.events import EventRule, call_events, missed_and_needless
from simulator.meter import MeterRules
from tests.conftest import same_bytes, without_truth

ROOT = Path(__file__).parents[1]
FILES = {"comparison.csv", "replications.csv", "events.csv", "segments.csv", "end_use.parquet", "homes.parquet",
         "enrolment.parquet", "participation.parquet", "load.parquet", "report.html", "manifest.json",
         "scenario.resolved.yaml"}  # fmt: skip


@pytest.fixture(scope="module")
def result(small_scenario):
    return run_replication(small_scenario, 0)


def test_only_joined_homes_differ(result) -> None:
    """Arms are the counterfactual plus what their own homes did differently, and nothing else."""
    none = result.recorder.none_wh
    for arm, outcome in result.outcomes.items():
        ledger = outcome.ledger
        joined = 0 if ledger is None else int(ledger.enrolled.sum())
        assert np.array_equal(outcome.load_wh, none) == (joined == 0), arm


def test_copies_equal_a_full_simulation(small_scenario, result) -> None:
    """Every home lives the season in the one programme; the joined homes' logs must be the same to the watt-hour."""
    from scenarios.arms.analyst import baselines_of, live_history
    from scenarios.running.worlds import build_world, event_rule_of
    from simulator.season import Treatment, run_day
    from simulator.world import Lives

    world, gaps = build_world(small_scenario, 0), MeterRules(0.002, 0.002)
    everyone = Lives(world, world.population.homes)
    history = live_history(world, everyone, event_rule_of(small_scenario), gaps)
    baselines = baselines_of(world.clock.is_workday, result.calendar.days)
    rows = np.arange(len(world.population))
    full = [
        Treatment(world, result.calendar, log.program, everyone.homes.copy(), rows, history.window_kwh)
        for log in result.logs["untargeted"]
    ]
    for day in range(world.first_event_day, world.clock.days):
        run_day(world, day, everyone, full, result.calendar, baselines, gaps)
    seen = 0
    for log, whole in zip(result.logs["untargeted"], full, strict=True):
        seen += len(log.rows)
        for name in ("event_impact_wh", "program_impact_wh", "snapback_wh", "shifted_wh", "paid_usd", "flags"):
            assert np.array_equal(getattr(log, name), getattr(whole.log, name)[log.rows]), name
    assert seen > 0


def test_an_added_arm_changes_no_other(small_scenario) -> None:
    few = run_replication(small_scenario.with_({"arms": ["none", "untargeted"]}), 0)
    many = run_replication(small_scenario, 0)
    assert without_truth(few.metrics["untargeted"]) == without_truth(many.metrics["untargeted"])
    assert np.array_equal(few.outcomes["untargeted"].load_wh, many.outcomes["untargeted"].load_wh)


def test_an_added_home_changes_no_other(small_scenario) -> None:
    more = small_scenario.with_({"population.households": 71})
    loads = [one_replication(scenario, 0) for scenario in (small_scenario, more)]
    homes = [t.tables["homes"].set_index("household") for t in loads]
    columns = ["mean_kwh_per_day", "event_kw", "base_kw"]
    assert homes[0][columns].equals(homes[1].loc[:69, columns])


def test_no_messages_no_effect(small_scenario) -> None:
    quiet = run_replication(small_scenario.with_({"messages": False}), 0)
    for outcome in quiet.outcomes.values():
        assert np.array_equal(outcome.load_wh, quiet.recorder.none_wh)


def test_no_events_no_effect(small_scenario) -> None:
    calm = run_replication(small_scenario.with_({"events.kind": "none", "events.dates": []}), 0)
    for outcome in calm.outcomes.values():
        assert np.array_equal(outcome.load_wh, calm.recorder.none_wh)


def test_ledger_and_effects_add_up(result, small_scenario) -> None:
    for arm, offer in result.offers.items():
        m = result.metrics[arm]
        assert offer.ledger.spent_usd + offer.ledger.forecast_liability_usd <= small_scenario.budget_usd + 1e-6
        assert (offer.ledger.enrolled & ~offer.ledger.offered).sum() == 0
        logged = sum(float(log.program_impact_wh[x.chosen].sum()) for log, x in
                     zip(result.logs[arm], result.outcomes[arm].members, strict=True))  # fmt: skip
        assert m["event_kwh"] * 1e3 == pytest.approx(logged, abs=0.5), "sum of homes = difference of loads"
        if m["offered_homes"] and m["enrolled_homes"]:
            per_offer, per_home = m["event_kwh"] / m["offered_home_hours"], m["event_kwh"] / m["enrolled_home_hours"]
            take_up = m["enrolled_homes"] / m["offered_homes"]
            assert per_offer == pytest.approx(take_up * per_home), "per-offered = take-up x per-enrolee"


@pytest.fixture(scope="module")
def folder(small_scenario, tmp_path_factory) -> Path:
    reads = small_scenario.with_({"outputs.reads": "sample"})
    return run_scenario(reads, out=tmp_path_factory.mktemp("runs") / "a", workers=1, command="test").folder


def test_a_run_leaves_its_files(folder: Path) -> None:
    names = {p.name for p in folder.iterdir() if p.is_file()}
    assert names >= FILES | {"reads.parquet"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert all(manifest["invariants"].values()) and manifest["outputs"].keys() >= FILES - {"manifest.json"}
    comparison = pd.read_csv(folder / "comparison.csv")
    assert set(comparison["arm"]) >= {"none", "untargeted", "segment_targeted", "oracle"}
    reads = pd.read_parquet(folder / "reads.parquet")
    assert list(reads.columns) == ["premise_id", "start_utc", "kwh", "quality"]


def test_workers_and_reruns_leave_equal_bytes(folder: Path, small_scenario, tmp_path: Path) -> None:
    reads = small_scenario.with_({"outputs.reads": "sample"})
    other = run_scenario(reads, out=tmp_path / "b", workers=2, command="test").folder
    for name in sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != "manifest.json"):
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name


def test_the_first_process_works_ahead_once_and_only_beside_workers(
    short: Scenario, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, real = [], Ahead.work
    monkeypatch.setattr(Ahead, "work", lambda self: calls.append(1) or real(self))  # type: ignore[func-returns-value]
    run_scenario(short, out=tmp_path / "alone", workers=1, command="test")
    assert calls == []
    two = run_scenario(short, out=tmp_path / "two", workers=2, command="test").folder
    assert calls == [1]
    same_bytes(undisturbed, two)


def test_foreign_folder_is_left_alone(small_scenario, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("keep me")
    with pytest.raises(ScenarioError, match="no run of drsim"):
        run_scenario(small_scenario, out=tmp_path / "mine", workers=1)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "thesis.txt"]


def test_a_failed_run_leaves_nothing(small_scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import scenarios.pipeline as pipeline

    def fail(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(pipeline, "run_all", fail)
    with pytest.raises(RuntimeError, match="on purpose"):
        run_scenario(small_scenario, out=tmp_path / "x", workers=1)
    assert list(tmp_path.iterdir()) == []


def test_editing_an_appliance_changes_the_result(tmp_path: Path) -> None:
    """Stale compiled code is impossible: same cache folder, another air conditioner, another result."""
    for room in ("simulator", "drsim"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "from simulator.appliances.air_conditioner import capacity_kw\n"
        "from simulator.compiled import compiled\n"
        "@compiled\n"
        "def caller(x):\n    return capacity_kw(x, 45.0)\n"
        "print(caller(10.0))"
    )
    (tmp_path / "probe.py").write_text(code)

    def probe() -> float:
        import os

        environment = os.environ | {"DRSIM_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "probe.py"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        return float(run.stdout)

    first, again = probe(), probe()
    path = tmp_path / "simulator" / "appliances" / "air_conditioner.py"
    path.write_text(path.read_text().replace("CAPACITY_PER_K = -0.008", "CAPACITY_PER_K = -0.020"))
    assert first == again == pytest.approx(9.2)
    assert probe() == pytest.approx(8.0)


RULE = EventRule("hottest_days", 3, "16:00", "19:00", 24.0, 1.0)


def _weather(days: int) -> tuple[Clock, np.ndarray, np.ndarray]:
    clock = Clock(date(2024, 6, 3), date.fromordinal(date(2024, 6, 3).toordinal() + days - 1), "America/Phoenix")
    rng = np.random.default_rng(0)
    return clock, 38.0 + 3.0 * rng.standard_normal(days), 38.0 + 3.0 * rng.standard_normal((30, days))


def test_calls_use_no_hindsight() -> None:
    clock, highest, past = _weather(60)
    called = call_events(RULE, clock, 5, highest, past, 1, 0).days
    assert 0 < len(called) <= 3 and all(clock.is_workday[list(called)]) and min(called) >= 5
    for day in (20, 40):
        later = highest.copy()
        later[day + 1 :] += 20.0
        kept = [d for d in called if d <= day]
        assert [d for d in call_events(RULE, clock, 5, later, past, 1, 0).days if d <= day] == kept


def test_hindsight_and_listed_rules() -> None:
    clock, highest, past = _weather(30)
    best = call_events(
        EventRule("hottest_days_hindsight", 3, "16:00", "19:00", 24.0, 1.0), clock, 0, highest, past, 1, 0
    )
    work = np.flatnonzero(clock.is_workday)
    assert list(best.days) == sorted(work[np.argsort(-highest[work])][:3])
    listed = EventRule("listed", 1, "16:00", "19:00", 24.0, 1.0, ordinals=(clock.start.toordinal() + 6,))
    assert call_events(listed, clock, 0, highest, past, 1, 0).days == (6,)
    # peaks on days 2, 6, 9; called 6 only: two missed, none needless with a limit of three
    peak = np.zeros(30)
    peak[[2, 6, 9]] = 5.0, 9.0, 7.0
    calendar = call_events(EventRule("listed", 3, "16:00", "19:00", 24.0, 1.0, ordinals=listed.ordinals), clock, 0,
                           highest, past, 1, 0)  # fmt: skip
    assert missed_and_needless(calendar, peak, 0, np.ones(30, bool)) == (2, 0)


def test_t_interval_by_hand() -> None:
    """1, 2, 3: mean 2, s = 1, t(0.975, 2) = 4.3027, half width 4.3027 / sqrt(3) = 2.4841."""
    assert t_interval(np.array([1.0, 2.0, 3.0])) == pytest.approx((2.0, -0.4841, 4.4841), abs=1e-4)
    assert np.isnan(t_interval(np.array([1.0]))[1])


def test_fieller_covers_and_refuses() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(600):
        x = rng.normal(10.0, 3.0, 10)
        _, low, high = fieller(4.0 * x + rng.normal(0, 6.0, 10), x)
        hits += low <= 4.0 <= high
    assert 0.925 < hits / 600 < 0.975
    assert np.isnan(fieller(np.ones(5), np.array([-3.0, 2.0, -1.0, 2.0, 0.5]))[0])


def test_equal_ratios_do_not_differ() -> None:
    top, bottom = np.array([4.0, 5.0, 7.0, 6.0]), np.array([8.0, 9.0, 12.0, 11.0])
    assert ratio_difference(top, bottom, top, bottom) == (0.0, 0.0, 0.0)
    whole = ratio_difference(2 * top, bottom, top, bottom)
    assert whole[0] == pytest.approx(22 / 40) and whole[1] < whole[0] < whole[2]


def test_detectable_gain_by_hand() -> None:
    """Gains 1, 2, 3, 4: s / sqrt(4) = 0.6455; t(0.975, 3) + t(0.8, 3) = 3.1824 + 0.9785."""
    rows = [("untargeted", r, 0.0) for r in range(4)] + [("segment_targeted", r, r + 1.0) for r in range(4)]
    table = pd.DataFrame(rows, columns=["arm", "replication", "peak_reduction_kw"])
    assert detectable_gain(table, "segment_targeted") == pytest.approx(0.6455 * (3.1824 + 0.9785), abs=1e-3)


def test_comparison_pairs_by_replication(small_scenario) -> None:
    values = pd.concat([one_replication(small_scenario, r).tables["values"] for r in range(2)])
    shuffled = values.sample(frac=1.0, random_state=0)
    arms = list(small_scenario.arms)
    assert compare(values, arms).equals(compare(shuffled, arms))
