"""How one home's event-hour demand follows the outdoor temperature, from running sums.

For each home and each candidate balance point b the demand y is regressed on the hinge
x = max(0, T - b) (cooling, T the day's maximum) or x = max(0, b - T) (heating, T the day's mean):
the change-point models of building energy analysis (ASHRAE Guideline 14, three-parameter models) with a
fixed grid of change points, so that sums are enough. The hinge with the least squared error wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Candidate balance points. Cooling on the daily maximum, heating on the daily mean, as degree-days use it.
COOLING_BALANCE_DEGC = (18.0, 21.0, 24.0, 27.0)
HEATING_BALANCE_DEGC = (10.0, 13.0, 16.0)
#: A slope is believed in the part 1 - (T_NOISE / t)^2 (positive-part James-Stein): not at all below T_NOISE.
#: The best of seven hinges passes t = 2.5 by chance about once in twenty homes (0.05 / 7, one-sided).
T_NOISE = 2.5
#: The temperature an event is planned for, as a quantile of the history's daily maxima.
DESIGN_QUANTILE = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Fit:
    """Least squares of y on one x for all homes: slope (homes,), its t statistic, mean x, squared error."""

    slope: Floats
    t: Floats
    mean_x: Floats
    squared_error: Floats


class WeatherResponse:
    """Running sums of event-hour demand against temperature, (homes,) for each candidate."""

    def __init__(self, homes: int) -> None:
        candidates = 1 + len(COOLING_BALANCE_DEGC) + len(HEATING_BALANCE_DEGC)
        self.homes = homes
        self._event_days = np.zeros(homes, dtype=np.int64)
        self._event_kw = np.zeros(homes)
        self._n = np.zeros(homes, dtype=np.int64)
        self._y = np.zeros(homes)
        self._yy = np.zeros(homes)
        self._x = np.zeros((candidates, homes))
        self._xx = np.zeros((candidates, homes))
        self._xy = np.zeros((candidates, homes))
        self._max_degc: list[float] = []
        self._mean_degc: list[float] = []

    def add_day(self, event_kw: Floats, mean_degc: float, max_degc: float) -> None:
        """Add one workday's event-window demand, (homes,) [kW], NaN where a read is missing."""
        present = ~np.isnan(event_kw)
        y = np.where(present, event_kw, 0.0)
        self._event_days += present
        self._event_kw += y
        if np.isnan(max_degc) or np.isnan(mean_degc):
            return
        self._max_degc.append(float(max_degc))
        self._mean_degc.append(float(mean_degc))
        self._n += present
        self._y += y
        self._yy += y * y
        for c, x in enumerate(_candidates(float(mean_degc), float(max_degc))):
            self._x[c] += x * present
            self._xx[c] += x * x * present
            self._xy[c] += x * y

    def _fit(self, candidate: int) -> _Fit:
        """Ordinary least squares from sums; an x that never varies has slope 0."""
        n = np.maximum(self._n, 1).astype(np.float64)
        mean_x, mean_y = self._x[candidate] / n, self._y / n
        s_xx = np.maximum(self._xx[candidate] - n * mean_x**2, 0.0)
        s_yy = np.maximum(self._yy - n * mean_y**2, 0.0)
        s_xy = self._xy[candidate] - n * mean_x * mean_y
        # Below this, x varied by rounding error only, or there are too few days for an error estimate.
        usable = (s_xx > 1e-6) & (self._n >= 4)
        slope = np.divide(s_xy, s_xx, out=np.zeros(self.homes), where=usable)
        squared_error = np.maximum(s_yy - slope * s_xy, 0.0)
        variance = squared_error / np.maximum(n - 2.0, 1.0)
        error = np.sqrt(np.divide(variance, s_xx, out=np.zeros(self.homes), where=usable))
        # A perfect line has no error; let its t be very large, not undefined.
        t = np.divide(slope, np.maximum(error, 1e-9), out=np.zeros(self.homes), where=usable)
        return _Fit(slope, t, mean_x, squared_error)

    def _best(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Per home: the winning candidate (0 = none), its shrunk slope and its mean x."""
        best = np.zeros(self.homes, dtype=np.int64)
        slope, mean_x = np.zeros(self.homes), np.zeros(self.homes)
        least = np.full(self.homes, np.inf)
        for candidate in range(1, len(self._x)):
            fit = self._fit(candidate)
            # Demand must rise with the hinge: a home does not cool because it is mild. The margin keeps
            # the first of equally good hinges (all data beyond every balance point: all are one line).
            better = (fit.t > T_NOISE) & (fit.squared_error < least * (1.0 - 1e-9))
            believed = 1.0 - (T_NOISE / np.maximum(np.abs(fit.t), T_NOISE)) ** 2
            best[better] = candidate
            slope[better] = (fit.slope * believed)[better]
            mean_x[better] = fit.mean_x[better]
            least[better] = fit.squared_error[better]
        return best, slope, mean_x

    def columns(self) -> dict[str, Floats]:
        """The weather columns of :meth:`analysis.shapes.load_shapes.LoadShapes.features`, each (homes,)."""
        seen = self._event_days > 0
        event_kw = np.where(seen, self._event_kw / np.maximum(self._event_days, 1), np.nan)
        if not self._max_degc:
            return self._without_temperature(event_kw)
        best, slope, mean_x = self._best()
        # np.quantile over a few dozen days; the hinge of the design day is each candidate's x there.
        hottest = float(np.quantile(self._max_degc, DESIGN_QUANTILE))
        coldest = float(np.quantile(self._mean_degc, 1.0 - DESIGN_QUANTILE))
        design = np.array(_candidates(coldest, hottest))
        design_x = np.where(best > 0, design[best], 0.0)
        mean_y = np.where(self._n > 0, self._y / np.maximum(self._n, 1), np.nan)
        predicted = np.maximum(mean_y + slope * (design_x - mean_x), 0.0)
        hot_event_kw = np.where(best > 0, predicted, event_kw)
        driven = np.minimum(slope * design_x, hot_event_kw)
        share = np.divide(driven, hot_event_kw, out=np.zeros(self.homes), where=hot_event_kw > 0.0)
        cools = (best >= 1) & (best <= len(COOLING_BALANCE_DEGC))
        balance = np.array((np.nan, *COOLING_BALANCE_DEGC, *HEATING_BALANCE_DEGC))[best]
        return {
            "event_kw": event_kw,
            "hot_event_kw": hot_event_kw,
            "weather_sensitive_share": np.where(seen, np.clip(share, 0.0, 1.0), np.nan),
            "cooling_slope_kw_per_degc": np.where(cools, slope, 0.0),
            "heating_slope_kw_per_degc": np.where((best > 0) & ~cools, slope, 0.0),
            "balance_degc": balance,
            "linear_slope_kw_per_degc": self._fit(0).slope,
        }

    def _without_temperature(self, event_kw: Floats) -> dict[str, Floats]:
        unknown = np.full(self.homes, np.nan)
        return {
            "event_kw": event_kw,
            "hot_event_kw": event_kw.copy(),
            "weather_sensitive_share": unknown,
            "cooling_slope_kw_per_degc": unknown,
            "heating_slope_kw_per_degc": unknown,
            "balance_degc": unknown,
            "linear_slope_kw_per_degc": unknown,
        }


def _candidates(mean_degc: float, max_degc: float) -> list[float]:
    """The regressors of one day: the maximum itself, then the cooling and the heating hinges."""
    cooling = [max(0.0, max_degc - balance) for balance in COOLING_BALANCE_DEGC]
    heating = [max(0.0, balance - mean_degc) for balance in HEATING_BALANCE_DEGC]
    return [max_degc, *cooling, *heating]
