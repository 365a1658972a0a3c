"""Weather files: EPW and NSRDB hours land on the right quarter-hours; bad files are told apart."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from drsim.clock import Clock
from drsim.errors import DataError
from simulator.weather_files import read_weather_file

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = Path(os.environ.get("DRSIM_REFERENCE_DATA", str(ROOT.parent / "shared" / "data"))) / "weather"
SUMMER = Clock(date(2024, 6, 1), date(2024, 9, 30), "America/Phoenix")


def epw_text(first: date, days: int, degc: dict[int, float] | None = None, offset: float = -7.0) -> str:
    """A small EPW whose temperature is the number of hours since its start (99.9 where overridden)."""
    head = [
        f"LOCATION,Testville,AZ,USA,TEST,000000,33.4,-112.0,{offset},300.0",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,x",
        "COMMENTS 2,x",
        "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31",
    ]
    rows = []
    for n in range(24 * days):
        day, hour = first + timedelta(days=n // 24), n % 24 + 1
        value = (degc or {}).get(n, n / 2)
        ghi = 100 * hour if 7 <= hour <= 15 else 0
        tail = f"{value},5,50,98000,0,0,300,{ghi},0,0,0,0,0,0,180,2,0,0,20,77777,9,999999999,10,0,0,88,0,0,0"
        rows.append(f"{day.year},{day.month},{day.day},{hour},0,?9,{tail}")
    return "\n".join([*head, *rows]) + "\n"


def phoenix(first: date, last: date) -> Clock:
    return Clock(first, last, "America/Phoenix")


def test_epw_hours_end_at_their_stamp(tmp_path: Path) -> None:
    path = tmp_path / "tiny.epw"
    path.write_text(epw_text(date(2018, 6, 1), 3))
    weather = read_weather_file(path, phoenix(date(2024, 6, 2), date(2024, 6, 2)))
    # Row 23 (value 11.5) ends at midnight, row 24 (value 12.0) at 01:00: 00:07:30 is an eighth of the way.
    assert weather.t_out_degc[:4] == pytest.approx([11.5625, 11.6875, 11.8125, 11.9375])
    assert weather.ghi_w_per_m2[24:28].tolist() == [700.0] * 4  # 06:00-07:00 is the row of hour 7
    assert weather.ghi_w_per_m2[23] == 0.0 and weather.ghi_w_per_m2[60] == 0.0
    assert "tiny.epw" in weather.source and str(tmp_path) not in weather.source


def test_epw_in_a_zone_with_daylight_saving(tmp_path: Path) -> None:
    """The file keeps standard time: a local summer day starts at the file's 23:00."""
    path = tmp_path / "tiny.epw"
    path.write_text(epw_text(date(2018, 6, 1), 3, offset=-8.0))
    weather = read_weather_file(path, Clock(date(2024, 6, 2), date(2024, 6, 2), "America/Los_Angeles"))
    assert weather.ghi_w_per_m2[28:32].tolist() == [700.0] * 4
    assert weather.t_out_degc[0] == pytest.approx(11.0625)


def test_short_gaps_are_filled_and_long_ones_are_not(tmp_path: Path) -> None:
    path = tmp_path / "gap.epw"
    clock = phoenix(date(2018, 6, 2), date(2018, 6, 2))
    path.write_text(epw_text(date(2018, 6, 1), 3))
    whole = read_weather_file(path, clock)
    path.write_text(epw_text(date(2018, 6, 1), 3, {n: 99.9 for n in range(30, 36)}))
    assert np.allclose(read_weather_file(path, clock).t_out_degc, whole.t_out_degc, atol=1e-5)
    path.write_text(epw_text(date(2018, 6, 1), 3, {n: 99.9 for n in range(30, 37)}))
    with pytest.raises(DataError, match=r"gap\.epw: lacks the temperature of \d+ hours .* first on 06-02"):
        read_weather_file(path, clock)


def test_leap_day_repeats_the_28th(tmp_path: Path) -> None:
    path = tmp_path / "feb.epw"
    path.write_text(epw_text(date(2018, 2, 27), 4))
    ghi = read_weather_file(path, phoenix(date(2024, 2, 28), date(2024, 3, 1))).ghi_w_per_m2.reshape(3, 96)
    assert np.array_equal(ghi[0], ghi[1])


BAD_FILES = {
    "empty.epw": "",
    "text.epw": "this is no weather\nat all\n",
    "binary.epw": "\x00\x01\x02",
    "header.epw": epw_text(date(2018, 6, 1), 0),
    "short.epw": epw_text(date(2018, 1, 1), 5),
    "two_years.epw": epw_text(date(2017, 6, 1), 366 + 30),
    "table.csv": "a,b\n1,2\n",
    "weather.xlsx": "x",
}


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_bad_files_are_data_errors(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BAD_FILES[name])
    with pytest.raises(DataError, match=name) as caught:
        read_weather_file(path, SUMMER)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_data_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.epw", tmp_path):
        with pytest.raises(DataError, match="no such file"):
            read_weather_file(path, SUMMER)


@pytest.mark.parametrize(
    ("name", "zone", "july_max"),
    [
        ("austin_travis_amy2018.epw", "America/Chicago", (34, 40)),
        ("alameda_ca_amy2018.epw", "America/Los_Angeles", (18, 24)),
        ("phoenix_az_psmv3_60_tmy.csv", "America/Phoenix", (36, 44)),
    ],
)
def test_reference_years(name: str, zone: str, july_max: tuple[float, float]) -> None:
    if not (REFERENCE / name).is_file():
        pytest.skip(f"no reference file {name} (DRSIM_REFERENCE_DATA)")
    clock = Clock(date(2024, 1, 1), date(2024, 12, 31), zone)
    weather = read_weather_file(REFERENCE / name, clock)
    assert not np.isnan(weather.t_out_degc).any()
    july = slice(clock.index(date(2024, 7, 1)), clock.index(date(2024, 8, 1)))
    assert july_max[0] < weather.daily_max_degc(clock)[july].mean() < july_max[1]
    noon = np.flatnonzero(weather.ghi_w_per_m2 > 0.8 * weather.ghi_w_per_m2.max())
    assert 40 < np.median(clock.local_quarter[noon]) < 56  # the sun stands high around local noon
