"""A few whole days of every home, taken at a fixed stride while the days stream by: what a dictionary learns from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOURS = 24


class DailyShapes:
    """Keeps every ``stride``-th day of each home as hourly shares of the day's energy.

    Parameters
    ----------
    homes : rows of every day that will be added
    keep : days kept at most; the later half of a long history is thinned so that kept days spread over all of it

    Examples
    --------
    >>> shapes = DailyShapes(homes=1, keep=4)
    >>> for day in range(10):
    ...     shapes.add_day(np.full((1, 24), 0.5, np.float32))
    >>> shapes.days().shape
    (1, 3, 24)
    """

    def __init__(self, homes: int, keep: int = 20) -> None:
        self.homes, self.keep, self.stride, self._seen = homes, keep, 1, 0
        self._kept: list[NDArray[np.float32]] = []

    def add_day(self, hourly_kwh: NDArray[np.float32]) -> None:
        """Add one local day, (homes, 24) [kWh]; a day with a gap, or without use, is unknown."""
        if self._seen % self.stride == 0:
            total = hourly_kwh.sum(axis=1, keepdims=True)
            unknown = np.full(hourly_kwh.shape, np.nan, dtype=np.float32)
            self._kept.append(np.divide(hourly_kwh, total, out=unknown, where=total > 0.0))
            if len(self._kept) > self.keep:
                self._kept, self.stride = self._kept[::2], 2 * self.stride
        self._seen += 1

    def days(self) -> NDArray[np.float32]:
        """(homes, kept days, 24), rows sum to 1 or are NaN."""
        if not self._kept:
            return np.full((self.homes, 0, HOURS), np.nan, dtype=np.float32)
        return np.ascontiguousarray(np.stack(self._kept, axis=1))
