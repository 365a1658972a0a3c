"""The stand-alone segment report: what it says, what it keeps to itself, and what its hints rest on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.segments.labels import name_segments
from analysis.segments.programme_hints import HINTS, suggest
from analysis.segments.segment_profiles import members, segment_profiles
from drsim.errors import DataError, ScenarioError
from scenarios.meter_files.import_file import import_file
from scenarios.meter_files.segment_file import segment_file


def meter_file(folder: Path, homes: int = 60, days: int = 200) -> Path:
    """Half of the homes peak in the evening, half at midday; 200 days from January reach into July."""
    start = pd.date_range("2024-01-01", periods=48 * days, freq="30min", tz="UTC")
    hour = start.tz_convert("Europe/London").hour.to_numpy()
    rng = np.random.default_rng(4)
    shape = np.stack([np.where((hour >= 17) & (hour < 21), 1.0, 0.2), np.where((hour >= 10) & (hour < 14), 1.0, 0.2)])
    kwh = shape[np.arange(homes) % 2] * rng.lognormal(0.0, 0.3, (homes, len(start)))
    table = pd.DataFrame(kwh.T.astype(np.float32), index=start.rename("start_utc"))
    table.columns = [f"SECRET{i:03d}" for i in range(homes)]
    table.to_parquet(folder / "reads.parquet")
    return folder / "reads.parquet"


def test_no_premise_leaves_unless_asked(tmp_path: Path) -> None:
    file = meter_file(tmp_path)
    plain = segment_file(file, tmp_path / "plain")
    for written in plain.folder.iterdir():
        assert "SECRET" not in written.read_text(encoding="utf-8"), written.name
    assert not (plain.folder / "homes.csv").exists()
    asked = segment_file(file, tmp_path / "asked", members=True)
    named = pd.read_csv(asked.folder / "homes.csv")
    assert named["premise_id"].str.startswith("SECRET").all() and len(named) == 60


def test_the_store_and_the_file_give_the_same_segments(tmp_path: Path) -> None:
    file = meter_file(tmp_path)
    store = import_file(file, tmp_path / "store").folder
    one = segment_file(file, tmp_path / "one", members=True)
    two = segment_file(store, tmp_path / "two", members=True)
    a, b = (pd.read_csv(r.folder / "homes.csv").sort_values("premise_id") for r in (one, two))
    assert a["segment"].tolist() == b["segment"].tolist()
    assert one.summary()["segments"] == two.summary()["segments"]


def test_the_report_says_how_sure_it_is_and_why(tmp_path: Path) -> None:
    result = segment_file(meter_file(tmp_path), tmp_path / "out", method="gaussian_mixture")
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    for words in ("Gaussian mixture", "December to February", "peak-time rebate", "no temperature was given",
                  "random control group", "names no premise"):  # fmt: skip
        assert words in page, words
    facts = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert facts["winter_summer_ari"] > 0.9 and facts["keep_their_segment_in_summer"] > 0.9
    assert facts["method"] == "gaussian_mixture"


@pytest.mark.parametrize(
    ("options", "words"),
    [({"method": "magic"}, "expected one of kmeans"), ({"smallest_segment": 3}, "expected 5 or more")],
)
def test_bad_options_say_what_is_allowed(tmp_path: Path, options: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        segment_file(meter_file(tmp_path, 20, 10), tmp_path / "out", **options)  # type: ignore[arg-type]


def test_too_few_homes_for_a_larger_smallest_segment(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 50 are needed"):
        segment_file(meter_file(tmp_path, 40, 30), tmp_path / "out", smallest_segment=50)


# ---- profiles and members ----


def test_profiles_are_means_and_quantiles_of_their_homes_and_small_ones_are_withheld() -> None:
    rng = np.random.default_rng(1)
    week, few = rng.uniform(0, 2, (40, 168)).astype(np.float32), np.full((40, 24), np.nan, np.float32)
    few[:10] = 1.0
    labels = np.repeat([0, 1], 20)
    table = segment_profiles({"week": week, "rare": few}, labels, ["a", "b"], 15)
    assert set(table["profile"]) == {"week"} and len(table) == 2 * 168
    row = table[(table["segment"] == 1) & (table["hour"] == 100)].iloc[0]
    assert row["mean_kw"] == pytest.approx(week[20:, 100].mean(), rel=1e-5)
    assert row["p90_kw"] == pytest.approx(np.quantile(week[20:, 100], 0.9), rel=1e-5) and row["homes"] == 20


def test_small_cells_of_members_are_withheld_and_can_not_be_worked_out() -> None:
    labels = np.repeat([0, 1, 2, -1], [60, 60, 60, 10])
    tariff = ["a"] * 50 + ["b"] * 10 + ["a"] * 20 + ["b"] * 40 + ["a"] * 25 + ["b"] * 35 + ["a"] * 10
    records = pd.DataFrame({"tariff": tariff, "area": [f"street {i}" for i in range(190)], "same": "x"})
    table = members(records, labels, 3, 15).set_index("kind")
    assert table["column"].unique().tolist() == ["tariff"]  # streets are no grouping, a constant tells nothing
    assert table.loc["a", "2"] == pytest.approx(25 / 60) or np.isnan(table.loc["a", "2"])
    cells = table[["0", "1", "2"]].isna()
    assert cells.loc["b", "0"]  # ten homes
    assert (cells.sum(axis=0) != 1).all() and (cells.sum(axis=1) != 1).all()
    large = members(records, labels, 3, 5).set_index("kind")
    assert not large[["0", "1", "2"]].isna().any().any() and large.loc["b", "0"] == pytest.approx(10 / 60)


def test_customer_records_reach_the_report(tmp_path: Path) -> None:
    file = meter_file(tmp_path)
    ids = [f"SECRET{i:03d}" for i in range(60)]
    people = pd.DataFrame({"premise_id": ids, "tariff": ["day", "day", "night", "night"] * 15})
    people.to_csv(tmp_path / "people.csv", index=False)
    store = import_file(file, tmp_path / "store", customers=tmp_path / "people.csv").folder
    result = segment_file(store, tmp_path / "out")
    table = pd.read_csv(result.folder / "members.csv").set_index("kind")
    assert table.loc["day", "homes"] == 30  # of which cells of 15 homes and more are shown, as shares of a segment
    shown = table.loc["day", ["0", "1"]].dropna()
    assert len(shown) and ((shown > 0.3) & (shown < 0.7)).all()
    assert "Who is in each segment" in (result.folder / "report.html").read_text(encoding="utf-8")
    profiles = pd.read_csv(result.folder / "profiles.csv")
    assert {"week from Monday", "workdays december to february"} <= set(profiles["profile"])


# ---- hints ----


def features(kw: float, share: float, cooling: float, heating: float, homes: int = 100) -> pd.DataFrame:
    spread = np.linspace(0.8, 1.2, homes)
    return pd.DataFrame(
        {
            "hot_event_kw": kw * spread,
            "weather_sensitive_share": share,
            "cooling_slope_kw_per_degc": cooling,
            "heating_slope_kw_per_degc": heating,
        }
    )


def test_hints_follow_the_load_and_their_range_is_worked_by_hand() -> None:
    kinds = [features(3.0, 0.5, 0.2, 0.0), features(1.5, 0.3, 0.0, 0.02), features(2.0, 0.5, 0.0, 0.15),
             features(0.3, 0.0, 0.0, 0.0)]  # fmt: skip
    table = suggest(pd.concat(kinds, ignore_index=True), np.repeat(np.arange(4), 100), 4)
    assert table["programme"].tolist() == [
        "thermostat setback", "peak-time rebate or critical-peak price", "thermostat setback", "message only",
    ]  # fmt: skip
    # Mean weather-driven load 1.5 kW; its standard error is sd(0.8..1.2) x 1.5 / 10.
    error = 1.96 * 1.5 * np.linspace(0.8, 1.2, 100).std(ddof=1) / 10.0
    hint = HINTS["thermostat"]
    assert table["kw_low"].iloc[0] == pytest.approx((1.5 - error) * hint.low)
    assert table["kw_high"].iloc[0] == pytest.approx((1.5 + error) * hint.high)


def test_a_gentle_slope_on_the_cold_is_not_called_heating() -> None:
    centre = np.full((1, 24), 0.5)
    centre[0, 17:21] = 2.0
    means = features(1.5, 0.3, 0.0, 0.02).mean().to_frame().T
    assert name_segments(centre, means) == ["evening peak, higher when cold"]
    means["heating_slope_kw_per_degc"] = 0.1
    assert name_segments(centre, means) == ["evening peak with electric heating"]
