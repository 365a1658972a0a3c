"""``drsim segment FILE``: a real meter file through the very code the scenarios use.

Reads -> quality -> load shapes and features -> segments -> a folder with tables and a report.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from analysis.meter_data.ami_store import open_meters
from analysis.meter_data.outdoor_temperature import read_temperature
from analysis.meter_data.quality import count_by_code
from analysis.segments.segmentation import SMALLEST_SEGMENT
from analysis.segments.segmenters import METHODS
from drsim.clock import known_zone, quarter_of
from drsim.errors import Problem, ScenarioError
from scenarios.meter_files.folder import FolderResult, folder_for, written_whole
from scenarios.meter_files.segmented import Cut, SegmentedFile, segmented
from scenarios.running.run_folder import sha256, versions

#: A smaller segment could be one street or one family.
SMALLEST_ALLOWED = 5


@dataclass(frozen=True, eq=False)
class SegmentResult(FolderResult):
    """What ``drsim segment`` leaves behind."""

    def summary_text(self) -> str:
        """A few lines for the terminal."""
        facts = self._facts
        lines = [
            f"{facts['premises_used']} of {facts['premises']} premises in {facts['source']}, "
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
    method: str = "kmeans",
    smallest_segment: int = SMALLEST_SEGMENT,
    members: bool = False,
) -> SegmentResult:
    """Segment the homes of a meter file and write tables and a report.

    Parameters
    ----------
    path : folder left by ``drsim import``, or a wide Parquet or long CSV file (``ami.read_ami``)
    out : folder to write; ``runs/segment-<file>`` if not given
    segments : number of segments, or "auto" for the best of 4..10
    zone : IANA zone of the homes
    temperature : optional CSV of outdoor temperatures (a time and a degC column)
    event_window : local "HH:MM-HH:MM"; hours it touches count
    method : name of a segmenter (:mod:`analysis.segments.segmenters`)
    smallest_segment : smaller ones are merged into the nearest; 5 at least
    members : also write ``homes.csv``, which names every premise with its segment, and findings by premise

    Raises
    ------
    drsim.errors.ScenarioError
        Bad usage (exit code 2): a missing file, a wrong window, a folder that holds something else.
    drsim.errors.DataError
        Data that cannot be segmented (exit code 3).
    """
    from scenarios.meter_files.segment_report import write_segment_report

    path = Path(path)
    if segments != "auto" and segments < 1:
        raise ScenarioError(Problem("--segments", f'segments is {segments}; expected "auto" or 1 and more'))
    if method not in METHODS:
        raise ScenarioError(Problem("--method", f'method is "{method}"; expected one of {", ".join(METHODS)}'))
    if smallest_segment < SMALLEST_ALLOWED:
        message = f"smallest_segment is {smallest_segment}; expected {SMALLEST_ALLOWED} or more"
        raise ScenarioError(Problem("--smallest-segment", message))
    cut = Cut(event_hours(event_window), segments, method, smallest_segment)
    known_zone(zone)
    folder = folder_for("segment", path, out)
    degc = read_temperature(temperature, zone) if temperature is not None else None
    result = segmented(path, open_meters(path, zone), cut, degc)
    facts = _facts(result)
    with written_whole(folder) as partial:
        result.table().to_csv(partial / "segments.csv", index=False, float_format="%.6g")
        result.profiles().to_csv(partial / "profiles.csv", index=False, float_format="%.5g")
        who = result.who()
        if len(who):
            who.to_csv(partial / "members.csv", index=False, float_format="%.4g")
        _findings(result, members).to_csv(partial / "findings.csv", index=False)
        if members:
            result.homes().to_csv(partial / "homes.csv", index=False, float_format="%.6g")
        write_segment_report(partial / "report.html", result)
        manifest = facts | {"kind": "segment", "source_sha256": sha256(path), "versions": versions()}
        (partial / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return SegmentResult(folder, facts | {"folder": str(folder)})


def _findings(result: SegmentedFile, members: bool) -> pd.DataFrame:
    """Every finding by premise where that was asked for, else how many of each kind."""
    findings = result.reads.findings
    if members:
        rows = [(f.code, f.premise, f.message) for f in findings]
        return pd.DataFrame(rows, columns=["code", "premise_id", "message"])
    counted = [(code, n, reads, "") for code, (n, reads) in count_by_code([f for f in findings if f.premise]).items()]
    whole = [(f.code, 1, f.data.get("reads", 0), f.message) for f in findings if not f.premise]
    return pd.DataFrame([*whole, *counted], columns=["code", "findings", "reads", "message"])


def event_hours(window: str) -> tuple[int, int]:
    """Whole clock hours a local ``HH:MM-HH:MM`` window touches."""
    match = re.fullmatch(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)", window)
    hours = (quarter_of(match[1]) // 4, -(-quarter_of(match[2]) // 4)) if match else (0, 0)
    if not hours[0] < hours[1]:
        message = f'event_window is "{window}"; expected "HH:MM-HH:MM", for example "17:00-20:00"'
        raise ScenarioError(Problem("--event-window", message))
    return hours


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
            "suggested": str(row["suggested"]),
            "kw_per_enrolled_home": [round(float(row["kw_low"]), 3), round(float(row["kw_high"]), 3)],
        }
        for _, row in table.iterrows()
    ]
    return {
        "source": result.name,
        "premises": len(result.used),
        "premises_used": int((result.segments.labels >= 0).sum()),
        "first_day": str(result.first_day),
        "last_day": str(result.last_day),
        "days": result.days,
        "zone": result.reads.zone,
        "event_hours": list(result.event_hours),
        "method": result.segments.method,
        "stability_ari": round(result.segments.stability_ari, 2),
        "winter_summer_ari": _rounded(result.seasons[0]),
        "keep_their_segment_in_summer": _rounded(result.seasons[1]),
        "segments": rows,
    }


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)
