"""Envelope, appliances and meters: analytic limits, conformance of every end use, events and snapback."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.linalg import expm

from drsim.clock import Clock
from simulator.dispatch import begin_day
from simulator.dwelling import exact_step, heat_needed_kw, mass_to_outdoor_kw_per_k
from simulator.fields import AIR_CONDITIONER, DISHWASHER, EV_CHARGER, LIGHTING, SPACE_HEATER, USES
from simulator.meter import MISSING, hourly_kwh, metered_wh, read_quality, to_minutes
from simulator.reference import thermal_reference_error
from simulator.world import Lives
from tests.conftest import make_world

PARTS = tuple(np.array([x]) for x in (0.15, 0.12, 1.4, 1.1, 7.5))


def _matrices(hours: float) -> tuple[np.ndarray, np.ndarray]:
    c = {k: float(v[0]) for k, v in exact_step(*PARTS, hours=hours).items()}
    e = np.array([[c["e_aa"], c["e_am"]], [c["e_ma"], c["e_mm"]]])
    f = np.array([[c["f_ao"], c["f_aq"], c["f_as"]], [c["f_mo"], c["f_mq"], c["f_ms"]]])
    return e, f


def test_step_is_the_matrix_exponential() -> None:
    ua, um, h, ca, cm = (float(p[0]) for p in PARTS)
    a = np.array([[-(ua + h) / ca, h / ca], [h / cm, -(um + h) / cm]])
    b = np.array([[ua / ca, 1 / ca, 0.0], [um / cm, 0.0, 1 / cm]])
    e, f = _matrices(0.25)
    assert np.allclose(e, expm(a * 0.25), rtol=1e-10)
    assert np.allclose(f, np.linalg.solve(a, (expm(a * 0.25) - np.eye(2)) @ b), rtol=1e-9)


def test_two_half_steps_are_one_step() -> None:
    e1, f1 = _matrices(0.25)
    e2, f2 = _matrices(0.125)
    assert np.allclose(e2 @ e2, e1)
    assert np.allclose(e2 @ f2 + f2, f1)


def test_steady_state() -> None:
    """With constant inputs the air rests where the gain leaves by both ways out: T = T_out + q / UA."""
    e, f = _matrices(0.25)
    x, u = np.array([20.0, 20.0]), np.array([30.0, 1.5, 0.0])
    for _ in range(20_000):
        x = e @ x + f @ u
    whole = 0.15 + 1.0 / (1.0 / 0.12 + 1.0 / 1.4)
    assert x[0] == pytest.approx(30.0 + 1.5 / whole, abs=1e-6)
    assert x[1] == pytest.approx(30.0 + (x[0] - 30.0) * 1.4 / (1.4 + 0.12), abs=1e-6)


def test_roof_and_walls_lose_what_they_are_said_to() -> None:
    """1 / U_opaque = 1 / U_mass + 1 / H, so a home's conductance does not depend on how it is split."""
    opaque, coupling = np.array([0.05, 0.2, 5.0]), np.array([1.0, 1.0, 1.0])
    mass = mass_to_outdoor_kw_per_k(opaque, coupling)
    whole = 1.0 / (1.0 / mass + 1.0 / coupling)
    assert np.allclose(whole[:2], opaque[:2])
    assert whole[2] == pytest.approx(0.7), "a shell that leaks more than its mass takes in is held there"


def test_heat_needed_is_bounded() -> None:
    assert heat_needed_kw(-1.0, 2.0, 5.0) == 0.0
    assert heat_needed_kw(1.0, 2.0, 5.0) == 2.0
    assert heat_needed_kw(9.0, 2.0, 5.0) == 5.0


def test_evidence_row_19() -> None:
    table = thermal_reference_error(40)
    assert table["day_error_fraction"].abs().mean() < 0.01
    assert table["window_error_fraction"].abs().mean() < 0.01
    assert table["window_error_fraction"].abs().max() > 0.0, "a reference equal to the step tests nothing"


def _live(world, days: int = 3, offset_k: float = 0.0, cut: float = 0.0, defers: int = 0, window=(64, 76)):
    homes = world.population.homes.copy()
    lives = Lives(world, homes)
    loads, uses = [], []
    for day in range(days):
        begin_day(homes, world.behaviour)
        if day == 1:
            homes["event_offset_k"], homes["event_cut"], homes["event_defers"] = offset_k, cut, defers
        lives.day(day, window if day == 1 else (0, 0))
        loads.append(lives.load_wh.copy())
        uses.append((lives.use_kwh.copy(), lives.event_kwh.copy()))
    return homes, loads, uses


@pytest.mark.parametrize("region", ["us_hot_dry", "uk_london"])
def test_uses_add_up_to_the_load(region: str) -> None:
    _, loads, uses = _live(make_world(region=region))
    for wh, (kwh, _) in zip(loads, uses, strict=True):
        assert np.abs(wh.sum(axis=1) / 1e3 - kwh.sum(axis=1)).max() < 0.0005 * wh.shape[1]
        assert (wh >= 0).all()


def test_no_cooling_in_a_london_winter_and_no_heating_in_a_phoenix_summer() -> None:
    _, _, cold = _live(make_world(region="uk_london", **{"ac.share": 0.9}))
    _, _, hot = _live(make_world())
    assert all(kwh[:, AIR_CONDITIONER].sum() == 0.0 for kwh, _ in cold)
    assert sum(kwh[:, SPACE_HEATER].sum() for kwh, _ in cold) > 0.0
    assert all(kwh[:, SPACE_HEATER].sum() == 0.0 for kwh, _ in hot)
    assert sum(kwh[:, AIR_CONDITIONER].sum() for kwh, _ in hot) > 0.0


