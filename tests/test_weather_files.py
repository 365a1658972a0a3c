"""Weather files: EPW and NSRDB hours land on the right quarter-hours; bad files are told apart."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from drsim.clock import Clock
from drsim.errors import DataError
from simulator.climate import load_climate
from simulator.weather import Weather
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


def plain(tmp_path: Path, text: str, clock: Clock, replication: int = 0) -> Weather:
    path = tmp_path / "plain.csv"
    path.write_text(text)
    return read_weather_file(path, clock, replication)


def hourly_csv(first: str, hours: int, column: str = "time_utc", start_degc: float = 10.0) -> str:
    """Temperature rises by one degree an hour; irradiance is 100 in every row."""
    at = np.datetime64(first, "m") + 60 * np.arange(hours)
    rows = [f"{stamp},{start_degc + n},100" for n, stamp in enumerate(at)]
    return "\n".join([f"{column},temperature_degc,ghi_w_per_m2", *rows]) + "\n"


def test_plain_csv_tells_instants_from_interval_starts_and_ends(tmp_path: Path) -> None:
    """Phoenix is at UTC-7: local midnight of 2 June is 07:00 UTC, 7 hours after the first stamp, value 17."""
    clock = phoenix(date(2024, 6, 2), date(2024, 6, 2))
    text = hourly_csv("2024-06-02T00:00", 40)
    instants = plain(tmp_path, text, clock).t_out_degc[0]
    starts = plain(tmp_path, text.replace("time_utc", "start_utc"), clock).t_out_degc[0]
    ends = plain(tmp_path, text.replace("time_utc", "end_utc"), clock).t_out_degc[0]
    assert instants == pytest.approx(17.125)  # 00:07:30 is an eighth of an hour after the instant
    assert starts == pytest.approx(16.625)  # the hour that starts at 07:00 has its mean at 07:30
    assert ends == pytest.approx(17.625)


def test_units_of_plain_csv_are_in_the_column_names(tmp_path: Path) -> None:
    clock = phoenix(date(2024, 6, 2), date(2024, 6, 2))
    degc = plain(tmp_path, hourly_csv("2024-06-02T00:00", 40), clock).t_out_degc
    rows = [line.split(",") for line in hourly_csv("2024-06-02T00:00", 40).splitlines()[1:]]
    for name, to_unit in (("temp_f", lambda t: 1.8 * t + 32), ("temp_k", lambda t: t + 273.15)):
        lines = [f"{at},{to_unit(float(t))},{g}" for at, t, g in rows]
        other = plain(tmp_path, "\n".join([f"time_utc,{name},ghi", *lines]), clock).t_out_degc
        assert np.allclose(other, degc, atol=1e-4), name


def test_offsets_in_the_stamps_and_the_three_clocks_agree(tmp_path: Path) -> None:
    clock = Clock(date(2024, 7, 2), date(2024, 7, 2), "America/Chicago")
    utc = plain(tmp_path, hourly_csv("2024-07-02T00:00", 40), clock)
    stamped = hourly_csv("2024-07-01T19:00", 40, "time").replace(":00,", ":00-05:00,")
    for text in (stamped, hourly_csv("2024-07-01T19:00", 40, "time_local"),
                 hourly_csv("2024-07-01T18:00", 40, "time_standard")):  # fmt: skip
        assert np.allclose(plain(tmp_path, text, clock).t_out_degc, utc.t_out_degc)
    with pytest.raises(DataError, match="times without an offset"):
        plain(tmp_path, hourly_csv("2024-07-02T00:00", 40, "time"), clock)


def test_half_hours_are_averaged_to_hours(tmp_path: Path) -> None:
    at = np.datetime64("2024-06-02T00:00", "m") + 30 * np.arange(80)
    text = "\n".join(["time_utc,temperature_degc,ghi", *(f"{t},{10 + n / 2},50" for n, t in enumerate(at))])
    clock = phoenix(date(2024, 6, 2), date(2024, 6, 2))
    assert plain(tmp_path, text, clock).t_out_degc[:2] == pytest.approx([17.125, 17.375])


def test_several_years_are_dealt_to_the_replications(tmp_path: Path) -> None:
    """Three Junes at 10, 20 and 30 degC; the middle one lacks a day and is left out."""
    text = "time_utc,temperature_degc,ghi\n"
    for n, year in enumerate((2020, 2021, 2022)):
        at = np.datetime64(f"{year}-06-01T00:00", "m") + 60 * np.arange(24 * 20)
        keep = [t for t in at if not (year == 2021 and str(t)[8:10] == "10")]
        text += "".join(f"{t},{10 + 10 * n},5\n" for t in keep)
    clock = phoenix(date(2024, 6, 5), date(2024, 6, 15))
    means = [float(plain(tmp_path, text, clock, replication).t_out_degc.mean()) for replication in range(4)]
    assert means == pytest.approx([10, 30, 10, 30])
    assert "season of 2022" in plain(tmp_path, text, clock, 1).source


def test_a_file_without_irradiance_borrows_the_climates_usual_sky(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    text = "\n".join(line.rsplit(",", 1)[0] for line in hourly_csv("2024-06-02T00:00", 60).splitlines())
    path.write_text(text)
    clock = phoenix(date(2024, 6, 2), date(2024, 6, 2))
    with pytest.raises(DataError, match="no irradiance column"):
        read_weather_file(path, clock)
    weather = read_weather_file(path, clock, 0, load_climate("phoenix"))
    assert 900 < weather.ghi_w_per_m2.max() < 1100 and weather.ghi_w_per_m2.min() == 0.0
    assert "usual cloudiness" in weather.source


TMY3 = (
    '722780,"PHOENIX SKY HARBOR INTL AP",AZ,-7.0,33.450,-111.983,337\n'
    "Date (MM/DD/YYYY),Time (HH:MM),ETR (W/m^2),GHI (W/m^2),Dry-bulb (C),Pressure (mbar)\n"
)


def test_tmy3_hours_end_at_their_stamp_and_its_months_come_from_different_years(tmp_path: Path) -> None:
    rows = ""
    for n in range(24 * 3):
        day = date(1988, 5, 31) + timedelta(days=n // 24)
        year = 1988 if day.month == 5 else 1990
        rows += f"{day.month:02d}/{day.day:02d}/{year},{n % 24 + 1:02d}:00,0,{50 * (n % 24)},{n / 2},980\n"
    path = tmp_path / "tmy3.csv"
    path.write_text(TMY3 + rows)
    weather = read_weather_file(path, phoenix(date(2024, 6, 1), date(2024, 6, 1)))
    assert weather.t_out_degc[:2] == pytest.approx([11.5625, 11.6875])  # rows 23 and 24, as in the EPW case
    assert weather.ghi_w_per_m2[28:32].tolist() == [350.0] * 4  # 07:00-08:00 is the row stamped 08:00
    assert "Phoenix Sky Harbor" in weather.source
