"""Population and decisions: joint structure, keyed traits, monotone and bounded behaviour."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.behaviour.attention import read_in_time_fraction
from simulator.behaviour.enrolment import answers, enrolment_probability
from simulator.behaviour.fatigue import recover_overnight
from simulator.behaviour.override import override_hazard
from simulator.behaviour.participation import opt_out_fraction, willing_fraction
from simulator.fields import STATE, TRAITS
from simulator.parameters.files import mix_parameters
from simulator.parameters.tables import behaviour_record, load_behaviour, load_region, region_names
from simulator.population import sample

B = behaviour_record(load_behaviour())


def _homes(n: int, region: str = "us_hot_dry", **overrides: float) -> np.ndarray:
    return sample(load_region(region, overrides), load_behaviour(), n, 3, 0).homes


def test_no_field_is_both_a_trait_and_a_state() -> None:
    assert not set(TRAITS) & set(STATE)


def test_another_home_changes_no_home() -> None:
    assert _homes(50).tobytes() == _homes(51)[:50].tobytes()


@pytest.mark.parametrize("region", region_names())
def test_every_trait_is_finite(region: str) -> None:
    homes = _homes(500, region)
    for name in homes.dtype.names:
        assert np.isfinite(homes[name].astype(float)).all(), name


def test_bigger_homes_have_more_people_and_more_cooling() -> None:
    homes = _homes(4000)
    for name in ("members", "ac_thermal_kw", "light_kw"):
        assert np.corrcoef(homes["floor_area_m2"], homes[name])[0, 1] > 0.1, name


def test_shares_are_recovered() -> None:
    homes, region = _homes(20_000), load_region("us_hot_dry")
    assert (homes["ac_thermal_kw"] > 0).mean() == pytest.approx(region["ac.share"], abs=0.02)
    for kind, name in enumerate(("flat", "terraced", "semi_detached", "detached")):
        assert (homes["dwelling"] == kind).mean() == pytest.approx(region[f"dwelling.{name}_share"], abs=0.012)


def test_mix_overrides_the_shares() -> None:
    mixed = load_region("us_hot_dry", mix_parameters({"flat": 1.0, "ev": 0.3}))
    homes = sample(mixed, load_behaviour(), 5000, 3, 0).homes
    assert (homes["dwelling"] == 0).all()
    assert (homes["ev_kw"] > 0).mean() == pytest.approx(0.3, abs=0.02)


def test_heating_never_fights_cooling() -> None:
    homes = _homes(5000)
    lowest = homes["cool_set_degc"] + np.minimum(0.0, homes["cool_sleep_k"])
    assert (homes["heat_set_degc"] < lowest - 1.0).all()


def test_every_parameter_has_a_source_or_is_an_assumption() -> None:
    tables = [load_behaviour(), *(load_region(name).parameters for name in region_names())]
    for table in tables:
        for p in table.values():
            assert p.unit and (p.assumption or p.source), p.name
            assert p.low <= p.value <= p.high, p.name


def test_a_better_offer_never_loses_a_home() -> None:
    homes = _homes(3000)
    joined = []
    for gain in (0.0, 20.0, 80.0, 500.0):
        joins, probability = np.zeros(len(homes), bool), np.zeros(len(homes))
        no = np.zeros(len(homes), bool)
        answers(homes, B, 1, 0, np.full(len(homes), gain), no, no, joins, probability)
        assert joins.mean() == pytest.approx(probability.mean(), abs=0.02), "dice follow the probability"
        joined.append(joins)
    for fewer, more in pairwise(joined):
        assert (more | ~fewer).all() and more.sum() > fewer.sum()


def test_a_home_that_can_not_join_does_not() -> None:
    homes = _homes(20)
    joins, probability = np.ones(20, bool), np.ones(20)
    no = np.zeros(20, bool)
    answers(homes, B, 1, 0, np.full(20, np.nan), no, no, joins, probability)
    assert not joins.any() and not probability.any()


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 399), st.floats(0, 200), st.floats(0, 30), st.floats(0.25, 72))
def test_probabilities_are_probabilities(row: int, gain: float, fatigue: float, notice: float) -> None:
    home = _HOMES[row]
    home["fatigue"], home["believed_usd"] = fatigue, gain
    for p in (
        enrolment_probability(home, B, gain, False, False),
        willing_fraction(home, B, True),
        opt_out_fraction(home, B),
        read_in_time_fraction(home, B, notice, 5.0, 0.92),
        override_hazard(B, fatigue, notice),
    ):
        assert 0.0 <= p <= 1.0


_HOMES = _homes(400)


def test_monotone_in_what_should_matter() -> None:
    home = _homes(1)[0]
    notice = [read_in_time_fraction(home, B, h, 5.0, 0.92) for h in (0.5, 2.0, 8.0, 24.0, 72.0)]
    assert notice == sorted(notice) and notice[0] < notice[-1]
    hazard = [override_hazard(B, warm, hours) for warm, hours in ((0.0, 1.0), (1.0, 1.0), (1.0, 3.0), (3.0, 3.0))]
    assert hazard == sorted(hazard) and hazard[0] < hazard[-1]
    willing, opting = [], []
    for fatigue in (0.0, 1.0, 4.0):
        home["fatigue"] = fatigue
        willing.append(willing_fraction(home, B, True))
        opting.append(opt_out_fraction(home, B))
    assert willing == sorted(willing, reverse=True) and opting == sorted(opting)


def test_fatigue_halves_in_its_half_life() -> None:
    home = _homes(1)[0]
    home["fatigue"] = 2.0
    for _ in range(int(B["fatigue_half_life_days"])):
        recover_overnight(home, B)
    assert home["fatigue"] == pytest.approx(1.0, rel=1e-4)
