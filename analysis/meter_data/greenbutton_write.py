"""Writing Green Button (ESPI) usage files: integer Wh whose rounding is carried, never lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.greenbutton_feed import ATOM, ESPI

BASE = "/espi/1_1/resource"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, ESPI)


def whole_wh(kwh: NDArray[np.floating]) -> NDArray[np.int64]:
    """Integer Wh whose running total is never off by more than half a Wh.

    Rounding each read alone would lose up to half a Wh a read; here what is left over goes to the next one.

    Examples
    --------
    >>> whole_wh(np.array([0.0004, 0.0004, 0.0004])).tolist()
    [0, 1, 0]
    """
    running = np.rint(np.cumsum(np.asarray(kwh, dtype=np.float64) * 1000.0)).astype(np.int64)
    return np.diff(running, prepend=0)


def write_green_button(
    path: Path, premise: str, start_utc: pd.DatetimeIndex, kwh: NDArray[np.floating], minutes: int, zone: str
) -> int:
    """Write one premise as an Atom feed with one interval block per local day; gaps are left out.

    Parameters
    ----------
    start_utc, kwh : (intervals,) regular interval starts and energy [kWh], NaN is a gap
    minutes : length of an interval

    Returns
    -------
    int
        Wh written: equal to the sum of ``kwh`` to 1 Wh.
    """
    present = ~np.isnan(kwh)
    wh = whole_wh(kwh[present])
    starts = np.asarray(start_utc.as_unit("s").asi8, dtype=np.int64)[present]
    local = start_utc[present].tz_convert(zone)
    day = np.asarray(local.tz_localize(None).normalize().as_unit("s").asi8, dtype=np.int64)
    with path.open("w", encoding="utf-8") as file:
        file.write(_head(premise, minutes, zone))
        for number, rows in enumerate(_days(day)):
            file.write(_block(premise, number + 1, starts[rows], wh[rows], minutes))
        file.write("</feed>\n")
    return int(wh.sum())


def _days(day: NDArray[np.int64]) -> Iterator[slice]:
    edges = np.flatnonzero(np.diff(day, prepend=day[0] - 1)) if len(day) else np.empty(0, np.int64)
    for begin, end in zip(edges, [*edges[1:], len(day)], strict=False):
        yield slice(int(begin), int(end))


def _id(*parts: str) -> str:
    """Version 5 ids: the same premise gets the same id in every export."""
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, '/'.join(parts))}"


def _entry(own: str, up: str, related: list[str], content: str, key: tuple[str, ...]) -> str:
    links = "".join(f'<link rel="related" href="{escape(BASE + link)}"/>' for link in related)
    return (
        f'<entry><id>{_id(*key)}</id><link rel="self" href="{escape(BASE + own)}"/>'
        f'<link rel="up" href="{escape(BASE + up)}"/>{links}<title/>\n<content>{content}</content>\n'
        "<published>1970-01-01T00:00:00Z</published><updated>1970-01-01T00:00:00Z</updated></entry>\n"
    )


def _urls(premise: str) -> tuple[str, str, str]:
    point = f"/UsagePoint/{uuid.uuid5(NAMESPACE, premise)}" if "/" in premise else f"/UsagePoint/{premise}"
    return point, point + "/MeterReading/1", "/ReadingType/1"


def _head(premise: str, minutes: int, zone: str) -> str:
    point, meter, kind = _urls(premise)
    winter = ZoneInfo(zone).utcoffset(datetime(2024, 1, 1)) or timedelta()
    summer = ZoneInfo(zone).utcoffset(datetime(2024, 7, 1)) or timedelta()
    offset = int(min(winter, summer).total_seconds())  # standard time; readings are stamped in UTC
    clock = "/LocalTimeParameters/1"
    now = datetime(1970, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM}" xmlns:espi="{ESPI}">\n'
        f"<id>{_id(premise, 'feed')}</id><title>Green Button usage</title><updated>{now}</updated>\n"
        + _entry(point, "/UsagePoint", [point + "/MeterReading", clock],
                 "<espi:UsagePoint><espi:ServiceCategory><espi:kind>0</espi:kind></espi:ServiceCategory>"
                 "</espi:UsagePoint>", (premise, "point"))
        + _entry(clock, "/LocalTimeParameters", [],
                 "<espi:LocalTimeParameters><espi:dstEndRule>00000000</espi:dstEndRule><espi:dstOffset>0</espi:dstOffset>"
                 "<espi:dstStartRule>00000000</espi:dstStartRule>"
                 f"<espi:tzOffset>{offset}</espi:tzOffset></espi:LocalTimeParameters>", (zone, "clock"))
        + _entry(meter, point + "/MeterReading", [meter + "/IntervalBlock", kind],
                 "<espi:MeterReading/>", (premise, "meter"))
        + _entry(kind, "/ReadingType", [],
                 "<espi:ReadingType><espi:accumulationBehaviour>4</espi:accumulationBehaviour>"
                 "<espi:commodity>1</espi:commodity><espi:dataQualifier>12</espi:dataQualifier>"
                 "<espi:flowDirection>1</espi:flowDirection>"
                 f"<espi:intervalLength>{60 * minutes}</espi:intervalLength><espi:kind>12</espi:kind>"
                 "<espi:phase>769</espi:phase><espi:powerOfTenMultiplier>0</espi:powerOfTenMultiplier>"
                 "<espi:uom>72</espi:uom></espi:ReadingType>", (str(minutes), "type"))
    )  # fmt: skip


def _block(premise: str, number: int, starts: NDArray[np.int64], wh: NDArray[np.int64], minutes: int) -> str:
    _, meter, _ = _urls(premise)
    seconds = 60 * minutes
    whole = int(starts[-1] - starts[0]) + seconds
    readings = "".join(
        f"<espi:IntervalReading><espi:timePeriod><espi:duration>{seconds}</espi:duration>"
        f"<espi:start>{start}</espi:start></espi:timePeriod><espi:value>{value}</espi:value></espi:IntervalReading>"
        for start, value in zip(starts.tolist(), wh.tolist(), strict=True)
    )
    content = (
        f"<espi:IntervalBlock><espi:interval><espi:duration>{whole}</espi:duration>"
        f"<espi:start>{starts[0]}</espi:start></espi:interval>{readings}</espi:IntervalBlock>"
    )
    up = meter + "/IntervalBlock"
    return _entry(f"{up}/{number}", up, [], content, (premise, "block", str(int(starts[0]))))
