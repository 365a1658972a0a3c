"""What each rule for calling events looks at: one level a day, known at notice time, and the same of past seasons.

Prices and net load are built in and stylised: a price that climbs steeply as the forecast peak nears the highest of
past seasons, and a ramp that a clear midday sky deepens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.keyed_random import Purpose, normals, uniforms

Array = NDArray[np.float64]
BASE_USD_PER_KWH, SCARCITY, PRICE_LOG_SD = 0.05, 6.0, 0.35
SOLAR_SHARE = 0.6  # midday solar, as a share of the mean daily peak, under a clear sky


def price_usd_per_kwh(peak_kw: Array, reference_kw: float, seed: int, replication: int) -> Array:
    """Stylised evening price: ``base exp(s (peak / highest past peak - 0.5))`` with a keyed log-normal error."""
    noise = PRICE_LOG_SD * normals(seed, replication, 3, len(peak_kw), Purpose.EVENT_CALENDAR)
    scarcity = SCARCITY * (peak_kw / max(reference_kw, 1e-9) - 0.5)
    return np.asarray(BASE_USD_PER_KWH * np.exp(scarcity + noise - 0.5 * PRICE_LOG_SD**2))


def ramp_kw(peak_kw: Array, clearness: Array, mean_peak_kw: float) -> Array:
    """Forecast climb from the midday belly to the evening peak of net load (the duck's neck)."""
    return np.asarray(peak_kw - 0.6 * mean_peak_kw + SOLAR_SHARE * mean_peak_kw * clearness)


def emergencies(days: int, at_most: int, seed: int, replication: int) -> NDArray[np.bool_]:
    """Days of grid emergencies: unforeseeable, equally likely on any day, ``0.7 at_most`` expected, (days,)."""
    draws = uniforms(seed, replication, 4, days, Purpose.EVENT_CALENDAR)
    return np.asarray(draws < 0.7 * at_most / max(days, 1))


def drawn_year(years: int, seed: int, replication: int) -> int:
    """Which past season lends its calendar in a Monte-Carlo calendar."""
    return int(years * uniforms(seed, replication, 5, 1, Purpose.EVENT_CALENDAR)[0])


def within_limits(days: list[int], at_most: int, consecutive: int) -> list[int]:
    """The first ``at_most`` of ``days`` in time, never more than ``consecutive`` days on end (0 = no such limit)."""
    kept: list[int] = []
    for day in sorted(days):
        run = 0
        while kept and run < len(kept) and kept[-1 - run] == day - 1 - run:
            run += 1
        if len(kept) < at_most and (consecutive == 0 or run < consecutive):
            kept.append(day)
    return kept


def called_off(days: list[int], fraction: float, seed: int, replication: int, first_ordinal: int) -> list[int]:
    """Which called events are cancelled after notice; keyed by date, so the rest of the calendar has no say."""
    return [
        day for day in days
        if uniforms(seed, replication, first_ordinal + day, 1, Purpose.EVENT_CALENDAR)[0] < fraction
    ]  # fmt: skip
