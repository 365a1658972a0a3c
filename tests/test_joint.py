"""Joint draws: shares stay what the table says while ownership leans on who lives where."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pytest
from scipy.special import expit
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.homes.population_checks import by_income, shares, size_by_dwelling
from scenarios.schema.place import Share
from simulator.parameters.files import MIX, mix_parameters
from simulator.parameters.tables import load_behaviour, load_region, region_names
from simulator.population import sample
from simulator.population.joint import Lean, Society, society


def test_the_intercept_of_two_equal_halves_by_hand() -> None:
    """Half the homes shifted by +2, half by -2: by symmetry a share of one half needs no intercept."""
    half = np.array([0.5, 0.5])
    two = Society(np.array([1.0, -1.0]), np.array([0, 0]), np.zeros(2), np.zeros(2), half)
    assert two.intercept(0.5, Lean(income=2.0)) == pytest.approx(0.0, abs=1e-8)
    at = two.intercept(0.9, Lean(income=2.0))
    assert 0.5 * expit(at + 2) + 0.5 * expit(at - 2) == pytest.approx(0.9)
    assert at > np.log(9.0)  # a lean alone would have lowered the share


@pytest.mark.parametrize("name", region_names())
def test_the_reference_society_is_the_region(name: str) -> None:
    region = load_region(name)
    points = society(region)
    assert points.weight.sum() == pytest.approx(1.0)
    assert points.weight @ points.owner == pytest.approx(region["household.owner_share"], abs=1e-9)
    for code, kind in enumerate(("flat", "terraced", "semi_detached", "detached")):
        share = region[f"dwelling.{kind}_share"]
        assert points.weight[points.kind == code].sum() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("name", region_names())
def test_every_share_is_met_in_a_large_sample(name: str) -> None:
    region = load_region(name)
    homes = sample(region, load_behaviour(), 40_000, 5, 0).homes
    table = shares(region, homes).set_index("share").drop("smart_thermostat")  # a share of homes with air conditioning
    assert (table["drawn"] - table["table"]).abs().max() < 0.015


def test_leans_have_their_signs() -> None:
    homes = sample(load_region("us_inland_california"), load_behaviour(), 40_000, 5, 0).homes
    for what in ("air_conditioning", "ev", "owner", "dishwasher"):
        fifths = by_income(homes, what)[what].to_numpy()
        assert (np.diff(fifths) > -0.01).all() and fifths[-1] > fifths[0] + 0.04, what
    sizes = size_by_dwelling(homes).set_index("dwelling")["members"]
    assert sizes["detached"] > sizes["flat"] + 0.3
    assert (homes["fixed_kw"][homes["dwelling"] == 0] > 0).mean() < 0.02


def test_a_home_is_the_same_in_a_larger_sample() -> None:
    region, behaviour = load_region("us_cold"), load_behaviour()
    few, many = (sample(region, behaviour, n, 5, 0).homes for n in (50, 500))
    assert few.tobytes() == many[:50].tobytes()


def test_the_mix_of_the_schema_is_the_mix_of_the_tables() -> None:
    assert get_args(Share) == tuple(MIX)
    for name in region_names():
        assert set(MIX.values()) <= set(load_region(name).parameters)


def test_a_mix_sets_shares_and_leaves_out_what_it_does_not_name() -> None:
    assert mix_parameters({"ev": 0.4}) == {"ev.share": 0.4}
    chosen = mix_parameters({"flat": 0.3, "detached": 0.7})
    assert chosen["dwelling.terraced_share"] == 0.0 and chosen["dwelling.detached_share"] == 0.7


def test_the_command_prints_the_three_checks() -> None:
    run = CliRunner().invoke(app, ["population", "--region", "us_cold", "--households", "2000", "--json"])
    found = json.loads(run.stdout)
    assert run.exit_code == 0
    assert set(found) == {"shares", "air_conditioning_by_income", "ev_by_income", "household_size_by_dwelling"}
    text = CliRunner().invoke(app, ["population", "--households", "500"]).stdout
    assert "richest fifth" in text and "detached" in text
