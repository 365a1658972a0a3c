"""The weather generator: normals recovered, persistence, keyed draws, daylight saving."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from drsim.clock import Clock
from simulator.climate import Climate, mean_keeping_knots, seasonal
from simulator.sunshine import clear_sky_ghi_w_per_m2
from simulator.weather import (
    FutureHeat,
    Weather,
    _Dice,
    _norms,
    _spells,
    climate_names,
    generate,
    load_climate,
    past_daily_max_degc,
)

ZONES = {
    "phoenix": "America/Phoenix",
    "austin": "America/Chicago",
    "sacramento": "America/Los_Angeles",
    "chicago": "America/Chicago",
    "london": "Europe/London",
    "sydney": "Australia/Sydney",
}
SUMMER = Clock(date(2024, 6, 1), date(2024, 9, 30), "America/Phoenix")


def same(one: Weather, other: Weather) -> bool:
    degc = np.array_equal(one.t_out_degc, other.t_out_degc)
    return degc and np.array_equal(one.ghi_w_per_m2, other.ghi_w_per_m2)


def test_every_climate_has_a_zone_here_and_reads() -> None:
    assert climate_names() == sorted(ZONES)
    assert {load_climate(name).name for name in ZONES} == set(ZONES)


def test_a_wrong_row_is_refused() -> None:
    block = {"title": "x", "parameters": {**load_climate("london").rows}}
    row = block["parameters"].pop("persistence")
    with pytest.raises(ValueError, match="persistence"):
        Climate.from_mapping("x", block)
    block["parameters"]["persistence"] = {**row, "value": 0.95}
    with pytest.raises(ValueError, match="outside its own range"):
        Climate.from_mapping("x", block)
    block["parameters"]["persistence"] = row
    for key, most in (("spell_extra_k", 8.0), ("spell_days", 9.0)):
        block["parameters"][key] = {**block["parameters"][key], "value": most}
    with pytest.raises(ValueError, match="heat waves"):
        Climate.from_mapping("x", block)


def test_interpolation_keeps_monthly_means() -> None:
    normals = load_climate("phoenix").mean_daily_max_degc
    days = np.arange(365) + 0.5
    daily = seasonal(mean_keeping_knots(normals), days)
    assert daily[:31].mean() == pytest.approx(normals[0], abs=1e-9)
    assert daily[181:212].mean() == pytest.approx(normals[6], abs=1e-9)


@pytest.mark.parametrize("name", sorted(ZONES))
def test_normals_and_spread_are_recovered(name: str) -> None:
    """Sixty years: monthly means of the daily extremes, and the daily maximum's spread."""
    climate = load_climate(name)
    clock = Clock(date(2023, 1, 1), date(2023, 12, 31), ZONES[name])
    month = np.array([clock.date(d).month for d in range(clock.days)])
    tops, lows = [], []
    for replication in range(60):
        weather = generate(climate, clock, 7, replication)
        tops.append(weather.daily_max_degc(clock))
        lows.append(np.minimum.reduceat(weather.t_out_degc, clock.first))
    top, low = np.array(tops), np.array(lows)
    means = np.array([top[:, month == m].mean() for m in range(1, 13)])
    nights = np.array([low[:, month == m].mean() for m in range(1, 13)])
    # 60 x 30 days with a persistence of 0.7 are about 300 independent ones: 4 standard errors.
    error = 4 * climate.daily_max_sd_k / np.sqrt(300)
    assert np.all(np.abs(means - climate.mean_daily_max_degc) < error + 0.15)
    # A local midnight may be colder than the morning, so calendar-day minima lie a little lower.
    assert np.all(np.abs(nights - climate.mean_daily_min_degc) < error + 0.4)
    spread = np.array([(top - top.mean(axis=0))[:, month == m].std() for m in range(1, 13)])
    assert np.all(np.abs(spread / climate.daily_max_sd_k - 1) < 0.2)


def test_warm_days_persist() -> None:
    climate = load_climate("phoenix")
    seasons = np.array([generate(climate, SUMMER, 3, r).daily_max_degc(SUMMER) for r in range(40)])
    anomaly = seasons - seasons.mean(axis=0)
    days = anomaly.shape[1]
    one, five = (np.corrcoef(anomaly[:, k:].ravel(), anomaly[:, : days - k].ravel())[0, 1] for k in (1, 5))
    assert 0.6 < one < 0.8
    assert five < 0.35


def test_heat_waves_last_days_and_leave_the_normals_alone() -> None:
    climate = load_climate("sacramento")
    norms = _norms(climate, range(date(1980, 1, 1).toordinal(), date(2020, 1, 1).toordinal()))
    warmth = _spells(norms, _Dice(3, 0))
    assert abs(warmth.mean()) < 0.1
    month = np.array([date.fromordinal(o).month for o in norms.ordinals])
    assert np.all(warmth[np.isin(month, (1, 12))] < 1e-9)
    hot = np.concatenate([[0], (warmth + norms.spell_mean_k > 0).astype(int), [0]])
    begins, ends = np.flatnonzero(np.diff(hot) == 1), np.flatnonzero(np.diff(hot) == -1)
    assert (ends - begins).min() >= 3
    # Starts a year, as tabled; overlapping ones merge into one spell.
    assert 0.75 < len(begins) / 40 / climate.spell_starts_per_month.sum() <= 1.05


