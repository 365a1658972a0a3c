"""What tariffs that differ by hour have in common: a price in the window, a discount outside it, a bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.programs.base import Floats, Program, Signal


@dataclass(frozen=True, kw_only=True)
class PriceProgram(Program):
    """Offer: ``peak_usd_per_kwh`` in the window, ``other_usd_per_kwh`` otherwise, ``usual_usd_per_kwh`` without it.

    A household believes that such a tariff costs it the same on the whole unless it moves something, for nobody
    knows the own load by hour beforehand; so the believed gain is what moving a round share would save. Who wins
    or loses without moving shows on the bill. People compare the window's price with the other hours'; with
    ``tech``, a smart thermostat, where there is one, follows the price by ``tech_offset_degc``.
    """

    peak_usd_per_kwh: float = 0.75
    other_usd_per_kwh: float = 0.12
    usual_usd_per_kwh: float = 0.15
    tech: bool = False
    tech_offset_degc: float = 2.2
    season_days: float = 122.0

    @property
    def price_ratio(self) -> float:
        """Price in the window over the price outside it."""
        return self.peak_usd_per_kwh / self.other_usd_per_kwh

    @property
    def worth_usd_per_kwh(self) -> float:
        """What a kWh moved out of the window saves."""
        return self.peak_usd_per_kwh - self.other_usd_per_kwh

    def commands(self) -> Mapping[str, float]:
        """People act on a price; thermostats may."""
        tech = {"tech": 1.0, "offset_k": self.tech_offset_degc} if self.tech else {}
        return {"asks": 1.0, "price_ratio": self.price_ratio, **tech}

    def tariff_usd(self, load_kwh: Floats, priced: NDArray[np.bool_], signal: Signal | None) -> Floats:
        """Difference from the usual tariff on the same metered load: positive = the home pays more."""
        inside = load_kwh[:, priced].sum(axis=1)
        outside = load_kwh[:, ~priced].sum(axis=1)
        dear = self.peak_usd_per_kwh - self.usual_usd_per_kwh
        return np.asarray(inside * dear + outside * (self.other_usd_per_kwh - self.usual_usd_per_kwh))
