"""The report: sentences follow from the numbers; the page is self-contained, accessible and repeatable."""

from __future__ import annotations

import dataclasses
import math
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest

from drsim.errors import DrsimError
from scenarios.report import ReportInput, figures_days, write_report
from scenarios.report.answer import answer
from scenarios.report.figures_baselines import baseline_rows
from scenarios.report.figures_days import event_window, local_times
from scenarios.report.figures_enrolled import blocks
from scenarios.report.numbers import Estimate, common_decimals, money, number, percent, with_span

ARMS = {  # peak reduction, gain over untargeted, half of the gain's interval [kW]
    "none": (0.0, -66.2, 9.0),
    "blanket": (41.3, -24.9, 8.1),
    "untargeted": (66.2, 0.0, 0.0),
    "bill_ranked": (83.0, 16.8, 7.4),
    "load_ranked": (92.1, 25.9, 8.8),
    "segment_targeted": (78.5, 12.3, 8.2),
    "segment_absolute": (88.0, 21.8, 7.0),
    "placebo": (65.0, -1.2, 6.6),
    "oracle": (121.0, 54.8, 9.9),
}
LABELS = ("evening peak with cooling", "midday", "flat", "night use (possible EV)", "morning and evening")
EVENTS = 6


@dataclasses.dataclass(frozen=True)
class FakeScenario:
    name: str = "heat_wave"
    question: str = (
        "At the same budget, does segment-targeted recruitment cut more peak than untargeted recruitment?"
    )

    def resolved_yaml(self) -> str:
        return "schema: 1\nseed: 2024\nbudget_usd: 12000\n"


def comparison(arms: dict[str, tuple[float, float, float]] = ARMS) -> pd.DataFrame:
    """A comparison of the arms; ``none`` costs nothing and has no cost per kW."""
    rows: list[tuple[object, ...]] = []
    for arm, (cut, gain, half) in arms.items():
        spent = 0.0 if arm == "none" else 11_800.0
        per_kw = math.nan if arm in ("none", "blanket") else spent / cut  # as if blanket might cut nothing
        left = 3_000.0 if arm == "blanket" else 200.0
        reference = arm == "untargeted"
        rows += [
            (arm, "peak_reduction_kw", "kW", cut, cut - 11, cut + 11, gain, gain - half, gain + half, 10),
            (arm, "program_cost_usd", "USD", spent, spent - 90, spent + 90, 0.0, -50.0, 50.0, 10),
            (
                arm,
                "enrolment_rate",
                "fraction",
                0.21,
                0.19,
                0.23,
                0.0 if reference else 0.01,
                -0.01,
                0.03,
                10,
            ),
            (
                arm,
                "event_reduction_kw",
                "kW",
                2 * cut,
                cut,
                3 * cut,
                2 * gain,
                2 * gain - 3,
                2 * gain + 3,
                10,
            ),
            (arm, "budget_unspent_usd", "USD", left, left, left, 0.0, 0.0, 0.0, 10),
            (arm, "missed_peaks", "days", 2.4, 1.9, 2.9, 0.0, 0.0, 0.0, 10),
            (arm, "needless_calls", "days", 3.1, 2.2, 4.0, 0.0, 0.0, 0.0, 10),
            (arm, "usd_per_event_kw", "USD/kW", 1.1 * spent / (cut or 1), 110.0, 240.0, 0.0, -9.0, 9.0, 10),
            (
                arm,
                "usd_per_kw",
                "USD/kW",
                per_kw,
                per_kw * 0.85,
                per_kw * 1.2,
                math.nan,
                math.nan,
                math.nan,
                10,
            ),
        ]
    names = [
        "arm",
        "metric",
        "unit",
        "mean",
        "ci_low",
        "ci_high",
        "diff_vs_untargeted",
        "diff_ci_low",
        "diff_ci_high",
    ]
    return pd.DataFrame(rows, columns=[*names, "replications"])


