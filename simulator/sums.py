"""Sums over homes in whole numbers, so that they are the same in any order of homes and shards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled


@compiled
def add_rows(
    total: NDArray[np.int64], group: NDArray[np.int64], values: NDArray[np.float64], parts: float
) -> None:  # fmt: skip
    """Add each row of ``values`` (rows, columns), in whole ``1 / parts``, to row ``group[row]`` of ``total``."""
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            total[group[row], column] += int(np.rint(values[row, column] * parts))
