"""Copying household records as bytes: numpy copies structured records field by field, in tens of times as long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _bytes_of(homes: NDArray[np.void]) -> NDArray[np.uint8]:
    """The records (homes,) as rows of bytes, a view; they have to lie side by side."""
    return homes.view(np.uint8).reshape(len(homes), homes.dtype.itemsize)


def copied(homes: NDArray[np.void]) -> NDArray[np.void]:
    """A copy of records that lie side by side."""
    return _bytes_of(homes).copy().reshape(-1).view(homes.dtype)


def overwrite(into: NDArray[np.void], homes: NDArray[np.void]) -> None:
    """``into[...] = homes``."""
    _bytes_of(into)[...] = _bytes_of(homes)


def taken(homes: NDArray[np.void], rows: NDArray[np.int64]) -> NDArray[np.void]:
    """``homes[rows]``, a copy."""
    return _bytes_of(homes)[rows].reshape(-1).view(homes.dtype)
