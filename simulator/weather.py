"""A season of outdoor temperature and sunshine, drawn around a city's monthly normals.

Every draw is keyed by the calendar date, and a day depends on the draws of a fixed number of days
before it. So a longer season changes no earlier day, and two clocks that overlap see the same weather.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from drsim.clock import Clock
from drsim.units import SECONDS_PER_INTERVAL
from simulator.climate import (
    DAYS_PER_MONTH,
    SPELL_LONGEST_DAYS,
    SPELL_SHORTEST_DAYS,
    Climate,
    climate_names,
    load_climate,
    mean_keeping_knots,
    seasonal,
    spell_moments,
    spell_ramp,
)
from simulator.keyed_random import Purpose, normals, uniforms
from simulator.sunshine import clear_sky_ghi_w_per_m2, declination_rad

__all__ = [
    "Climate",
    "FutureHeat",
    "Weather",
    "climate_names",
    "generate",
    "load_climate",
    "past_daily_max_degc",
    "usual_ghi_w_per_m2",
]

Floats = NDArray[np.float64]

LOOKBACK_DAYS = 40  # the anomaly forgets: 0.75 ** 40 is 1e-5
_PAST_SEED = 19_912_020  # the climate's own past; no scenario's seed reaches these draws
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 86_400
# Mornings warm and evenings cool faster at first: the half-cosines run over elapsed time to these powers,
# which puts the daily mean 0.2-0.5 K below (max + min) / 2, as in the reference years (docs/weather.md).
_RISE_POWER, _FALL_POWER = 0.85, 0.75
_MIN_AFTER_SUNRISE_HOURS = 0.25
_LEAST_DAILY_RANGE_K = 1.0
_THICKEST_CLOUD = 0.9
# Spell draws sit on fields 4-6 so that they share no hash with the normals of the same purpose.
_SPELL_FIELDS = 7


@dataclass(frozen=True)
class Weather:
    """Outdoor weather on a clock's quarter-hours.

    Attributes
    ----------
    t_out_degc : (intervals,) outdoor air temperature at the middle of each interval [degC].
    ghi_w_per_m2 : (intervals,) mean global horizontal irradiance of each interval [W/m2].
    source : where it came from, in words for a report.
    """

    t_out_degc: NDArray[np.float32]
    ghi_w_per_m2: NDArray[np.float32]
    source: str

    def daily_max_degc(self, clock: Clock) -> Floats:
        """Highest temperature of each local day, (days,) [degC]."""
        return np.maximum.reduceat(self.t_out_degc, clock.first).astype(np.float64)

    def daily_mean_degc(self, clock: Clock) -> Floats:
        """Mean temperature of each local day, (days,) [degC]."""
        total: Floats = np.add.reduceat(self.t_out_degc.astype(np.float64), clock.first)
        return total / clock.count


@dataclass(frozen=True)
class FutureHeat:
    """How a future season departs from the climate's own, on the same dice.

    ``warmer_degc`` is added to every temperature. Heat waves begin ``frequency_factor`` times as often and last
    ``length_factor`` times as long on average; the warmth they add is not taken off again, as that of today's is, so
    the season's mean rises with them. Factors of 1 leave every bit of the weather as it was.
    """

    warmer_degc: float = 0.0
    frequency_factor: float = 1.0
    length_factor: float = 1.0


_AS_TODAY = FutureHeat()


@dataclass(frozen=True)
class _Dice:
    """Which keyed draws a series of days uses."""

    seed: int
    replication: int
    temperature: Purpose = Purpose.WEATHER_TEMPERATURE
    spell: Purpose = Purpose.WEATHER_SPELL
    clearness: Purpose = Purpose.WEATHER_CLEARNESS

    def normals(self, ordinals: range, n: int, purpose: Purpose) -> Floats:
        return np.array([normals(self.seed, self.replication, day, n, purpose) for day in ordinals])

    def uniforms(self, ordinals: range, n: int, purpose: Purpose) -> Floats:
        return np.array([uniforms(self.seed, self.replication, day, n, purpose) for day in ordinals])


@dataclass(frozen=True)
class _Norms:
    """Seasonal values of each day of ``ordinals`` and of the days before that still reach into it."""

    climate: Climate
    ordinals: range
    max_degc: Floats
    min_degc: Floats
    anomaly_sd_k: Floats
    spell_mean_k: Floats
    starts_per_day: Floats  # from SPELL_LONGEST_DAYS - 1 days earlier
    clearness: Floats
    summer_fraction: Floats


def _days_of_year(ordinals: range) -> Floats:
    """Middle of each day in a 365-day year; 29 February stands on 28 February."""
    dates = [date.fromordinal(ordinal) for ordinal in ordinals]
    plain = [day.replace(year=2001, day=28 if (day.month, day.day) == (2, 29) else day.day) for day in dates]
    return np.array([day.timetuple().tm_yday - 0.5 for day in plain])


def _norms(climate: Climate, ordinals: range) -> _Norms:
    day = _days_of_year(ordinals)
    reach = range(ordinals.start - SPELL_LONGEST_DAYS + 1, ordinals.stop)
    starts = seasonal(climate.spell_starts_per_month, _days_of_year(reach)) / DAYS_PER_MONTH
    spell_mean, spell_variance = spell_moments(climate, starts[SPELL_LONGEST_DAYS - 1 :])
    coldest, warmest = climate.mean_daily_max_degc.min(), climate.mean_daily_max_degc.max()
    top = seasonal(mean_keeping_knots(climate.mean_daily_max_degc), day)
    return _Norms(
        climate=climate,
        ordinals=ordinals,
        max_degc=top,
        min_degc=seasonal(mean_keeping_knots(climate.mean_daily_min_degc), day),
        anomaly_sd_k=np.sqrt(seasonal(climate.daily_max_sd_k, day) ** 2 - spell_variance),
        spell_mean_k=spell_mean,
        starts_per_day=starts,
        clearness=seasonal(climate.clearness_fraction, day),
        summer_fraction=np.clip((top - coldest) / (warmest - coldest), 0.0, 1.0),
    )


def _persistent(shocks: Floats, persistence: float) -> Floats:
    """AR(1) of unit variance as a finite moving average; drops the first ``LOOKBACK_DAYS`` days.

    Summed lag by lag: the order of additions, and so every bit, is the same for any season length.
    """
    weights = persistence ** np.arange(LOOKBACK_DAYS + 1)
    weights /= np.sqrt(np.sum(weights**2))
    days = len(shocks) - LOOKBACK_DAYS
    total = np.zeros(days)
    for lag, weight in enumerate(weights.tolist()):
        total += weight * shocks[LOOKBACK_DAYS - lag : LOOKBACK_DAYS - lag + days]
    return total


def _spells(norms: _Norms, dice: _Dice, heat: FutureHeat = _AS_TODAY) -> Floats:
    """Heat-wave warmth of each day [K], today's seasonal mean taken off, so that normals stay normals."""
    climate, days = norms.climate, len(norms.ordinals)
    reach = range(norms.ordinals.start - SPELL_LONGEST_DAYS + 1, norms.ordinals.stop)
    start, length, size = dice.uniforms(reach, _SPELL_FIELDS, dice.spell)[:, 4:7].T
    mean_days = max(climate.spell_days * heat.length_factor, float(SPELL_SHORTEST_DAYS))
    leave = 1.0 / (mean_days - SPELL_SHORTEST_DAYS + 1.0)
    if leave < 1.0:
        beyond = np.floor(np.log(1.0 - length) / np.log(1.0 - leave))
    else:
        beyond = np.zeros(len(length))
    lasts = np.minimum(SPELL_SHORTEST_DAYS + beyond, SPELL_LONGEST_DAYS)
    extra = np.where(start < heat.frequency_factor * norms.starts_per_day, climate.spell_extra_k * (0.5 + size), 0.0)
    warmth = -norms.spell_mean_k
    for age, share in enumerate(spell_ramp().tolist()):
        begun = slice(SPELL_LONGEST_DAYS - 1 - age, SPELL_LONGEST_DAYS - 1 - age + days)
        warmth = warmth + np.where(lasts[begun] > age, share * extra[begun], 0.0)
    return warmth



