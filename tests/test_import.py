"""Importing meter exports: every layout gives the same store, every loss is counted, shifts are noticed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from analysis.meter_data.ami_import import import_reads
from analysis.meter_data.ami_sources import Layout
from analysis.meter_data.ami_store import is_store, open_meters, open_store
from drsim.errors import DataError
from scenarios.cli import app

LONDON = "Europe/London"
DATA = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data"))


def home_kwh(start: pd.DatetimeIndex, homes: int, zone: str, seed: int = 1) -> NDArray[np.float64]:
    """Reads that follow the wall clock: low at 3, high at 19 h local, whole Wh, (intervals, homes) [kWh]."""
    hour = start.tz_convert(zone).hour.to_numpy() + start.tz_convert(zone).minute.to_numpy() / 60.0
    shape = 0.2 + 0.8 * np.exp(-0.5 * ((hour - 19.0) / 2.0) ** 2) + 0.4 * np.exp(-0.5 * ((hour - 8.0) / 1.5) ** 2)
    noise = np.random.default_rng(seed).lognormal(0.0, 0.4, (len(start), homes))
    return np.rint(400.0 * shape[:, None] * noise) / 1000.0


def grid(days: int, minutes: int = 30, first: str = "2024-03-01", zone: str = LONDON) -> pd.DatetimeIndex:
    begin = pd.Timestamp(first, tz=zone).tz_convert("UTC")
    end = (pd.Timestamp(first, tz=zone) + pd.DateOffset(days=days)).tz_convert("UTC")
    return pd.date_range(begin, end, freq=f"{minutes}min", inclusive="left")


def long_table(start: pd.DatetimeIndex, kwh: NDArray[np.float64], stamp: str = "start_utc") -> pd.DataFrame:
    names = [f"H{i}" for i in range(kwh.shape[1])]
    wide = pd.DataFrame(kwh, index=start.strftime("%Y-%m-%d %H:%M:%S"), columns=names)
    wide.index.name = stamp
    return wide.reset_index().melt(stamp, var_name="premise_id", value_name="kwh")


def codes(findings: list[object]) -> set[str]:
    return {f.code for f in findings}  # type: ignore[attr-defined]


# ---- layouts ----


@pytest.fixture
def reads() -> tuple[pd.DatetimeIndex, NDArray[np.float64]]:
    start = grid(20, first="2024-01-10")  # no clock change: midnights are UTC midnights
    return start, home_kwh(start, 5, LONDON)


def write_layout(kind: str, folder: Path, start: pd.DatetimeIndex, kwh: NDArray[np.float64]) -> Path:
    table = long_table(start, kwh)
    wide = table.pivot(index="start_utc", columns="premise_id", values="kwh")
    file = folder / f"{kind}.csv"
    if kind == "long":
        table.sample(frac=1.0, random_state=0).to_csv(file, index=False)
    elif kind == "long_parquet":
        file = folder / "long.parquet"
        table.assign(start_utc=pd.to_datetime(table["start_utc"], utc=True)).to_parquet(file)
    elif kind == "wide":
        wide.to_csv(file)
    elif kind == "wide_parquet":
        file = folder / "wide.parquet"
        wide.set_axis(pd.to_datetime(wide.index, utc=True).rename("start_utc"), axis=0).to_parquet(file)
    elif kind == "day_rows":
        rows = table.assign(date=table["start_utc"].str[:10], at=table["start_utc"].str[11:16])
        days = rows.pivot(index=["premise_id", "date"], columns="at", values="kwh")
        days.reset_index().to_csv(file, index=False)
    else:
        file = folder / "parts"
        for day, part in table.groupby(table["start_utc"].str[:10]):
            (file / f"date={day}").mkdir(parents=True)
            part.to_csv(file / f"date={day}" / "reads.csv.gz", index=False)
    return file


@pytest.mark.parametrize("kind", ["long", "long_parquet", "wide", "wide_parquet", "day_rows", "folder"])
def test_every_layout_gives_the_same_store(
    kind: str, tmp_path: Path, reads: tuple[pd.DatetimeIndex, NDArray[np.float64]]
) -> None:
    start, kwh = reads
    source = write_layout(kind, tmp_path, start, kwh)
    found = import_reads(source, tmp_path / "out", Layout(LONDON))
    table = open_store(tmp_path / "out").table()
    assert sorted(table.premises) == [f"H{i}" for i in range(5)]
    assert table.minutes == 30 and table.start_utc[0] == start[0] and len(table.start_utc) == len(start)
    order = np.argsort(table.premises)
    np.testing.assert_allclose(table.kwh[order].T, kwh, rtol=1e-6)
    assert found.premises["used"].all() and found.premises["gaps"].sum() == 0


def test_many_small_buckets_change_nothing(
    tmp_path: Path, reads: tuple[pd.DatetimeIndex, NDArray[np.float64]]
) -> None:
    source = write_layout("long", tmp_path, *reads)
    one = import_reads(source, tmp_path / "one", Layout(LONDON))
    many = import_reads(source, tmp_path / "many", Layout(LONDON), bucket_reads=200)
    assert len(list((tmp_path / "many" / "reads").iterdir())) > 1
    a, b = one.store.table(), many.store.table()
    rows = [b.premises.index(name) for name in a.premises]
    np.testing.assert_array_equal(a.kwh, b.kwh[rows])
    by_name = [f.premises.sort_values("premise_id").reset_index(drop=True) for f in (one, many)]
    pd.testing.assert_frame_equal(*by_name)


# ---- time ----


def test_wall_clock_stamps_are_placed_across_both_clock_changes(tmp_path: Path) -> None:
    for first in ("2024-03-25", "2024-10-21"):
        start = grid(14, first=first)
        kwh = home_kwh(start, 3, LONDON)
        table = long_table(start.tz_convert(LONDON), kwh, stamp="timestamp")
        table.to_csv(tmp_path / "local.csv", index=False)
        found = import_reads(tmp_path / "local.csv", tmp_path / first, Layout(LONDON))
        np.testing.assert_allclose(found.store.table().kwh.T, kwh, rtol=1e-6)
        assert found.premises["unplaced"].sum() == 0


def test_a_lone_stamp_in_the_doubled_hour_can_not_be_placed(tmp_path: Path) -> None:
    start = grid(14, first="2024-10-21")
    table = long_table(start.tz_convert(LONDON), home_kwh(start, 1, LONDON), stamp="timestamp")
    table.drop_duplicates("timestamp").to_csv(tmp_path / "local.csv", index=False)
    row = import_reads(tmp_path / "local.csv", tmp_path / "out", Layout(LONDON)).premises.iloc[0]
    assert row["unplaced"] == 2 and row["gaps"] == 4 and row["used"]


def test_end_stamps_are_moved_when_stated_and_noticed_when_not(tmp_path: Path) -> None:
    start = grid(30)
    kwh = home_kwh(start, 4, LONDON)
    ends = (start.tz_convert(LONDON).tz_localize(None) + pd.Timedelta("30min")).tz_localize("UTC")
    long_table(ends, kwh, stamp="timestamp").to_csv(tmp_path / "end.csv", index=False)
    wrong = import_reads(tmp_path / "end.csv", tmp_path / "wrong", Layout(LONDON))
    assert any(f.code == "stamp_shift" and "--stamps end" in f.message for f in wrong.findings)
    right = import_reads(tmp_path / "end.csv", tmp_path / "right", Layout(LONDON, stamps="end"))
    assert "stamp_shift" not in codes(right.findings)
    assert right.store.start_utc[0] == start[0]


@pytest.mark.parametrize("first", ["2024-03-01", "2024-10-01"])
def test_a_rhythm_that_jumps_at_the_clock_change_is_noticed(first: str, tmp_path: Path) -> None:
    start = grid(56, first=first)
    kwh = home_kwh(start, 20, LONDON)
    long_table(start, kwh).to_csv(tmp_path / "utc.csv", index=False)
    right = import_reads(tmp_path / "utc.csv", tmp_path / "right", Layout(LONDON))
    assert "stamp_shift" not in codes(right.findings)
    long_table(start, kwh, stamp="timestamp").to_csv(tmp_path / "naive.csv", index=False)
    wrong = import_reads(tmp_path / "naive.csv", tmp_path / "wrong", Layout(LONDON))
    shift = [f for f in wrong.findings if f.code == "stamp_shift"]
    assert len(shift) == 1 and abs(int(str(shift[0].data["minutes"]))) == 60


def test_mornings_without_a_rhythm_say_nothing(tmp_path: Path) -> None:
    start = grid(56)
    noise = np.random.default_rng(3).lognormal(0.0, 0.4, (len(start), 20))
    evening = 1.0 + 2.0 * (start.hour.to_numpy() >= 18)
    long_table(start, np.rint(300.0 * evening[:, None] * noise) / 1000.0).to_csv(tmp_path / "x.csv", index=False)
    found = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON))
    assert "stamp_shift" not in codes(found.findings)


def test_a_load_that_rests_in_the_afternoon_is_noticed(tmp_path: Path) -> None:
    start = grid(30)
    long_table(start, home_kwh(start, 5, "Asia/Tokyo")).to_csv(tmp_path / "x.csv", index=False)
    found = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON))
    assert "trough_at_odd_hour" in codes(found.findings)


# ---- quality ----


def test_every_loss_is_counted(tmp_path: Path) -> None:
    start = grid(40, first="2024-01-10")
    kwh = home_kwh(start, 4, LONDON)
    kwh[100:110, 0] = -0.1  # negative
    kwh[200:350, 1] = 0.0  # 75 h of zeros
    kwh[400:520, 2] = 0.123  # 60 h of one value
    table = long_table(start, kwh)
    h3 = table[table["premise_id"] == "H3"]
    table = pd.concat([table.drop(h3.index[50:60]), h3.iloc[:3], h3.iloc[5:6].assign(kwh=9.9)])
    off = h3.iloc[7:8].assign(start_utc=h3["start_utc"].iloc[7][:14] + "07:00")
    pd.concat([table, off]).to_csv(tmp_path / "x.csv", index=False)
    rows = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON)).premises.set_index("premise_id")
    assert rows["negative_reads"].tolist() == [10, 0, 0, 0]
    assert rows["stuck_at_zero"].tolist() == [0, 150, 0, 0]
    assert rows["stuck_register"].tolist() == [0, 0, 120, 0]
    h3_row = rows.loc["H3"]
    assert (h3_row["repeated"], h3_row["conflicting"], h3_row["off_grid"], h3_row["gaps"]) == (4, 2, 1, 11)
    assert rows["used"].all() and (rows["minutes"] == 30).all()


def test_net_meters_keep_their_exports(tmp_path: Path) -> None:
    start = grid(20, first="2024-01-10")
    kwh = home_kwh(start, 2, LONDON)
    kwh[::48, 0] = -0.5
    long_table(start, kwh).to_csv(tmp_path / "x.csv", index=False)
    found = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON, net=True))
    np.testing.assert_allclose(found.store.table().kwh.T, kwh, rtol=1e-6)


def test_finer_reads_are_summed_and_coarser_homes_are_told(tmp_path: Path) -> None:
    fine, daily = grid(20, minutes=5, first="2024-01-10"), grid(20, minutes=1440, first="2024-01-10")
    kwh = np.repeat(0.01 * (1 + np.arange(len(fine)) % 7)[:, None], 2, axis=1)
    table = long_table(fine, kwh).drop(index=7)  # one of three: that quarter-hour is a gap
    coarse = long_table(daily, np.full((20, 1), 10.0)).assign(premise_id="daily")
    pd.concat([table, coarse]).to_csv(tmp_path / "x.csv", index=False)
    found = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON))
    rows = found.premises.set_index("premise_id")
    assert found.store.minutes == 15
    assert rows.loc["H0", "incomplete"] == 2 and rows.loc["H0", "gaps"] == 1
    assert not rows.loc["daily", "used"] and "1440 minutes apart" in rows.loc["daily", "reason"]
    values = found.store.table().kwh
    np.testing.assert_allclose(values[rows.index.get_loc("H1")], kwh[:, 1].reshape(-1, 3).sum(axis=1), rtol=1e-5)


def test_a_short_stay_is_disqualified_with_its_reason(tmp_path: Path) -> None:
    start = grid(40, first="2024-01-10")
    table = long_table(start, home_kwh(start, 2, LONDON))
    left = table[~((table["premise_id"] == "H1") & (table["start_utc"] > "2024-01-20"))]
    left.to_csv(tmp_path / "x.csv", index=False)
    found = import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON))
    row = found.premises.set_index("premise_id").loc["H1"]
    assert not row["used"] and "50 % are needed" in row["reason"]
    meters = open_meters(tmp_path / "out", "ignored")
    assert meters.disqualified.tolist() == [False, True] and set(meters.reasons()) == {"H1"}


def test_nothing_usable_counts_the_reasons(tmp_path: Path) -> None:
    daily = grid(60, minutes=1440, first="2024-01-10")
    long_table(daily, np.full((60, 3), 10.0)).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(DataError, match=r"1440 minutes apart \(3 premises"):
        import_reads(tmp_path / "x.csv", tmp_path / "out", Layout(LONDON))


# ---- ids and customers ----


def test_hashed_ids_leave_no_trace_and_still_join(tmp_path: Path) -> None:
    start = grid(20, first="2024-01-10")
    kwh = home_kwh(start, 3, LONDON)
    kwh[:60, 0] = -1.0
    long_table(start, kwh).replace({f"H{i}": f"secret-{i}" for i in range(3)}).to_csv(tmp_path / "x.csv", index=False)
    who = ["secret-0", "secret-2", "secret-9"]
    people = pd.DataFrame({"LCLid": who, "tariff": ["Std", "", "ToU"], "EV": [1, 0, 1]})
    people.to_csv(tmp_path / "customers.csv", index=False)
    offers = pd.DataFrame({"premise_id": ["secret-0"], "program": ["rebate"], "accepted": ["yes"]})
    offers.to_csv(tmp_path / "programme.csv", index=False)
    args = (Layout(LONDON), None, tmp_path / "customers.csv", tmp_path / "programme.csv")
    found = import_reads(tmp_path / "x.csv", tmp_path / "a", *args, b"a long enough salt")
    other = import_reads(tmp_path / "x.csv", tmp_path / "b", *args, b"another, also long")
    assert set(found.premises["premise_id"]).isdisjoint(other.premises["premise_id"])
    for file in (tmp_path / "a").rglob("*"):
        assert file.is_dir() or b"secret" not in file.read_bytes()
    assert found.premises["tariff"].notna().sum() == 1 and found.premises["has_ev"].sum() == 1
    history = found.store.programme()
    assert history is not None and history["premise_id"].isin(found.premises["premise_id"]).all()
    assert history["enrolled"].tolist() == [True]
    assert {"customer_without_reads", "no_customer_record", "customer_columns"} <= codes(found.findings)


# ---- the command ----


def test_the_command_ends_in_a_report_or_in_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    start = grid(20, first="2024-01-10")
    long_table(start, home_kwh(start, 3, LONDON)).to_csv("x.csv", index=False)
    run = CliRunner().invoke
    result = run(app, ["import", "x.csv", "--green-button", "gb"])
    assert result.exit_code == 0, result.output
    page = Path("runs/reads-x/report.html").read_text(encoding="utf-8")
    assert is_store("runs/reads-x") and "H1" not in page
    assert "The mean home by hour" not in page and "kWh a day" not in page  # three homes are single homes
    back = run(app, ["import", "gb", "--out", "back"])
    assert back.exit_code == 0, back.output
    a, b = open_store("runs/reads-x").table(), open_store("back").table()
    np.testing.assert_allclose(a.kwh.sum(axis=1), b.kwh.sum(axis=1), atol=1e-3)
    assert run(app, ["import", "x.csv", "--out", "gb"]).exit_code == 2  # holds something else
    assert run(app, ["import", "absent.csv"]).exit_code == 2
    Path("words.csv").write_text("a,b\n1,2\n")
    refused = run(app, ["import", "words.csv"])
    assert refused.exit_code == 3 and not Path("runs/reads-words.partial").exists()
    assert run(app, ["import", "x.csv", "--stamps", "middle"]).exit_code == 2


# ---- real data ----


@pytest.mark.skipif(not (DATA / "lcl").is_dir(), reason="reference data is absent (DRSIM_REFERENCE_DATA)")
def test_real_files_are_understood(tmp_path: Path) -> None:
    lcl = pd.read_parquet(DATA / "lcl" / "lcl_2013_wh.parquet").iloc[:, :60]
    lcl.to_parquet(tmp_path / "sixty_wh.parquet")
    right = import_reads(tmp_path / "sixty_wh.parquet", tmp_path / "right", Layout(LONDON))
    assert "stamp_shift" not in codes(right.findings) and right.premises["used"].all()
    naive = lcl.set_axis(lcl.index.tz_localize(None).rename("timestamp"), axis=0)
    naive.to_parquet(tmp_path / "naive_wh.parquet")
    wrong = import_reads(tmp_path / "naive_wh.parquet", tmp_path / "wrong", Layout(LONDON))
    assert "stamp_shift" in codes(wrong.findings)
    sydney = import_reads(DATA / "sgsc" / "sgsc_smart_meter10.csv.gz", tmp_path / "s", Layout("Australia/Sydney"))
    assert len(sydney.premises) == 10 and sydney.premises["gaps"].sum() > 0
