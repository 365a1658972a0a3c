"""How many homes a pilot needs: power of the difference per offered home, before any money is spent.

Two-sided z test of a difference in means. One home contributes the mean of its ``events`` outcomes, whose
variance is ``sd^2 (rho + (1 - rho) / events)``: more events help only against what is not lasting. An effect
on enrolled homes is diluted by take-up, so the number of homes grows with 1 / take_up^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class PilotDesign:
    """What the planner knows or assumes.

    Attributes
    ----------
    load_kwh : float
        Mean use of a home in an event window [kWh].
    sd_kwh : float
        Standard deviation over homes and events of the outcome (use, or use minus the home's own past).
    home_correlation : float
        Share of that variance that stays with the home from event to event, in [0, 1].
    events : int
    take_up_fraction : float
        Share of offered homes that enrol.
    offered_share : float
        Share of the pilot's homes that are offered, in (0, 1).
    lost_fraction : float
        Homes lost to moves and meter trouble.
    """

    load_kwh: float
    sd_kwh: float
    home_correlation: float = 0.3
    events: int = 12
    take_up_fraction: float = 0.15
    offered_share: float = 0.5
    lost_fraction: float = 0.0

    def __post_init__(self) -> None:
        good = {
            "load_kwh": self.load_kwh > 0,
            "sd_kwh": self.sd_kwh > 0,
            "home_correlation": 0 <= self.home_correlation <= 1,
            "events": self.events >= 1,
            "take_up_fraction": 0 < self.take_up_fraction <= 1,
            "offered_share": 0 < self.offered_share < 1,
            "lost_fraction": 0 <= self.lost_fraction < 1,
        }
        for name, holds in good.items():
            if not holds:
                raise ValueError(f"{name} is {getattr(self, name)}; see PilotDesign for what is allowed")

    def error_kwh(self, homes: int) -> float:
        """Standard error of the per-offered difference with ``homes`` in the pilot [kWh]."""
        kept = homes * (1.0 - self.lost_fraction)
        variance = self.sd_kwh**2 * (self.home_correlation + (1.0 - self.home_correlation) / self.events)
        return float(np.sqrt(variance / kept * (1.0 / self.offered_share + 1.0 / (1.0 - self.offered_share))))


def _z(power: float, alpha: float) -> float:
    if not 0 < alpha < 1 or not alpha < power < 1:
        raise ValueError(f"power is {power} and alpha {alpha}; expected 0 < alpha < power < 1")
    return float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))


def power_of(design: PilotDesign, homes: int, effect_fraction: float, alpha: float = 0.05) -> float:
    """Chance of a significant result if enrolled homes cut ``effect_fraction`` of their event-window use."""
    shift = effect_fraction * design.load_kwh * design.take_up_fraction / design.error_kwh(homes)
    z = stats.norm.ppf(1 - alpha / 2)
    return float(stats.norm.cdf(shift - z) + stats.norm.cdf(-shift - z))


def homes_needed(design: PilotDesign, effect_fraction: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Homes in the whole pilot (offered and control) to see ``effect_fraction`` per enrolled home.

    Examples
    --------
    Two groups, one event, everyone enrols, effect of half a standard deviation: the textbook 63 a group.

    >>> homes_needed(PilotDesign(1.0, 1.0, 0.0, 1, 1.0), effect_fraction=0.5)
    126
    """
    if effect_fraction == 0.0:
        raise ValueError("effect_fraction is 0; no pilot is large enough to see nothing")
    effect = abs(effect_fraction) * design.load_kwh * design.take_up_fraction
    return int(np.ceil((_z(power, alpha) * design.error_kwh(1) / effect) ** 2))


def smallest_effect(design: PilotDesign, homes: int, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest cut per enrolled home that a pilot of ``homes`` sees with ``power`` [fraction of use]."""
    return _z(power, alpha) * design.error_kwh(homes) / (design.load_kwh * design.take_up_fraction)


def pilot_table(design: PilotDesign, effects: tuple[float, ...] = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3)) -> pd.DataFrame:
    """Homes needed for a range of effects, at 80 and 90 % power."""
    rows = [(effect, homes_needed(design, effect, 0.8), homes_needed(design, effect, 0.9)) for effect in effects]
    return pd.DataFrame(rows, columns=["effect_fraction", "homes_80_power", "homes_90_power"])