def _daily(norms: _Norms, dice: _Dice, heat: FutureHeat = _AS_TODAY) -> tuple[Floats, Floats, Floats]:
    """Daily maximum [degC], minimum [degC] and the maximum's standard anomaly, each (days,)."""
    climate = norms.climate
    reach = range(norms.ordinals.start - LOOKBACK_DAYS, norms.ordinals.stop)
    shocks = dice.normals(reach, 2, dice.temperature)
    anomaly = _persistent(shocks[:, 0], climate.persistence)
    own = _persistent(shocks[:, 1], climate.persistence)
    both = climate.max_min_correlation
    night = both * anomaly + np.sqrt(1.0 - both**2) * own
    spell = _spells(norms, dice, heat)
    top = norms.max_degc + norms.anomaly_sd_k * anomaly + spell
    low = norms.min_degc + climate.daily_min_sd_ratio * norms.anomaly_sd_k * night
    low = low + climate.spell_night_fraction * spell
    return top, np.minimum(low, top - _LEAST_DAILY_RANGE_K), anomaly


def _clearness(norms: _Norms, dice: _Dice, anomaly: Floats) -> Floats:
    """Share of the clear-sky irradiance that reaches the ground, one number a day (days,)."""
    own = dice.normals(norms.ordinals, 1, dice.clearness)[:, 0]
    tie = norms.climate.clearness_temperature_correlation * norms.summer_fraction
    latent = tie * anomaly + np.sqrt(1.0 - tie**2) * own
    sd = norms.climate.cloud_log_sd
    cloud = (1.0 - norms.clearness) * np.exp(-sd * latent - sd**2 / 2.0)
    return 1.0 - np.minimum(cloud, _THICKEST_CLOUD)


