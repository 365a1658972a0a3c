"""Hostile input beside the main files: prices, zones in small letters, damaged folders, pipes and enormous files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.meter_data.ami_store import open_meters
from analysis.meter_data.event_files import read_events
from analysis.meter_data.outdoor_temperature import read_temperature_series
from analysis.money.grid_series import SyntheticGrid, from_file
from benchmarks.fuzz_side_cases import sound_run, sound_store
from drsim.errors import DataError, ScenarioError
from scenarios.cli import app
from scenarios.loader import load_scenario
from scenarios.meter_files.import_file import import_file
from scenarios.results.compare_runs import compare_runs
from scenarios.running.checkpoints import identity_of

ROOT = Path(__file__).parents[1]
ZONED = ["{}T20:00:00Z", "{}T20:00z", "{} 20:00Z ", "{} 20:00 UTC", "{} 15:00-05:00"]


@pytest.mark.parametrize("stamp", ZONED)
def test_a_zone_in_the_text_is_seen_however_it_is_written(tmp_path: Path, stamp: str) -> None:
    """The search found the last but one: its times came out with a zone that the pattern had not seen."""
    file = tmp_path / "events.csv"
    day = stamp.format("2024-07-10")
    file.write_text(f"start_local,end_local\n{day},{day.replace('20:', '23:').replace('15:', '18:')}\n")
    ((start, end),) = read_events(file, "America/Phoenix").events
    assert (start.isoformat(), end.isoformat()) == ("2024-07-10T20:00:00+00:00", "2024-07-10T23:00:00+00:00")


@pytest.mark.parametrize("stamp", ZONED)
def test_reads_and_temperatures_see_it_too(tmp_path: Path, stamp: str) -> None:
    file = tmp_path / "temperatures.csv"
    file.write_text("time,temp_c\n" + "\n".join(f"{stamp.format(f'2024-07-{d:02d}')},30" for d in range(1, 5)))
    series = read_temperature_series(file, "America/Phoenix")
    assert [t.hour for t in series.index] == [20] * 4
    days = [f"2024-07-{d:02d}" for d in range(1, 29)]
    lines = [f"P0,{stamp.format(day).replace('20:', f'{h:02d}:').replace('15:', f'{h:02d}:')},0.{1 + h % 7}"
             for day in days for h in range(24)]  # fmt: skip
    (tmp_path / "reads.csv").write_text("\n".join(["premise_id,time,kwh", *lines]))
    import_file(tmp_path / "reads.csv", tmp_path / "store", "America/Phoenix", net=False)
    starts, _ = open_meters(tmp_path / "store", "UTC").system()
    assert starts[0] == pd.Timestamp("2024-07-01 05:00" if "-05:00" in stamp else "2024-07-01", tz="UTC")


SOUND_DAY = "\n".join(f"2024-07-01 {h:02d}:00,{h + 1}.5" for h in range(24))


@pytest.mark.parametrize(("text", "said"), [
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace("5.5", "24:00"), "holds '24:00' in data row 5; expected a number"),
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace("5.5", "inf"), "holds 'inf'"),
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace("5.5", "1e308"), "1e.308' in data row 5"),
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace("2024-07-01 04:00,5.5", ""), "no net_load_mw at 04 h"),
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace("2024-07", "2024-01"), "no net_load_mw at 00 h .*24 such hours"),
    ("start_utc,net_load_mw\n" + SOUND_DAY.replace(",", ",-"), "no hour of the season is above zero"),
    ("start_utc,net_load_mw\ntrue,1", "expected a CSV with start_utc"),
    ("start_utc,net_load_mw\n", "no net_load_mw at 00 h"),
])  # fmt: skip
def test_a_price_file_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        from_file(file, "UTC", ["2024-07-01", "2024-07-02"], SyntheticGrid())


def test_a_price_file_of_one_day_serves_the_next(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("start_utc,net_load_mw\n" + SOUND_DAY)
    series = from_file(file, "UTC", ["2024-07-01", "2024-07-02"], SyntheticGrid())
    assert np.array_equal(series.net_load_fraction[0], (np.arange(24) + 1.5) / 24.5)
    assert np.array_equal(series.net_load_fraction[0], series.net_load_fraction[1])


def _manifest(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        facts = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(facts | changes))

    return change


def _cut(name: str, length: int = 100) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-length]) and None


def _swapped(folder: Path) -> None:
    shutil.copy(folder / "system.parquet", folder / "premises.parquet")


STORE_HARMS = {
    "minutes": _manifest(minutes=7), "intervals": _manifest(intervals=10**12), "words": _manifest(intervals="many"),
    "first": _manifest(first_utc="NaN"), "zone": _manifest(zone="../etc"), "system": _cut("system.parquet"),
    "part": _cut("reads/part-00000.parquet"), "no part": lambda f: shutil.rmtree(f / "reads"), "swapped": _swapped,
    "findings": lambda f: (f / "findings.csv").write_text("code\nx"),
}  # fmt: skip


@pytest.mark.parametrize("harm", STORE_HARMS)
def test_a_damaged_store_says_which_file(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "store"
    shutil.copytree(sound_store(), folder)
    STORE_HARMS[harm](folder)
    result = CliRunner().invoke(app, ["segment", str(folder), "--out", str(tmp_path / "out")])
    assert result.exit_code == 3 and "damaged" in result.output and str(folder) in result.output, result.output
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


RUN_HARMS = {
    "no table": lambda f: (f / "replications.csv").unlink(), "empty": lambda f: (f / "replications.csv").write_text(""),
    "words": lambda f: (f / "replications.csv").write_text("arm,replication,metric,value\nnone,0,x,many"),
    "columns": lambda f: (f / "replications.csv").write_text("a,b\n1,2"), "cut": _cut("replications.csv", 4000),
    "yaml": lambda f: (f / "scenario.resolved.yaml").write_text("a: b: c"),
    "other yaml": lambda f: (f / "scenario.resolved.yaml").write_text("- 1"),
    "tag": lambda f: (f / "scenario.resolved.yaml").write_text("!!python/object/apply:os.system [ls]"),
    "manifest": lambda f: (f / "manifest.json").write_text("null"), "name": _manifest(scenario=3),
}  # fmt: skip


@pytest.mark.parametrize("harm", RUN_HARMS)
def test_a_damaged_run_is_not_compared(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(sound_run(), folder)
    RUN_HARMS[harm](folder)
    result = CliRunner().invoke(app, ["compare", str(sound_run()), str(folder)])
    assert result.exit_code == 2 and "is not the folder of a finished run" in result.output, result.output


def test_sound_runs_are_compared_and_runs_without_a_common_arm_are_not(tmp_path: Path) -> None:
    assert compare_runs(sound_run(), sound_run()).table["difference"].dropna().eq(0.0).all()
    folder = tmp_path / "run"
    shutil.copytree(sound_run(), folder)
    text = (folder / "replications.csv").read_text()
    (folder / "replications.csv").write_text(text.replace("untargeted", "a").replace("blanket", "b"))
    assert "B minus A" in compare_runs(sound_run(), folder).summary_text()  # `none` alone is common: an empty table
    (folder / "replications.csv").write_text(text.replace("none", "c").replace("untarg", "a").replace("blanket", "b"))
    with pytest.raises(ScenarioError, match="no arm in common"):
        compare_runs(sound_run(), folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pipe", "folder", "sparse"])
@pytest.mark.parametrize("arguments", [
    ["run", "{}.yaml"], ["check", "{}.yaml"], ["run", "--from", "{}.json"], ["import", "{}.csv"], ["segment", "{}.csv"],
    ["segment", "{}.parquet"], ["import", "{}.zip"], ["import", "{}.xml"], ["baseline", "SOUND", "--events", "{}.csv"],
    ["run", "heat_wave", "--set", "weather.file={}.csv"], ["run", "heat_wave", "--set", "weather.file={}.epw"],
])  # fmt: skip
def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path, kind: str, arguments: list[str]) -> None:
    """Nobody writes into the pipe: a command that opened it would wait for ever. The sparse file is 2 GB of zeros."""
    place = tmp_path / "hostile"
    words = [w.format(place).replace("SOUND", str(sound_store())) for w in arguments]
    (path,) = {Path(w.partition("=")[2] or w) for w in words if str(place) in w}
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(2_000_000_000)
    out = [] if words[0] == "check" else ["--out", str(tmp_path / "out")]
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000,) * 2); " \
              "from scenarios.cli import main; sys.argv[0] = 'drsim'; main()"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", limited, *words, *out], cwd=ROOT, capture_output=True, text=True,
                          timeout=200)  # fmt: skip
    assert done.returncode in (2, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr and 0 < len(done.stderr) < 5000
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_run_with_other_prices_is_not_continued(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    identities = []
    for load in ("1.5", "2.5"):
        file.write_text(f"start_utc,net_load_mw\n2024-07-01 00:00,{load}\n")
        identities.append(identity_of(load_scenario("heat_wave").with_({"measurement.grid_file": str(file)})))
    assert {k for k in identities[0] if identities[0][k] != identities[1][k]} == {"prices"}
