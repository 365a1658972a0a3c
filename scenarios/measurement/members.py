"""One arm's enrolled homes as the utility meters them, with the truth beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.baselines import EventWindow, MeterHistory
from scenarios.measurement.kept import KeptReads
from scenarios.running.replication import ReplicationResult
from simulator.dispatch import OPTED_OUT
from simulator.season import TreatmentLog

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ArmMembers:
    """Enrolled homes of one arm.

    Attributes
    ----------
    rows : (members,) positions among all homes
    kwh : (members, days, 24) their metered load under the arm
    segment : (members,)
    true_event_kwh : (members, events) event counterfactual minus load
    true_program_kwh : (members, events) programme counterfactual minus load
    paid_usd, asked, opted_out, discomfort_kh : (members, events)
        ``asked`` is 1 where the home was called on, read in time or not.
    incentive_usd : (members,)
    """

    arm: str
    rows: NDArray[np.int64]
    kwh: NDArray[np.float32]
    segment: NDArray[np.int64]
    true_event_kwh: Floats
    true_program_kwh: Floats
    paid_usd: Floats
    asked: Floats
    opted_out: Floats
    discomfort_kh: Floats
    incentive_usd: Floats
    tariff_usd: Floats
    left: Floats  # (members,) 1 where the home left the programme in the season
    fatigue: Floats  # (members, events) the stock after each event
    satisfaction: Floats  # (members,) as the season ends


def _joined(logs: list[tuple[TreatmentLog, NDArray[np.bool_]]], take: str) -> Floats:
    return np.concatenate([np.asarray(getattr(log, take)[pick], dtype=np.float64) for log, pick in logs])


def members_of_arm(result: ReplicationResult, kept: KeptReads, arm: str) -> ArmMembers | None:
    """The arm's homes over all its treatments, or None where nobody joined (or no reads were kept: the oracle)."""
    if arm in ("none", "oracle") or arm not in result.logs:
        return None
    chosen = [m for m in result.outcomes[arm].members if m.chosen.any()]
    if not chosen:
        return None
    logs = [(result.logs[arm][m.treatment], m.chosen) for m in chosen]
    rows = np.concatenate([log.rows[pick] for log, pick in logs])
    offered = result.offers[arm].program[rows]
    incentive = np.array([p.incentive_usd for p in result.programs])[offered]
    return ArmMembers(
        arm=arm,
        rows=rows,
        kwh=np.concatenate([kept.treated[m.treatment][m.chosen] for m in chosen]),
        segment=np.maximum(result.normalised.labels, 0).astype(np.int64)[rows],
        true_event_kwh=_joined(logs, "event_impact_wh") / 1e3,
        true_program_kwh=_joined(logs, "program_impact_wh") / 1e3,
        paid_usd=_joined(logs, "paid_usd"),
        asked=_joined(logs, "called"),
        opted_out=np.concatenate([log.flags[pick][:, :, OPTED_OUT] for log, pick in logs]).astype(np.float64),
        discomfort_kh=_joined(logs, "discomfort_kh"),
        incentive_usd=incentive,
        tariff_usd=_joined(logs, "tariff_usd"),
        left=(_joined(logs, "left_day") >= 0).astype(np.float64),
        fatigue=_joined(logs, "fatigue"),
        satisfaction=_joined(logs, "satisfaction"),
    )


def event_windows(result: ReplicationResult) -> list[EventWindow]:
    """The calendar's events in whole local hours."""
    clock, rule = result.world.clock, result.calendar.rule
    from drsim.clock import quarter_of

    first, last = quarter_of(rule.window_from) // 4, -(-quarter_of(rule.window_to) // 4)
    return [EventWindow(day, first, last) for day in result.calendar.days if day < clock.days]


def whole_hours(result: ReplicationResult) -> bool:
    """Whether the event window is made of whole clock hours; only then do hourly baselines meet the event exactly."""
    rule = result.calendar.rule
    return rule.window_from.endswith(":00") and rule.window_to.endswith(":00")


def history_with_controls(result: ReplicationResult, kept: KeptReads, arm: ArmMembers) -> MeterHistory:
    """The arm's homes first, then all homes that the arm did not enrol, which may serve as controls."""
    from scenarios.results.worth import outdoor_by_hour

    clock = result.world.clock
    eligible = np.ones(clock.days, bool)
    eligible[list(result.calendar.days)] = False
    others = np.ones(len(kept.none), bool)
    others[arm.rows] = False
    kwh = np.concatenate([arm.kwh, kept.none[others]])
    control = np.arange(len(kwh)) >= len(arm.rows)
    types = clock.is_workday.astype(np.int64)
    return MeterHistory(kwh, eligible, clock.weekday.astype(np.int64), outdoor_by_hour(result.world), control, types)
