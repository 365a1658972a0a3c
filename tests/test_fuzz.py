"""Inputs under attack: thousands of hostile files a parser, every crash that was ever found, and bombs by hand."""

from __future__ import annotations

import io
import resource
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from analysis.meter_data import greenbutton_feed
from benchmarks.fuzz import PARSERS, attempt, fuzz
from benchmarks.fuzz_cases import Case
from benchmarks.fuzz_meter_cases import feed
from drsim.errors import DrsimError, ScenarioError
from scenarios.cli import app
from scenarios.loader import load_scenario


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_hostile_files_are_taken_or_refused(name: str) -> None:
    tally = fuzz(name, 2000)
    assert not tally.crashes, tally.crashes
    assert tally.cases == 2000
    assert tally.taken > 20 and tally.refused > 200, "the cases should reach both ends of the parser"


def two_columns_of_one_name() -> bytes:
    out = io.BytesIO()
    columns = [pa.array(["P0"]), pa.array(["2024-07-01"]), pa.array([1.0])]
    pq.write_table(pa.table(columns, names=["id", "time", "time"]), out)
    return out.getvalue()


def far_future() -> bytes:
    """Seconds since 1970 in which nanoseconds were meant: half-hours of the year 148108, in no zone."""
    out = io.BytesIO()
    times = pa.array([4_611_686_018_400 + 1800 * i for i in range(96)], pa.timestamp("s"))
    pq.write_table(pa.table([pa.array(["P0"] * 96), times, pa.array([0.3] * 96)], names=["id", "time", "kwh"]), out)
    return out.getvalue()


def broken_stream() -> bytes:
    """A zip whose deflated bytes are harmed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", bytes(range(256)) * 8)
    content = bytearray(out.getvalue())
    content[40:60] = b"\xff" * 20
    return bytes(content)


def zip_of_version(version: int) -> bytes:
    """A zip that says it needs a later unpacker than there is [tenths]."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.xml", b"<a/>")
    content = bytearray(out.getvalue())
    content[content.index(b"PK\x01\x02") + 6] = version
    return bytes(content)


def billion_laughs(declare: str, of: str, ends: str) -> bytes:
    """Twenty names, each nine times the one before."""
    later = "".join(declare.format(i, of.format(i - 1) * 9) for i in range(1, 20))
    return (declare.format(0, "x") + later + ends).encode()


#: Parser, name and content of each crash that fuzzing found, and the word its refusal has now ("" = it is taken).
FOUND = [
    ("event_csv", "events.csv", b"Start,START,end", "two columns are called 'start'"),
    ("event_csv", "events.csv", b"date\nx,high\ny,2024-07-01T00:00:00Z\nz,2024-07-10", "mixes|a time"),
    ("event_json", "events.json", b'{"objectType": "EVENT", "intervalPeriod": {"start": "NaN"}}', "starts at 'NaN'"),
    ("event_json", "events.json", b'{"objectType": "EVENT", "intervalPeriod": {"start": "2024-07-02T17:00"}}', "zone"),
    ("event_json", "events.json", b'{"objectType": "EVENT", "intervals": "now", "intervalPeriod": []}', "has no"),
    ("event_json", "events.json", b'{"programName": "x", "attributes": [1, {"type": "DRSIM_KIND"}]}', "KIND None"),
    ("event_json", "events.json", b"[" * 5000, "not JSON"),
    ("meter_csv", "reads.csv", b"premise_id,start_utc,kwh", "no usable read"),
    ("green_button", "broken.zip", broken_stream(), "can not be unpacked"),
    ("meter_csv", "reads.csv", b"id,timestamp,wh\nNaN,2024-07-03 00:00,-inf", "name no premise"),
    ("green_button", "x.xml", b'<?xml version="1.0" encoding="utb-16"?><feed/>', "unknown encoding"),
    ("green_button", "x.xml", b'<?xml version="1.0" encoding="utf-7"?><feed/>', "not readable XML"),
    ("green_button", "new.zip", zip_of_version(110), "not a readable zip"),
    ("meter_parquet", "reads.parquet", two_columns_of_one_name(), "two columns are called 'time'"),
    ("meter_parquet", "reads.parquet", far_future(), "years from 1970"),
]  # fmt: skip


@pytest.mark.parametrize(("parser", "name", "content", "said"), FOUND)
def test_a_crash_once_found_stays_mended(tmp_path: Path, parser: str, name: str, content: bytes, said: str) -> None:
    assert attempt(PARSERS[parser], Case(name, content)) is False
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DrsimError, match=said):
        PARSERS[parser].read(tmp_path / name, Case(name, content))


