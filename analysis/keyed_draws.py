"""Random numbers for the analyst, looked up and not streamed: the same key gives the same draw everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def _mix(value: int) -> int:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014) of a 64-bit number."""
    z = (value + _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def uniforms(key: tuple[int, ...], n: int) -> NDArray[np.float64]:
    """``n`` uniform numbers in [0, 1) that belong to ``key``, whole numbers such as (seed, draw, purpose)."""
    state = 0
    for part in key:
        state = _mix(state ^ (part & _MASK))
    z = np.uint64(state) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def resample_counts(key: tuple[int, ...], n: int) -> NDArray[np.float64]:
    """How often each of ``n`` rows is drawn when ``n`` are drawn with replacement."""
    return np.bincount((uniforms(key, n) * n).astype(np.int64), minlength=n).astype(np.float64)
