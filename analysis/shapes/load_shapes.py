"""Load shapes and features from interval reads, one day at a time.

:class:`LoadShapes` keeps sums per home, never days, so its memory does not grow with the history.
Everything here is what a utility can know: reads, calendar and outdoor temperature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.quality import MINIMUM_COVERAGE_FRACTION
from analysis.shapes.weather_response import WeatherResponse

WORKDAY, OTHER = 0, 1
NIGHT_HOURS = slice(0, 6)
HOURS = 24


def shares_of_day(mean_kw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Load shapes (homes, 24) [kW] as hourly shares of the day's energy; NaN where nothing was used."""
    total = mean_kw.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(mean_kw, total, out=np.full_like(mean_kw, np.nan), where=total > 0.0))


@dataclass(frozen=True, eq=False)
class HomeShapes:
    """Features and mean workday load shapes of homes whose history has been read to its end.

    ``mean_kw`` (homes, 24) [kW], NaN where a home has too few reads; ``table`` as :meth:`LoadShapes.features`.
    """

    table: pd.DataFrame
    mean_kw: NDArray[np.float64]

    def features(self) -> pd.DataFrame:
        """As :meth:`LoadShapes.features`."""
        return self.table

    def shapes(self, normalised: bool = True) -> NDArray[np.float64]:
        """As :meth:`LoadShapes.shapes`."""
        return shares_of_day(self.mean_kw) if normalised else self.mean_kw