def segments() -> pd.DataFrame:
    hours = np.arange(24)
    rows = []
    for i, label in enumerate(LABELS):
        peak = (18, 13, 12, 2, 8)[i]
        shape = 1 + (2.5, 1.5, 0.1, 3.0, 1.2)[i] * np.exp(-(((hours - peak) / 3.0) ** 2))
        shape /= shape.sum()
        rows.append(
            [
                i,
                label,
                300 - 45 * i,
                0.3 - 0.045 * i,
                34.0 - 4 * i,
                *shape,
                0.2,
                0.7,
                0.9 - 0.15 * i,
                160 + 40 * i,
            ]
        )
    names = [
        "segment",
        "label",
        "homes",
        "share",
        "mean_kwh_per_day",
        *(f"h{h:02d}" for h in hours),
        "enrolment_rate",
    ]
    return pd.DataFrame(
        rows, columns=[*names, "event_participation_rate", "impact_kw_per_enrolled_home", "usd_per_kw"]
    )


def events() -> pd.DataFrame:
    dice = np.random.default_rng(1)
    rows = []
    for arm, (cut, _, _) in ARMS.items():
        for replication in range(4):
            for event in range(EVENTS):
                true = cut * dice.normal(1.0, 0.12)
                start = pd.Timestamp("2024-07-08 16:00") + pd.Timedelta(days=3 * event)
                end = start + pd.Timedelta(hours=3)
                counts = (0, 0, 0, 0) if arm == "none" else (150, 110, 6, 14)
                guesses = (0.7 * true + dice.normal(0, 6), 1.1 * true + dice.normal(0, 6))
                rows.append(
                    (arm, replication, event, start, end, *counts, true, 1.02 * true, 0.6 * true, *guesses)
                )
    counts = ["notified", "participated", "opted_out", "overrode"]
    kw = ["true_event_impact_kw", "true_program_impact_kw", "snapback_kw"]
    estimates = ["estimated_impact_kw_10_in_10", "estimated_impact_kw_high_5_of_10"]
    return pd.DataFrame(
        rows, columns=["arm", "replication", "event_id", "start_local", "end_local", *counts, *kw, *estimates]
    )


def event_curve(hour: np.ndarray) -> np.ndarray:
    """1 during a three-hour event, then snapback that dies away."""
    return np.where(
        (hour >= 0) & (hour < 3),
        1.0 - 0.08 * hour,
        np.where(hour >= 3, -0.6 * np.exp(-(hour - 3) / 1.3), 0.0),
    )


def peak_day() -> pd.DataFrame:
    start = pd.date_range("2024-07-14", periods=96, freq="15min")
    hour = np.arange(96) / 4
    base = 1700 + 1200 * np.exp(-(((hour - 17.2) / 4.2) ** 2)) + 12 * np.sin(7 * hour)
    frames = []
    for arm, (cut, _, _) in ARMS.items():
        load = base - cut * event_curve(hour - 16)
        frames.append(
            pd.DataFrame(
                {"arm": arm, "start_local": start, "load_kw": load, "program_counterfactual_kw": base}
            )
        )
    return pd.concat(frames, ignore_index=True)


