"""Does it survive its assumptions: what is drawn, what is concluded, and that the run says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.loader import load_scenario
from scenarios.pipeline import run
from scenarios.schema.parameters import SHARES
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.uncertainty import judge, movers, reduced, uncertain


def test_every_uncertain_parameter_is_drawn_and_chosen_ones_are_not() -> None:
    scenario = load_scenario("heat_wave").with_({"parameters.cut_mean": 0.4})
    names = uncertain(scenario)
    assert "cut_mean" not in names and "enrol_money" in names and not set(SHARES) & set(names)
    assert all(low < high for low, high in names.values()) and len(names) > 50


def test_a_smaller_scenario_keeps_its_budget_per_home() -> None:
    scenario = load_scenario("heat_wave")
    small = reduced(scenario)
    assert small.budget_usd / small.population.households == scenario.budget_usd / scenario.population.households
    assert "oracle" not in small.arms and {"untargeted", "segment_targeted", "load_ranked"} <= set(small.arms)


def test_the_parameter_that_matters_is_found_and_chance_is_not_called_clear() -> None:
    x = np.linspace(0.0, 1.0, 64)
    noise = np.random.Generator(np.random.Philox(7)).random((64, 40))
    drawn = pd.DataFrame(noise, columns=[f"n{i}" for i in range(40)]).assign(real=x)
    found = movers(drawn, 3.0 * x + 0.3 * noise[:, 0], 1)
    assert found[0][0] == "real" and found[0][2]
    nothing = np.random.Generator(np.random.Philox(9)).random(64)
    assert [clear for _, _, clear in movers(drawn, nothing, 1)] == [False] * 3


def test_the_wider_interval_is_worked_out_by_hand() -> None:
    """Two draws with gains 4 and 8 (scaled by 4), a main run with gains 5 and 7: 6 +- t(1) sqrt(1 + 8)."""
    scenario = load_scenario("heat_wave")
    small = reduced(scenario)
    main = pd.DataFrame(
        [(a, r, v) for r, g in enumerate((5.0, 7.0)) for a, v in (("untargeted", 1.0), ("segment_targeted", 1.0 + g))],
        columns=["arm", "replication", "event_reduction_kw"],
    )
    rows = [(p, a, v) for p, g in enumerate((1.0, 2.0)) for a, v in (("untargeted", 0.0), ("segment_targeted", g))]
    found = pd.DataFrame(rows, columns=["point", "arm", "event_reduction_kw"])
    doubt = judge(scenario, small, "segment_targeted", pd.DataFrame({"a": [0.0, 1.0]}), main, found)
    assert list(doubt.draws["gain_untargeted_kw"]) == [4.0, 8.0]
    assert doubt.mean_kw == 6.0 and doubt.high_kw == pytest.approx(6.0 + 12.7062047 * 3.0)
    assert doubt.beats_untargeted == 1.0 and doubt.beats_load_ranked is None


def test_a_run_that_asks_for_it_says_it(small_scenario: Scenario, tmp_path: Path) -> None:
    asked = {"uncertainty": "parameters", "uncertainty_draws": 16, "population.households": 40, "budget_usd": 250,
             "arms": ["none", "untargeted", "load_ranked", "segment_targeted"]}  # fmt: skip
    result = run(small_scenario.with_(asked), out=tmp_path / "r", workers=1)
    draws = pd.read_csv(result.folder / "uncertainty.csv")
    assert len(draws) == 16 and {"gain_untargeted_kw", "gain_load_ranked_kw", "enrol_money"} <= set(draws.columns)
    assert draws["enrol_money"].nunique() == 16
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Does it survive the assumptions?" in page and "of the draws" in page
