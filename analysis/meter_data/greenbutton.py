"""Green Button (NAESB ESPI) usage files: from the resources of feeds to one energy series per usage point.

An Atom feed holds one ESPI resource per entry: UsagePoint -> MeterReading -> ReadingType and IntervalBlock. The
links, never the order, say what belongs together. Energy is ``value x 10^powerOfTenMultiplier`` in Wh; received
energy (flow direction 19) is subtracted; overlapping blocks are merged; nothing is filled in.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analysis.meter_data.greenbutton_feed import Resource, by_kind, open_feeds, parse_feed
from drsim.findings import Finding

ELECTRICITY, ENERGY_UOM_WH, RECEIVED, DELTA = "0", "72", "19", "4"
NOT_USED = "green_button_not_used"
OVERLAP = "duplicate_reads"
ESTIMATED = "estimated_reads"
LOCAL_TIME = "time_zone_differs"
_MULTIPLIER, _SECONDS = re.compile(r"-?(\d|1[0-2])"), re.compile(r"-?\d{1,6}")
Reads = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Series:
    """Energy of one usage point: ``start`` (reads,) epoch seconds UTC, sorted; ``wh`` (reads,); ``minutes`` each."""

    premise: str
    minutes: int
    start: NDArray[np.int64]
    wh: NDArray[np.float64]


def read_green_button(path: Path, zone: str | None = None) -> tuple[list[Series], list[Finding]]:
    """All usage points of a file, zip or folder; several feeds about one point are merged.

    Parameters
    ----------
    path : file or folder
    zone : IANA zone the premises are said to be in; a file that says another offset is a finding

    Returns
    -------
    series, findings
        What could not be used (gas, demand, missing links, daily reads ...) is a finding with its count.
    """
    resources = [resource for _, feed in open_feeds(path) for resource in feed]
    series, findings = join(resources)
    return series, findings + (_clock_findings(resources, zone) if zone else [])


def _clock_findings(resources: Sequence[Resource], zone: str) -> list[Finding]:
    winter = min(ZoneInfo(zone).utcoffset(datetime(2024, month, 1)) or timedelta() for month in (1, 7))
    said = {int(r.fields["tzOffset"]) for r in by_kind(resources, "LocalTimeParameters")
            if _SECONDS.fullmatch(r.fields.get("tzOffset", ""))}  # fmt: skip
    return [
        Finding(LOCAL_TIME, "", f"the file says standard time is {seconds / 3600:+g} h from UTC, {zone} is "
                f"{winter.total_seconds() / 3600:+g} h: is the zone right?")
        for seconds in sorted(said) if seconds != winter.total_seconds()
    ]  # fmt: skip


def read_green_button_bytes(content: bytes, name: str = "feed") -> tuple[list[Series], list[Finding]]:
    """The same from memory."""
    return join(parse_feed(io.BytesIO(content), name))


def join(resources: Sequence[Resource]) -> tuple[list[Series], list[Finding]]:
    """Follow the links block -> meter reading -> usage point and reading type, and add up energy."""
    readings = by_kind(resources, "MeterReading")
    points = by_kind(resources, "UsagePoint")
    types = {r.own: r for r in by_kind(resources, "ReadingType")}
    owner = {link: r for r in readings for link in [*r.related, r.own + "/IntervalBlock"]}
    point_of = {link: p for p in points for link in [*p.related, p.own + "/MeterReading"]}
    trouble: Counter[str] = Counter()
    findings: list[Finding] = []
    found: dict[str, dict[tuple[int, int], list[NDArray[np.int64]]]] = {}
    estimated: Counter[str] = Counter()
    for block in by_kind(resources, "IntervalBlock"):
        meter = owner.get(block.up)
        point = point_of.get(meter.up) if meter is not None else None
        kind = next((types[link] for link in meter.related if link in types), None) if meter is not None else None
        why = _refusal(block, meter, point, kind)
        if why or point is None or kind is None:
            trouble[why] += 1
            continue
        premise = _name(point)
        power = int(kind.fields.get("powerOfTenMultiplier", "0"))
        sign = -1 if kind.fields.get("flowDirection") == RECEIVED else 1
        rows = np.array([r[:3] for r in block.readings], dtype=np.int64).reshape(-1, 3)
        estimated[premise] += sum(r[3] for r in block.readings)
        found.setdefault(premise, {}).setdefault((sign, power), []).append(rows)
    if not by_kind(resources, "IntervalBlock"):
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(r.kind for r in resources).items()))
        findings.append(Finding(NOT_USED, "", f"no interval block among the resources ({kinds or 'none at all'})"))
    for why, blocks in trouble.items():
        findings.append(Finding(NOT_USED, "", f"{blocks} interval blocks were not used: {why}", {"blocks": blocks}))
    findings += [
        Finding(ESTIMATED, premise, f"{n} readings are marked as estimated or forecast and are kept", {"reads": n})
        for premise, n in estimated.items() if n
    ]  # fmt: skip
    series = [one for premise, parts in found.items() if (one := _merged(premise, parts, findings)) is not None]
    return series, findings


def _refusal(block: Resource, meter: Resource | None, point: Resource | None, kind: Resource | None) -> str:
    if not block.readings:
        return "they hold no usable reading"
    if meter is None:
        return "no meter reading links to them"
    if point is None:
        return "their meter reading belongs to no usage point"
    if point.fields.get("kind", ELECTRICITY) != ELECTRICITY:
        return "their usage point is not electricity"
    if kind is None:
        return "they name no reading type, so unit and scale are unknown"
    if kind.fields.get("uom") != ENERGY_UOM_WH:
        return "their reading type is not energy in Wh (uom 72)"
    if kind.fields.get("accumulationBehaviour", DELTA) != DELTA:
        return "their reading type is not energy per interval (accumulation behaviour 4)"
    if not _MULTIPLIER.fullmatch(kind.fields.get("powerOfTenMultiplier", "0")):
        return "their reading type has no usable power of ten"
    return ""


def _name(point: Resource) -> str:
    """A premise name from the usage point's place, e.g. ``9B6C7066-5446AF3F`` (customer, usage point)."""
    parts = point.own.split("/")
    named = {"RetailCustomer", "Subscription", "UsagePoint"}
    ids = [parts[i + 1] for i, part in enumerate(parts[:-1]) if part in named]
    return "-".join(ids) or point.uuid or "usage-point"


