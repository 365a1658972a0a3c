"""The policy library: what its page says is what its runs find, and no sign is preferred."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from scenarios.library import BODY, CASES, Case, Contrast, case_of, difference, findings_of, sentence, setting_of
from scenarios.loader import load_scenario
from scenarios.report.numbers import Estimate
from scenarios.sweeps.sweep_points import axis_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "policy_library.md"


def said_of(name: str) -> list[str]:
    """The findings that the page gives for a scenario."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)
    mine = next(part for part in section if part.startswith(f"{name}\n"))
    return [line[2:] for line in mine.splitlines() if line.startswith("- ")]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_prose_and_run_agree(case: Case) -> None:
    """After a change of the model: ``drsim library --write docs/policy_library.md``."""
    assert said_of(case.name) == findings_of(case, workers=1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_has_a_question_and_settings_that_exist(case: Case) -> None:
    scenario = load_scenario(case.name)
    assert scenario.question.endswith("?")
    for contrast in case.contrasts:
        for name, who in (contrast.before, contrast.after):
            assert who in setting_of(scenario, name).arms
    if case.flip:
        assert axis_of(case.flip, scenario).numeric
    assert len(said_of(case.name)) == len(case.contrasts) + bool(case.flip)


def test_there_are_enough_and_targeting_does_not_always_pay() -> None:
    assert len(CASES) >= 15
    verdicts = [line for case in CASES for line in said_of(case.name) if line.startswith("Segment-targeted against")]
    assert sum(": more," not in line for line in verdicts) >= 3


def test_a_difference_by_hand_and_its_words() -> None:
    rows = [(0, "untargeted", r, v) for r, v in enumerate((1.0, 2.0, 3.0))]
    rows += [(1, "untargeted", r, v + 1.0 + d) for r, (v, d) in enumerate(((1.0, -0.1), (2.0, 0.0), (3.0, 0.1)))]
    values = pd.DataFrame(rows, columns=["point", "arm", "replication", "event_reduction_kw"])
    contrast = Contrast((BODY, "untargeted"), ("dearer", "untargeted"))
    found = difference(values, [BODY, "dearer"], contrast)
    assert found.mean == pytest.approx(1.0) and found.high - 1.0 == pytest.approx(4.302653 * 0.1 / 3**0.5)
    assert sentence(contrast, found).startswith("Dearer, mean reduction in event hours (untargeted): more, +1.0")
    assert "no clear difference" in sentence(contrast, Estimate(1.0, -1.0, 3.0))
    assert ": less," in sentence(contrast, Estimate(-1.0, -2.0, -0.5))
    assert case_of("ev_wave").contrasts
