"""Rows 6, 10-16: people and programmes, from the trials of ``scenarios/trials`` with each trial's own estimator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scenarios.evidence.facts import Fact
from scenarios.results.comparison import t_interval
from scenarios.trials.pilots import slopes
from scenarios.trials.results import role_of, simulated, value_of
from scenarios.trials.spec import load_trial, trial_files

#: row -> trials that answer it
TRIALS: dict[int, tuple[str, ...]] = {
    6: ("london_dtou",),
    10: ("us_critical_peak",),
    12: ("smud_smartpricing",),
    13: ("yokohama",),
    14: ("thermostat_austin",),
    15: ("keihanna", "unsolicited_message"),
    16: ("uk_flexibility_service", "short_notice_devices"),
}


def trial_row(row: int) -> list[Fact]:
    """Every published figure of the row: the middle of its band as target, half its width as tolerance."""
    facts = []
    for name in TRIALS[row]:
        trial, table = load_trial(trial_files()[name]), simulated(name)
        for band in trial.reproduced_if:
            if band.row != row:
                continue
            mean, low, high = t_interval(value_of(table, band.measure))
            middle, half = 0.5 * (band.low + band.high), 0.5 * (band.high - band.low)
            facts.append(Fact(row, f"{name}: {band.measure} (published {band.published:g})", middle, half, mean, None,
                              role_of(name, band.measure), trial.source, low, high))  # fmt: skip
    return facts


def row_11() -> list[Fact]:
    """Slope of the peak cut on the log price ratio across simulated pilots; and inside one population."""
    source = "Arcturus 2.0 (Faruqui, Sergici, Warner 2017), recalled and unverified"
    found = slopes()
    cases = [("across pilots without technology", 0.065, "manual"),
             ("across pilots with thermostats", 0.111, "thermostat"),
             ("inside one population, without technology", 0.065, "inside")]  # fmt: skip
    return [
        Fact(11, f"slope on ln(price ratio), {name}", target, float("inf"), found[key], None, "predicted", source)
        for name, target, key in cases
    ]


ROWS: dict[int, Callable[[], list[Fact]]] = {**{row: partial(trial_row, row) for row in TRIALS}, 11: row_11}
