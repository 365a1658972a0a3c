"""One replication of a trial: homes are sampled, split, offered, told, metered; then the trial's estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.analyst import baselines_of
from scenarios.trials.estimators import log_ratio_effect, mean_cut_kw, per_enrolled
from scenarios.trials.spec import Group, Trial
from scenarios.trials.worlds import (
    group_program,
    offer,
    participants,
    split,
    trial_calendar,
    trial_world,
)
from simulator.dispatch import NOTIFIED, OPTED_OUT, OVERRODE, PARTICIPATED
from simulator.events import Calendar
from simulator.fields import AIR_CONDITIONER
from simulator.meter import GOOD_METERS
from simulator.season import Treatment
from simulator.world import Lives, World

Floats = NDArray[np.float64]
GAP_DAYS = 30


@dataclass
class Side:
    """One group's meters: mean load of its analysed homes and of the control, and what the programme logged."""

    name: str
    group: Group
    treatment: Treatment
    offered: NDArray[np.int64]  # rows of the homes analysed (offered, or volunteers)
    control: NDArray[np.int64]
    take_up: float
    volunteers: bool
    treated_kw: Floats
    control_kw: Floats
    ac_kwh: Floats  # (events, 2) air conditioning per enrolled and per control home with one
    home_kwh: Floats  # (enrolled,) event energy
    ordinary_kwh: Floats  # the same homes' last ten days, scaled by what the control did: a weather-adjusted past
    control_window: Floats  # (control, days)


