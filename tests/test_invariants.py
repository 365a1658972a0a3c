"""Each invariant notices the violation it is for, and a run that breaks one ends loudly and leaves nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.results.invariants import INVARIANTS, BrokenInvariant, broken, verdict
from scenarios.running.parallel import one_replication
from scenarios.running.replication import ReplicationResult, run_replication
from scenarios.running.witness import Witness
from scenarios.schema.scenario import Scenario
from simulator.world import Lives


@pytest.fixture(scope="module")
def sound(small_scenario: Scenario) -> ReplicationResult:
    return run_replication(small_scenario, 0)


def of(result: ReplicationResult) -> set[str]:
    return {name for name, count in broken(result, 500.0, 0.0).items() if count}


def test_a_sound_replication_breaks_nothing(sound: ReplicationResult) -> None:
    assert set(broken(sound, 500.0, 0.0)) == set(INVARIANTS) and of(sound) == set()


def _nan(r: ReplicationResult) -> None:
    """What a sum of whole numbers makes of one NaN."""
    with np.errstate(invalid="ignore"):
        r.recorder.arms["untargeted"].use_parts[3, 0, 0] += np.rint(np.array([np.nan])).astype(np.int64)[0]


def _unpaid(r: ReplicationResult) -> None:
    r.logs["untargeted"][0].paid_usd[0, 0] = np.inf


def _energy(r: ReplicationResult) -> None:
    r.recorder.none.use_parts[2] += r.recorder.none.use_parts[2] // 20


def _impact(r: ReplicationResult) -> None:
    enrolled = next(m for m in r.outcomes["untargeted"].members if m.chosen.any())
    row = int(np.flatnonzero(enrolled.chosen)[0])
    r.logs["untargeted"][enrolled.treatment].program_impact_wh[row, 0] += 1


def _overspent(r: ReplicationResult) -> None:
    ledger = r.offers["untargeted"].ledger
    object.__setattr__(ledger, "forecast_liability_usd", 500.0 - ledger.spent_usd + 1.0)


def _free(r: ReplicationResult) -> None:
    """One contact is not accounted for."""
    ledger = r.offers["untargeted"].ledger
    object.__setattr__(ledger, "spent_usd", ledger.spent_usd - 4.0)
    r.metrics["untargeted"]["budget_spent_usd"] -= 4.0
    r.metrics["untargeted"]["program_cost_usd"] -= 4.0


def _uninvited(r: ReplicationResult) -> None:
    ledger = r.offers["untargeted"].ledger
    ledger.offered[np.flatnonzero(ledger.enrolled)[0]] = False


def _took_part_unasked(r: ReplicationResult) -> None:
    enrolled = next(m for m in r.outcomes["untargeted"].members if m.chosen.any())
    flags = r.logs["untargeted"][enrolled.treatment].flags
    flags[np.flatnonzero(enrolled.chosen)[0], 0, :2] = (0, 1)  # not notified, participated


def _segment(r: ReplicationResult) -> None:
    object.__setattr__(r.normalised, "labels", r.normalised.labels[:-1])


def _touched(r: ReplicationResult) -> None:
    """An arm without offers has one watt-hour less than the counterfactual."""
    r.outcomes["none"] = replace(r.outcomes["none"], load_wh=r.outcomes["none"].load_wh - 1)


@pytest.mark.parametrize(("name", "plant"), [
    ("no_nan", _nan), ("no_nan", _unpaid), ("energy_balance", _energy), ("impact_adds_up", _impact),
    ("ledger", _overspent), ("ledger", _free), ("counts", _uninvited), ("counts", _took_part_unasked),
    ("shares", _segment), ("counterfactual_untouched", _touched),
])  # fmt: skip
def test_a_planted_violation_is_noticed(
    sound: ReplicationResult, name: str, plant: Callable[[ReplicationResult], None]
) -> None:
    bad = copy.deepcopy(sound)
    plant(bad)
    assert name in of(bad)


def test_witnesses_notice_a_counterfactual_that_was_touched(sound: ReplicationResult) -> None:
    world, calendar = sound.world, sound.calendar
    everyone = Lives(world, world.population.homes.copy())
    witness, first = Witness(world, everyone.homes), world.first_event_day
    for day in range(first, first + 3):
        everyone.day(day, calendar.window_on(day))
        witness.saw(everyone)
    assert witness.differing(calendar) == 0
    everyone.homes["t_air_degc"] += 3.0
    everyone.day(first + 3, calendar.window_on(first + 3))
    witness.saw(everyone)
    assert witness.differing(calendar) > 0


def test_the_verdict_counts_replications_and_names_what_broke() -> None:
    good = dict.fromkeys(INVARIANTS, 0.0)
    assert verdict([good, good]) == dict.fromkeys(INVARIANTS, True)
    with pytest.raises(BrokenInvariant, match=r"energy_balance \(end uses .*\) in 1 of 2 replications"):
        verdict([good, good | {"energy_balance": 3.0}])


def test_a_run_that_breaks_one_ends_loudly_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(scenario: Scenario, replication: int) -> object:
        part = one_replication(scenario, replication)
        return replace(part, broken=part.broken | {"ledger": float(replication == 1)})

    monkeypatch.setattr("scenarios.running.parallel.one_replication", wrong)
    command = ["run", "heat_wave", "--households", "40", "--replications", "2", "--workers", "1",
               "--out", str(tmp_path / "run"), "--set", "season.end=2024-06-14", "--set", "history_days=14",
               "--set", "events.at_most=1", "--set", "arms=[none, untargeted]"]  # fmt: skip
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1 and "ledger (what an arm spent" in result.output and "1 of 2" in result.output
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert CliRunner().invoke(app, command).exit_code == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["invariants"] == dict.fromkeys(INVARIANTS, True)