def test_homes_without_an_appliance_do_not_use_it() -> None:
    world = make_world()
    _, _, uses = _live(world)
    homes = world.population.homes
    for use, owns in ((AIR_CONDITIONER, "ac_thermal_kw"), (EV_CHARGER, "ev_kw"), (DISHWASHER, "dish_per_day")):
        assert (homes[owns] == 0).any()
        for kwh, _ in uses:
            assert (kwh[homes[owns] == 0, use] == 0.0).all()


def test_setpoint_event_sheds_and_snaps_back() -> None:
    world = make_world(80, **{"ac.share": 1.0})
    world.behaviour["override_base_hazard"] = world.behaviour["override_hazard_per_k"] = 0.0
    _, plain, _ = _live(world)
    _, event, _ = _live(world, offset_k=2.0)
    away = plain[1].astype(int) - event[1]
    assert (away[:, :64] == 0).all(), "nothing may change before the event"
    assert away[:, 64:76].sum() > 0.2 * plain[1][:, 64:76].sum()
    assert away[:, 76:80].sum() < 0, "released homes draw more than they would have"
    assert away[:, 64:68].sum() > away[:, 72:76].sum(), "the shed fades as the house warms up"


def test_cut_and_deferral() -> None:
    world = make_world(120, **{"ev.share": 0.9, "ev.timer_share": 0.0})
    _, _, plain_use = _live(world)
    _, _, use = _live(world, cut=0.5, defers=1)
    assert use[1][1][:, LIGHTING].sum() == pytest.approx(0.5 * plain_use[1][1][:, LIGHTING].sum(), rel=1e-9)
    assert use[1][1][:, EV_CHARGER].sum() == 0.0 < plain_use[1][1][:, EV_CHARGER].sum()
    back = sum(u[0][:, EV_CHARGER].sum() for u in use[1:]) / sum(u[0][:, EV_CHARGER].sum() for u in plain_use[1:])
    assert back > 0.9, "postponed charging comes back"


def test_a_day_in_parts_is_nearly_the_day() -> None:
    """Refrigerators read the room where a part starts, and states are stored in 32 bits: a few Wh, never more."""
    world = make_world(30)
    whole, parts = Lives(world, world.population.homes.copy()), Lives(world, world.population.homes.copy())
    whole.day(0)
    loads = []
    for part in ((0, 40), (40, 77), (77, 96)):
        parts.day(0, part=part)
        loads.append(parts.load_wh[:, part[0] : part[1]].copy())
    apart = np.abs(whole.load_wh - np.concatenate(loads, axis=1))
    assert apart.mean() < 0.01 * whole.load_wh.mean()
    assert np.array_equal(whole.homes["occupancy"], parts.homes["occupancy"])


def test_a_home_alone_is_the_home_among_others() -> None:
    world = make_world(30)
    everyone, alone = Lives(world, world.population.homes.copy()), Lives(world, world.population.homes[17:18].copy())
    for day in range(3):
        everyone.day(day)
        alone.day(day)
        assert np.array_equal(everyone.load_wh[17], alone.load_wh[0])


def test_read_lengths_have_equal_sums() -> None:
    _, loads, _ = _live(make_world(10))
    sums = [to_minutes(loads[0], minutes).sum(axis=1) for minutes in (15, 30, 60)]
    assert np.array_equal(sums[0], sums[1]) and np.array_equal(sums[0], sums[2])


def test_gaps_and_estimates_have_the_asked_share() -> None:
    codes = np.zeros((4000, 96), np.uint8)
    read_quality(np.arange(4000), 1, 0, 739_000, 0.02, 0.05, codes)
    assert (codes == MISSING).mean() == pytest.approx(0.02, abs=0.006)
    assert (codes == 1).mean() == pytest.approx(0.05, abs=0.010)
    wh = np.full((4000, 96), 100, np.int32)
    reads = metered_wh(wh, codes, np.full((4000, 96), 7, np.int32))
    assert np.isnan(reads[codes == MISSING]).all()
    assert (reads[codes == 1] == 7).all() and (reads[codes == 0] == 100).all()


@pytest.mark.parametrize(("day", "count"), [("2024-03-10", 92), ("2024-11-03", 100), ("2024-06-03", 96)])
def test_daylight_saving_days(day: str, count: int) -> None:
    clock = Clock(date.fromisoformat(day), date.fromisoformat(day), "America/Chicago")
    assert clock.count[0] == count
    assert clock.window(0, "16:00", "19:00")[1] - clock.window(0, "16:00", "19:00")[0] == 12
    hourly = hourly_kwh(np.full((1, count), 250.0), clock.local_quarter)
    expected = np.ones(24)
    if count == 92:
        expected[2] = np.nan
    assert np.allclose(hourly[0], expected, equal_nan=True)


def test_use_names_match_their_numbers() -> None:
    assert USES[AIR_CONDITIONER] == "air_conditioner" and USES[EV_CHARGER] == "ev_charger"
    assert USES[DISHWASHER] == "dishwasher" and USES[LIGHTING] == "lighting"