def _midnights_s(climate: Climate, ordinals: range) -> Floats:
    """Mean solar midnight that begins each day, in seconds since the epoch (UTC)."""
    days = np.arange(ordinals.start, ordinals.stop, dtype=np.float64) - _EPOCH_ORDINAL
    midnights: Floats = days * _DAY_SECONDS - climate.longitude_deg * 240.0
    return midnights


def _temperature(norms: _Norms, top: Floats, low: Floats, at_s: Floats) -> Floats:
    """Half-cosines from each morning's minimum to the afternoon's maximum to the next minimum [degC]."""
    climate = norms.climate
    declination = declination_rad(2 * np.pi * (_days_of_year(norms.ordinals) - 0.5) / 365.0)
    sunrise_cos = -np.tan(np.radians(climate.latitude_deg)) * np.tan(declination)
    half_day_hours = np.degrees(np.arccos(np.clip(sunrise_cos, -1.0, 1.0))) / 15.0
    midnight = _midnights_s(climate, norms.ordinals)
    times = np.empty(2 * len(midnight))
    times[0::2] = midnight + 3600.0 * (12.0 - half_day_hours + _MIN_AFTER_SUNRISE_HOURS)
    times[1::2] = midnight + 3600.0 * climate.temperature_peak_solar_hour
    values = np.empty(len(times))
    values[0::2], values[1::2] = low, top
    leg: NDArray[np.intp] = np.searchsorted(times, at_s, side="right") - 1
    elapsed = (at_s - times[leg]) / (times[leg + 1] - times[leg])
    elapsed = np.where(leg % 2 == 1, elapsed**_FALL_POWER, elapsed**_RISE_POWER)
    curve: Floats = values[leg] + (values[leg + 1] - values[leg]) * 0.5 * (1.0 - np.cos(np.pi * elapsed))
    return curve


def generate(
    climate: Climate, clock: Clock, seed: int, replication: int, heat: FutureHeat = _AS_TODAY
) -> Weather:
    """One season of weather on a clock's quarter-hours; pure in its arguments.

    Parameters
    ----------
    climate : the place (``load_climate("phoenix")``).
    clock : local days; its zone should be the place's, because days of weather are solar days.
    seed, replication : keys of the draws; the calendar date is the third.
    heat : a warmer future, with more or longer heat waves, for what-ifs.

    Returns
    -------
    Weather with float32 arrays of shape (intervals,).
    """
    # One more day on each side: before the first sunrise the curve comes from the day before.
    ordinals = range(clock.start.toordinal() - 2, clock.end.toordinal() + 3)
    norms, dice = _norms(climate, ordinals), _Dice(seed, replication)
    top, low, anomaly = _daily(norms, dice, heat)
    middle = clock.utc() + np.timedelta64(SECONDS_PER_INTERVAL // 2, "s")
    at_s = middle.astype(np.int64).astype(np.float64)
    solar_day = np.floor((at_s - _midnights_s(climate, ordinals)[0]) / _DAY_SECONDS).astype(np.int64)
    clearness = _clearness(norms, dice, anomaly)[solar_day]
    sky = clear_sky_ghi_w_per_m2(climate.latitude_deg, climate.longitude_deg, climate.altitude_m, middle)
    return Weather(
        t_out_degc=(_temperature(norms, top, low, at_s) + heat.warmer_degc).astype(np.float32),
        ghi_w_per_m2=(sky * clearness).astype(np.float32),
        source=f"generated around the monthly normals of {climate.title}",
    )


def usual_ghi_w_per_m2(climate: Climate, clock: Clock) -> Floats:
    """Irradiance under the climate's usual cloudiness: clear sky times the season's mean clearness, (intervals,)."""
    middle = clock.utc() + np.timedelta64(SECONDS_PER_INTERVAL // 2, "s")
    days = middle.astype("datetime64[D]").astype(np.int64)
    each, at = np.unique(days, return_inverse=True)
    ordinals = range(int(each[0]) + _EPOCH_ORDINAL, int(each[-1]) + _EPOCH_ORDINAL + 1)
    clearness = seasonal(climate.clearness_fraction, _days_of_year(ordinals))[at]
    sky = clear_sky_ghi_w_per_m2(climate.latitude_deg, climate.longitude_deg, climate.altitude_m, middle)
    return np.asarray(sky * clearness)


def past_daily_max_degc(climate: Climate, clock: Clock, years: int = 30) -> Floats:
    """Daily maxima of ``years`` other years on the clock's calendar days, (years, days) [degC].

    These are the "climate normals" an event threshold is set from: fixed draws of the same climate that
    depend on neither the scenario's seed nor its replication, and never on the scored season.
    """
    past = Purpose.WEATHER_PAST
    norms = _norms(climate, range(clock.start.toordinal(), clock.end.toordinal() + 1))
    return np.stack([_daily(norms, _Dice(_PAST_SEED, year, past, past, past))[0] for year in range(years)])
