"""Sums over homes, in the order of homes, so that they are the same in every run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled


@compiled
def add_rows(total: NDArray[np.float64], group: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    """Add each row of ``values`` (rows, columns) to row ``group[row]`` of ``total`` (groups, columns)."""
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            total[group[row], column] += values[row, column]
