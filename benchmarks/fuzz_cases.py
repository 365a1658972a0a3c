"""Hostile input by format: documents that are almost right, then bent. Strategies for ``benchmarks.fuzz``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

#: What a cell, a key's value or a text node may be made into.
HOSTILE = (
    "NaN", "inf", "-inf", "-1", "0", "1e308", "-1e308", "1e400", "1e-320", "", " ", "null", "true", "0x10", "007",
    "1,5", "9" * 30, "9" * 5000, "-", "é", "\u202e", "\U0001f4a5", "\x00", "\t", '"', "'", "=1+1", "%s%n",
    "../../etc/passwd", "/dev/zero", "..", "2024-11-03 01:30", "2024-03-10T02:30:00", "2024-02-30", "24:00",
    "0001-01-01", "9999-12-31", "1677-09-21", "2262-04-12", "2024-07-01T00:00:00+25:00", "2024-07-01T00:00:00Z",
    "1970-01-01", "Infinity", "<![CDATA[",
)  # fmt: skip
YAML_TRICKS = (
    "!!python/object/apply:os.system [ls]", "!tag x", "&a [*a]", "*a", "{<<: *a}", "[" * 40,
    "{a: {a: {a: {a: {a: 1}}}}}", "|\n  text", ">-", "? x", "- -", "%YAML 1.1", "---", "...", "[1, 2", "{a: 1",
    "a: b: c", "@x", "`x`", "~", "yes", "0o17", "12:30:45", "2024-07-01", "[hottest_days]", "{kind: hottest_days}",
    "!!binary aGk=", "!!set {a}", "&x y", "[" + "a, " * 500 + "a]", "us_hot_dry", "heat_wave.yaml",
)  # fmt: skip
BYTES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\r", b"\n", b",", b'"', b"<", b"&a;", b">", b":", b"-",
    b"\x1a", b"]]>", b"\xed\xa0\x80", b"A" * 300,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One hostile file, and options it is read with."""

    name: str
    content: bytes
    net: bool = False


def bent(documents: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """The documents, most of them with some bytes cut, doubled, swapped or put in."""
    harm = st.tuples(
        st.sampled_from(("cut", "double", "put", "flip", "end")),
        st.integers(0, 2**16),
        st.integers(0, 300),
        st.sampled_from(BYTES),
    )
    return st.builds(_harmed, documents, st.lists(harm, max_size=3))


def _harmed(content: bytes, harms: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, where, length, put in harms:
        at = where % (len(content) + 1)
        end = min(len(content), at + length)
        if kind == "cut":
            content = content[:at] + content[end:]
        elif kind == "double":
            content = content[:end] + content[at:]
        elif kind == "put":
            content = content[:at] + put + content[at:]
        elif kind == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << length % 8)]) + content[at + 1 :]
        elif kind == "end":
            content = content[:at]
    return content


def cell(usual: st.SearchStrategy[str], often: int = 12) -> st.SearchStrategy[str]:
    """A usual value, once in a while a hostile one."""
    return st.integers(0, often).flatmap(lambda n: usual if n else st.sampled_from(HOSTILE))


STAMPS = st.builds(
    "2024-{:02d}-{:02d} {:02d}:{}".format,
    st.sampled_from((3, 7, 11)),
    st.integers(1, 28),
    st.integers(0, 23),
    st.sampled_from(("00", "15", "30", "45")),
)


# ---- scenario YAML ----


@cache
def _scenario_lines() -> tuple[str, ...]:
    from scenarios.loader import BUNDLED

    text = "".join((BUNDLED / f"{name}.yaml").read_text(encoding="utf-8") for name in ("heat_wave", "solar_shift"))
    return tuple(
        line.partition("  #")[0].rstrip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"
    )


def _scenario(edits: list[tuple[int, int, str]]) -> bytes:
    lines = [line for line in _scenario_lines() if not line.startswith(("what_ifs", "  doubled", "  two_degrees"))][:38]
    for where, what, text in edits:
        at = where % len(lines)
        key = lines[at].partition(":")[0]
        lines[at] = (f"{key}: {text}", f"{text}: {key}", lines[at] + "\n" + lines[at], "", f"{lines[at]} {text}")[what]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def scenarios() -> st.SearchStrategy[Case]:
    """Scenario files with values, keys and bytes made hostile."""
    texts = st.sampled_from(HOSTILE + YAML_TRICKS) | st.text(max_size=12)
    edits = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 4), texts), max_size=3)
    return bent(st.builds(_scenario, edits)).map(lambda content: Case("hostile.yaml", content))


# ---- events ----


