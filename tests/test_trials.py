"""Trials: the allow-list, the roles named beforehand, estimators on known answers, and one small trial end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drsim.errors import ScenarioError
from scenarios.trials.estimators import log_ratio_effect, mean_cut_kw, per_enrolled
from scenarios.trials.results import fitted_measures, role_of, trial_table, value_of
from scenarios.trials.run import run_trial, runtime_cut
from scenarios.trials.spec import FOLDER, fitted_trials, load_trial, trial_files
from scenarios.trials.worlds import participants, trial_world
from simulator.parameters.tables import load_region

FILES = trial_files()


@pytest.mark.parametrize("name", FILES)
def test_every_trial_says_what_was_found_and_what_counts(name: str) -> None:
    trial = load_trial(FILES[name])
    assert len(trial.found) > 30 and len(trial.source) > 15
    for band in trial.reproduced_if:
        assert band.low <= band.published <= band.high, band.measure


def test_there_are_enough_trials_and_five_are_named_for_fitting() -> None:
    assert len(FILES) >= 12 and len(fitted_trials()) == 5
    assert set(fitted_measures()) == set(fitted_trials()) <= set(FILES)
    for name, measures in fitted_measures().items():
        published = {band.measure for band in load_trial(FILES[name]).reproduced_if}
        assert set(measures) <= published, name
    assert role_of("keihanna", "request.first_event_fraction") == "fitted"
    assert role_of("keihanna", "price.later_over_earlier") == "related"
    assert role_of("us_critical_peak", "manual.per_enrolled_fraction") == "related"
    assert role_of("california_spp", "cpp_f.per_enrolled_fraction") == "predicted"


def test_some_of_the_people_rows_hold_predictions() -> None:
    """Rows 6, 15 and 16 do; rows 10 and 12 to 14 rest on trials that were fitted to or seen beforehand."""
    from scenarios.evidence.rows_trials import TRIALS

    def roles(row: int) -> set[str]:
        bands = [(name, band) for name in TRIALS[row] for band in load_trial(FILES[name]).reproduced_if]
        return {role_of(name, band.measure) for name, band in bands if band.row == row}

    assert {row for row in TRIALS if "predicted" in roles(row)} == {6, 15, 16}
    assert all(roles(row) for row in TRIALS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("homes: 700", "homes: 700\nparameters: {warm_glow_usd: 9}", "parameters"),
        ("homes: 700", "homes: 700\nbehaviour: {}", "behaviour"),
        ("cpp_f.per_enrolled_fraction", "cpp_x.per_enrolled_fraction", "expected group.statistic"),
        ("us_inland_california", "us_nowhere", "region"),
    ],
)
def test_a_trial_may_set_only_what_its_publication_reports(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FOLDER / "california_spp.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "x.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        load_trial(path)


def test_the_log_ratio_recovers_a_planted_effect_whatever_the_levels() -> None:
    clock = np.tile(np.arange(96), 20)
    shape = 1.0 + 0.5 * np.sin(clock / 96 * 2 * np.pi)
    event = (np.arange(len(clock)) >= 960) & (clock >= 64) & (clock < 76)
    before = np.arange(len(clock)) < 960
    season = np.where(before, 1.0, 1.3)  # everybody uses more later
    control = shape * season
    treated = 0.8 * shape * season * np.where(event, 0.9, 1.0)
    assert log_ratio_effect(treated, control, event, before, clock) == pytest.approx(-0.1)
    assert log_ratio_effect(0.5 * control, control, event, before, clock) == pytest.approx(0.0)
    cut = mean_cut_kw(treated, control, event, before, clock)
    assert cut == pytest.approx(0.1 * 0.8 * (shape * season)[event].mean())


def test_per_enrolled_is_per_offered_over_take_up() -> None:
    assert per_enrolled(0.05, 0.2) == pytest.approx(0.25)
    assert np.isnan(per_enrolled(0.05, 0.0))


def test_a_small_trial_end_to_end() -> None:
    """Randomised offers: an assigned group of everybody cuts more per offered home than an opt-in one."""
    trial = load_trial(FILES["smud_smartpricing"])
    season = trial.season.model_copy(update={"end": trial.season.start.replace(month=7, day=31)})
    small = trial.model_copy(update={"homes": 150, "season": season})
    out = run_trial(small, 0)
    assert 0.0 < out["opt_in.take_up"] < out["default.take_up"] <= 1.0
    assert out["default.per_offered_fraction"] > 0.0
    np.testing.assert_equal(out, run_trial(small, 0))  # same seed, same trial


@pytest.mark.parametrize("name", ["keihanna", "yokohama"])
def test_volunteers_are_selected_by_the_one_enrolment_rule(name: str) -> None:
    """For a programme on attention and taste, for a study on attention; and as many as the file asks for."""
    trial = load_trial(FILES[name]).model_copy(update={"homes": 100})
    everybody = trial_world(trial, 0, 77)
    world, volunteered = participants(trial, everybody)
    assert volunteered.all() and len(world.population) == 100 * (len(trial.groups) + 1)
    more = {
        trait: float(world.population.homes[trait].mean() - everybody.population.homes[trait].mean())
        for trait in ("attention", "taste", "cut_fraction")
    }
    assert all(gap > 0.0 for gap in more.values())
    assert (more["taste"] > 0.7) == (name == "keihanna")


def test_runtime_is_compared_over_the_same_events() -> None:
    assert runtime_cut(np.array([[1.0, 2.0], [np.nan, 8.0], [2.0, 4.0]])) == pytest.approx(0.5)
    assert np.isnan(runtime_cut(np.full((3, 2), np.nan)))


def test_a_ratio_of_groups_is_a_ratio() -> None:
    import pandas as pd

    table = pd.DataFrame({"a.take_up": [0.3, 0.6], "b.take_up": [0.1, 0.2]})
    np.testing.assert_allclose(value_of(table, "a/b.take_up"), [3.0, 3.0])


@pytest.mark.slow
def test_the_thermostat_trial_is_judged_with_intervals() -> None:
    table = trial_table(["thermostat_austin"], replications=2)
    assert (table["ci_low"] <= table["simulated"]).all() and (table["simulated"] <= table["ci_high"]).all()


@pytest.mark.parametrize("name", FILES)
def test_a_trial_has_no_solar_panels(name: str) -> None:
    """With panels, midday net load nears zero and the log ratios of mean loads mean nothing."""
    trial = load_trial(FILES[name])
    assert load_region(trial.region, trial.parameters())["pv.share"] == 0.0
