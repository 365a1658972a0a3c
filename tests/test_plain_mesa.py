"""The plain-object twin in ``benchmarks/`` and the compiled path agree: means, quantiles, event impact.

Same homes, weather and calendar; dice of their own. Homes are independent, so a difference between the two is
judged by its own standard error over homes, and by a tolerance of about three of them elsewhere.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.fields import USES
from simulator.model import DemandResponseModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from plain_mesa import PlainModel

HOMES, DAYS, HISTORY = 60, 10, 7
#: Draws that last for weeks leave sixty homes with too few of them to compare; tests/test_days.py looks at those.
NO_SPELLS = {"standby.spell_log_sd": 0.0}
SUMMER: dict[str, Any] = {
    "households": HOMES, "days": DAYS, "history_days": HISTORY, "start": "2024-07-08",
    "program": "thermostat_setback", "incentive_usd": 1000.0, "window_local": "17:00-20:00",
    "event_dates": "2024-07-09 2024-07-11 2024-07-15", "parameters": {"ac.smart_thermostat_share": 1.0, **NO_SPELLS},
}  # fmt: skip
WINTER: dict[str, Any] = {
    "households": HOMES, "days": DAYS, "history_days": HISTORY, "start": "2024-01-08", "region": "uk_london",
    "parameters": NO_SPELLS,
}  # fmt: skip


@cache
def both(season: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Load (homes, intervals), indoor, use (homes, uses) and event impact of the two, from the same start."""
    model = DemandResponseModel(**(SUMMER if season == "summer" else WINTER))
    start = model.everyone.homes.copy()
    loads, uses = [], np.zeros((HOMES, len(USES)))
    while model.running:
        model.step()
        loads.append(model.home_load_wh() / 250.0)
        for row in range(HOMES):
            lives = model.everyone if not model.enrolled[row] else model.treatment.lives
            uses[row] += lives.use_kwh[row if not model.enrolled[row] else model._position[row]]
    log = None if model.treatment is None else model.treatment.log
    compiled = {
        "load_kw": np.concatenate(loads, axis=1),
        "use_kwh": uses,
        "impact_kw": None if log is None else log.event_impact_wh.sum() / 1e3 / 3.0 / log.paid_usd.size,
        "participated": None if log is None else log.flags[:, :, 1].mean(),
    }
    rows = np.flatnonzero(model.enrolled).tolist()
    arguments = (model.world, start, HISTORY, DAYS)
    plain = PlainModel(*arguments, model.program, model.calendar, rows)
    plain.run_model()
    load = plain.load_kw()
    found: dict[str, Any] = {"load_kw": load, "use_kwh": plain.use_kwh(), "impact_kw": None}
    if rows:
        without = PlainModel(*arguments)
        without.run_model()
        saved = (without.load_kw() - load)[rows]
        inside = np.zeros(load.shape[1], bool)
        for day, (e0, e1) in zip(model.calendar.days, model.calendar.windows, strict=True):
            inside[96 * (day - HISTORY) + e0 : 96 * (day - HISTORY) + e1] = True
        found["impact_kw"] = saved[:, inside].mean()
        found["participated"] = sum(h.participated for h in plain.agents) / sum(h.notified for h in plain.agents)
        # an event's echo ends: before the first event the two plain runs are one and the same
        assert not saved[:, : int(np.argmax(inside))].any()
    return compiled, found


@pytest.mark.parametrize(("season", "tolerance"), [("summer", 0.03), ("winter", 0.05)])
def test_means_agree(season: str, tolerance: float) -> None:
    compiled, plain = both(season)
    assert plain["load_kw"].mean() == pytest.approx(compiled["load_kw"].mean(), rel=tolerance)
    differences = (plain["use_kwh"] - compiled["use_kwh"]) / DAYS
    for use, name in enumerate(USES):
        mean, error = differences[:, use].mean(), differences[:, use].std(ddof=1) / np.sqrt(HOMES)
        assert abs(mean) <= 3.5 * error + 1e-4, f"{name}: differs by {mean:.3f} kWh a day, standard error {error:.3f}"


@pytest.mark.parametrize("season", ["summer", "winter"])
def test_quantiles_and_the_day_s_shape_agree(season: str) -> None:
    compiled, plain = both(season)
    for share in (0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
        ours, theirs = (np.quantile(found["load_kw"], share) for found in (compiled, plain))
        rare = 0.15 if share > 0.95 or share < 0.2 else 0.10  # showers and chargers; who is on a trip: few homes
        assert theirs == pytest.approx(ours, rel=rare, abs=0.02), f"quantile {share}"
    shape = [found["load_kw"].mean(axis=0).reshape(DAYS, 24, 4).mean(axis=(0, 2)) for found in (compiled, plain)]
    assert np.abs(shape[0] - shape[1]).mean() < 0.08 * shape[0].mean()


def test_homes_keep_their_rank() -> None:
    """The records carry what makes homes differ, so mean loads of the same homes go together."""
    compiled, plain = both("summer")
    means = [found["load_kw"].mean(axis=1) for found in (compiled, plain)]
    assert np.corrcoef(means[0], means[1])[0, 1] > 0.97


def test_event_impact_and_participation_agree() -> None:
    compiled, plain = both("summer")
    assert compiled["impact_kw"] > 0.3
    assert plain["impact_kw"] == pytest.approx(compiled["impact_kw"], rel=0.15)
    assert plain["participated"] == pytest.approx(compiled["participated"], abs=0.2)
