"""Arms: who is offered what, in which order, until the one budget is committed.

An offer is the whole menu: the household picks the programme it likes best among those it can join.
Everything else is the same in every arm: homes, weather, events, dice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.ledger import LedgerResult, blanket_incentive, run_waves
from analysis.targeting import ORDERINGS, Records
from scenarios.schema import Scenario
from simulator.behaviour.enrolment import answers
from simulator.programs import Program
from simulator.world import World

Floats = NDArray[np.float64]
HIGHEST_BLANKET_FACTOR = 3.0  # a utility would not offer more than this multiple of the usual incentive


@dataclass(frozen=True)
class Answers:
    """How every home would answer the menu: same dice in all arms."""

    joins: NDArray[np.bool_]  # (homes,)
    program: NDArray[np.int64]  # (homes,) the programme it would pick, -1 when it can join none
    probability: Floats
    enrol_usd: Floats  # recruitment + device + up-front incentive of the picked programme
    incentive_usd: Floats
    forecast_usd: Floats  # event payments the planner sets aside


@dataclass(frozen=True)
class Offers:
    """One arm's result of recruiting."""

    arm: str
    ledger: LedgerResult
    program: NDArray[np.int64]
    incentives_usd: float


def answer_menu(
    world: World, homes: NDArray[np.void], programs: Sequence[Program], scenario: Scenario,
    payments_usd: Sequence[float], window_hours: float, incentive_factor: float = 1.0,
) -> Answers:  # fmt: skip
    """Ask every home about the menu; ``payments_usd`` are the planner's event payments per enrolment."""
    n = len(homes)
    cut = float(world.behaviour["believed_cut_fraction"])
    best, gain = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    for index, program in enumerate(programs):
        season = program.believed_event_usd(homes, window_hours, cut) * scenario.events.at_most
        offered = np.where(program.eligible(homes), season + incentive_factor * program.incentive_usd, np.nan)
        better = np.isnan(gain) & ~np.isnan(offered) | (offered > gain)
        best, gain = np.where(better, index, best), np.where(better, offered, gain)
    joins, probability = np.zeros(n, bool), np.zeros(n)
    answers(homes, world.behaviour, world.seed, world.replication, gain, joins, probability)
    costs = scenario.costs
    incentive = np.array([incentive_factor * p.incentive_usd for p in programs])
    fixed = np.array([costs.recruit_usd_per_enrolment + p.device_usd for p in programs])
    forecast = np.array(list(payments_usd))
    return Answers(
        joins=joins,
        program=best,
        probability=probability,
        enrol_usd=np.where(best >= 0, (fixed + incentive)[best], 0.0),
        incentive_usd=np.where(best >= 0, incentive[best], 0.0),
        forecast_usd=np.where(best >= 0, forecast[best], 0.0),
    )


def planned_cost_per_offer(answers_: Answers, scenario: Scenario) -> float:
    """What the planner expects one offer to cost, with the one stated take-up [USD]."""
    can = answers_.program >= 0
    commitment = float((answers_.enrol_usd + answers_.forecast_usd)[can].mean()) if can.any() else 0.0
    take_up = scenario.targeting.planning_take_up_fraction
    return scenario.costs.contact_usd_per_offer + take_up * commitment


def spend(arm: str, order: NDArray[np.int64], answers_: Answers, scenario: Scenario) -> Offers:
    """Send the offers of one arm."""
    ledger = run_waves(
        order=order,
        enrols=answers_.joins,
        cost_if_offered_usd=scenario.costs.contact_usd_per_offer,
        cost_if_enrolled_usd=answers_.enrol_usd,
        forecast_payment_usd_per_enrolment=answers_.forecast_usd,
        budget_usd=scenario.budget_usd,
        admin_usd=scenario.costs.admin_usd,
        wave_homes=scenario.targeting.wave_homes,
        planning_take_up_fraction=scenario.targeting.planning_take_up_fraction,
    )
    return Offers(arm, ledger, answers_.program, float(answers_.incentive_usd[ledger.enrolled].sum()))


def blanket_factor(programs: Sequence[Program], answers_: Answers, scenario: Scenario) -> float:
    """The one multiple of the usual incentives with which the budget reaches everybody."""
    usual = float(answers_.incentive_usd[answers_.program >= 0].mean()) if (answers_.program >= 0).any() else 0.0
    if usual <= 0.0:
        return 1.0
    can = answers_.program >= 0
    other = float((answers_.enrol_usd - answers_.incentive_usd + answers_.forecast_usd)[can].mean())
    incentive = blanket_incentive(
        scenario.budget_usd - scenario.costs.admin_usd, len(answers_.joins), scenario.costs.contact_usd_per_offer,
        other, 0.0, scenario.targeting.planning_take_up_fraction, 0.0, HIGHEST_BLANKET_FACTOR * usual,
    )  # fmt: skip
    return incentive / usual


def order_of(arm: str, records: Records) -> NDArray[np.int64]:
    """The arm's order of offers, from records alone."""
    return ORDERINGS["untargeted" if arm == "blanket" else arm](records)[0]


def oracle_order(
    answers_: Answers, impact_kwh: Floats, paid_usd: Floats, events: int, contact_usd: float
) -> NDArray[np.int64]:
    """Highest true expected reduction per expected dollar first; homes that reduce nothing are left out.

    ``impact_kwh, paid_usd`` (programs, homes) are expectations per event over dice that are never scored.
    """
    rows = np.arange(len(answers_.joins))
    picked = np.maximum(answers_.program, 0)
    can = answers_.program >= 0
    value = np.where(can, answers_.probability * impact_kwh[picked, rows], 0.0)
    cost = contact_usd + answers_.probability * (answers_.enrol_usd + events * paid_usd[picked, rows])
    order = np.argsort(-value / cost, kind="stable")
    return np.asarray(order[value[order] > 0.0], dtype=np.int64)
