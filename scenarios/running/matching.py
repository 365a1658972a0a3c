"""``population.match_reads``: simulated homes resampled until they look like imported reads, and how far they do.

A pool of the region's homes lives some days of the history; weights bring its means and mix to those of the reads;
homes are then drawn by weight. A home drawn twice is two homes with the same walls and appliances and their own days.
What the region can not offer at all is not made up: it stays as misfit, and is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.segments.reads_target import ReadsTarget, read_target
from analysis.shapes.balancing import balance, effective_rows, resample
from analysis.shapes.load_shapes import LoadShapes
from drsim.clock import quarter_of
from simulator.keyed_random import Purpose, uniforms
from simulator.meter import hourly_kwh
from simulator.parameters.tables import Parameter, Region
from simulator.population import Population, sample
from simulator.world import Lives, World

#: Candidates per home wanted, and days they live to be compared.
POOL = 4
CALIBRATION_DAYS = 28


@dataclass(frozen=True, eq=False)
class Matched:
    """Homes that were matched, and the misfit: one row per moment with ``target, region, matched``."""

    population: Population
    misfit: pd.DataFrame
    effective_homes: float
    note: str

    def words(self) -> str:
        """One sentence for the report: what was aimed at, what came out, and the worst share."""
        use, window = (self.misfit.iloc[row] for row in (0, 1))
        shares = (self.misfit["matched"] - self.misfit["target"]).iloc[2:].abs()
        return (
            f"Homes resampled to agree with {self.note}: {use['matched']:.1f} kWh a day (reads {use['target']:.1f}, "
            f"the region's own homes {use['region']:.1f}), {window['matched']:.2f} kW in the event window (reads "
            f"{window['target']:.2f}, own {window['region']:.2f}); shares of use bands and load shapes differ by up "
            f"to {100 * float(shares.max()):.0f} points; worth {self.effective_homes:,.0f} equally weighted candidates."
        )


@lru_cache(maxsize=4)
def _target(
    path: Path, stamp: float, zone: str, hours: tuple[int, int], months: frozenset[int]
) -> ReadsTarget:
    """The reads' moments, taken once in a process; ``stamp`` is the file's time of change."""
    return read_target(path, zone, hours, months)


def match(
    world: World, path: Path, behaviour: Mapping[str, Parameter], window_local: str,
) -> Matched:  # fmt: skip
    """Replace a world's homes by ones that agree with imported reads.

    Parameters
    ----------
    world : the replication's clock, weather and dice, with as many homes as are wanted
    path : folder that ``drsim import`` left, or a meter file
    window_local : the events' ``HH:MM-HH:MM``
    """
    clock, region = world.clock, world.population.region
    begins, ends = window_local.split("-")
    hours = quarter_of(begins) // 4, -(-quarter_of(ends) // 4)
    days = min(CALIBRATION_DAYS, world.first_event_day)
    first = world.first_event_day - days  # the days next to the season
    months = frozenset(clock.date(day).month for day in range(first, first + days))
    target = _target(path, path.stat().st_mtime, region.zone, hours, months)
    wanted = len(world.population)
    pool = _pool(world, region, behaviour, POOL * wanted)
    moments = target.moments(_lived(pool, hours, first, days))
    weight = balance(moments, target.values)
    start = float(uniforms(world.seed, world.replication, 0, 1, Purpose.MATCH_READS)[0])
    rows = resample(weight, wanted, start)
    homes = pool.population.homes[rows].copy()
    homes["household"] = np.arange(wanted)  # its own dice
    misfit = pd.DataFrame(
        {"moment": target.names, "target": target.values, "region": moments.mean(axis=0),
         "matched": moments[rows].mean(axis=0)}
    )  # fmt: skip
    note = f"{target.homes} premises of {path.name}, {target.days} days ({target.note})"
    return Matched(Population(region, homes), misfit, effective_rows(weight), note)


def _pool(world: World, region: Region, behaviour: Mapping[str, Parameter], size: int) -> World:
    """The same world with more homes: its own come first, for a home does not depend on how many there are."""
    return replace(world, population=sample(region, behaviour, size, world.seed, world.replication))


def _lived(world: World, hours: tuple[int, int], first: int, days: int) -> LoadShapes:
    """The candidates' loads on the compared days, as perfect meters would read them."""
    homes = world.population.homes.copy()  # living changes a home; the pool stays as drawn
    lives, shapes, clock = Lives(world, homes), LoadShapes(len(homes), hours), world.clock
    for day in range(first, first + days):
        lives.day(day)
        hourly = hourly_kwh(lives.load_wh.astype(np.float64), clock.local_quarter[clock.slice(day)])
        shapes.add_day(hourly, bool(clock.is_workday[day]), float("nan"), float("nan"))
    return shapes
