"""Statistics of half-hourly meters, worked out the same way for real and for simulated homes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.keyed_random import uniforms

Array = NDArray[np.float64]
HALF_HOURS = 48


@dataclass(frozen=True, eq=False)
class Meters:
    """A year of half-hourly demand: ``kw`` (homes, half hours), NaN for gaps, with its local calendar."""

    kw: NDArray[np.float32]
    hour: NDArray[np.int64]  # local hour of each half hour
    date: NDArray[np.datetime64]  # local date, datetime64[D]

    @classmethod
    def of(cls, kw: NDArray[np.float32], start_utc: pd.DatetimeIndex, zone: str) -> Meters:
        """From half hours labelled by their start in UTC."""
        local = start_utc.tz_convert(zone)
        dates = np.asarray(local.tz_localize(None).normalize().values.astype("datetime64[D]"))
        return cls(kw, np.asarray(local.hour), dates)

    def mean_kw(self) -> Array:
        """Mean over homes of each half hour, (half hours,)."""
        return np.asarray(np.nanmean(self.kw, axis=0, dtype=np.float64))

    def hourly_profile(self) -> Array:
        """Mean kW per home by local hour, (24,)."""
        mean = self.mean_kw()
        return np.array([np.nanmean(mean[self.hour == h]) for h in range(24)])

    def weekdays(self) -> NDArray[np.bool_]:
        """Per half hour: Monday to Friday, holidays kept."""
        return np.asarray((self.date.astype("datetime64[D]").view("int64") + 3) % 7 < 5)

    def evening_kwh(self) -> tuple[Array, NDArray[np.datetime64]]:
        """Energy of each home in 17-20 h local by day, (homes, days) [kWh], and the days."""
        days, index = np.unique(self.date, return_inverse=True)
        inside = (self.hour >= 17) & (self.hour < 20)
        total = np.zeros((len(self.kw), len(days)))
        np.add.at(total.T, index[inside], 0.5 * self.kw[:, inside].T.astype(float))
        return total, days


def daily_kwh(meters: Meters) -> Array:
    """Mean kWh per day of each home, gaps left out, (homes,)."""
    return np.asarray(24.0 * np.nanmean(meters.kw, axis=1, dtype=np.float64))


def night_to_day(meters: Meters) -> float:
    """Mean load of 0-6 h over that of 6-24 h."""
    profile = meters.hourly_profile()
    return float(profile[:6].mean() / profile[6:].mean())


def winter_to_summer(meters: Meters) -> float:
    """Energy of December to February over that of June to August, per half hour."""
    month = meters.date.astype("datetime64[M]").astype(int) % 12
    mean = meters.mean_kw()
    return float(np.nanmean(mean[np.isin(month, (11, 0, 1))]) / np.nanmean(mean[np.isin(month, (5, 6, 7))]))


def weekend_to_weekday(meters: Meters) -> float:
    """Mean load of Saturdays and Sundays over that of the other days."""
    mean = meters.mean_kw()
    return float(np.nanmean(mean[~meters.weekdays()]) / np.nanmean(mean[meters.weekdays()]))


def cv_half_hours(meters: Meters) -> float:
    """Standard deviation over mean of one home's half hours, median over homes."""
    kw = meters.kw.astype(np.float64)
    return float(np.median(np.nanstd(kw, axis=1) / np.nanmean(kw, axis=1)))


def admd_kw(meters: Meters, homes: int, draws: int = 60) -> float:
    """After-diversity maximum demand of ``homes`` drawn without replacement, mean over draws [kW per home]."""
    found = []
    filled = np.nan_to_num(meters.kw)
    for draw in range(draws):
        pick = np.argsort(uniforms(7, draw, homes, len(filled), 900))[:homes]
        found.append(filled[pick].sum(axis=0, dtype=np.float64).max() / homes)
    return float(np.mean(found))


def load_factors(meters: Meters) -> tuple[float, float]:
    """Mean over yearly maximum: of the mean home, and the median home's own."""
    mean = np.nanmean(meters.kw, axis=0, dtype=np.float64)
    own = np.nanmean(meters.kw, axis=1) / np.nanmax(meters.kw, axis=1)
    return float(np.nanmean(mean) / np.nanmax(mean)), float(np.median(own))


