"""Looking inside a home: the same day as the model lives, its energy whole, its event and its figure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from drsim import home as offered
from scenarios.cli import app
from scenarios.homes.home_day import home
from simulator.fields import USES


def test_the_front_door_offers_it() -> None:
    assert offered is home


def test_a_home_is_the_same_whoever_else_is_drawn_and_its_energy_is_whole() -> None:
    seen = home("us_hot_dry", premise=5, day="2024-07-18", seed=11)
    frame = seen.frame()
    assert len(frame) == 96
    assert frame["load_kw"].to_numpy() == pytest.approx(frame[[f"{use}_kw" for use in USES]].to_numpy().sum(axis=1))
    assert sum(seen.lived.by_use_kwh().values()) == pytest.approx(seen.lived.kwh)
    assert set(frame["occupancy"]) <= {"away", "home", "asleep"}
    again = home("us_hot_dry", premise=5, day="2024-07-18", seed=11)
    assert np.array_equal(again.lived.use_kw, seen.lived.use_kw)
    assert not np.array_equal(home("us_hot_dry", premise=6, day="2024-07-18", seed=11).lived.use_kw, seen.lived.use_kw)


def test_an_event_moves_load_out_of_its_window_only_after_it_began() -> None:
    found = [home("us_hot_dry", premise=p, day="2024-07-18", event="16:00-19:00", seed=11) for p in range(8)]
    acted = [s for s in found if s.without is not None and not np.array_equal(s.lived.use_kw, s.without.use_kw)]
    assert acted, "of eight homes at least one has a thermostat that answers"
    for s in acted:
        assert s.without is not None
        e0, e1 = s.lived.event_window
        assert (e0, e1) == (64, 76)
        assert np.array_equal(s.lived.use_kw[:, :e0], s.without.use_kw[:, :e0])
        assert s.lived.load_kw[e0:e1].sum() < s.without.load_kw[e0:e1].sum()
        assert "less in the window" in s.describe()


def test_days_of_23_and_25_hours_have_their_length() -> None:
    assert len(home("uk_london", premise=1, day="2024-03-31").frame()) == 92
    assert len(home("uk_london", premise=1, day="2024-10-27").frame()) == 100


def test_the_figure_has_three_panels_and_a_notebook_shows_it() -> None:
    seen = home("us_cold", premise=2, day="2024-01-20")
    assert len(seen.plot().axes) == 3
    assert seen._repr_html_().lstrip().startswith("<?xml")


def test_the_command_writes_a_figure_and_a_table(tmp_path: Path) -> None:
    for name in ("day.png", "day.svg", "day.csv"):
        run = CliRunner().invoke(app, ["home", "--premise", "3", "--day", "2024-07-18", "--out", str(tmp_path / name)])
        assert run.exit_code == 0, run.output
        assert (tmp_path / name).stat().st_size > 2000 and "Premise 3" in run.stdout
    run = CliRunner().invoke(app, ["home", "--premise", "3", "--out", str(tmp_path / "day.png"), "--json"])
    assert json.loads(run.stdout)["file"].endswith("day.png")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--region", "us_hot_wet"], "us_hot_dry"),
        (["--day", "18 July"], "2024-07-18"),
        (["--out", "day.gif"], ".png"),
        (["--event", "16-19"], "16"),
    ],
)
def test_a_bad_request_says_what_is_allowed(arguments: list[str], complaint: str) -> None:
    run = CliRunner().invoke(app, ["home", *arguments])
    assert run.exit_code == 2 and complaint in run.output