class LoadShapes:
    """Streaming sums of hourly reads per home.

    Parameters
    ----------
    homes : int
        Number of rows of every day that will be added.
    event_hours : (int, int)
        Half-open local hours of the event window, for example ``(16, 19)`` for 16:00-19:00.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = LoadShapes(homes=2, event_hours=(16, 19))
    >>> for day in range(10):
    ...     shapes.add_day(np.full((2, 24), 0.5, np.float32), day % 7 < 5, mean_degc=20.0, max_degc=26.0)
    >>> shapes.features()["mean_kwh_per_day"].tolist()
    [12.0, 12.0]
    """

    def __init__(self, homes: int, event_hours: tuple[int, int]) -> None:
        first, end = event_hours
        if homes < 1:
            raise ValueError(f"homes is {homes}; expected at least 1")
        if not 0 <= first < end <= HOURS:
            raise ValueError(f"event_hours is {event_hours}; expected 0 <= first < end <= 24, e.g. (16, 19)")
        self.homes = homes
        self.event_hours = slice(first, end)
        self.days = 0
        self.workdays = 0
        self._kwh = np.zeros((2, homes, HOURS))
        self._reads = np.zeros((2, homes, HOURS), dtype=np.int32)
        self._day_kwh = np.zeros(homes)
        self._day_kwh_squared = np.zeros(homes)
        self._whole_days = np.zeros(homes, dtype=np.int32)
        self._base_kw = np.zeros(homes)
        self._base_days = np.zeros(homes, dtype=np.int32)
        self._peak_kwh = np.zeros(homes)
        self._weather = WeatherResponse(homes)

    def add_day(
        self, hourly_kwh: NDArray[np.float32], workday: bool, mean_degc: float, max_degc: float,
        hours: int | None = None,
    ) -> None:  # fmt: skip
        """Add one local day.

        Parameters
        ----------
        hourly_kwh : (homes, 24) float32 [kWh]
            By local clock hour; NaN is a gap. On the long daylight-saving day give the mean of the
            repeated hour; on the short one the skipped hour is NaN.
        workday : bool
            Neither weekend nor public holiday.
        mean_degc, max_degc : float
            Outdoor temperature of the day; NaN where it is not known.
        hours : int, optional
            Clock hours that this local day has (23 where the clock skips one). Unknown: as many as the
            best-read home shows, which depends on the homes at hand.
        """
        if hourly_kwh.shape != (self.homes, HOURS):
            raise ValueError(f"hourly_kwh has shape {hourly_kwh.shape}; expected ({self.homes}, {HOURS})")
        kind = WORKDAY if workday else OTHER
        present = ~np.isnan(hourly_kwh)
        kwh = np.where(present, hourly_kwh, 0.0).astype(np.float64)
        self._kwh[kind] += kwh
        self._reads[kind] += present
        self.days += 1
        self.workdays += int(workday)
        self._add_daily_totals(kwh, present, hours)
        if workday:
            event_kw = hourly_kwh[:, self.event_hours].mean(axis=1, dtype=np.float64)
            self._weather.add_day(event_kw, mean_degc, max_degc)

    def _add_daily_totals(
        self, kwh: NDArray[np.float64], present: NDArray[np.bool_], hours: int | None
    ) -> None:  # fmt: skip
        reads = present.sum(axis=1)
        # The short daylight-saving day has 23 hours for everybody and still counts as whole.
        most = int(reads.max(initial=0)) if hours is None else hours
        whole = (reads == most) & (reads >= HOURS - 1)
        total = kwh.sum(axis=1)
        self._whole_days += whole
        self._day_kwh += np.where(whole, total, 0.0)
        self._day_kwh_squared += np.where(whole, total * total, 0.0)
        least = np.where(present, kwh, np.inf).min(axis=1)
        enough = reads >= HOURS * MINIMUM_COVERAGE_FRACTION
        self._base_days += enough
        self._base_kw += np.where(enough, least, 0.0)
        np.maximum(self._peak_kwh, kwh.max(axis=1), out=self._peak_kwh)

    def coverage_fraction(self) -> NDArray[np.float64]:
        """Share of hours with a read, (homes,)."""
        return np.asarray(self._reads.sum(axis=(0, 2)) / max(1, HOURS * self.days), dtype=np.float64)

    def shapes(self, normalised: bool = True) -> NDArray[np.float64]:
        """Mean workday load shape of each home.

        Parameters
        ----------
        normalised : bool
            True: hourly shares of the day's energy, rows sum to 1. False: mean demand [kW].

        Returns
        -------
        (homes, 24) float64
            A row is NaN where the home has too few reads for a shape (an hour read on fewer than half
            of the workdays) or, normalised, where it used nothing at all.
        """
        reads, kwh = self._reads[WORKDAY], self._kwh[WORKDAY]
        needed = max(1.0, MINIMUM_COVERAGE_FRACTION * self.workdays)
        known = (reads >= needed).all(axis=1)
        mean: NDArray[np.float64] = kwh / np.maximum(reads, 1)
        mean[~known] = np.nan
        return shares_of_day(mean) if normalised else mean

    def summary(self) -> HomeShapes:
        """What is kept of the sums once the last day is in: a quarter of their memory."""
        return HomeShapes(self.features(), self.shapes(normalised=False))

    def _profile_kw(self) -> NDArray[np.float64]:
        """Mean demand by hour over all days, NaN where an hour was never read, (homes, 24) [kW]."""
        reads = self._reads.sum(axis=0)
        return np.where(reads > 0, self._kwh.sum(axis=0) / np.maximum(reads, 1), np.nan)

    def features(self) -> pd.DataFrame:
        """What the records say about each home; the index is the row.

        Returns
        -------
        DataFrame with the columns

        ``mean_kwh_per_day``
            Sum over hours of the mean use in that hour, all days [kWh].
        ``event_kw``
            Mean demand in the event window on workdays [kW].
        ``hot_event_kw``
            The same, predicted at the history's design temperature: the 95th percentile of the daily
            maximum (homes that cool) or the 5th of the daily mean (homes that heat) [kW].
        ``weather_sensitive_share``
            Share of ``hot_event_kw`` due to temperature beyond the balance point, in [0, 1], shrunk
            to 0 as the slope loses significance; NaN where no temperature was given.
        ``cooling_slope_kw_per_degc``, ``heating_slope_kw_per_degc``, ``balance_degc``
            The shrunk slope beyond the home's best balance point, and that point.
        ``linear_slope_kw_per_degc``
            Plain signed slope on the daily maximum.
        ``base_kw``, ``peak_hour_kwh``
            Mean of each day's lowest hour [kW]; highest hour seen [kWh].
        ``night_share``, ``variability``, ``coverage``
            Share of energy used 0-6 h; coefficient of variation of daily kWh; share of hours read.
        """
        profile = self._profile_kw()
        total = profile.sum(axis=1)
        night = profile[:, NIGHT_HOURS].sum(axis=1)
        days = np.maximum(self._whole_days, 1)
        mean_day = self._day_kwh / days
        variance = np.maximum(self._day_kwh_squared / days - mean_day**2, 0.0)
        spread = np.divide(np.sqrt(variance), mean_day, out=np.zeros(self.homes), where=mean_day > 0.0)
        base = np.where(self._base_days > 0, self._base_kw / np.maximum(self._base_days, 1), np.nan)
        columns = {
            "mean_kwh_per_day": total,
            **self._weather.columns(),
            "base_kw": base,
            "peak_hour_kwh": self._peak_kwh,
            "night_share": np.divide(night, total, out=np.zeros(self.homes), where=total > 0.0),
            "variability": np.where(self._whole_days > 1, spread, np.nan),
            "coverage": self.coverage_fraction(),
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(self.homes, name="row"))