@pytest.mark.parametrize(("fields", "start"), [
    ({"powerOfTenMultiplier": "/dev/zero"}, "1700000100"), ({"powerOfTenMultiplier": "9" * 30}, "1700000100"),
    ({}, "9" * 30), ({"tzOffset": "--5"}, "1700000100"), ({"tzOffset": "9" * 5000}, "1700000100"),
])  # fmt: skip
def test_green_button_numbers_beyond_measure_are_set_aside(fields: dict[str, str], start: str) -> None:
    content = feed(list(fields.items()), [("900", start, "5"), ("900", "1700001000", "5")], 0, "", 0)
    assert attempt(PARSERS["green_button"], Case("x.xml", content)) is True


def grown_mb(run: object, *arguments: object) -> float:
    """By how much a call raises this process's highest memory [MB]."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(*arguments)  # type: ignore[operator]
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


BOMBS = [
    ("scenario", "bomb.yaml", billion_laughs("a{0}: &a{0} [{1}]\n", "*a{},", "")),
    ("scenario", "long.yaml", b"question: " + b"x" * 3_000_000),
    ("scenario", "deep.yaml", b"a: " + b"[" * 100_000),
    ("scenario", "wide.yaml", b"schema: 1\n" + b"".join(b"k%d: 1\n" % i for i in range(20_000))),
    ("green_button", "bomb.xml", b"<!DOCTYPE x [" + billion_laughs('<!ENTITY a{} "{}">', "&a{};", "]><x>&a19;</x>")),
    ("green_button", "deep.xml", b"<a>" * 1_000_000),
    ("meter_csv", "wide.csv", b"start_utc," + b",".join(b"H%d" % i for i in range(30_000)) + b"\n2024-07-01 00:00"),
    ("meter_csv", "long.csv", b"premise_id,start_utc,kwh\n" + b"P" * 5_000_000 + b",2024-07-01 00:00,1\n"),
    ("event_json", "long.json", b"[" + b'{"objectType":"EVENT"},' * 600_000),
    ("weather", "long.csv", b"start_local,temperature_degc\n" + b"2024-07-01 00:00,20\n" * 200_000),
]  # fmt: skip


@pytest.mark.parametrize(("parser", "name", "content"), BOMBS, ids=[name for _, name, _ in BOMBS])
def test_bombs_are_refused_within_bounds(parser: str, name: str, content: bytes) -> None:
    def explode() -> None:
        assert attempt(PARSERS[parser], Case(name, content)) is False

    assert grown_mb(explode) < 1500


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greenbutton_feed, "MAX_XML_BYTES", 4 * 1024**2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b"<a>" + b" " * 64 * 1024**2)
    assert len(out.getvalue()) < 100_000
    assert attempt(PARSERS["green_button"], Case("bomb.zip", out.getvalue())) is False


def test_one_stamp_of_another_century_does_not_blow_the_grid_up() -> None:
    """300 homes x 48 reads, and one read in 1700: a grid of 300 x 11 million places would take 14 GB."""
    rows = [f"P{p},2024-07-01 {i // 2:02d}:{i % 2 * 30:02d},0.{1 + (p + i) % 9}" for p in range(300) for i in range(48)]
    content = "\n".join(["premise_id,start_utc,kwh", *rows, "P0,1700-01-01 00:00,0.2"]).encode()
    assert grown_mb(attempt, PARSERS["meter_csv"], Case("reads.csv", content)) < 1500


@pytest.mark.parametrize("arguments", [
    ["run", "{}"], ["check", "{}"], ["import", "{}"], ["segment", "{}"], ["baseline", "{}", "--events", "{}"],
])  # fmt: skip
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00" * 100, b"a" * 10_000])
def test_commands_refuse_what_they_can_not_read(tmp_path: Path, arguments: list[str], content: bytes) -> None:
    file = tmp_path / ("x.yaml" if arguments[0] in ("run", "check") else "x.csv")
    file.write_bytes(content)
    out = [] if arguments[0] == "check" else ["--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [a.format(file) for a in arguments] + out)
    assert result.exit_code in (2, 3) and str(file) in result.output, result.output
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("value", ["../../../nowhere.csv", "/dev/zero", "~/x", "..", "a\nb.csv", "\0"])
@pytest.mark.parametrize("key", ["weather.file", "measurement.grid_file", "population.match_reads"])
def test_paths_in_a_scenario_are_refused_in_a_sentence(key: str, value: str) -> None:
    if (key, value) == ("population.match_reads", ".."):
        pytest.skip("a folder may hold reads; what it holds is looked at by the run")
    with pytest.raises(ScenarioError, match="looked for"):
        load_scenario("heat_wave").with_({key: value})


def test_a_refusal_is_short_however_much_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("schema: 1\n" + "".join(f"k{i}: 1\n" for i in range(5000)))
    with pytest.raises(ScenarioError, match=r"there are 50\d\d problems; the first 100 are shown") as refused:
        load_scenario(tmp_path / "x.yaml")
    assert len(refused.value.problems) < 120
