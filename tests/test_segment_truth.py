"""Segments against the truth: what they hold, and how much of the differences in response they capture."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.results.segment_tables import segment_table
from scenarios.results.segment_truth import explained_fraction
from scenarios.running.replication import run_replication
from scenarios.schema.scenario import Scenario


def test_explained_fraction_is_one_inside_kinds_and_near_nothing_at_random() -> None:
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 4, 2000)
    value = np.array([0.0, 1.0, 2.0, 5.0])[kind]
    assert explained_fraction(kind, value) == pytest.approx(1.0)
    assert explained_fraction(rng.permutation(kind), value) < 0.01
    noisy = value + rng.normal(0.0, value.std(), 2000)
    assert explained_fraction(kind, noisy) == pytest.approx(0.5, abs=0.05)
    assert np.isnan(explained_fraction(kind, np.ones(2000)))


@pytest.mark.parametrize("method", ["dictionary", "feature_tree"])
def test_a_scenario_takes_another_segmenter_and_its_table_tells_the_truth(
    small_scenario: Scenario, method: str
) -> None:
    arms = ["none", "untargeted", "segment_targeted", "oracle"]
    result = run_replication(small_scenario.with_({"targeting.method": method, "arms": arms, "replications": 1}), 0)
    assert result.normalised.method == result.absolute.method == method
    table, homes = segment_table(result), result.world.population.homes
    inside = result.normalised.labels == 0
    assert table["true_share_air_conditioner"].iloc[0] == pytest.approx((homes["ac_thermal_kw"][inside] > 0).mean())
    weight = table["homes"] / table["homes"].sum()
    shares = table[[c for c in table if c.startswith("true_share_")]]
    assert shares.min().min() >= 0.0 and shares.max().max() <= 1.0
    if (result.normalised.labels >= 0).all():
        assert (weight * table["true_share_electric_vehicle"]).sum() == pytest.approx((homes["ev_kw"] > 0).mean())
    assert 0.0 <= table["true_explained_fraction"].iloc[0] <= 1.0
