"""Evidence row 18 on the compiled rooms, and the one-minute references of the devices (row 19)."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.evidence.rows_physics import row_18, row_19
from simulator.reference_devices import heating_reference_error, water_kwh, water_reference_error
from simulator.setback import SIZINGS, setback_grid


@pytest.fixture(scope="module")
def grid():
    return setback_grid()


def test_rows_18_and_19_pass() -> None:
    facts = [*row_18(), *row_19()]
    judged = [fact for fact in facts if np.isfinite(fact.tolerance)]
    assert len(judged) >= 9
    assert not [fact.name for fact in judged if not fact.passes]


def test_heavier_homes_shed_more_and_leakier_ones_less(grid) -> None:
    """Physics, not calibration: mass stores the cold, a leaky envelope takes it."""
    spare = grid[grid["sizing"] == max(SIZINGS)]
    by_mass = spare.groupby("mass_kj_per_k_m2")["shed_fraction"].mean()
    by_ua = spare.groupby("ua_w_per_k_m2")["shed_fraction"].mean()
    by_heat = spare.groupby("t_out_mean_degc")["shed_fraction"].mean()
    assert by_mass.is_monotonic_increasing and by_ua.is_monotonic_decreasing and by_heat.is_monotonic_decreasing


def test_less_comes_back_than_was_shed(grid) -> None:
    """A warmer room gains less heat, so a setback saves energy: never all of it returns."""
    assert (grid["returned_fraction"] < 1.0).all() and (grid["returned_fraction"] > 0.0).all()


def test_rebound_shrinks_at_capacity(grid) -> None:
    point = ["ua_w_per_k_m2", "mass_kj_per_k_m2", "t_out_mean_degc"]
    wide = grid.pivot_table(index=point, columns="sizing", values="rebound")
    assert (wide[min(SIZINGS)] < wide[max(SIZINGS)]).all()
    full = grid[grid["sizing"] == min(SIZINGS)]
    assert full["at_capacity"].mean() > 0.8


def test_device_references() -> None:
    assert 0.0 < heating_reference_error() < 0.01
    assert 0.0 < water_reference_error() < 0.01
    assert water_kwh(1, 120.0, 0.5) < 0.6 * water_kwh(1, 120.0, 0.0), "a heat pump needs far less"
