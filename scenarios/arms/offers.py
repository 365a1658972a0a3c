"""Arms: who is offered what, in which order, until the one budget is committed.

An offer is the whole menu: the household picks the programme it likes best among those it can join.
Everything else is the same in every arm: homes, weather, events, dice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis.targeting.ledger import LedgerResult, blanket_incentive, run_waves
from scenarios.schema.scenario import Scenario
from simulator.behaviour.enrolment import answers
from simulator.programs import Program
from simulator.world import World

Floats = NDArray[np.float64]
HIGHEST_BLANKET_FACTOR = 3.0  # a utility would not offer more than this multiple of the usual incentive


def whole_cents(usd: float) -> float:
    """An amount that can be paid: whole cents, never more than ``usd``."""
    return math.floor(100.0 * usd + 1e-6) / 100.0


#: What a planner sets aside for the event payments of one enrolment [USD].
Forecast = Callable[[Program], float]


@dataclass
class OfferBook:
    """Every distinct offer of a replication: a programme on one set of terms. An offer's number is its place.

    Arms may offer the same programme at other incentives, with or without information; the homes that took any
    of them live the same life, so copies are shared over offers that differ in recruiting only.
    """

    offers: list[Program] = field(default_factory=list)

    def add(self, offer: Program) -> int:
        """The number of an offer, entered if it is new."""
        if offer not in self.offers:
            self.offers.append(offer)
        return self.offers.index(offer)

    def add_all(self, offers: list[Program]) -> list[int]:
        """Numbers of several offers."""
        return [self.add(offer) for offer in offers]

    def lives(self) -> list[tuple[Program, list[int]]]:
        """Offers grouped by the life they lead to: (programme without its recruiting terms, numbers)."""
        groups: dict[Program, list[int]] = {}
        for number, offer in enumerate(self.offers):
            key = replace(offer, incentive_usd=0.0, device_usd=0.0, informed=False, default=False)
            groups.setdefault(key, []).append(number)
        return list(groups.items())


@dataclass(frozen=True)
class Answers:
    """How every home would answer its menu: same dice in all arms."""

    joins: NDArray[np.bool_]  # (homes,)
    program: NDArray[np.int64]  # (homes,) number in the book of the offer it would pick, -1 when it can join none
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
    answers: Answers  # of every home to the terms it would have got
    contact_usd: Floats


def answer_menu(
    world: World, homes: NDArray[np.void], book: OfferBook, menu: list[int] | NDArray[np.bool_], scenario: Scenario,
    forecast: Forecast, window_hours: float,
) -> Answers:  # fmt: skip
    """Ask every home about its menu; it picks the offer that it believes earns it most, and joins or not.

    Parameters
    ----------
    menu
        Numbers of the offers that every home gets, or (homes, offers in the book) True where a home gets one.
    forecast
        The planner's event payments for one enrolment under an offer [USD].
    """
    n = len(homes)
    cut = float(world.behaviour["believed_cut_fraction"])
    best, gain = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    for number in menu if isinstance(menu, list) else np.flatnonzero(menu.any(axis=0)).tolist():
        program = book.offers[number]
        season = program.season_usd(homes, window_hours, cut, scenario.events_per_home)
        gets = True if isinstance(menu, list) else menu[:, number]
        offered = np.where(program.can_join(homes) & gets, season, np.nan)
        better = np.isnan(gain) & ~np.isnan(offered) | (offered > gain)
        best, gain = np.where(better, number, best), np.where(better, offered, gain)

    def of_offer(values: list[float]) -> Floats:
        return np.where(best >= 0, np.array([*values, 0.0])[best], 0.0)

    joins, probability, offers = np.zeros(n, bool), np.zeros(n), book.offers
    informed, default = (of_offer([float(x) for x in column]) > 0.0 for column in
                         ([p.informed for p in offers], [p.default for p in offers]))  # fmt: skip
    answers(homes, world.behaviour, world.seed, world.replication, gain, informed, default, joins, probability)
    recruit = scenario.costs.recruit_usd_per_enrolment
    return Answers(
        joins=joins,
        program=best,
        probability=probability,
        enrol_usd=of_offer([recruit + p.device_usd + p.incentive_usd for p in offers]),
        incentive_usd=of_offer([p.incentive_usd for p in offers]),
        forecast_usd=of_offer([forecast(p) for p in offers]),
    )


def planned_cost_per_offer(answers_: Answers, scenario: Scenario) -> float:
    """What the planner expects one offer to cost, with the one stated take-up [USD]."""
    can = answers_.program >= 0
    commitment = float((answers_.enrol_usd + answers_.forecast_usd)[can].mean()) if can.any() else 0.0
    take_up = scenario.targeting.planning_take_up_fraction
    return scenario.costs.contact_usd_per_offer + take_up * commitment


def spend(
    arm: str, order: NDArray[np.int64], answers_: Answers, scenario: Scenario, contact_usd: float | Floats,
    pilot_usd: float = 0.0,
) -> Offers:  # fmt: skip
    """Send the offers of one arm; a pilot that it learned from is paid first, with the administration."""
    fixed = scenario.costs.admin_usd + pilot_usd
    if fixed > scenario.budget_usd:  # the pilot ate the budget: nothing is left for offers
        fixed, order = scenario.budget_usd, order[:0]
    ledger = run_waves(
        order=order,
        enrols=answers_.joins,
        cost_if_offered_usd=contact_usd,
        cost_if_enrolled_usd=answers_.enrol_usd,
        forecast_payment_usd_per_enrolment=answers_.forecast_usd,
        budget_usd=scenario.budget_usd,
        admin_usd=fixed,
        wave_homes=scenario.targeting.wave_homes,
        planning_take_up_fraction=scenario.targeting.planning_take_up_fraction,
    )
    incentives = float(answers_.incentive_usd[ledger.enrolled].sum())
    contact = np.broadcast_to(np.asarray(contact_usd, np.float64), answers_.joins.shape)
    return Offers(arm, ledger, answers_.program, incentives, answers_, contact)


def blanket_offers(programs: list[Program], answers_: Answers, scenario: Scenario) -> list[Program]:
    """The programmes at the one multiple of their usual incentives with which the budget reaches everybody."""
    can = answers_.program >= 0
    usual = float(answers_.incentive_usd[can].mean()) if can.any() else 0.0
    if usual <= 0.0:
        return programs
    other = float((answers_.enrol_usd - answers_.incentive_usd + answers_.forecast_usd)[can].mean())
    incentive = blanket_incentive(
        scenario.budget_usd - scenario.costs.admin_usd, len(answers_.joins), scenario.costs.contact_usd_per_offer,
        other, 0.0, scenario.targeting.planning_take_up_fraction, 0.0, HIGHEST_BLANKET_FACTOR * usual,
    )  # fmt: skip
    return [replace(p, incentive_usd=whole_cents(p.incentive_usd * incentive / usual)) for p in programs]
