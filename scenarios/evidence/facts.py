"""One fact of the evidence table: what is aimed at, what came out, and whether that is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.evidence.london import real_year, simulated_year
from scenarios.evidence.meters import Meters

SEEDS = (1, 2, 3)  # each a new draw of homes, weather and dice
LONDON = "Low Carbon London, 338 standard-tariff homes, 2013"


@dataclass(frozen=True)
class Fact:
    """One figure of a row.

    ``role`` is ``fitted`` (a parameter was set using it), ``related`` (same source as a fitted one), ``predicted``, or
    ``exact`` (numerics). ``real`` is the same code on real meters; ``low`` and ``high`` the range over draws of the
    simulated figure. A fact with an infinite ``tolerance`` is shown, not judged.
    """

    row: int
    name: str
    target: float
    tolerance: float
    simulated: float
    real: float | None
    role: str
    source: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def passes(self) -> bool:
        """Whether the simulated figure lies within the tolerance."""
        return bool(abs(self.simulated - self.target) <= self.tolerance + 1e-12)

    @property
    def verdict(self) -> str:
        """``pass``, ``FAIL``, or ``shown`` where nothing is required."""
        if not np.isfinite(self.tolerance):
            return "shown"
        return "pass" if self.passes else "FAIL"


def within(row: int, name: str, low: float, high: float, simulated: float, role: str, source: str = "") -> Fact:
    """A fact whose target is a range."""
    return Fact(row, name, 0.5 * (low + high), 0.5 * (high - low), simulated, None, role, source)


def london(row: int, name: str, target: float, tolerance: float, of: Callable[[Meters], float], role: str) -> Fact:
    """A figure of London meters: the mean over ``SEEDS`` simulated years, and the real one where it is present."""
    found = [of(simulated_year(seed=seed)) for seed in SEEDS]
    real = real_year()
    return Fact(
        row, name, target, tolerance, float(np.mean(found)), None if real is None else of(real), role, LONDON,
        min(found), max(found),
    )  # fmt: skip
