"""The what-if page in a real headless Chromium: levers, downloads that reproduce, an upload, no outside host.

Screenshots go to ``DRSIM_SCREENSHOTS`` if that is set, so that a person can look at them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.loader import load_scenario
from scenarios.pipeline import run

CHROMIUM = os.environ.get("DRSIM_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
MISSING = [name for name in ("streamlit", "playwright") if importlib.util.find_spec(name) is None]
MISSING += [] if Path(CHROMIUM).is_file() else ["chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (extras: app, e2e)"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, served by the command itself on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = "from scenarios.cli import main; main()"
    command = [sys.executable, "-c", start, "app", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(
        command, start_new_session=True, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=30)


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Any]:
    """An open page that has answered once, with few homes; any request to another host fails at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1400, "height": 1500}, accept_downloads=True)
        tab.set_default_timeout(180_000)
        strangers: list[str] = []
        tab.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else strangers.append(r.url))
        tab.goto(address)
        slide(tab, "count", "Home")
        slide(tab, "population-households", "Home")
        tab.get_by_text("1 of 1 replications").wait_for()
        settled(tab)
        yield tab
        browser.close()
        assert strangers == []


def slide(tab: Any, key: str, *presses: str) -> None:
    """Press keys on the slider of one lever of heat_wave; Streamlit names a widget's class after its key."""
    thumb = tab.locator(f".st-key-heat_wave-{key} input[type=range]")
    for press in presses:
        thumb.press(press)


def settled(tab: Any) -> None:
    """Wait until the page has run to its end."""
    tab.wait_for_timeout(1_000)  # a lever is sent a moment after the key
    tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def picture(tab: Any, name: str) -> None:
    folder = os.environ.get("DRSIM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        tab.set_viewport_size({"width": 1400, "height": 3600})  # the page scrolls inside itself
        settled(tab)
        tab.screenshot(path=f"{folder}/{name}.png")
        tab.set_viewport_size({"width": 1400, "height": 1500})


def test_a_meter_file_is_segmented(page: Any, tmp_path: Path) -> None:
    hours = pd.date_range("2024-01-01", periods=24 * 35, freq="h")
    rows = []
    for home in range(60):
        peak = 8 if home % 2 else 19
        use = 0.3 + 1.5 * np.exp(-0.5 * ((hours.hour - peak) / 1.5) ** 2) + 0.01 * home
        rows.append(pd.DataFrame({"premise_id": f"p{home:03d}", "start": hours, "kwh": use}))
    pd.concat(rows).to_csv(tmp_path / "reads.csv", index=False)
    page.get_by_role("tab", name="Your meters").click()
    page.locator("input[type=file]").set_input_files(str(tmp_path / "reads.csv"))
    page.locator("iframe").first.wait_for()
    picture(page, "meters")
    (tmp_path / "no.csv").write_text("these,are\nno,reads\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(str(tmp_path / "no.csv"))
    page.get_by_role("alert").first.wait_for()
    picture(page, "no_meters")
    assert page.get_by_text("Traceback").count() == 0


def test_levers_compare_and_the_download_reproduces(page: Any, tmp_path: Path) -> None:
    page.get_by_role("tab", name="What if").click()
    page.get_by_role("button", name="Keep this setting for comparison (A)").click()
    page.get_by_text("Kept setting (A) and this one (B)").wait_for()
    slide(page, "programs-cool-incentive_usd_per_season", "ArrowRight")
    page.get_by_text("Changed: programs.cool.incentive_usd_per_season from 40.0 to 45.0").wait_for()
    settled(page)
    picture(page, "side_by_side")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download this scenario (YAML)").click()
    waiting.value.save_as(tmp_path / "shown.yaml")
    scenario = load_scenario(tmp_path / "shown.yaml")
    assert scenario.programs["cool"].incentive_usd_per_season == 45.0
    assert (scenario.population.households, scenario.replications) == (50, 1)
    result = run(scenario, out=tmp_path / "r", workers=1)
    shown = result.row("untargeted", "event_reduction_kw")["mean"]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the report").click()
    waiting.value.save_as(tmp_path / "shown.html")
    report = (tmp_path / "shown.html").read_text(encoding="utf-8")
    assert scenario.hash in report and result.plot.event_profile().alt in report and np.isfinite(shown)


def test_settings_that_do_not_fit_are_said_in_a_sentence(page: Any) -> None:
    page.locator('.st-key-heat_wave-programs button[aria-label="Remove rebate"]').last.click()
    settled(page)
    slide(page, "programs-cool-incentive_usd_per_season", "End")
    slide(page, "budget_usd", "Home")  # one home costs more than the whole budget
    page.get_by_text("These settings do not fit together").first.wait_for()
    settled(page)
    assert page.get_by_role("button", name="Download the report").count() == 0
    picture(page, "misfit")
    assert page.get_by_text("Traceback").count() == 0
