"""Load impact, difference-in-differences, event files and ``drsim baseline``, on planted responses."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.baselines import Estimate, EventWindow, MeterHistory
from analysis.impact.accuracy import accuracy, placebo_days
from analysis.impact.load_impact import Impacts, by_event, by_hour, ex_ante
from analysis.impact.log_ratio import log_ratio_effect
from analysis.keyed_draws import resample_counts, uniforms
from analysis.meter_data.event_files import read_events
from analysis.shapes.metered_days import windows_of
from drsim.errors import DataError, ScenarioError
from scenarios.cli import app

LCL = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data")) / "lcl"


# ---- keyed draws ----


def test_draws_belong_to_their_key_and_are_uniform() -> None:
    assert np.array_equal(uniforms((3, 4), 10)[:5], uniforms((3, 4), 5))
    assert not np.array_equal(uniforms((3, 4), 5), uniforms((4, 3), 5))
    many = np.concatenate([uniforms((seed, 1), 1000) for seed in range(50)])
    assert abs(many.mean() - 0.5) < 5 * (1 / 12 / len(many)) ** 0.5
    assert np.histogram(many, 10, (0, 1))[0].min() > 4700
    assert resample_counts((1,), 40).sum() == 40


# ---- effect ----


def planted(effect: float, seed: int, homes: int = 120, days: int = 60) -> tuple[np.ndarray, ...]:
    """Homes of two unlike groups with a common daily shape; treated homes change by ``effect`` in events."""
    rng = np.random.default_rng(seed)
    treated = np.arange(homes) < homes // 3
    hour = np.tile(np.arange(24), days)
    shape = 1 + 0.5 * np.sin(hour / 24 * 2 * np.pi)
    level = rng.gamma(3, 0.3, homes) * np.where(treated, 0.7, 1.0)
    kw = level[:, None] * shape * rng.gamma(4, 0.25, (homes, len(hour))) * rng.gamma(50, 0.02, (1, len(hour)))
    event = (hour >= 17) & (hour < 20) & (np.repeat(np.arange(days), 24) % 5 == 0)
    kw[np.ix_(treated, event)] *= 1 + effect
    return kw, treated, event, hour


def test_a_planted_effect_is_found_though_the_groups_differ() -> None:
    kw, treated, event, hour = planted(-0.2, 1)
    found = log_ratio_effect(kw, treated, event, ~event, hour, draws=200)
    assert found is not None
    assert found.low < -0.2 < found.high
    assert found.high < -0.1
    assert not found.spans_zero


def test_an_effect_of_exact_copies_is_exact_and_unmoved_by_level() -> None:
    kw, treated, event, hour = planted(0.0, 2)
    kw[treated] = 3 * np.tile(kw[~treated], (1, 1))[: treated.sum()]
    kw = np.vstack([kw[treated], kw[treated] / 3])
    both = np.arange(len(kw)) < len(kw) // 2
    kw[np.ix_(both, event)] *= 0.9
    found = log_ratio_effect(kw, both, event, ~event, hour, draws=0)
    assert found is not None
    assert found.fraction == pytest.approx(-0.1)


def test_no_effect_where_nothing_can_be_compared() -> None:
    kw, treated, event, hour = planted(0.0, 3)
    assert log_ratio_effect(kw, treated, event, np.zeros_like(event), hour) is None
    assert log_ratio_effect(kw, np.ones_like(treated), event, ~event, hour) is None


def test_slots_in_which_net_load_nears_zero_are_left_out_and_counted() -> None:
    kw, treated, event, hour = planted(-0.2, 1)
    sun = kw - np.where((hour >= 10) & (hour < 18), 1.05 * kw.mean(), 0.0)  # of 17, 18 and 19 h, 17 is spoilt
    found, rest = (
        log_ratio_effect(k, treated, e, ~event, hour, draws=200) for k, e in ((sun, event), (kw, event & (hour >= 18)))
    )
    assert found is not None
    assert rest is not None
    assert (found.intervals, found.intervals_left_out) == (24, 12)
    assert found.fraction == rest.fraction
    assert (found.low, found.high) == (rest.low, rest.high)
    assert (rest.intervals, rest.intervals_left_out) == (24, 0)
    dark = log_ratio_effect(kw - 3.0 * kw.mean(), treated, event, ~event, hour, draws=200)
    assert dark is not None
    assert (dark.intervals, dark.intervals_left_out) == (0, 36)
    assert np.isnan(dark.fraction)
    assert dark.spans_zero


# ---- impact ----


def test_impact_by_hand() -> None:
    # Two homes, event in hours 17-19, baseline 2 kWh in every hour. Home A uses 2, 1, 1, 3; home B 2, 0, 2, 2.
    kwh = np.full((2, 1, 24), 5.0)
    kwh[0, 0, 16:20], kwh[1, 0, 16:20] = [2, 1, 1, 3], [2, 0, 2, 2]
    history = MeterHistory(kwh, np.ones(1, bool))
    window = EventWindow(0, 17, 19).wider(1, 1, 24)
    made = Estimate(np.full((2, 4), 2.0), np.zeros(2, np.int64))
    impacts = Impacts.of(history, [window], [made])
    assert impacts.per_home().tolist() == [[1.0], [1.0]]
    hours = by_hour(impacts)
    assert hours["phase"].tolist() == ["before", "event", "event", "after"]
    assert hours["impact_kw_per_home"].tolist() == [0.0, 1.5, 0.5, -0.5]
    # Standard error of (1, 2): sd 0.7071 / sqrt 2 = 0.5
    assert hours["standard_error_kw"].iloc[1] == pytest.approx(0.5)
    event = by_event(impacts, np.array([0, 1]))
    everyone = event[(event["event"] == 1) & (event["segment"] == -1)].iloc[0]
    assert everyone["snapback_kw"] == 0.5
    assert everyone["pre_event_kw"] == 0.0
    assert everyone["shifted_kwh_per_home"] == 0.5
    assert len(event) == 6  # (all + two segments) x (one event + the season)


def test_a_refused_home_does_not_count() -> None:
    history = MeterHistory(np.ones((2, 1, 24)), np.ones(1, bool))
    made = Estimate(np.array([[2.0], [np.nan]]), np.array([0, 1]))
    season = by_event(Impacts.of(history, [EventWindow(0, 17, 18)], [made])).iloc[-1]
    assert season["impact_kw_per_home"] == 1.0
    assert season["homes"] == 1


def test_ex_ante_reads_a_line() -> None:
    degc = np.array([30.0, 32, 34, 36, 38])
    made = ex_ante(0.5 + 0.1 * (degc - 30), degc, 40.0)
    assert made is not None
    assert made.impact_kw_per_home == pytest.approx(1.5)
    assert made.slope_kw_per_degc == pytest.approx(0.1)
    assert made.standard_error_kw == pytest.approx(0.0, abs=1e-9)
    assert ex_ante(np.ones(5), np.full(5, 30.0), 40.0) is None
    assert ex_ante(np.ones(3), degc[:3], 40.0) is None


def test_accuracy_by_hand() -> None:
    # Baselines 3, 1, refused; loads 2, 2, 2. Bias (1 - 1) / 4 = 0; paid max(0, 1) / 4 = 0.25; RMSE 1 / mean 2.
    made = Estimate(np.array([[3.0], [1.0], [np.nan]]), np.array([0, 0, 1]))
    found = accuracy([made], [np.full((3, 1), 2.0)])
    assert found.bias_fraction == 0.0
    assert found.paid_without_response_fraction == 0.25
    assert found.cvrmse_fraction == 0.5
    assert found.refused_fraction == pytest.approx(1 / 3)
    assert found.home_events == 2


def test_placebo_days_are_the_highest_or_any_after_the_start() -> None:
    kwh = np.ones((3, 50, 24))
    kwh[:, [5, 40, 45], 17:20] = 9.0
    history = MeterHistory(kwh, np.arange(50) % 7 != 6)
    assert [e.day for e in placebo_days(history, 17, 20, "highest", 2)] == [40, 45]
    some = placebo_days(history, 17, 20, "random", 10)
    assert len(some) == 10
    assert all(e.day >= 30 and e.day % 7 != 6 for e in some)


# ---- event files ----


def test_a_list_and_a_schedule_give_the_same_events(tmp_path: Path) -> None:
    start = pd.date_range("2024-07-01", periods=24 * 6, freq="30min", tz="UTC")
    local = start.tz_convert("Europe/London")
    high = (local.hour >= 17) & (local.hour < 19) & (local.day == 2)
    band = np.where(high, "High", np.where(local.hour < 5, "Low", "Normal"))
    pd.DataFrame({"start_utc": start, "band": band}).to_csv(tmp_path / "schedule.csv", index=False)
    (tmp_path / "list.csv").write_text("start_local,end_local\n2024-07-02 17:00,2024-07-02 19:00\n")
    (tmp_path / "dates.csv").write_text("date\n2024-07-02\n")
    made = [
        read_events(tmp_path / "schedule.csv", "Europe/London", band="High"),
        read_events(tmp_path / "list.csv", "Europe/London"),
        read_events(tmp_path / "dates.csv", "Europe/London", window="17:00-19:00"),
    ]
    for times in made:
        assert np.array_equal(times.inside(start), high)
    assert np.array_equal(made[0].comparison(start), band == "Normal")
    assert np.array_equal(made[1].comparison(start), ~high)
    assert made[0].beside(start, 2, 0).sum() == 4
    dates = sorted({stamp.date() for stamp in local})
    assert windows_of(high, start, "Europe/London", dates) == [EventWindow(1, 17, 19)]


def test_bad_event_files_say_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    with pytest.raises(ScenarioError, match="no such file"):
        read_events(file, "Europe/London")
    file.write_text("start_utc,band\n2024-07-02 17:00,High\n2024-07-02 17:30,Normal\n")
    with pytest.raises(ScenarioError, match=r"no band was chosen; events\.csv has"):
        read_events(file, "Europe/London")
    with pytest.raises(ScenarioError, match='no band "Hi"'):
        read_events(file, "Europe/London", band="Hi")
    file.write_text("when,how\n1,2\n")
    with pytest.raises(DataError, match="expected start and end"):
        read_events(file, "Europe/London")
    file.write_text("start_local,end_local\n2024-07-02 17:00,2024-07-02 16:00\n")
    with pytest.raises(DataError, match="event 1 ends before it starts"):
        read_events(file, "Europe/London")


# ---- the command ----


@pytest.fixture(scope="module")
def meter_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meters")
    kw, treated, event, _ = planted(-0.3, 7, homes=90, days=80)
    start = pd.date_range("2024-05-01", periods=kw.shape[1], freq="1h", tz="UTC", name="start_utc")
    names = [f"H{i:03d}" for i in range(len(kw))]
    pd.DataFrame(kw.T.astype("float32"), index=start, columns=names).to_parquet(folder / "reads.parquet")
    group = np.where(treated, "yes", "no")
    pd.DataFrame({"premise_id": names, "invited": group}).to_csv(folder / "homes.csv", index=False)
    days = sorted({stamp.date().isoformat() for stamp in start[event]})
    (folder / "events.csv").write_text("date\n" + "\n".join(days) + "\n")
    return folder


def run(folder: Path, *more: str) -> tuple[int, str]:
    args = ["baseline", str(folder / "reads.parquet"), "--zone", "UTC", "--bootstrap", "100", *more]
    made = CliRunner().invoke(app, args)
    return made.exit_code, made.output


def test_the_command_finds_the_planted_cut_and_is_clean_beside_it(meter_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, text = run(
        meter_file, "--events", str(meter_file / "events.csv"), "--customers", str(meter_file / "homes.csv"),
        "--called", "invited=yes", "--control", "invited=no", "--placebo", "random:10", "--out", str(out),
    )  # fmt: skip
    assert code == 0, text
    effect = pd.read_csv(out / "effect.csv").set_index("hours")
    assert effect.loc["all hours", "low"] < -0.3 < effect.loc["all hours", "high"]
    assert effect.loc["2 h before", "spans_zero"]
    accuracy_table = pd.read_csv(out / "accuracy.csv").set_index(["level", "rule"])
    assert accuracy_table.loc[("aggregate", "randomised_control"), "cvrmse_fraction"] < 0.15
    assert accuracy_table.loc[("individual", "degree_day"), "refused_fraction"] == 1.0  # no temperatures given
    impact = pd.read_csv(out / "impact.csv")
    season = impact[(impact["event"] == 0)].set_index("rule")["impact_kw_per_home"]
    assert season["randomised_control"] > 0.05
    hours = pd.read_csv(out / "impact_by_hour.csv").set_index(["rule", "phase", "local_hour"])
    assert hours.loc[("randomised_control", "event", 18), "impact_kw_per_home"] > 0.05
    assert abs(hours.loc[("randomised_control", "before", 16), "impact_kw_per_home"]) < 0.05
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "H000" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    again, _ = run(meter_file, "--out", str(meter_file))
    assert again == 2  # a folder of something else is not replaced


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--placebo", "lowest:3"], "expected highest:N or random:N"),
        (["--window", "20:00-17:00"], 'expected "HH:MM-HH:MM"'),
        (["--events", "nowhere.csv"], "no such file"),
        (["--customers", "CUSTOMERS", "--called", "colour=red"], "a column of the customer table"),
        (["--customers", "CUSTOMERS", "--called", "invited=maybe"], "there are: no, yes"),
    ],
)
def test_wrong_usage_is_exit_code_2(meter_file: Path, more: list[str], said: str) -> None:
    more = [str(meter_file / "homes.csv") if m == "CUSTOMERS" else m for m in more]
    code, text = run(meter_file, *more)
    assert code == 2
    assert said in text


@pytest.mark.skipif(not (LCL / "households.csv").is_file(), reason="London meters (DRSIM_REFERENCE_DATA) are not here")
def test_london_gives_its_published_figures(tmp_path: Path) -> None:
    from scenarios.meter_files.baseline_file import study
    from scenarios.meter_files.baseline_meters import BaselineOptions

    found = study(
        LCL / "lcl_2013_wh.parquet",
        BaselineOptions(
            events=LCL / "dtou_tariff_2013.csv", band="High", customers=LCL / "households.csv", called="tariff=ToU",
            control="tariff=Std", bootstrap=200, rules=("10_in_10", "high_5_of_10"),
        ),
    )  # fmt: skip
    table = found.accuracy.set_index(["days", "level", "rule"])["paid_without_response_fraction"]
    published = {("highest:12", "10_in_10"): 0.12, ("highest:12", "high_5_of_10"): 0.27,
                 ("random:40", "10_in_10"): 0.18, ("random:40", "high_5_of_10"): 0.37}  # fmt: skip
    for (days, rule), paid in published.items():
        assert table[(days, "individual", rule)] == pytest.approx(paid, abs=0.03)
    effect = found.effect.set_index("hours")
    assert -0.104 < effect.loc["all hours", "fraction"] < -0.051  # published interval
    assert effect.loc["7-23 h", "fraction"] == pytest.approx(-0.085, abs=0.005)
    assert effect.loc["2 h before", "spans_zero"]
