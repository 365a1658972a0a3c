"""Copies of household records by bytes equal numpy's own."""

from __future__ import annotations

import numpy as np

from simulator.records import copied, overwrite, taken
from tests.conftest import make_world


def test_byte_copies_are_numpys_copies() -> None:
    homes = make_world(30).population.homes
    rows = np.array([7, 3, 3, 29])
    other, some, part = copied(homes), taken(homes, rows), copied(homes[5:9])
    assert np.array_equal(other, homes) and np.array_equal(some, homes[rows]) and np.array_equal(part, homes[5:9])
    other["t_air_degc"], some["t_air_degc"] = -99.0, -99.0
    assert (homes["t_air_degc"] > -99.0).all(), "they are copies"
    overwrite(homes[5:9], other[5:9])
    assert (homes["t_air_degc"] == -99.0).sum() == 4
    assert len(taken(homes, np.empty(0, np.int64))) == 0 and len(copied(homes[:0])) == 0