def fake(**changes: object) -> ReportInput:
    """A run such as heat_wave leaves behind, with numbers made up for the tests."""
    dice = np.random.default_rng(2)
    hours = np.arange(-3, 8.01, 0.25)
    weather = dice.normal(0, 8, 10)  # shared by the arms of a replication
    values = [
        (arm, replication, "peak_reduction_kw", cut + weather[replication] + dice.normal(0, half))
        for arm, (cut, _, half) in ARMS.items()
        for replication in range(10)
    ]
    asked = {arm: (0, 0, 0, 0) if arm == "none" else (610 - 20 * i, 148 - 3 * i, 1740 - 40 * i, 1190 - 30 * i)
             for i, arm in enumerate(ARMS)}  # fmt: skip
    tables = ReportInput(
        scenario=FakeScenario(),
        facts={
            "households": 1000,
            "replications": 10,
            "season": "1 June to 30 September 2024",
            "region": "us_hot_dry (hot summers, central air conditioning widespread)",
            "programmes": "Thermostat setback by 2 °C ($40 a season); peak-time rebate ($1.25 per kWh)",
            "budget_usd": 12000.0,
            "seed": 2024,
            "version": "0.1.0",
            "scenario_hash": "0123456789",
            "command": "drsim run scenarios/heat_wave.yaml",
        },
        comparison=comparison(),
        segments=segments(),
        events=events(),
        peak_day=peak_day(),
        funnel=pd.DataFrame(
            [(arm, *counts) for arm, counts in asked.items()],
            columns=["arm", "offered", "enrolled", "notified", "participated"],
        ),
        event_profile=pd.concat(
            pd.DataFrame({"arm": arm, "hours_from_start": hours, "impact_kw": cut * event_curve(hours)})
            for arm, (cut, _, _) in ARMS.items()
        ),
        enrolled_by_segment=pd.DataFrame(
            [
                (arm, i, label, 10.0 + 25 * ((i + k) % 5), 2.4 + 7 * ((i + k) % 5))
                for k, arm in enumerate(ARMS)
                for i, label in enumerate(LABELS)
            ],
            columns=["arm", "segment", "label", "offered", "enrolled"],
        ),
        assumptions=pd.DataFrame(
            [
                (
                    "ac.cop",
                    3.1,
                    "1",
                    2.5,
                    3.6,
                    "SEER 14 units at the 35 degC rating point, rounded",
                    False,
                    None,
                ),
                ("enrol_taste", -0.8, "logit per SD", -1.2, 1.2, None, True, "nobody measured this"),
            ],
            columns=["name", "value", "unit", "low", "high", "source", "assumption", "note"],
        ),
        checks=["Every untouched home kept its load to the last watt-hour."],
        detectable_gain_kw=10.4,
        replication_values=pd.DataFrame(values, columns=["arm", "replication", "metric", "value"]),
    )
    return dataclasses.replace(tables, **changes)  # type: ignore[arg-type]


def with_gain(gain: float, half: float, **others: tuple[float, float, float]) -> ReportInput:
    arms = {
        "none": ARMS["none"],
        "untargeted": ARMS["untargeted"],
        "segment_targeted": (66.2 + gain, gain, half),
    }
    return fake(comparison=comparison({**arms, **others}), replication_values=None)


