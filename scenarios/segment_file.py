"""``drsim segment FILE``: a real meter file through the very code the scenarios use.

Reads -> quality -> load shapes and features -> segments -> a folder with tables and a report.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ami import AmiTable
from analysis.ami_store import Meters, is_store, open_meters
from analysis.load_shapes import LoadShapes
from analysis.outdoor_temperature import DailyTemperature, read_temperature
from analysis.segmentation import NOT_ENOUGH_READS_LABEL, SMALLEST_SEGMENT, Segmentation, segment
from drsim.clock import quarter_of
from drsim.errors import DataError, Problem, ScenarioError

FEWEST_DAYS = 7
TABLES = ("segments.csv", "homes.csv", "findings.csv", "report.html", "manifest.json")
NO_SHAPE = "too few workdays with reads in every hour, or no use at all"


@dataclass(frozen=True, eq=False)
class SegmentedFile:
    """Everything the tables and the report are drawn from; rows are the premises that were used."""

    name: str
    reads: Meters
    used: NDArray[np.bool_]
    first_day: date
    last_day: date
    days: int
    event_hours: tuple[int, int]
    features: pd.DataFrame
    shapes: NDArray[np.float64]
    shapes_kw: NDArray[np.float64]
    segments: Segmentation
    has_temperature: bool

    def table(self) -> pd.DataFrame:
        """One row per segment: size, mean features and mean workday demand by hour [kW]."""
        rows = []
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
            }
            if self.has_temperature:
                row["hot_event_kw"] = mean["hot_event_kw"]
                row["weather_sensitive_share"] = mean["weather_sensitive_share"]
            hours = self.shapes_kw[inside].mean(axis=0)
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


@dataclass(frozen=True, eq=False)
class SegmentResult:
    """What ``drsim segment`` leaves behind: the folder, and a summary of it."""

    folder: Path
    _facts: dict[str, object] = field(default_factory=dict)

    def summary(self) -> dict[str, object]:
        """Plain values for ``--json``."""
        return dict(self._facts)

    def summary_text(self) -> str:
        """A few lines for the terminal."""
        facts = self._facts
        lines = [
            f"{facts['premises_used']} of {facts['premises']} premises in {facts['input']}, "
            f"{facts['days']} days ({facts['first_day']} to {facts['last_day']}), "
            f"bootstrap stability {facts['stability_ari']}:"
        ]
        for row in facts["segments"]:  # type: ignore[attr-defined]
            lines.append(
                f"  {row['homes']:>6} homes ({100 * row['share']:.0f} %)  {row['label']}: "
                f"{row['mean_kwh_per_day']} kWh/day, {row['event_kw']} kW in the event window"
            )
        lines.append(f"report: {self.folder / 'report.html'}")
        return "\n".join(lines)


def segment_file(
    path: str | Path,
    out: str | Path | None = None,
    segments: int | Literal["auto"] = "auto",
    zone: str = "Europe/London",
    temperature: str | Path | None = None,
    event_window: str = "17:00-20:00",
) -> SegmentResult:
    """Segment the homes of a meter file and write tables and a report.

    Parameters
    ----------
    path : folder left by ``drsim import``, or a wide Parquet or long CSV file (:func:`analysis.ami.read_ami`)
    out : folder to write; ``runs/segment-<file>`` if not given
    segments : number of segments, or "auto" for the best of 4..10
    zone : IANA zone of the homes
    temperature : optional CSV of outdoor temperatures (a time and a degC column)
    event_window : local "HH:MM-HH:MM"; hours it touches count

    Raises
    ------
    drsim.errors.ScenarioError
        Bad usage (exit code 2): a missing file, a wrong window, a folder that holds something else.
    drsim.errors.DataError
        Data that cannot be segmented (exit code 3).
    """
    from scenarios.segment_report import write_segment_report

    path = Path(path)
    if segments != "auto" and segments < 1:
        raise ScenarioError(Problem("--segments", f'segments is {segments}; expected "auto" or 1 and more'))
    hours = event_hours(event_window)
    folder = Path(out) if out is not None else Path("runs") / f"segment-{path.name.split('.')[0]}"
    _refuse_foreign(folder, path.name)
    degc = read_temperature(temperature, zone) if temperature is not None else None
    result = _segmented(path, open_meters(path, zone), hours, segments, degc)
    facts = _facts(result)
    partial = folder.with_name(folder.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    result.table().to_csv(partial / "segments.csv", index=False, float_format="%.6g")
    result.homes().to_csv(partial / "homes.csv", index=False, float_format="%.6g")
    findings = pd.DataFrame(
        [(f.code, f.premise, f.message) for f in result.reads.findings], columns=["code", "premise_id", "message"]
    )
    findings.to_csv(partial / "findings.csv", index=False)
    write_segment_report(partial / "report.html", result)
    manifest = facts | {"kind": "segment", "input_sha256": _sha256(path), "drsim": _version()}
    (partial / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    return SegmentResult(folder, facts | {"folder": str(folder)})


def event_hours(window: str) -> tuple[int, int]:
    """Whole clock hours a local ``HH:MM-HH:MM`` window touches."""
    match = re.fullmatch(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)", window)
    hours = (quarter_of(match[1]) // 4, -(-quarter_of(match[2]) // 4)) if match else (0, 0)
    if not hours[0] < hours[1]:
        message = f'event_window is "{window}"; expected "HH:MM-HH:MM", for example "17:00-20:00"'
        raise ScenarioError(Problem("--event-window", message))
    return hours


def _segmented(
    path: Path,
    reads: Meters,
    hours: tuple[int, int],
    segments: int | Literal["auto"],
    degc: DailyTemperature | None,
) -> SegmentedFile:
    used = ~reads.disqualified
    if used.sum() < SMALLEST_SEGMENT:
        raise DataError(
            f"{path}: {int(used.sum())} of {len(used)} premises have enough reads; "
            f"at least {SMALLEST_SEGMENT} are needed, so that no segment describes single homes"
        )
    parts: list[LoadShapes] = []
    dates: list[date] = []
    for part in reads.parts():
        inside = ~part.disqualified
        if inside.any():
            shapes, dates = _shapes_of(part.only(inside), hours, degc)
            parts.append(shapes)
    days = parts[0].days
    if days < FEWEST_DAYS or parts[0].workdays == 0:
        raise DataError(f"{path}: {days} whole local days; at least {FEWEST_DAYS} are needed")
    features = pd.concat([part.features() for part in parts], ignore_index=True)
    shape = np.concatenate([part.shapes() for part in parts])
    shape_kw = np.concatenate([part.shapes(normalised=False) for part in parts])
    found = segment(shape, segments, random_state=0, features=features)
    if found.k == 0:
        raise DataError(f"{path}: no premise has a load shape ({NO_SHAPE})")
    return SegmentedFile(
        path.name, reads, used, dates[0], dates[-1], days, hours, features, shape, shape_kw, found,
        bool(features["weather_sensitive_share"].notna().any()),
    )  # fmt: skip


def _shapes_of(
    reads: AmiTable, hours: tuple[int, int], degc: DailyTemperature | None
) -> tuple[LoadShapes, list[date]]:
    """Features of some premises, day by day, and the days; memory is that of these premises alone."""
    shapes = LoadShapes(len(reads.premises), hours)
    dates = []
    for day, hourly_kwh in reads.days():
        mean_degc, max_degc = degc.of(day) if degc else (float("nan"), float("nan"))
        shapes.add_day(hourly_kwh, day.weekday() < 5, mean_degc, max_degc)
        dates.append(day)
    return shapes, dates


def _facts(result: SegmentedFile) -> dict[str, object]:
    table = result.table()
    rows = [
        {
            "segment": int(row["segment"]),
            "label": str(row["label"]),
            "homes": int(row["homes"]),
            "share": round(float(row["share"]), 4),
            "mean_kwh_per_day": round(float(row["mean_kwh_per_day"]), 1),
            "event_kw": round(float(row["event_kw"]), 2),
        }
        for _, row in table.iterrows()
    ]
    return {
        "input": result.name,
        "premises": len(result.used),
        "premises_used": int((result.segments.labels >= 0).sum()),
        "first_day": str(result.first_day),
        "last_day": str(result.last_day),
        "days": result.days,
        "zone": result.reads.zone,
        "event_hours": list(result.event_hours),
        "stability_ari": round(result.segments.stability_ari, 2),
        "segments": rows,
    }


def _refuse_foreign(folder: Path, input_name: str) -> None:
    """Only this command's own earlier result for the same file may be replaced."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ScenarioError(Problem("--out", f"{folder} is a file; expected a folder"))
    if not any(folder.iterdir()):
        return
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = {}
    ours = manifest.get("kind") == "segment" and manifest.get("input") == input_name
    if not ours or any(entry.name not in TABLES for entry in folder.iterdir()):
        raise ScenarioError(Problem("--out", f"{folder} holds something else; choose an empty or new folder"))


def _sha256(path: Path) -> str:
    with (path / "manifest.json" if is_store(path) else path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    try:
        return metadata.version("drsim")
    except metadata.PackageNotFoundError:
        return "not installed"