def run_trial(
    trial: Trial, replication: int, seed: int = 77, changes: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Every statistic of every group: ``group.statistic`` -> value."""
    world, volunteered = participants(trial, trial_world(trial, replication, seed, changes))
    everyone = Lives(world, world.population.homes)
    past_kw, peaks, window = _history(trial, world, everyone)
    calendar = trial_calendar(trial, world, peaks)
    sides = _recruit(trial, world, everyone, volunteered, calendar, window)
    baselines = baselines_of(world.clock.is_workday, calendar.days)
    season: dict[str, list[Floats]] = {s.name: [] for s in sides}
    none: dict[str, list[Floats]] = {s.name: [] for s in sides}
    for day in range(world.first_event_day, world.clock.days):
        everyone.day(day, calendar.window_on(day))
        for side in sides:
            treatment = side.treatment
            treatment.day(day, everyone.load_wh, baselines, GOOD_METERS)
            load = everyone.load_wh[side.offered].sum(axis=0, dtype=np.int64)
            own = treatment.lives.load_wh.sum(axis=0, dtype=np.int64)
            load = load + own - everyone.load_wh[treatment.rows].sum(axis=0, dtype=np.int64)
            season[side.name].append(load / 250.0 / max(1, len(side.offered)))
            none[side.name].append(everyone.load_wh[side.control].mean(axis=0) / 250.0)
            i0, i1 = world.clock.window(day, calendar.rule.window_from, calendar.rule.window_to)
            side.control_window[:, day] = everyone.load_wh[side.control, i0:i1].sum(axis=1) / 1e3
            _note_event(side, everyone, calendar, day)
    found: dict[str, float] = {}
    for side in sides:
        side.treated_kw = np.concatenate([past_kw[side.offered].mean(axis=0), *season[side.name]])
        side.control_kw = np.concatenate([past_kw[side.control].mean(axis=0), *none[side.name]])
        found.update({f"{side.name}.{k}": v for k, v in statistics(side, world, calendar).items()})
    return found


def _history(trial: Trial, world: World, everyone: Lives) -> tuple[Floats, Floats, Floats]:
    begins, ends = trial.events.window_local.split("-")
    loads, peaks, total = [], [], np.zeros(len(everyone.homes))
    window = np.full((len(everyone.homes), world.clock.days), np.nan)
    for day in range(world.first_event_day):
        everyone.day(day)
        loads.append((everyone.load_wh / 250.0).astype(np.float32))
        i0, i1 = world.clock.window(day, begins, ends)
        window[:, day] = everyone.load_wh[:, i0:i1].sum(axis=1) / 1e3
        peaks.append(float(everyone.load_wh.sum(axis=0, dtype=np.int64).reshape(-1, 4).sum(axis=1).max()) / 1e3)
        total += everyone.load_wh.sum(axis=1)
    everyone.homes["typical_kw"] = total / 1e3 / 24.0 / world.first_event_day
    return np.concatenate(loads, axis=1), np.array(peaks), window


def _recruit(
    trial: Trial, world: World, everyone: Lives, volunteered: NDArray[np.bool_], calendar: Calendar, window: Floats
) -> list[Side]:
    homes, sides = everyone.homes, []
    names = list(trial.groups)
    against, volunteers = trial.design == "volunteers_against_others", trial.design != "randomised_offer"
    pool = np.flatnonzero(volunteered)
    number = split(len(pool), 1 if against else len(names) + 1, world)
    for index, name in enumerate(names):
        group = trial.groups[name]
        program = group_program(name, group, trial, world)
        offered = pool if against else pool[number == index + 1]
        control = np.flatnonzero(~volunteered) if against else pool[number == 0]
        start = homes.copy()
        if group.equipped:
            start["smart_thermostat"][offered] = start["ac_thermal_kw"][offered] > 0
        there = start[offered]
        if volunteers or group.recruitment == "assigned":
            yes = program.eligible(there)
        else:
            yes = offer(trial, group, program, world, there)[0]
        rows = offered[yes]
        treatment = Treatment(world, _told_at(calendar, group.notice_hours), program, start, rows, window, score=False)
        empty, each = np.zeros(0), np.zeros(len(rows))
        sides.append(Side(name, group, treatment, offered, control, len(rows) / max(1, len(offered)), volunteers,
                          empty, empty, np.full((len(calendar.days), 2), np.nan), each, each.copy(),
                          window[control].copy()))  # fmt: skip
    return sides


def _told_at(calendar: Calendar, notice_hours: float | None) -> Calendar:
    if notice_hours is None:
        return calendar
    return replace(calendar, rule=replace(calendar.rule, notice_hours=notice_hours))


def _note_event(side: Side, everyone: Lives, calendar: Calendar, day: int) -> None:
    if day not in calendar.days:
        return
    treatment, event = side.treatment, calendar.days.index(day)
    cooled = everyone.homes["ac_thermal_kw"][side.control] > 0
    if cooled.any() and len(treatment.rows):
        side.ac_kwh[event, 0] = treatment.lives.event_kwh[:, AIR_CONDITIONER].mean()
        side.ac_kwh[event, 1] = everyone.event_kwh[side.control][cooled, AIR_CONDITIONER].mean()
    e0, e1 = calendar.window_on(day)
    side.home_kwh += treatment.lives.load_wh[:, e0:e1].sum(axis=1) / 1e3
    none = np.nanmean(side.control_window[:, max(0, day - 10) : day])
    now = everyone.load_wh[side.control][:, e0:e1].sum(axis=1).mean() / 1e3
    side.ordinary_kwh += np.nanmean(treatment.window_kwh[:, max(0, day - 10) : day], axis=1) * now / none


def statistics(side: Side, world: World, calendar: Calendar) -> dict[str, float]:
    """What the trial's publication would print of one group."""
    clock, first = world.clock, world.first_event_day
    quarter = clock.local_quarter[: len(side.treated_kw)]
    high, low, signalled = (np.zeros(len(quarter), bool) for _ in range(3))
    by_event = []
    for day, signal in side.treatment.signals.items():
        at = slice(int(clock.first[day]) + signal.window[0], int(clock.first[day]) + signal.window[1])
        (low if signal.terms["price_ratio"] < 1.0 else high)[at] = True
        signalled[at] = True
        if day in calendar.days:
            mask = np.zeros(len(quarter), bool)
            mask[at] = True
            by_event.append((day, mask))
    workday = np.repeat(clock.is_workday, clock.count)[: len(quarter)]
    before = np.arange(len(quarter)) < clock.first[first]
    reference = ~before & ~signalled if low.any() else before & workday

    def cut(mask: NDArray[np.bool_]) -> float:
        return -log_ratio_effect(side.treated_kw, side.control_kw, mask, reference, quarter)

    per_home = 1.0 if side.volunteers else side.take_up
    each = np.array([per_enrolled(cut(mask), per_home) for _, mask in by_event])
    days = np.array([day for day, _ in by_event])
    gap = np.flatnonzero(np.diff(days) > GAP_DAYS) + 1 if len(days) else np.array([], int)
    steady = each[: gap[0]] if len(gap) else each
    half = len(steady) // 2
    kw = mean_cut_kw(side.treated_kw, side.control_kw, high, reference, quarter) if high.any() else float("nan")
    flags, log = side.treatment.log.flags.astype(float), side.treatment.log
    joined = max(1, len(log.rows))
    return {
        "take_up": side.take_up,
        "per_offered_fraction": cut(high),
        "per_offered_kw": kw,
        "per_enrolled_fraction": per_enrolled(cut(high), per_home),
        "per_enrolled_kw": per_enrolled(kw, per_home),
        "first_event_fraction": float(each[:2].mean()) if len(each) else float("nan"),
        "after_gap_fraction": float(each[gap[0] : gap[0] + 2].mean()) if len(gap) else float("nan"),
        "later_over_earlier": float(steady[half:].mean() / steady[:half].mean()) if half else float("nan"),
        "override_share": float(flags[:, :, OVERRODE].sum() / max(1.0, flags[:, :, PARTICIPATED].sum())),
        "opt_out_share": float(flags[:, :, OPTED_OUT].sum() / max(1.0, flags[:, :, NOTIFIED].sum())),
        "runtime_cut_fraction": runtime_cut(side.ac_kwh),
        "took_part_share": float(flags[:, :, PARTICIPATED].mean()) if flags.size else float("nan"),
        "left_share": float((log.left_day >= 0).sum() / joined),
        "low_fraction": cut(low) if low.any() else float("nan"),
        "responder_share": float((side.home_kwh < 0.9 * side.ordinary_kwh).mean()) if len(log.rows) else float("nan"),
    }


def runtime_cut(ac_kwh: Floats) -> float:
    """Share by which enrolled homes' air conditioning fell short of the control's over all events; NaN without any."""
    both = np.isfinite(ac_kwh).all(axis=1)
    usual = float(ac_kwh[both, 1].sum())
    return float(1.0 - ac_kwh[both, 0].sum() / usual) if usual > 0.0 else float("nan")


__all__ = ["Side", "run_trial", "statistics"]
