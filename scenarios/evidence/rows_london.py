"""Rows 1 to 5 and 17: half-hourly meters of London homes, definitions as in the reference data."""

from __future__ import annotations

from functools import partial
from math import inf

import numpy as np

from scenarios.evidence import meters as m
from scenarios.evidence.facts import Fact, london


def row_1() -> list[Fact]:
    """Level, spread and mean day."""

    def peak_hour(meters: m.Meters) -> float:
        return float(np.argmax(meters.hourly_profile()))

    def ratio(meters: m.Meters) -> float:
        profile = meters.hourly_profile()
        return float(profile.max() / profile.min())

    def spread(meters: m.Meters) -> float:
        kwh = m.daily_kwh(meters)
        return float(kwh.std(ddof=1) / kwh.mean())

    return [
        london(1, "mean use [kWh/day]", 10.1, 1.01, lambda x: float(m.daily_kwh(x).mean()), "fitted"),
        london(1, "CV of kWh/day across homes", 0.70, 0.12, spread, "fitted"),
        london(1, "hour of the profile's peak (19 = 19:00-20:00)", 19.0, 1.0, peak_hour, "fitted"),
        london(1, "profile peak / trough", 2.7, 0.5, ratio, "fitted"),
        london(1, "night (0-6 h) / day (6-24 h) mean load", 0.545, inf, m.night_to_day, "related"),
        london(1, "winter / summer energy", 1.51, inf, m.winter_to_summer, "related"),
        london(1, "weekend / weekday mean load", 1.044, inf, m.weekend_to_weekday, "related"),
    ]


def row_2() -> list[Fact]:
    """Diversity."""
    return [
        london(2, "ADMD at N = 10 [kW]", 1.56, 0.234, lambda x: m.admd_kw(x, 10), "related"),
        london(2, "ADMD at N = 200 [kW]", 1.00, 0.15, lambda x: m.admd_kw(x, 200), "related"),
    ]


def row_3() -> list[Fact]:
    """Peakiness and memory of single homes."""
    return [
        london(3, "load factor, aggregate", 0.43, 0.06, lambda x: m.load_factors(x)[0], "related"),
        london(3, "load factor, median home", 0.094, 0.03, lambda x: m.load_factors(x)[1], "related"),
        london(3, "autocorrelation at 30 min", 0.63, 0.10, lambda x: m.autocorrelation(x, 1), "related"),
        london(3, "autocorrelation at 1 day", 0.335, 0.10, lambda x: m.autocorrelation(x, 48), "related"),
        london(3, "autocorrelation at 1 week", 0.320, inf, lambda x: m.autocorrelation(x, 336), "related"),
        london(3, "CV of one home's half hours, median", 0.98, inf, m.cv_half_hours, "related"),
    ]


def row_4() -> list[Fact]:
    """Day shapes."""
    return [
        london(4, "day-shape R2 of k-means at k = 10", 0.32, 0.06, lambda x: m.shape_clusters(x)[0], "related"),
        london(4, "entropy of a home's day types / ln 10", 0.71, 0.06, lambda x: m.shape_clusters(x)[1], "related"),
    ]


def row_5() -> list[Fact]:
    """Concentration."""
    return [london(5, "top fifth's share of winter evenings", 0.42, 0.05, m.top_fifth_share, "related")]


def row_17() -> list[Fact]:
    """What a rebate pays when nobody responds."""
    cases = [("12 highest evenings", 10, False, 0.12), ("12 highest evenings", 5, False, 0.27),
             ("40 random weekdays", 10, True, 0.18), ("40 random weekdays", 5, True, 0.37)]  # fmt: skip
    return [
        london(17, f"paid with no response, {days}, {'10-in-10' if x == 10 else 'high 5 of 10'}", target, 0.04,
               partial(m.paid_without_response, x=x, random_days=random), "fitted")
        for days, x, random, target in cases
    ]  # fmt: skip
