"""A pilot with two offers: values, take-up, the best offer, and the flag on histories that were not random."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.prediction.pilot import (
    CONTROL,
    PilotRecords,
    expected_cost_usd,
    learn_from_pilot,
    randomisation_finding,
)


def planted_pilot(homes: int = 6000, seed: int = 0) -> tuple[PilotRecords, np.ndarray]:
    """Cooling homes give 1 kWh if enrolled, others nothing; 40 USD doubles the take-up of 20 USD."""
    rng = np.random.default_rng(seed)
    cools = rng.uniform(size=homes) < 0.5
    offer = rng.choice([CONTROL, 0, 1], homes, p=[0.4, 0.3, 0.3])
    p = np.select([offer == 0, offer == 1], [0.15, 0.30], 0.0)
    enrolled = rng.uniform(size=homes) < p
    saved = enrolled * cools * 1.0 + rng.normal(0, 0.5, homes)
    table = pd.DataFrame({"cools": cools.astype(float), "noise": rng.normal(size=homes)})
    terms = pd.DataFrame({"offer_incentive_usd": [20.0, 40.0]})
    records = PilotRecords(table, offer, np.array([0.3, 0.3]), enrolled, saved, terms)
    return records, cools


def test_values_take_up_and_cost_are_recovered() -> None:
    records, _ = planted_pilot()
    models = learn_from_pilot(records)
    new = pd.DataFrame({"cools": [0.0, 1.0], "noise": [0.0, 0.0]})
    assert models.value_kwh(new) == pytest.approx(np.array([[0.0, 0.15], [0.0, 0.30]]), abs=0.05)
    assert models.take_up(new).mean(axis=1) == pytest.approx([0.15, 0.30], abs=0.03)
    cost = expected_cost_usd(np.array([[0.1], [0.2]]), 4.0, np.array([50.0, 70.0]), np.array([0.0, 10.0]))
    assert cost.ravel().tolist() == pytest.approx([9.0, 20.0])
    assert models.best_single_offer(np.array([4 + 0.15 * 50, 4 + 0.3 * 70])) == 0  # 0.075 / 11.5 > 0.15 / 25
    assert models.best_single_offer(np.array([10.0, 10.0])) == 1
    assert (models.spread_kwh(new) >= 0).all()


def test_a_trial_knows_its_probability_among_two() -> None:
    records, _ = planted_pilot(1000)
    trial = records.trial(1)
    assert trial.offer_fraction[0] == pytest.approx(0.3 / 0.7)
    assert trial.offered.mean() == pytest.approx(0.3 / 0.7, abs=0.05)


def test_a_tiny_pilot_is_refused_with_its_counts() -> None:
    records, _ = planted_pilot(20)
    with pytest.raises(ValueError, match="too small"):
        learn_from_pilot(records)


def test_a_history_that_picked_its_homes_is_flagged() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"load": rng.normal(size=3000), "other": rng.normal(size=3000)})
    assert randomisation_finding(table, rng.uniform(size=3000) < 0.5) is None
    picked = rng.uniform(size=3000) < 1 / (1 + np.exp(-table["load"].to_numpy()))
    finding = randomisation_finding(table, picked)
    assert finding is not None
    assert finding.code == "offers_not_random"
    alone = randomisation_finding(table, np.ones(3000, bool))
    assert alone is not None
    assert alone.code == "offers_without_control"
