"""What ``drsim baseline`` is asked, and the meters it is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.baselines import RULES
from analysis.meter_data.ami import AmiTable
from analysis.shapes.metered_days import MeteredDays

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class BaselineOptions:
    """What ``drsim baseline`` is asked; the same names as its options."""

    zone: str = "Europe/London"
    window: str = "17:00-20:00"
    events: Path | None = None
    band: str | None = None
    reference_band: str | None = None
    customers: Path | None = None
    called: str | None = None
    control: str | None = None
    temperature: Path | None = None
    country: str | None = None
    placebo: tuple[str, ...] = ("highest:12", "random:40")
    skip_days: int = 30
    bootstrap: int = 500
    seed: int = 1
    rules: tuple[str, ...] = tuple(RULES)
    design_degc: float | None = None


@dataclass(frozen=True, eq=False)
class Meters:
    """The read file, cut into days, with its groups."""

    name: str
    reads: AmiTable
    days: MeteredDays
    called: Mask
    control: Mask | None

    @property
    def quiet(self) -> Mask:
        """Homes that were never called, or all where no group was named: those that placebo days are tried on."""
        return self.control if self.control is not None else np.ones(len(self.reads.premises), np.bool_)
