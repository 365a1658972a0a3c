"""What an import of reads looks like as a whole: the means and the mix that simulated homes can be matched to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.meter_data.ami_store import Meters, open_meters
from analysis.segments.segmentation import nearest, segment
from analysis.shapes.load_shapes import LoadShapes
from drsim.errors import DataError

Floats = NDArray[np.float64]
#: Groups of load shapes whose shares are matched, and bands of daily use.
SHAPE_GROUPS = 6
USE_BANDS = 5
FEWEST_DAYS = 14
FEWEST_HOMES = 30


@dataclass(frozen=True, eq=False)
class ReadsTarget:
    """Means and shares of imported homes, and how to take the same of others.

    ``names`` and ``values`` are the moments; ``note`` says which days were used.
    """

    names: tuple[str, ...]
    values: Floats
    edges: Floats
    centres: Floats
    homes: int
    days: int
    note: str

    def moments(self, shapes: LoadShapes) -> Floats:
        """The same moments of each of other homes, (homes, moments); a home without a shape counts in no group."""
        features = shapes.features()
        return _moments(features["mean_kwh_per_day"].to_numpy(np.float64), features["event_kw"].to_numpy(np.float64),
                        shapes.shapes(), self.edges, self.centres)  # fmt: skip


def _moments(kwh: Floats, event_kw: Floats, shape: Floats, edges: Floats, centres: Floats) -> Floats:
    kwh, event_kw = np.nan_to_num(kwh), np.nan_to_num(event_kw)
    band = np.searchsorted(edges, kwh, side="right")
    known = ~np.isnan(shape).any(axis=1)
    group = np.full(len(shape), -1)
    group[known] = nearest(shape[known], centres)
    return np.column_stack(
        [kwh, event_kw, *(band == b for b in range(len(edges) + 1)), *(group == g for g in range(len(centres)))]
    ).astype(np.float64)


def read_target(
    path: str | Path, zone: str, event_hours: tuple[int, int], months: Collection[int]
) -> ReadsTarget:
    """Take the moments of imported reads on days of the given months, or on all days where those are too few.

    Parameters
    ----------
    path : folder that ``drsim import`` left, or a meter file
    zone : zone of a file's stamps; a store has its own
    event_hours : half-open local hours of the window
    months : 1..12
    """
    meters = open_meters(path, zone)
    if int((~meters.disqualified).sum()) < FEWEST_HOMES:
        raise DataError(f"{path}: {int((~meters.disqualified).sum())} premises can be used; matching homes to reads "
                        f"needs {FEWEST_HOMES}")  # fmt: skip
    parts = _parts(meters, event_hours, months)
    note = f"days of months {', '.join(map(str, sorted(months)))}"
    if not parts or parts[0].days < FEWEST_DAYS or parts[0].workdays == 0:
        parts, note = _parts(meters, event_hours, range(1, 13)), "all days: the reads hold too few of the season's"
    if parts[0].days < FEWEST_DAYS or parts[0].workdays == 0:
        raise DataError(f"{path}: {parts[0].days} whole days; matching homes to reads needs {FEWEST_DAYS}")
    features = [part.features() for part in parts]
    kwh = np.concatenate([f["mean_kwh_per_day"].to_numpy(np.float64) for f in features])
    event_kw = np.concatenate([f["event_kw"].to_numpy(np.float64) for f in features])
    shape = np.concatenate([part.shapes() for part in parts])
    known = ~np.isnan(shape).any(axis=1) & np.isfinite(kwh) & np.isfinite(event_kw)
    kwh, event_kw, shape = kwh[known], event_kw[known], shape[known]
    if len(kwh) < FEWEST_HOMES:
        raise DataError(f"{path}: {len(kwh)} premises have a load shape; matching homes to reads needs {FEWEST_HOMES}")
    edges = np.quantile(kwh, np.arange(1, USE_BANDS) / USE_BANDS)
    found = segment(shape, SHAPE_GROUPS, 0, stability=False)
    names = ("mean kWh per day", "mean kW in the event window",
             *(f"share of homes in use band {b + 1} of {USE_BANDS}" for b in range(USE_BANDS)),
             *(f"share of homes of shape: {name}" for name in found.names))  # fmt: skip
    values = _moments(kwh, event_kw, shape, edges, found.centres).mean(axis=0)
    return ReadsTarget(names, values, edges, found.centres, len(kwh), parts[0].days, note)


def _parts(meters: Meters, event_hours: tuple[int, int], months: Collection[int]) -> list[LoadShapes]:
    made = []
    for part in meters.parts():
        if part.disqualified.all():
            continue
        used = part.only(~part.disqualified)
        shapes = LoadShapes(len(used.premises), event_hours)
        for day, hourly in used.days():
            if day.month in months:
                shapes.add_day(hourly, day.weekday() < 5, float("nan"), float("nan"))
        made.append(shapes)
    return made
