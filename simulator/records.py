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


def changes(before: NDArray[np.void], after: NDArray[np.void]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Where records (homes,) differ: which bytes of a record do in any home, and those bytes, (homes, such bytes)."""
    now = _bytes_of(after)
    where = np.asarray((_bytes_of(before) != now).any(axis=0))
    return where, now[:, where]


def change(homes: NDArray[np.void], where: NDArray[np.bool_], values: NDArray[np.uint8]) -> None:
    """Make the :func:`changes` of others to these records, in place."""
    _bytes_of(homes)[:, where] = values
