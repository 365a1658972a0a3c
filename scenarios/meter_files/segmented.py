"""A segmented meter file: reads streamed part by part into shapes, features and segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.ami import AmiTable
from analysis.meter_data.ami_store import Meters
from analysis.meter_data.outdoor_temperature import DailyTemperature
from analysis.segments.programme_hints import suggest
from analysis.segments.segment_profiles import kinds_of, members, segment_profiles
from analysis.segments.segmentation import (
    NOT_ENOUGH_READS_LABEL,
    SMALLEST_SEGMENT,
    Segmentation,
    season_stability,
    segment,
)
from analysis.shapes.daily_shapes import DailyShapes
from analysis.shapes.load_shapes import LoadShapes
from analysis.shapes.profiles import Profiles, highest_hours
from drsim.errors import DataError

FEWEST_DAYS = 7
NO_SHAPE = "too few workdays with reads in every hour, or no use at all"
SIGNATURES = ("variability", "peak_coincidence", "night_charging_share", "timed_load_share", "solar_share")
#: December to February against June to August (:data:`analysis.shapes.profiles.SEASONS`).
WINTER_SUMMER = (0, 2)


@dataclass(frozen=True, eq=False)
class SegmentedFile:
    """Everything the tables and the report are drawn from; rows are the premises that were used."""

    name: str
    reads: Meters
    used: NDArray[np.bool_]
    first_day: date
    last_day: date
    days: int
    cut: Cut
    features: pd.DataFrame
    shapes: NDArray[np.float64]
    shapes_kw: NDArray[np.float64]
    segments: Segmentation
    seasons: tuple[float, float]  # adjusted Rand index of winter's and summer's segments; share that keeps its own
    has_temperature: bool
    kinds: dict[str, NDArray[np.float32]]  # profiles of each home by kind, (homes, hours) [kW]

    def profiles(self) -> pd.DataFrame:
        """Profiles of each segment by weekday, season and temperature, with quantiles over its homes."""
        return segment_profiles(self.kinds, self.segments.labels, self.segments.names, self.cut.smallest)

    def who(self) -> pd.DataFrame:
        """Who is in each segment, by what the customer records say (``segment_profiles.members``)."""
        records = self.reads.customers()[self.used].reset_index(drop=True)
        return members(records, self.segments.labels, self.segments.k, self.cut.smallest)

    @property
    def event_hours(self) -> tuple[int, int]:
        """Whole local hours of the window."""
        return self.cut.hours

    def hints(self) -> pd.DataFrame:
        """A programme for each segment and what it might give (:func:`analysis.segments.programme_hints.suggest`)."""
        return suggest(self.features, self.segments.labels, self.segments.k)

    def table(self) -> pd.DataFrame:
        """One row per segment: size, mean features and mean workday demand by hour [kW]."""
        rows, hints = [], self.hints()
        for index in range(self.segments.k):
            inside = self.segments.labels == index
            mean = self.features[inside].mean()
            row: dict[str, object] = {
                "segment": index,
                "label": self.segments.names[index],
                "homes": int(inside.sum()),
                "share": float(inside.sum() / max(1, (self.segments.labels >= 0).sum())),
                "mean_kwh_per_day": mean["mean_kwh_per_day"],
                "event_kw": mean["event_kw"],
                "night_share": mean["night_share"],
                **{name: mean[name] for name in SIGNATURES},
            }
            if self.has_temperature:
                row["hot_event_kw"] = mean["hot_event_kw"]
                row["weather_sensitive_share"] = mean["weather_sensitive_share"]
            hours = self.shapes_kw[inside].mean(axis=0)
            row |= {"suggested": hints["programme"].iloc[index], "kw_low": hints["kw_low"].iloc[index],
                    "kw_high": hints["kw_high"].iloc[index]}  # fmt: skip
            rows.append(row | {f"h{hour:02d}": hours[hour] for hour in range(24)})
        return pd.DataFrame(rows)

    def homes(self) -> pd.DataFrame:
        """One row per premise of the file, used or not, with its segment, features and the reason if not."""
        labels = np.full(len(self.reads.premises), -1, dtype=np.int64)
        labels[self.used] = self.segments.labels
        names = [self.segments.names[i] if i >= 0 else NOT_ENOUGH_READS_LABEL for i in labels]
        reasons = self.reads.reasons()
        why = [
            reasons.get(premise, NO_SHAPE) if label < 0 else ""
            for premise, label in zip(self.reads.premises, labels, strict=True)
        ]
        columns = {"premise_id": self.reads.premises, "segment": labels, "label": names, "reason": why}
        table = pd.DataFrame(columns)
        features = self.features.set_axis(np.flatnonzero(self.used), axis=0)
        known = features.columns if self.has_temperature else features.columns[features.notna().any()]
        return table.join(features[known])


@dataclass(frozen=True)
class Cut:
    """How a file is to be segmented."""

    hours: tuple[int, int]
    segments: int | Literal["auto"] = "auto"
    method: str = "kmeans"
    smallest: int = SMALLEST_SEGMENT


def segmented(path: Path, reads: Meters, cut: Cut, degc: DailyTemperature | None) -> SegmentedFile:
    """Stream the reads into features and segments; refuses a file too small or too short, with the reason."""
    used = ~reads.disqualified
    if used.sum() < cut.smallest:
        raise DataError(
            f"{path}: {int(used.sum())} of {len(used)} premises have enough reads; "
            f"at least {cut.smallest} are needed, so that no segment describes single homes"
        )
    peaks = highest_hours(*reads.system(), reads.zone)
    parts = [
        _Part.of(part.only(~part.disqualified), cut, degc, peaks)
        for part in reads.parts() if not part.disqualified.all()
    ]  # fmt: skip
    first = parts[0]
    days = first.shapes.days
    if days < FEWEST_DAYS or first.shapes.workdays == 0:
        raise DataError(f"{path}: {days} whole local days; at least {FEWEST_DAYS} are needed")
    features = pd.concat([part.features() for part in parts], ignore_index=True)
    shape = np.concatenate([part.shapes.shapes() for part in parts])
    sampled = np.concatenate([part.sampled.days() for part in parts]) if cut.method == "dictionary" else None
    found = segment(shape, cut.segments, 0, features, True, cut.smallest, cut.method, sampled)
    if found.k == 0:
        raise DataError(f"{path}: no premise has a load shape ({NO_SHAPE})")
    by_kind = [kinds_of(part.profiles) for part in parts]
    kinds = {name: np.concatenate([of[name] for of in by_kind]) for name in by_kind[0]}
    winter, summer = (np.concatenate([part.profiles.seasonal(at) for part in parts]) for at in WINTER_SUMMER)
    return SegmentedFile(
        path.name, reads, used, first.dates[0], first.dates[-1], days, cut, features, shape,
        np.concatenate([part.shapes.shapes(normalised=False) for part in parts]), found,
        season_stability(winter, summer, found.k), bool(features["weather_sensitive_share"].notna().any()),
        kinds,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Part:
    """Features of some premises, day by day; memory is that of these premises alone."""

    shapes: LoadShapes
    profiles: Profiles
    sampled: DailyShapes
    dates: list[date]

    @classmethod
    def of(cls, reads: AmiTable, cut: Cut, degc: DailyTemperature | None, peaks: frozenset[tuple[date, int]]) -> _Part:
        homes = len(reads.premises)
        part = cls(LoadShapes(homes, cut.hours), Profiles(homes, peaks), DailyShapes(homes), [])
        for day, hourly_kwh in reads.days():
            mean_degc, max_degc = degc.of(day) if degc else (float("nan"), float("nan"))
            workday = day.weekday() < 5
            part.shapes.add_day(hourly_kwh, workday, mean_degc, max_degc)
            part.profiles.add_day(hourly_kwh, day, workday, mean_degc)
            if cut.method == "dictionary":
                part.sampled.add_day(hourly_kwh)
            part.dates.append(day)
        return part

    def features(self) -> pd.DataFrame:
        """Features and signatures side by side, (homes, columns)."""
        return self.shapes.features().join(self.profiles.features())
