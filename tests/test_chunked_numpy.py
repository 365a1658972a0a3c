"""The chunked-NumPy twin in ``benchmarks/`` and the compiled path agree: means, quantiles, shape, event impact.

Same homes, weather and calendar; dice of its own. Homes are independent, so a difference in a use is judged by its own
standard error over homes. In the summer a third of the homes has panels, half of those a battery, so every end use
that the simulator knows is compared.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.fields import AIR_CONDITIONER, USES
from simulator.model import DemandResponseModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from chunked_numpy import ChunkedModel, water_kind

HOMES, DAYS, HISTORY, CHUNK = 4000, 8, 7, 1500  # three chunks, the last one short
#: Draws that last for weeks leave too few of them in eight days; tests/test_days.py looks at those.
NO_SPELLS = {"standby.spell_log_sd": 0.0}
SUMMER: dict[str, Any] = {
    "households": HOMES, "days": DAYS, "history_days": HISTORY, "start": "2024-07-08",
    "program": "thermostat_setback", "incentive_usd": 1000.0, "window_local": "17:00-20:00",
    "event_dates": "2024-07-09 2024-07-11 2024-07-15",
    "parameters": {"ac.smart_thermostat_share": 1.0, "pv.share": 0.33, "battery.share_of_pv": 0.5, **NO_SPELLS},
}  # fmt: skip
#: Over the day on which clocks change, 31 March in Britain.
WINTER: dict[str, Any] = {
    "households": HOMES, "days": DAYS, "history_days": HISTORY, "start": "2024-03-26", "region": "uk_london",
    "parameters": NO_SPELLS,
}  # fmt: skip
#: Warm days and cool nights, without cooling: windows do it.
SPRING: dict[str, Any] = {
    "households": HOMES, "days": DAYS, "history_days": HISTORY, "start": "2024-05-06", "region": "us_inland_california",
    "parameters": {"ac.share": 0.3, "ventilation.opens_share": 1.0, "water.heat_pump_share": 0.5, **NO_SPELLS},
}  # fmt: skip
SEASONS = {"summer": SUMMER, "winter": WINTER, "spring": SPRING}


@cache
def both(season: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Load (homes, intervals), use (homes, uses), impact and participation of the two, from the same start."""
    model = DemandResponseModel(**SEASONS[season])
    start = model.everyone.homes.copy()
    loads, uses = [], np.zeros((HOMES, len(USES)))
    while model.running:
        model.step()
        loads.append(model.home_load_wh() / 250.0)
        today = model.everyone.use_kwh.copy()
        if model.treatment is not None:
            today[model.enrolled] = model.treatment.lives.use_kwh[model._position[model.enrolled]]
        uses += today
    log = None if model.treatment is None else model.treatment.log
    compiled = {
        "load_kw": np.concatenate(loads, axis=1),
        "use_kwh": uses,
        "impact_kw": None if log is None else log.event_impact_wh.sum() / 1e3 / 3.0 / log.paid_usd.size,
        "participated": None if log is None else log.flags[:, :, 1].mean(),
    }
    rows = np.flatnonzero(model.enrolled)
    days = (model.world, start, HISTORY, DAYS)
    twin = ChunkedModel(*days, model.program, model.calendar, rows, chunk=CHUNK, keep=True)
    twin.run_model()
    load = twin.load_kw()
    found: dict[str, Any] = {"load_kw": load, "use_kwh": twin.use_kwh(), "impact_kw": None}
    if len(rows):
        without = ChunkedModel(*days, chunk=CHUNK, keep=True)
        without.run_model()
        saved = without.load_kw() - load
        inside = np.zeros(load.shape[1], bool)
        for day, (e0, e1) in zip(model.calendar.days, model.calendar.windows, strict=True):
            inside[96 * (day - HISTORY) + e0 : 96 * (day - HISTORY) + e1] = True
        found["impact_kw"], found["participated"] = saved[rows][:, inside].mean(), twin.participation()
        # before the first event the two runs are one and the same, and other homes never notice
        assert not saved[:, : int(np.argmax(inside))].any()
        assert not np.delete(saved, rows, axis=0).any()
    return compiled, found


@pytest.mark.parametrize("season", SEASONS)
def test_every_end_use_agrees(season: str) -> None:
    compiled, twin = both(season)
    assert twin["load_kw"].mean() == pytest.approx(compiled["load_kw"].mean(), rel=0.03)
    differences = (twin["use_kwh"] - compiled["use_kwh"]) / DAYS
    for use, name in enumerate(USES):
        mean, error = differences[:, use].mean(), differences[:, use].std(ddof=1) / np.sqrt(HOMES)
        assert abs(mean) <= 3.5 * error + 1e-4, f"{name}: differs by {mean:.3f} kWh a day, standard error {error:.3f}"


def test_the_three_seasons_live_every_end_use() -> None:
    lived = sum(both(season)[0]["use_kwh"].any(axis=0).astype(int) for season in SEASONS)
    assert np.all(lived > 0), [name for name, times in zip(USES, lived, strict=True) if not times]


@pytest.mark.parametrize("season", SEASONS)
def test_quantiles_and_the_day_s_shape_agree(season: str) -> None:
    compiled, twin = both(season)
    for share in (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
        ours, theirs = (np.quantile(found["load_kw"], share) for found in (compiled, twin))
        assert theirs == pytest.approx(ours, rel=0.05, abs=0.01), f"quantile {share}"
    ours, theirs = (found["load_kw"].mean(axis=0) for found in (compiled, twin))
    assert len(ours) == len(theirs) == 96 * DAYS - (4 if season == "winter" else 0)
    # hour by hour of all days: homes' own dice leave a few per cent
    assert np.abs(theirs - ours).mean() < 0.04 * np.abs(ours).mean()


@pytest.mark.parametrize("season", SEASONS)
def test_energy_by_use_is_the_load(season: str) -> None:
    twin = both(season)[1]
    assert twin["use_kwh"].sum(axis=1) == pytest.approx(0.25 * twin["load_kw"].sum(axis=1), rel=1e-4, abs=1e-3)


def test_homes_keep_their_rank() -> None:
    """Columns are sorted inside; they come back in the order of the records."""
    compiled, twin = both("summer")
    means = [found["load_kw"].mean(axis=1) for found in (compiled, twin)]
    assert np.corrcoef(means[0], means[1])[0, 1] > 0.97


def test_event_impact_and_participation_agree() -> None:
    compiled, twin = both("summer")
    assert compiled["impact_kw"] > 0.3
    assert twin["impact_kw"] == pytest.approx(compiled["impact_kw"], rel=0.06)
    assert twin["participated"] == pytest.approx(compiled["participated"], abs=0.05)


def test_precision_and_chunk_change_little() -> None:
    """64 bits in one chunk: other dice, the same homes."""
    model = DemandResponseModel(households=800, days=4, history_days=HISTORY, start="2024-07-08")
    start = model.everyone.homes.copy()
    assert set(np.unique(water_kind(start))) >= {1, 3}
    means = []
    for real, chunk in ((np.float32, 300), (np.float64, 800)):
        twin = ChunkedModel(model.world, start, HISTORY, 4, chunk=chunk, keep=True, real=real)
        twin.run_model()
        assert twin.load_kw().dtype == real
        means.append(twin.use_kwh())
    difference = (means[0] - means[1])[:, AIR_CONDITIONER]
    assert abs(difference.mean()) < 3.5 * difference.std(ddof=1) / np.sqrt(800) + 1e-4