def _merged(
    premise: str, parts: dict[tuple[int, int], list[NDArray[np.int64]]], findings: list[Finding]
) -> Series | None:
    """Delivered minus received, at the finest interval length that appears."""
    lengths = Counter(int(s) for blocks in parts.values() for rows in blocks for s in rows[:, 1])
    usable = [s for s in lengths if s % 60 == 0 and s <= 3600]
    if not usable:
        longest = max(lengths)
        message = f"readings last {longest // 60} minutes; 60 or less are needed for a load shape"
        findings.append(Finding(NOT_USED, premise, message, {"reads": sum(lengths.values())}))
        return None
    seconds = max(usable, key=lambda s: (lengths[s], -s))
    other = sum(n for s, n in lengths.items() if s != seconds)
    if other:
        message = f"{other} readings of another length than {seconds // 60} minutes were not used"
        findings.append(Finding(NOT_USED, premise, message, {"reads": other}))
    sums: dict[int, list[Reads]] = {1: [], -1: []}
    for (sign, power), blocks in parts.items():
        rows = np.concatenate(blocks)
        rows = rows[rows[:, 1] == seconds]
        starts, wh, disagree = _unique(rows[:, 0], rows[:, 2] * 10.0**power)
        if disagree:
            message = f"{disagree} readings are given twice with different values and became gaps"
            findings.append(Finding(OVERLAP, premise, message, {"reads": disagree}))
        if len(starts):
            sums[sign].append((starts, wh))
    delivered, received = _sum(sums[1]), _sum(sums[-1])
    if not len(delivered[0]):
        delivered = (received[0], np.zeros(len(received[0])))
    at = np.searchsorted(received[0], delivered[0])
    inside = at < len(received[0])
    inside[inside] = received[0][at[inside]] == delivered[0][inside]
    wh = delivered[1].copy()
    wh[inside] -= received[1][at[inside]]
    return Series(premise, seconds // 60, delivered[0], wh) if len(wh) else None


def _unique(starts: NDArray[np.int64], wh: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Sorted starts, each once; a start with differing values is left out and counted."""
    order = np.argsort(starts, kind="stable")
    starts, wh = starts[order], wh[order]
    unique, first, count = np.unique(starts, return_index=True, return_counts=True)
    if (count == 1).all():
        return unique, wh, 0
    low, high = np.minimum.reduceat(wh, first), np.maximum.reduceat(wh, first)
    agree = low == high
    return unique[agree], low[agree], int((~agree).sum())


def _sum(parts: list[Reads]) -> Reads:
    """Registers of one direction (a split tariff has several) added up where any has a reading."""
    if not parts:
        return np.empty(0, np.int64), np.empty(0)
    starts = np.concatenate([p[0] for p in parts])
    unique, at = np.unique(starts, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, at, np.concatenate([p[1] for p in parts]))
    return unique, total
