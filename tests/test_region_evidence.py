"""Seasons of real weather years, and the arithmetic of evidence rows 7 to 9."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from scenarios.evidence.region_year import hot_days, region_year
from scenarios.evidence.rows_regions import SYDNEY, US_WEIGHTS, bins, row_20, slope
from simulator.parameters.files import region_names

ROOT = Path(__file__).resolve().parents[1]
WEATHER = Path(os.environ.get("DRSIM_REFERENCE_DATA", str(ROOT.parent / "shared" / "data"))) / "weather"


def test_the_weights_of_us_homes_are_a_distribution_over_us_regions() -> None:
    assert sum(US_WEIGHTS.values()) == pytest.approx(1.0)
    assert set(US_WEIGHTS) == {name for name in region_names() if name.startswith("us_")}


def test_bins_and_slope_by_hand() -> None:
    degc = np.array([17.0, 18.0, 19.9, 21.0, 23.0, 25.0, 27.0, 29.0, 31.0])
    kw = np.array([1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 9.0, 11.0, 100.0])
    assert bins(degc, kw) == [1.0, 3.0, 5.0, 6.0, 7.0, 9.0] and len(SYDNEY) == 6
    assert slope(degc, kw) == pytest.approx(1.0)  # 7, 9, 11 kW at 25, 27, 29 degC


@pytest.mark.slow
@pytest.mark.parametrize(
    ("region", "file"),
    [("us_hot_humid", "austin_travis_amy2018.epw"), ("us_hot_dry", "phoenix_az_psmv3_60_tmy.csv")],
)
def test_a_real_weather_year_gives_a_plausible_season(region: str, file: str) -> None:
    if not (WEATHER / file).is_file():
        pytest.skip(f"no reference file {file} (DRSIM_REFERENCE_DATA)")
    hot = hot_days(region_year(region, homes=300, weather_file=WEATHER / file))
    assert 3.0 <= hot.evening_kw <= 4.5
    assert 16 <= hot.peak_hour <= 19
    assert 0.08 <= hot.slope_kw_per_k <= 0.15


def test_summers_of_real_weather_need_the_weather_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Row 20 has no facts without them, and says nothing instead of failing."""
    monkeypatch.setenv("DRSIM_REFERENCE_DATA", str(tmp_path))
    assert row_20() == []