def test_a_longer_season_and_an_overlapping_clock_change_nothing() -> None:
    climate = load_climate("phoenix")
    longer = Clock(date(2024, 4, 20), date(2024, 10, 31), "America/Phoenix")
    short, long = generate(climate, SUMMER, 5, 2), generate(climate, longer, 5, 2)
    begin = int(longer.first[longer.index(SUMMER.start)])
    inside = slice(begin, begin + SUMMER.intervals)
    assert np.array_equal(short.t_out_degc, long.t_out_degc[inside])
    assert np.array_equal(short.ghi_w_per_m2, long.ghi_w_per_m2[inside])
    days = slice(longer.index(SUMMER.start), longer.index(SUMMER.start) + SUMMER.days)
    past = past_daily_max_degc(climate, longer, years=3)[:, days]
    assert np.array_equal(past_daily_max_degc(climate, SUMMER, years=3), past)


def test_keys_decide() -> None:
    climate = load_climate("phoenix")
    one = generate(climate, SUMMER, 1, 0)
    assert same(one, generate(climate, SUMMER, 1, 0))
    assert not same(one, generate(climate, SUMMER, 2, 0))
    assert not same(one, generate(climate, SUMMER, 1, 1))


def test_more_and_longer_heat_waves_only_add_warmth_and_factors_of_one_change_nothing() -> None:
    climate = load_climate("phoenix")
    for replication in range(3):
        plain = generate(climate, SUMMER, 1, replication)
        assert same(generate(climate, SUMMER, 1, replication, FutureHeat()), plain)
        for heat in (FutureHeat(frequency_factor=2.0), FutureHeat(length_factor=2.0)):
            hotter = generate(climate, SUMMER, 1, replication, heat).daily_max_degc(SUMMER)
            added = hotter - plain.daily_max_degc(SUMMER)
            assert added.min() > -1e-4 and added.max() > 0.5  # the same dice: no day is cooler
    # Campbell's theorem: twice as many starts double the mean warmth, and what was taken off stays taken off.
    norms = _norms(climate, range(date(2024, 7, 1).toordinal(), date(2024, 8, 1).toordinal()))
    more = [_spells(norms, _Dice(1, r), FutureHeat(frequency_factor=2.0)).mean() for r in range(400)]
    assert np.mean(more) == pytest.approx(norms.spell_mean_k.mean(), abs=0.2)


def test_warmer_adds_degrees_only() -> None:
    climate = load_climate("london")
    clock = Clock(date(2024, 6, 1), date(2024, 6, 10), "Europe/London")
    plain, warmer = generate(climate, clock, 1, 0), generate(climate, clock, 1, 0, FutureHeat(2.0))
    assert np.allclose(warmer.t_out_degc - plain.t_out_degc, 2.0, atol=1e-5)
    assert np.array_equal(warmer.ghi_w_per_m2, plain.ghi_w_per_m2)


def test_the_past_is_another_season_of_the_same_climate() -> None:
    climate = load_climate("phoenix")
    past = past_daily_max_degc(climate, SUMMER)
    assert past.shape == (30, SUMMER.days)
    seasons = np.array([generate(climate, SUMMER, 9, r).daily_max_degc(SUMMER) for r in range(40)])
    assert abs(past.mean() - seasons.mean()) < 0.5
    assert abs(np.quantile(past, 0.95) - np.quantile(seasons, 0.95)) < 0.7
    assert np.abs(np.corrcoef(np.vstack([past, seasons]))[:30, 30:]).max() < 0.8


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2024, 10, 27)])
def test_daylight_saving_days(day: date) -> None:
    """The sun does not know the clocks: 92 or 100 quarter-hours, one continuous curve."""
    clock = Clock(day - timedelta(days=1), day + timedelta(days=1), "Europe/London")
    weather = generate(load_climate("london"), clock, 1, 0)
    assert weather.t_out_degc.shape == weather.ghi_w_per_m2.shape == (clock.intervals,)
    assert weather.t_out_degc.dtype == weather.ghi_w_per_m2.dtype == np.float32
    assert len(weather.daily_max_degc(clock)) == 3
    assert np.abs(np.diff(weather.t_out_degc)).max() < 1.5


@pytest.mark.parametrize(("name", "hour"), [("phoenix", 16.0), ("london", 15.0)])
def test_the_day_has_its_shape(name: str, hour: float) -> None:
    """Minimum near sunrise, maximum in mid-afternoon of local standard time, sun by day only."""
    clock = Clock(date(2024, 7, 1), date(2024, 7, 31), "Etc/GMT+7" if name == "phoenix" else "UTC")
    weather = generate(load_climate(name), clock, 1, 0)
    mean_day = weather.t_out_degc.reshape(31, 96).mean(axis=0)
    assert mean_day.argmax() / 4 == pytest.approx(hour, abs=0.5)
    assert 4 <= mean_day.argmin() / 4 <= 6.5
    sun = weather.ghi_w_per_m2.reshape(31, 96)
    assert sun[:, :8].max() == 0 and sun.min() == 0 and 500 < sun.max() < 1100


def test_clear_sky_agrees_with_pvlib() -> None:
    pvlib = pytest.importorskip("pvlib")
    pandas = pytest.importorskip("pandas")
    utc = np.datetime64("2024-03-01T00:00", "s") + np.arange(0, 200 * 24, 7) * np.timedelta64(3600, "s")
    ours = clear_sky_ghi_w_per_m2(33.4, -112.0, 0.0, utc)
    index = pandas.DatetimeIndex(utc).tz_localize("UTC")
    zenith = pvlib.solarposition.get_solarposition(index, 33.4, -112.0)["zenith"]
    theirs = pvlib.clearsky.haurwitz(zenith)["ghi"].to_numpy()
    assert np.abs(ours - theirs).max() < 8.0