def event_csv() -> st.SearchStrategy[Case]:
    """Event lists and price schedules."""
    headers = st.sampled_from(
        ("start_utc,end_utc", "start_local,end_local", "date", "start_utc,band", "start,end", "Start,START,end", "")
    )
    row = st.lists(cell(STAMPS, 4) | st.sampled_from(("high", "normal", "2024-07-10")), min_size=1, max_size=3).map(
        ",".join
    )
    table = st.builds(
        lambda head, rows: "\n".join([head, *rows]).encode("utf-8", "surrogatepass"),
        headers,
        st.lists(row, max_size=12),
    )
    return bent(table).map(lambda content: Case("events.csv", content))


def event_json() -> st.SearchStrategy[Case]:
    """OpenADR objects: sound programs and events with values of any kind put in."""
    scalar = st.sampled_from(HOSTILE) | st.sampled_from(
        (
            None,
            True,
            -1,
            1e308,
            10**400,
            0,
            [],
            {},
            [None],
            "PT1H",
            "PT0S",
            "P1Y",
            "-PT1H",
            "P" + "9" * 25 + "D",
            "2024-07-02T17:00:00Z",
            "2024-07-02T17:00:00",
        )
    )
    period = st.fixed_dictionaries({}, optional={"start": scalar, "duration": scalar, "x": scalar})
    attribute = st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(("DRSIM_KIND", "DRSIM_USD_PER_KWH", "DRSIM_WINDOWS", "X")),
            "values": st.lists(scalar | st.just("peak_time_rebate"), max_size=2) | scalar,
        },
    )
    objects = st.fixed_dictionaries(
        {},
        optional={
            "objectType": st.sampled_from(("PROGRAM", "EVENT")) | scalar,
            "programName": st.just("cool") | scalar,
            "eventName": scalar,
            "attributes": st.lists(attribute | scalar, max_size=3) | scalar,
            "intervalPeriod": period | scalar,
            "intervals": st.lists(
                st.fixed_dictionaries({}, optional={"intervalPeriod": period | scalar, "id": scalar}) | scalar,
                max_size=2,
            )
            | scalar,
        },
    )
    text = st.lists(objects | scalar, max_size=3).map(lambda o: json.dumps(o).encode("utf-8", "surrogatepass"))
    deep = st.just(b"[" * 5000)
    return st.one_of(bent(text), text, text, deep).map(lambda content: Case("events.json", content))


# ---- weather ----


def _weather(kind: int, hours: int, edits: list[tuple[int, int, str]]) -> Case:
    stamps = [(1 + i // 24, i % 24) for i in range(hours)]
    if kind == 0:
        head = ["LOCATION,X,TX,USA,AMY,1,30.3,-97.7,-6.0,160"] + [f"{w}" for w in "ABCDEFG"]
        rows = [
            f"2018,7,{d},{h + 1},60,A,{20 + h},10,50,100000,0,0,300,{h * 10},0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"
            for d, h in stamps
        ]
        name = "hostile.epw"
    elif kind == 1:
        head = [
            "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation",
            "NSRDB,1,X,AZ,US,33.4,-112.1,-7,300",
            "Year,Month,Day,Hour,Minute,GHI,Temperature",
        ]
        rows = [f"2018,7,{d},{h},30,{h * 10},{20 + h}" for d, h in stamps]
        name = "psm.csv"
    elif kind == 2:
        head = ['1,"X",TX,-6.0,30.3,-97.7,160', "Date (MM/DD/YYYY),Time (HH:MM),GHI (W/m^2),Dry-bulb (C)"]
        rows = [f"07/{d:02d}/1999,{h + 1:02d}:00,{h * 10},{20 + h}" for d, h in stamps]
        name = "tmy3.csv"
    else:
        head, name = ["start_local,temperature_degc,ghi_w_per_m2"], "plain.csv"
        rows = [f"2024-07-{d:02d} {h:02d}:00,{20 + h},{h * 10}" for d, h in stamps]
    lines = [*head, *rows]
    for where, column, text in edits:
        at = where % len(lines)
        cells = lines[at].split(",")
        cells[column % len(cells)] = text
        lines[at] = ",".join(cells)
    return Case(name, "\n".join(lines).encode("utf-8", "surrogatepass"))


def weather() -> st.SearchStrategy[Case]:
    """EPW, NSRDB/PSM, TMY3 and plain CSV with hostile cells and harmed bytes."""
    edits = st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 40), st.sampled_from(HOSTILE) | st.text(max_size=8)), max_size=4
    )
    made = st.builds(_weather, st.integers(0, 3), st.sampled_from((0, 1, 72, 96, 150)), edits)
    return made.flatmap(lambda case: bent(st.just(case.content)).map(lambda content: Case(case.name, content)))