def autocorrelation(meters: Meters, lag: int) -> float:
    """Median over homes of the correlation of demand with itself ``lag`` half hours later."""
    found = []
    for row in meters.kw.astype(np.float64):
        a, b = row[:-lag], row[lag:]
        both = np.isfinite(a) & np.isfinite(b)
        if both.sum() > 100 and a[both].std() > 0 and b[both].std() > 0:
            found.append(np.corrcoef(a[both], b[both])[0, 1])
    return float(np.median(found))


def top_fifth_share(meters: Meters) -> float:
    """Share of December-February weekday 17-20 h demand held by the top fifth of homes."""
    month = meters.date.astype("datetime64[M]").astype(int) % 12
    chosen = np.isin(month, (0, 1, 11)) & meters.weekdays() & (meters.hour >= 17) & (meters.hour < 20)
    mean = np.sort(np.nanmean(meters.kw[:, chosen], axis=1))[::-1]
    return float(mean[: len(mean) // 5].sum() / mean.sum())


def day_shapes(meters: Meters, days: int = 60_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Hourly shapes of home-days drawn at random, each divided by its total, (days, 24), and their homes."""
    index = np.unique(meters.date, return_inverse=True)[1]
    full = np.flatnonzero(np.bincount(index) == HALF_HOURS)
    starts = np.searchsorted(index, full)
    hourly = np.stack([meters.kw[:, s : s + HALF_HOURS].reshape(len(meters.kw), 24, 2).sum(2) for s in starts], 1)
    flat = hourly.reshape(-1, 24)
    good = np.flatnonzero(np.isfinite(flat).all(axis=1) & (flat.sum(axis=1) > 0.2))
    pick = good[np.argsort(uniforms(11, 0, 0, len(good), 901))[:days]]
    return np.asarray(flat[pick] / flat[pick].sum(axis=1, keepdims=True)), pick // hourly.shape[1]


@cache
def shape_clusters(meters: Meters, k: int = 10) -> tuple[float, float]:
    """Variance of normalised day shapes explained by k-means (3 starts), and the entropy of a home's day types.

    The entropy is that of one home's days over the ``k`` clusters, divided by ln k, mean over homes.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    shapes, owner = day_shapes(meters)
    shapes = shapes.astype(np.float64)
    with threadpool_limits(1):
        fit = KMeans(k, n_init=3, random_state=0).fit(shapes)
    explained = 1.0 - fit.inertia_ / ((shapes - shapes.mean(axis=0)) ** 2).sum()
    counts = np.zeros((len(meters.kw), k))
    np.add.at(counts, (owner, fit.labels_), 1.0)
    counts = counts[counts.sum(axis=1) >= 30]
    share = counts / counts.sum(axis=1, keepdims=True)
    entropy = -(share * np.log(np.maximum(share, 1e-12))).sum(axis=1) / np.log(k)
    return float(explained), float(entropy.mean())


def paid_without_response(meters: Meters, x: int, random_days: bool) -> float:
    """Payment with no response as a share of the event days' load; see the protocol in docs/validation.md.

    Weekdays, 17-20 h, no adjustment, baseline of the last 10 non-event weekdays (``x`` highest per home).
    Event days: 40 random weekdays, or the 12 with the highest mean evening after 30 January.
    """
    from analysis.baselines import high_x_of_y

    kwh, days = meters.evening_kwh()
    weekday = (days.view("int64") + 3) % 7 < 5
    candidates = np.flatnonzero(weekday & (np.arange(len(days)) >= 30))
    if random_days:
        events = np.sort(candidates[np.argsort(uniforms(13, 0, 0, len(candidates), 902))[:40]])
    else:
        mean = np.nanmean(kwh, axis=0)
        events = np.sort(candidates[np.argsort(-mean[candidates], kind="stable")[:12]])
    eligible = weekday.copy()
    eligible[events] = False
    paid = load = 0.0
    for day in events:
        base, _ = high_x_of_y(kwh, eligible, int(day), x, 10)
        good = np.isfinite(base) & np.isfinite(kwh[:, day])
        paid += np.maximum(0.0, base[good] - kwh[good, day]).mean()
        load += kwh[good, day].mean()
    return float(paid / load)