class Page(HTMLParser):
    """What a browser would load and read out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.beside: list[str] = []  # pages of the same run folder: followed by a click, never loaded
        self.labelled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            value = value or ""
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "xlink:href", "src", "srcset", "data", "action"):
                clicked = self.beside if tag == "a" and ":" not in value and "//" not in value else self.loads
                (self.links if value.startswith("#") else clicked).append(value)
            elif name == "aria-labelledby":
                self.labelled += value.split()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_report(folder, fake())
    return folder


# ---- the answer ----


def test_a_win_is_said_with_its_interval() -> None:
    said = answer(with_gain(12.3, 8.2))
    assert said.verdict == "more"
    assert said.headline == (
        "On the same homes, weather, dice and $12,000, segment-targeted recruitment cut the season’s peak by "
        "12.3 kW more than untargeted recruitment (95 % interval 4.1 to 20.5 kW): 78.5 kW against 66.2 kW."
    )
    assert any("10.4 kW or more in 80 of 100 tries" in line for line in said.beside)
    assert any("all event hours" in line and "kW more (95 % interval" in line for line in said.beside)
    measured = fake(facts={**fake().facts, "weather_file": "phoenix_2023.epw"})
    assert "one measured weather year" in answer(measured).covers[0]
    assert "wrong parameters" in " ".join(said.covers) and "dice" in said.covers[0]


def test_a_loss_is_said_as_plainly() -> None:
    said = answer(with_gain(-9.0, 4.0))
    assert said.verdict == "less"
    assert "by 9.0 kW less than untargeted" in said.headline
    assert "−13.0 to −5.0 kW" in said.headline


def test_an_interval_over_zero_is_no_clear_difference() -> None:
    said = answer(with_gain(3.0, 11.0))
    assert said.verdict == "unclear"
    assert said.headline.startswith("No clear difference: on the same homes")
    assert "−8.0 to 14.0 kW, includes zero" in said.headline
    assert any("does not mean “no difference”" in line for line in said.beside)


def test_equal_to_the_last_digit_and_single_draws_are_not_dressed_up() -> None:
    same = answer(with_gain(0.0, 0.0, placebo=(66.2, 0.0, 0.0)))
    assert "exactly the same amount" in same.headline and len(same.beside) == 1
    arms = {"untargeted": (-0.3, 0.0, 0.0), "segment_targeted": (-0.2, 0.1, 0.3)}
    assert "below zero means that the peak rose" in answer(fake(comparison=comparison(arms))).headline
    single = answer(with_gain(12.0, math.nan))
    assert single.verdict == "no interval" and "shows nothing yet" in single.headline


def test_plain_ranking_that_wins_is_named() -> None:
    lines = answer(fake()).beside
    assert any(line.startswith("Plain ranking did") and "needs no segments" in line for line in lines)
    steady = pd.DataFrame(
        [
            (a, r, "peak_reduction_kw", v + r)
            for a, v in (("segment_targeted", 78.5), ("load_ranked", 92.1))
            for r in range(5)
        ],
        columns=["arm", "replication", "metric", "value"],
    )
    steady["value"] += 0.1 * (steady["replication"] % 2) * (steady["arm"] == "load_ranked")
    assert any(
        line.startswith("Plain ranking did better") for line in answer(fake(replication_values=steady)).beside
    )
    beaten = with_gain(12.3, 8.2, load_ranked=(50.0, -16.2, 4.0))
    assert any(line.startswith("Plain ranking came close") for line in answer(beaten).beside)


def test_a_placebo_that_gains_is_a_warning() -> None:
    fine, wrong = (
        answer(with_gain(12.3, 8.2, placebo=(66, -0.2, 5))),
        answer(with_gain(12.3, 8.2, placebo=(80, 13.8, 5))),
    )
    assert any("as it should be" in line for line in fine.beside)
    assert any(line.startswith("Warning") for line in wrong.beside)


def test_without_an_untargeted_arm_nothing_is_claimed() -> None:
    said = answer(fake(comparison=comparison({"none": ARMS["none"], "oracle": ARMS["oracle"]})))
    assert said.verdict == "nothing to compare"


# ---- numbers ----


def test_numbers_are_rounded_together() -> None:
    assert with_span(Estimate(12.34, 4.06, 20.56)) == "12.3 (4.1 to 20.6)"
    assert with_span(Estimate(-3.0, -10.04, 4.0), sign=True) == "−3.0 (−10.0 to 4.0)"
    assert with_span(Estimate(150.0, -20.0, 300.0), prefix="$") == "$150.0 (−$20.0 to $300.0)"
    assert with_span(Estimate(math.nan, math.nan, math.nan)) == "not defined"
    assert number(-0.0001, 1) == "0.0" and number(12345.6) == "12,346"
    assert money(12000.0, "USD") == "$12,000" and money(2.5, "GBP") == "£2.50" and money(-5.0, "EUR") == "−€5"
    assert percent(0.213) == "21.3 %" and percent(1.0) == "100 %" and percent(math.nan) == "not defined"


def test_local_times_keep_the_wall_clock() -> None:
    texts = pd.Series(["2024-07-14 16:00:00-07:00", "2024-07-14T16:15:00-07:00"])
    assert list(local_times(texts).hour) == [16, 16]
    aware = pd.Series(pd.to_datetime(["2024-07-14 23:00"], utc=True)).dt.tz_convert("America/Phoenix")
    assert list(local_times(aware).hour) == [16]
    assert event_window(events()) == (16.0, 19.0)


def test_an_oracle_that_gains_nothing_clear_is_not_called_room() -> None:
    lines = answer(with_gain(2.3, 4.3, oracle=(72.7, 6.5, 8.1))).beside
    assert any(line.startswith("Even perfect knowledge") for line in lines)


def test_an_end_near_zero_is_not_rounded_onto_it() -> None:
    said = answer(with_gain(3.25, 3.21))
    assert said.verdict == "more" and "interval 0.04 to 6.46 kW" in said.headline
    assert with_span(
        Estimate(17.0, 0.04, 34.0), digits=common_decimals([Estimate(17.0, 0.04, 34.0)])
    ).startswith("17.00")


def test_an_arm_with_other_segments_gets_its_own_block() -> None:
    grid = fake().enrolled_by_segment
    shared, own = blocks(grid)
    assert list(own.counts) == ["segment_absolute"] and "placebo" in shared.counts
    assert shared.labels == own.labels == LABELS and "none" not in shared.counts


def test_the_baseline_error_is_estimate_minus_truth() -> None:
    low, high = baseline_rows(fake())
    assert (
        low["method"] == "10-in-10" and low["error"].startswith("−") and low["relative"].endswith("too low")
    )
    assert high["error"].startswith("+") and high["relative"].endswith("too high")


# ---- the page ----


def test_the_page_loads_nothing_and_is_small(report: Path) -> None:
    file = report / "report.html"
    text = file.read_text(encoding="utf-8")
    page = Page(text)
    assert page.loads == []
    assert set(page.beside) <= {"measurement.html"}
    assert not re.search(r"url\((?!#)|@import|<script|<link|<iframe", text)
    assert file.stat().st_size < 3_000_000


def test_many_replications_do_not_swell_the_page(tmp_path: Path) -> None:
    many = pd.concat(
        [events().assign(replication=lambda t, k=k: t["replication"] + 4 * k) for k in range(100)]
    )
    write_report(tmp_path, fake(events=many))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(text) < 2_000_000 and "(1 in 10 shown)" in text


def test_every_figure_says_in_words_what_it_shows(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    figures = sorted((report / "figures").glob("*.svg"))
    assert len(figures) == 9 == page.tags.count("figure") == page.tags.count("figcaption")
    assert len(re.findall(r'<svg role="img" aria-labelledby', text)) == 9
    assert len(page.ids) == len(set(page.ids)), "two elements share an id"
    assert set(page.labelled) - {"t", "d"} <= set(page.ids)
    assert {link[1:] for link in page.links} <= set(page.ids)
    for figure in figures:
        root = ET.parse(figure).getroot()
        described = root.findtext("{http://www.w3.org/2000/svg}desc")
        assert described and len(described) > 80, figure.name


def test_headings_go_down_one_step_at_a_time(report: Path) -> None:
    page = Page((report / "report.html").read_text(encoding="utf-8"))
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_holds_every_part(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "12.3 kW more than untargeted",
        "not defined",
        "Highest peak use first",
        "snapback",
        "nobody measured this",
        "−1.2 to 1.2",
        "drsim run scenarios/heat_wave.yaml",
        "budget_usd: 12000",
        "Every untouched home kept its load",
        "An event was called on this day",
        "Left 25.0 % of the budget unspent",
        "2.4 of the season’s highest-load days had no event",
    ):
        assert words.lower() in text.lower(), words
    assert text.index("nobody measured this") < text.index("35 degC rating point")
    assert "nan" not in re.sub(r"<[^>]*>", " ", text).lower().split()


def test_the_same_numbers_give_the_same_bytes(report: Path, tmp_path: Path) -> None:
    write_report(tmp_path, fake())
    for file in sorted(report.rglob("*.*")):
        assert (tmp_path / file.relative_to(report)).read_bytes() == file.read_bytes(), file.name


def test_text_from_a_scenario_cannot_become_markup(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script> & $\\frac{1}{2}$"
    shapes, grid = segments(), fake().enrolled_by_segment
    shapes.loc[0, "label"] = evil
    grid.loc[grid["segment"] == 0, "label"] = evil
    facts = {**fake().facts, "command": evil, "programmes": evil}
    tables = fake(
        scenario=FakeScenario(name=evil, question=evil),
        segments=shapes,
        enrolled_by_segment=grid,
        facts=facts,
        checks=[evil],
    )
    write_report(tmp_path, tables)
    for file in [tmp_path / "report.html", *(tmp_path / "figures").glob("*.svg")]:
        assert "<script" not in file.read_text(encoding="utf-8"), file.name
    ET.parse(tmp_path / "figures" / "segments.svg")


def test_a_run_without_events_or_segments_still_has_a_page(tmp_path: Path) -> None:
    empty = pd.DataFrame()
    names = (
        "segments",
        "events",
        "peak_day",
        "event_profile",
        "enrolled_by_segment",
        "funnel",
        "assumptions",
    )
    write_report(
        tmp_path, fake(**dict.fromkeys(names, empty), replication_values=None, detectable_gain_kw=None)
    )
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.count("This run holds no numbers for this figure") == 6


def test_no_cost_per_kw_at_all_is_told(tmp_path: Path) -> None:
    table = comparison()
    table.loc[table["metric"] == "usd_per_kw", ["mean", "ci_low", "ci_high"]] = math.nan
    write_report(tmp_path, fake(comparison=table))
    assert "Not defined for any arm in this run" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / "figures" / "cost_per_kw.svg").exists()


def test_one_replication_is_drawn_without_intervals(tmp_path: Path) -> None:
    table = comparison().assign(
        ci_low=math.nan, ci_high=math.nan, diff_ci_low=math.nan, diff_ci_high=math.nan
    )
    write_report(tmp_path, fake(comparison=table, replication_values=None, detectable_gain_kw=math.nan))
    assert "shows nothing yet" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_peak_day_without_an_event_is_admitted(tmp_path: Path) -> None:
    missed = events()
    missed = missed[missed["start_local"] != pd.Timestamp("2024-07-14 16:00")]
    write_report(tmp_path, fake(events=missed))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No event was called on the peak day itself (14 July 2024)" in text and "Drawn instead" not in text


def test_where_the_peak_was_missed_the_highest_event_day_is_drawn() -> None:
    other = peak_day().assign(start_local=lambda t: t["start_local"] + pd.Timedelta(days=2))
    called = events().assign(start_local=pd.Timestamp("2024-07-16 16:00"), end_local=pd.Timestamp("2024-07-16 19:00"))
    drawn = figures_days.peak_day(fake(events=called, event_day=other))
    assert drawn is not None
    assert drawn.caption.startswith("Tuesday 16 July 2024") and "its peak day had no event" in drawn.caption
    assert "An event was called on this day" in drawn.alt
    kept = figures_days.peak_day(fake(event_day=other))  # an event on the peak day: that day is drawn
    assert kept is not None and kept.caption.startswith("Sunday 14 July 2024, the first replication’s peak day:")


def test_rounding_does_not_fill_the_panel_of_reductions() -> None:
    flat = peak_day().assign(load_kw=lambda t: t["program_counterfactual_kw"] - 0.004)
    axes = matplotlib.figure.Figure().add_subplot()
    figures_days._reductions(axes, flat.assign(hour=0.0), ["untargeted"], (16.0, 19.0))
    low, high = axes.get_ylim()
    assert low < 0 and high == pytest.approx(0.01 * flat["program_counterfactual_kw"].max())


def test_what_is_missing_is_said_all_at_once() -> None:
    facts = {key: value for key, value in fake().facts.items() if key != "seed"}
    with pytest.raises(
        DrsimError, match=r"fact 'seed' is missing.*'segments' lacks h00.*'funnel' lacks offered"
    ):
        fake(
            facts=facts, segments=segments().drop(columns="h00"), funnel=fake().funnel.drop(columns="offered")
        )
