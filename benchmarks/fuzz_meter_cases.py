"""Hostile meter files: reads as CSV and Parquet, Green Button XML and zip. Strategies for ``benchmarks.fuzz``."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from hypothesis import strategies as st

from benchmarks.fuzz_cases import HOSTILE, STAMPS, Case, bent, cell

# ---- interval reads ----

VALUES = st.floats(-2, 9).map(lambda v: f"{v:.3f}")
HEADERS = st.sampled_from(
    (
        ("premise_id", "start_utc", "kwh"),
        ("premise_id", "start_utc", "kwh"),
        ("premise_id", "start_utc", "kwh"),
        ("LCLid", "tstp", "energy(kWh/hh)"),
        ("id", "timestamp", "wh"),
        ("start_utc", "H1", "H2"),
        ("premise_id", "date", "kwh"),
        ("premise_id", "start_utc", "kwh", "quality"),
        ("start_local", "kw", "temp"),
        ("a", "a", "a"),
        (),
    )
)


def regular(premises: int, reads: int, minutes: int) -> list[list[str]]:
    """A sound run of reads, so that some cases get as far as the report."""
    return [
        [
            f"P{p}",
            f"2024-07-{1 + i * minutes // 1440:02d} {i * minutes // 60 % 24:02d}:{i * minutes % 60:02d}",
            f"0.{1 + i % 7}",
        ]
        for p in range(premises)
        for i in range(reads)
    ]


def _csv(header: tuple[str, ...], sound: tuple[int, int, int], rows: list[list[str]], separator: str) -> bytes:
    body = [*regular(*sound), *rows]
    text = "\n".join(separator.join(row[: max(len(header), 1)]) for row in [list(header), *body])
    return text.encode("utf-8", "surrogatepass")


def meter_csv() -> st.SearchStrategy[Case]:
    """Long, wide and day-row tables with hostile cells, mixed layouts and harmed bytes."""
    row = st.tuples(
        cell(st.sampled_from(("P0", "P1", "H2", "../x"))), cell(STAMPS), cell(VALUES, 5), cell(st.just("estimated"))
    ).map(list)
    sound = st.tuples(st.integers(0, 2), st.integers(0, 40), st.sampled_from((15, 30, 30, 60, 7)))
    table = st.builds(_csv, HEADERS, sound, st.lists(row, max_size=25), st.sampled_from((",", ",", ",", ";", "\t")))
    names = st.sampled_from(("reads.csv", "reads.csv", "reads_wh.csv", "x.csv.gz", "date=2024-07-01.csv", "reads.txt"))
    return st.builds(Case, names, bent(table), st.booleans())


def _parquet(columns: list[tuple[str, int, list[Any]]], rows: int) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = (
        pa.float64(),
        pa.float32(),
        pa.int64(),
        pa.string(),
        pa.timestamp("us"),
        pa.timestamp("ns", "UTC"),
        pa.bool_(),
        pa.list_(pa.float32()),
        pa.date32(),
        pa.int16(),
    )
    arrays, names = [], []
    for name, kind, values in columns:
        cells: list[Any] = [values[i % len(values)] if values else None for i in range(rows)]
        try:
            array = pa.array(cells, from_pandas=False).cast(kinds[kind], safe=False)
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            array = pa.array([None if c is None else str(c) for c in cells], pa.string())
        arrays.append(array)
        names.append(name)
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=names), out)
    return out.getvalue()


def meter_parquet() -> st.SearchStrategy[Case]:
    """Parquet tables of any column types and values under the names that matter, some with harmed bytes."""
    hours = [1_719_792_000_000_000 + 1_800_000_000 * i for i in range(48)]
    values = st.sampled_from(
        (
            hours,
            [*hours[:20], hours[3]],
            ["P0"],
            ["P0", "../P1"],
            [0.1, 0.2, None],
            [float("nan"), 1e308, -1e308],
            [2**62, -(2**62)],
            [],
            [True],
            ["2024-07-01 00:00", "x"],
            [10**15 * 9],
        )
    )
    names = st.sampled_from(
        ("premise_id", "start_utc", "kwh", "timestamp", "value", "H1", "date", "quality", "", "kwh ")
    )
    columns = st.lists(st.tuples(names, st.integers(0, 9), values), min_size=1, max_size=5)
    likely = st.just([("premise_id", 3, ["P0", "P0", "P1"]), ("start_utc", 4, hours), ("kwh", 0, [0.3, 0.2, 1e308])])
    made = st.builds(_parquet, columns | likely, st.integers(0, 60))
    return st.builds(Case, st.just("reads.parquet"), st.one_of(made, bent(made)), st.booleans())


# ---- Green Button ----

ROOT = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def _entry(
    kind: str, own: str, up: str, related: str, fields: list[tuple[str, str]], readings: list[tuple[str, ...]]
) -> str:
    inner = "".join(f"<e:{k}>{v}</e:{k}>" for k, v in fields)
    inner += "".join(
        f"<e:IntervalReading><e:timePeriod><e:duration>{d}</e:duration><e:start>{s}</e:start></e:timePeriod>"
        f"<e:value>{v}</e:value></e:IntervalReading>"
        for d, s, v in readings
    )
    return (
        f'<entry><id>urn:uuid:{own}</id><link rel="self" href="/resource/{own}"/><link rel="up" href="/resource/{up}"/>'
        f'<link rel="related" href="/resource/{related}"/><content><e:{kind}>{inner}</e:{kind}></content></entry>'
    )


def feed(fields: list[tuple[str, str]], readings: list[tuple[str, ...]], order: int, prolog: str, depth: int) -> bytes:
    entries = [
        _entry("UsagePoint", "U/1", "U", "U/1/MeterReading", [("kind", "0")], []),
        _entry("MeterReading", "U/1/MeterReading/1", "U/1/MeterReading", "R/1", [], []),
        _entry("ReadingType", "R/1", "R", "x", [("uom", "72"), ("accumulationBehaviour", "4"), *fields], []),
        _entry("LocalTimeParameters", "L/1", "L", "x", fields, []),
        _entry("IntervalBlock", "B/1", "U/1/MeterReading/1/IntervalBlock", "x", [], readings),
    ]
    entries = entries[order % 5 :] + entries[: order % 5]
    text = prolog + ROOT + "<a>" * depth + "".join(entries) + "</a>" * depth + "</feed>"
    return text.encode("utf-8", "surrogatepass")


def _zipped(content: bytes, name: str, copies: int, method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for number in range(copies):
            archive.writestr(f"{number}{name}", content)
    return out.getvalue()


def green_button() -> st.SearchStrategy[Case]:
    """Feeds with hostile fields, entities, wrong links and depths; in zips with bad names, also harmed."""
    names = ("powerOfTenMultiplier", "flowDirection", "commodity", "intervalLength", "tzOffset", "uom", "currency")
    fields = st.lists(
        st.tuples(st.sampled_from(names), st.sampled_from(HOSTILE) | st.integers(-12, 12).map(str)), max_size=3
    )
    reading = st.tuples(
        cell(st.sampled_from(("900", "1800", "3600"))),
        cell(st.integers(0, 90).map(lambda i: str(1_700_000_100 + 900 * i))),
        cell(st.integers(-5, 5000).map(str)),
    )
    prolog = st.sampled_from(
        ("", "", "", '<?xml version="1.0"?>', BOMB, '<?xml version="1.0" encoding="utf-16"?>', "<!-- x -->")
    )
    feeds = st.builds(
        feed, fields, st.lists(reading, max_size=40), st.integers(0, 4), prolog, st.sampled_from((0, 0, 0, 1, 70))
    )
    inside = st.builds(
        _zipped,
        bent(feeds),
        st.sampled_from((".xml", "/../../x.xml", "\\..\\x.xml", "\x00.xml", ".txt")),
        st.integers(0, 3),
        st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)),
    )
    xml = bent(feeds).map(lambda content: Case("hostile.xml", content))
    return st.one_of(xml, xml, bent(inside).map(lambda content: Case("hostile.zip", content)))
