"""A virtual power plant of each arm's homes: learn on the first half of the events, commit and sell the second half."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.baselines import RULES, grouped
from analysis.money.market import DayAheadTerms, forecast, vpp_season
from scenarios.measurement.kept import KeptReads
from scenarios.measurement.members import ArmMembers, event_windows, history_with_controls
from scenarios.results.worth import grid_of
from scenarios.running.replication import ReplicationResult

RULE = "pjm_high_4_of_5"  # what the market settles on: segments' mean loads with a day-of difference
CLEARING_QUANTILE = 0.5  # the plant offers at the median price of the season's hours
PENALTY_OF_CAPACITY = 1.5  # a kW missing in an event costs so many times its share of the season's capacity payment


def plant_table(
    result: ReplicationResult, kept: KeptReads, members: list[ArmMembers], confidence: float, grid_file: object
) -> pd.DataFrame:
    """One row for each arm: commitment, delivery, revenue, penalties and profit of the season's second half [USD].

    Payments to homes and the vendor are the share of the season that was sold; recruiting is spread over the
    programme's life.
    """
    windows = event_windows(result)
    half = len(windows) // 2
    if half < 2:
        return pd.DataFrame()
    worth, world = result.facts.worth, result.world
    grid = grid_of(world, grid_file)  # type: ignore[arg-type]
    share = (len(windows) - half) / len(windows)
    capacity = worth.parameters["economics.capacity_usd_per_kw_year"] * share
    sold = windows[half:]
    price = np.stack([grid.price_usd_per_kwh[w.day, w.first : w.last] for w in sold])
    floor = float(np.quantile(grid.price_usd_per_kwh[world.first_event_day :], CLEARING_QUANTILE))
    rows = []
    for arm in members:
        history = history_with_controls(result, kept, arm)
        segments = int(arm.segment.max()) + 1
        label = np.full(history.homes, -1, dtype=np.int64)
        label[: len(arm.rows)] = arm.segment
        mean = grouped(history, label, segments)
        made = [RULES[RULE].estimate(mean, w).kwh - mean.on(w.day, w.slots) for w in windows]
        homes = np.bincount(arm.segment, minlength=segments).astype(np.float64)
        learned = np.stack([m.mean(axis=1) for m in made[:half]], axis=1)
        expected = forecast(homes.tolist(), learned)
        delivered = np.stack([homes @ np.nan_to_num(m, nan=0.0) for m in made[half:]])
        ledger = result.offers[arm.arm].ledger
        payments = float(arm.paid_usd[:, half:].sum() + share * arm.incentive_usd.sum())
        once = (ledger.spent_usd - arm.incentive_usd.sum()) / max(1, worth.life.years)
        cost = share * (once + len(arm.rows) * worth.life.vendor_usd_per_enrolment)
        season = vpp_season(
            expected, confidence, delivered, price, DayAheadTerms(floor), capacity,
            PENALTY_OF_CAPACITY * capacity / len(sold), payments, cost,
        )  # fmt: skip
        true_kw = float(arm.true_event_kwh[:, half:].sum()) / (len(sold) * result.facts.event_hours)
        rows.append({"arm": arm.arm, "replication": result.replication, "confidence": confidence,
                     "forecast_kw": expected.mean_kw, "forecast_spread_kw": expected.spread_kw, **vars(season),
                     "true_event_kw": true_kw, "profit_usd": season.profit_usd, "events": len(sold)})  # fmt: skip
    return pd.DataFrame(rows)
