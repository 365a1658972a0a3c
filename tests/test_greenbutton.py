"""Green Button files: joined by links, bounded, and written without losing a watt-hour."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.meter_data import greenbutton_feed
from analysis.meter_data.greenbutton import read_green_button, read_green_button_bytes
from analysis.meter_data.greenbutton_write import whole_wh, write_green_button
from drsim.errors import DataError

DATA = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data")) / "greenbutton"
HEAD = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">'


def entry(own: str, up: str, content: str, *related: str) -> str:
    links = "".join(f'<link rel="related" href="/resource/{r}"/>' for r in related)
    return (
        f'<entry><id>urn:uuid:0</id><link rel="self" href="https://x//espi/1_1/resource/{own}"/>'
        f'<link rel="up" href="/espi/1_1/resource/{up}"/>{links}<content>{content}</content></entry>'
    )


def point(kind: int = 0) -> str:
    content = f"<e:UsagePoint><e:ServiceCategory><e:kind>{kind}</e:kind></e:ServiceCategory></e:UsagePoint>"
    return entry("UsagePoint/7", "UsagePoint", content, "UsagePoint/7/MeterReading")


def meter(number: int, kind: int) -> str:
    own = f"UsagePoint/7/MeterReading/{number}"
    return entry(own, "UsagePoint/7/MeterReading", "<e:MeterReading/>", own + "/IntervalBlock", f"ReadingType/{kind}")


def reading_type(number: int, flow: int = 1, power: int = 0, uom: int = 72) -> str:
    content = (
        f"<e:ReadingType><e:flowDirection>{flow}</e:flowDirection><e:kind>12</e:kind>"
        f"<e:powerOfTenMultiplier>{power}</e:powerOfTenMultiplier><e:uom>{uom}</e:uom></e:ReadingType>"
    )
    return entry(f"ReadingType/{number}", "ReadingType", content)


def block(number: int, *reads: tuple[int, int], seconds: int = 3600) -> str:
    """``reads`` are (hour, value)."""
    inner = "".join(
        f"<e:IntervalReading><e:timePeriod><e:duration>{seconds}</e:duration><e:start>{3600 * hour}</e:start>"
        f"</e:timePeriod><e:value>{value}</e:value></e:IntervalReading>"
        for hour, value in reads
    )
    up = f"UsagePoint/7/MeterReading/{number}/IntervalBlock"
    return entry(up + "/1", up, f"<e:IntervalBlock>{inner}</e:IntervalBlock>")


def read(*entries: str) -> tuple[list[tuple[list[int], list[float]]], str]:
    series, findings = read_green_button_bytes((HEAD + "".join(entries) + "</feed>").encode())
    return [((s.start // 3600).tolist(), s.wh.tolist()) for s in series], " | ".join(f.message for f in findings)


def test_links_join_whatever_the_order() -> None:
    parts = [block(1, (5, 20), (4, 10)), reading_type(3), meter(1, 3), point(), reading_type(9, power=3)]
    for entries in (parts, parts[::-1]):
        found, trouble = read(*entries)
        assert found == [([4, 5], [10.0, 20.0])] and trouble == ""


def test_scale_direction_and_overlap() -> None:
    found, trouble = read(
        point(), meter(1, 3), meter(2, 4), reading_type(3, power=3), reading_type(4, flow=19),
        block(1, (0, 2), (1, 3)), block(1, (1, 3), (2, 1)), block(2, (1, 500), (7, 9)),
    )  # fmt: skip
    assert found == [([0, 1, 2], [2000.0, 2500.0, 1000.0])]
    found, trouble = read(point(), meter(1, 3), reading_type(3), block(1, (0, 2), (1, 3)), block(1, (1, 4)))
    assert found == [([0], [2.0])] and "different values" in trouble


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ((point(kind=1), meter(1, 3), reading_type(3), block(1, (0, 1))), "not electricity"),
        ((point(), meter(1, 3), reading_type(3, uom=38), block(1, (0, 1))), "not energy in Wh"),
        ((point(), meter(1, 8), reading_type(3), block(1, (0, 1))), "no reading type"),
        ((point(), reading_type(3), block(1, (0, 1))), "no meter reading"),
        ((meter(1, 3), reading_type(3), block(1, (0, 1))), "no usage point"),
        ((point(), meter(1, 3), reading_type(3), block(1, (0, 1), seconds=86400)), "1440 minutes"),
        ((point(), reading_type(3)), "no interval block"),
    ],
)
def test_what_can_not_be_used_is_said(entries: tuple[str, ...], why: str) -> None:
    found, trouble = read(*entries)
    assert found == [] and why in trouble


def test_default_and_prefixed_namespaces_are_the_same() -> None:
    text = HEAD + point() + meter(1, 3) + reading_type(3) + block(1, (0, 5)) + "</feed>"
    plain = text.replace("<e:", "<").replace("</e:", "</")
    for kind in ("UsagePoint", "MeterReading", "ReadingType", "IntervalBlock"):
        plain = plain.replace(f"<{kind}>", f'<{kind} xmlns="http://naesb.org/espi">')
        plain = plain.replace(f"<{kind}/>", f'<{kind} xmlns="http://naesb.org/espi"/>')
    one, two = (read_green_button_bytes(t.encode())[0][0].wh.tolist() for t in (text, plain))
    assert one == two == [5.0]


def test_the_parser_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + HEAD + "<title>&b;</title></feed>"
    with pytest.raises(DataError, match="document type"):
        read_green_button_bytes(bomb.encode())
    with pytest.raises(DataError, match="deeper"):
        read_green_button_bytes((HEAD + "<a>" * 80 + "</a>" * 80 + "</feed>").encode())
    with pytest.raises(DataError, match="well-formed"):
        read_green_button_bytes(b"<feed>")
    whole = (HEAD + point() + meter(1, 3) + reading_type(3) + block(1, (0, 1), (1, 1)) + "</feed>").encode()
    monkeypatch.setattr(greenbutton_feed, "MAX_READINGS", 1)
    with pytest.raises(DataError, match="more than 1 readings"):
        read_green_button_bytes(whole)
    monkeypatch.setattr(greenbutton_feed, "MAX_XML_BYTES", 100)
    with pytest.raises(DataError, match="larger than"):
        read_green_button_bytes(whole)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.floats(0.0, 20.0), st.just(float("nan"))), min_size=1, max_size=120))
def test_writing_and_reading_keeps_the_sum_to_a_watt_hour(kwh: list[float]) -> None:
    values = np.array(kwh)
    start = pd.date_range("2024-10-26 20:00", periods=len(values), freq="30min", tz="UTC")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.xml"
        written = write_green_button(path, "home & <1>", start, values, 30, "Europe/London")
        series, findings = read_green_button(path)
    assert abs(written - 1000.0 * np.nansum(values)) <= 1.0
    present = ~np.isnan(values)
    if not present.any():
        assert series == [] and "no interval block" in findings[0].message
        return
    assert findings == [] and series[0].wh.sum() == written and series[0].minutes == 30
    np.testing.assert_array_equal(series[0].start, start.as_unit("s").asi8[present])
    assert np.abs(series[0].wh - 1000.0 * values[present]).max() <= 1.0


def test_rounding_is_carried() -> None:
    assert whole_wh(np.full(10_000, 0.0004)).sum() == 4000  # each alone would round to nothing


def test_a_zip_is_read_without_unpacking_it(tmp_path: Path) -> None:
    feed = HEAD + point() + meter(1, 3) + reading_type(3) + block(1, (0, 5)) + "</feed>"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/one.xml", feed)
        archive.writestr("../two.xml", feed.replace("UsagePoint/7", "UsagePoint/8"))
    series, _ = read_green_button(tmp_path / "all.zip")
    assert sorted(s.premise for s in series) == ["7", "8"]
    (tmp_path / "bad.zip").write_bytes(b"PK nothing")
    with pytest.raises(DataError, match="zip"):
        read_green_button(tmp_path / "bad.zip")


@pytest.mark.skipif(not DATA.is_dir(), reason="reference data is absent (DRSIM_REFERENCE_DATA)")
def test_the_standard_files() -> None:
    series, findings = read_green_button(DATA / "verdigris_Coastal_Multi_Family_2011.xml", "America/Los_Angeles")
    assert (len(series), series[0].minutes, len(series[0].wh), findings) == (1, 60, 8760, [])
    _, elsewhere = read_green_button(DATA / "verdigris_Coastal_Multi_Family_2011.xml", "America/New_York")
    assert "-8 h from UTC" in elsewhere[0].message
    series, _ = read_green_button(DATA / "espi_test_usage_data.xml")
    assert (series[0].minutes, len(series[0].wh), series[0].wh[:3].tolist()) == (15, 1340, [282.0, 323.0, 294.0])
