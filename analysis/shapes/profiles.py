"""Profiles and signatures of homes, streamed a day at a time: by weekday, season and temperature, and what they tell.

Everything is a sum or a count per home, so memory does not grow with the history. The signatures are plain rules
with stated thresholds, not classifiers: they say what a load looks like, not what a home owns.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HOURS = 24
WEEK = 7 * HOURS
SEASONS = ("december_february", "march_may", "june_august", "september_november")
#: Edges of the bands of the day's mean outdoor temperature [degC].
TEMPERATURE_EDGES = (5.0, 10.0, 15.0, 20.0, 25.0)
#: Two hours in a row this far above the day's median, at night: an electric car (or a storage heater).
NIGHT_CHARGE_KW = 2.0
NIGHT = (0, 1, 2, 3, 4, 5, 21, 22, 23)
#: A rise of this much from one hour to the next, on the same hour most days, is a timer.
TIMED_RISE_KW = 1.0
TIMED_HOURS = slice(0, 8)
#: A midday whose mean is below this share of the lowest hour outside it looks like solar: a base load does not pause.
SOLAR_DIP = 0.5
MIDDAY, OUTSIDE = slice(10, 15), [*range(8), *range(17, 24)]
#: Fewest days of a profile that is shown.
FEWEST = 5

Floats = NDArray[np.float64]


class Profiles:
    """Streaming profiles of homes.

    Parameters
    ----------
    homes : rows of every day that will be added
    peak_hours : (date, hour) of the system's highest hours, for the coincidence of each home; may be empty
    """

    def __init__(self, homes: int, peak_hours: frozenset[tuple[date, int]] = frozenset()) -> None:
        self.homes, self.days = homes, 0
        self._peak_hours = peak_hours
        self._week = _Sums(homes, WEEK)
        self._season = [[_Sums(homes, HOURS) for _ in SEASONS] for _ in range(2)]
        self._band = [_Sums(homes, HOURS) for _ in range(len(TEMPERATURE_EDGES) + 1)]
        self._whole = np.zeros(homes, np.int32)
        self._charging = np.zeros(homes, np.int32)
        self._rises = np.zeros((homes, HOURS), np.int32)
        self._dips = np.zeros(homes, np.int32)
        self._exports = np.zeros(homes, np.int32)
        self._peak = np.zeros(homes)
        self._at_peak, self._peaks_seen = np.zeros(homes), np.zeros(homes, np.int32)

    def add_day(self, hourly_kwh: NDArray[np.float32], day: date, workday: bool, mean_degc: float) -> None:
        """Add one local day, (homes, 24) [kWh], NaN is a gap; ``mean_degc`` NaN where it is not known."""
        known = ~np.isnan(hourly_kwh)
        kwh = np.where(known, hourly_kwh, np.float32(0.0))
        first = HOURS * day.weekday()
        self._week.add(kwh, known, slice(first, first + HOURS))
        self._season[0 if workday else 1][day.month % 12 // 3].add(kwh, known)
        if workday and not np.isnan(mean_degc):
            self._band[int(np.searchsorted(TEMPERATURE_EDGES, mean_degc, side="right"))].add(kwh, known)
        whole = known.sum(axis=1) >= HOURS - 1
        self._whole += whole
        self._signatures(kwh, whole)
        np.maximum(self._peak, kwh.max(axis=1), out=self._peak)
        for hour in (h for d, h in self._peak_hours if d == day):
            self._at_peak += kwh[:, hour]
            self._peaks_seen += known[:, hour]
        self.days += 1

    def _signatures(self, kwh: NDArray[np.float32], whole: NDArray[np.bool_]) -> None:
        middle = np.median(kwh, axis=1)
        pair = np.minimum(kwh, np.roll(kwh, -1, axis=1))[:, NIGHT[:-1]]  # 23 h has no next hour within the day
        self._charging += whole & (pair.max(axis=1) >= middle + NIGHT_CHARGE_KW)
        rise = np.diff(kwh, axis=1, prepend=kwh[:, :1]) >= TIMED_RISE_KW
        self._rises += rise & whole[:, None]
        noon, base = kwh[:, MIDDAY].mean(axis=1), kwh[:, OUTSIDE].min(axis=1)
        self._dips += whole & (base > 0.0) & (noon < SOLAR_DIP * base)
        self._exports += whole & (kwh.min(axis=1) < 0.0)

    def weekly(self, normalised: bool = False) -> Floats:
        """Mean demand by hour of the week from Monday, (homes, 168) [kW], or hourly shares of the week."""
        return self._week.mean(normalised)

    def seasonal(self, season: int, workday: bool = True, normalised: bool = True) -> Floats:
        """Mean profile of a season (:data:`SEASONS`), (homes, 24); NaN under five days an hour."""
        return self._season[0 if workday else 1][season].mean(normalised)

    def by_temperature(self, band: int, normalised: bool = False) -> Floats:
        """Mean workday profile of days in a band of :data:`TEMPERATURE_EDGES`, (homes, 24)."""
        return self._band[band].mean(normalised)

    def features(self) -> pd.DataFrame:
        """Signatures of each home.

        Returns
        -------
        DataFrame with the columns

        ``coincident_kw``, ``peak_coincidence``
            Mean demand in the system's highest hours [kW]; the same over the home's own highest hour, in [0, 1].
        ``night_charging_share``
            Share of days with two night hours in a row 2 kW above the day's median.
        ``timed_load_share``, ``timed_load_hour``
            Highest share of days on which the load rises by 1 kW at the same hour between 0 and 8 h, and that hour:
            timed water heating looks like this.
        ``solar_share``, ``export_share``
            Share of days on which midday lies below half of the lowest other hour; with a negative hour.
        ``weekly_entropy``
            Shannon entropy of the weekly profile over ln 168, in [0, 1]: 1 is even.
        """
        days = np.maximum(self._whole, 1)
        seen = self._whole > 0
        timed = self._rises[:, TIMED_HOURS] / days[:, None]
        share = self.weekly(normalised=True)
        positive = np.where(share > 0.0, share, 1.0)
        at_peak = np.where(self._peaks_seen > 0, self._at_peak / np.maximum(self._peaks_seen, 1), np.nan)
        unknown = np.full(self.homes, np.nan)
        columns = {
            "coincident_kw": at_peak,
            "peak_coincidence": np.divide(at_peak, self._peak, out=unknown.copy(), where=self._peak > 0.0),
            "night_charging_share": np.where(seen, self._charging / days, np.nan),
            "timed_load_share": np.where(seen, timed.max(axis=1), np.nan),
            "timed_load_hour": np.where(seen & (timed.max(axis=1) > 0.0), timed.argmax(axis=1), np.nan),
            "solar_share": np.where(seen, self._dips / days, np.nan),
            "export_share": np.where(seen, self._exports / days, np.nan),
            "weekly_entropy": -(share * np.log(positive)).sum(axis=1) / np.log(WEEK),
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(self.homes, name="row"))


class _Sums:
    """Sums and counts per home and slot."""

    def __init__(self, homes: int, slots: int) -> None:
        self.kwh = np.zeros((homes, slots), np.float32)
        self.count = np.zeros((homes, slots), np.uint16)

    def add(self, kwh: NDArray[np.float32], known: NDArray[np.bool_], where: slice = slice(None)) -> None:
        self.kwh[:, where] += kwh
        self.count[:, where] += known

    def mean(self, normalised: bool) -> Floats:
        fewest = 1 if self.kwh.shape[1] == WEEK else FEWEST
        enough = (self.count >= fewest).all(axis=1, keepdims=True)
        mean = np.where(enough, self.kwh / np.maximum(self.count, 1), np.nan).astype(np.float64)
        if not normalised:
            return mean
        total = mean.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(mean, total, out=np.full(mean.shape, np.nan), where=total > 0.0))


def highest_hours(
    start_utc: pd.DatetimeIndex, mean_kwh: Floats, zone: str, n: int = 20
) -> frozenset[tuple[date, int]]:
    """The ``n`` local hours in which the mean home used most, as (date, hour); ``mean_kwh`` (intervals,)."""
    local = start_utc.tz_convert(zone)
    table = pd.DataFrame({"day": local.date, "hour": local.hour, "kwh": mean_kwh}).dropna()
    total = table.groupby(["day", "hour"])["kwh"].sum().sort_values(ascending=False, kind="stable")
    return frozenset((day, int(hour)) for day, hour in total.index[:n])
