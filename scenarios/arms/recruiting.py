"""All arms but the oracle recruit: orders and terms from records, offers until the budget is committed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.targeting.offer_choice import with_fair_share
from analysis.targeting.orderings import ORDERINGS, Records
from scenarios.arms.choices import CHOICES, NEEDS_PILOT, SUNK, Decision, Desk, plain_name
from scenarios.arms.customers import covariates_of, low_income
from scenarios.arms.menus import Menus, ask_everyone, single_program_terms, terms_of
from scenarios.arms.offers import Answers, Forecast, OfferBook, Offers, answer_menu, blanket_offers, spend
from scenarios.arms.pilot import Pilot, run_pilot
from scenarios.schema.scenario import Scenario
from simulator.programs import Program
from simulator.world import World

NO_FAIR_SHARE = ("blanket", "untargeted", "placebo")  # orders that mean something only as they are


@dataclass(frozen=True)
class Recruited:
    """What recruiting left: each arm's offers, every answer on the way, the pilot."""

    offers: dict[str, Offers]
    usual: Answers
    menus: Menus  # every set of terms that any arm could use, the usual ones first
    pilot: Pilot | None
    pilot_cost_usd: dict[str, float]
    best_terms: int  # the single terms that a pilot found best; the usual ones without a pilot


def recruit(
    scenario: Scenario, world: World, homes: NDArray[np.void], book: OfferBook, programs: list[Program],
    records: Records, menus: Menus, forecast: Forecast, window_hours: float,
) -> Recruited:  # fmt: skip
    """Run every arm's rule and spend its budget; ``menus`` are the whole-menu terms, usual first."""
    arms = [a for a in scenario.arms if a not in ("none", "oracle")] if scenario.messages and programs else []
    wanted = {plain_name(arm) for arm in arms}
    pilot = run_pilot(scenario, world.replication) if scenario.pilot is not None and arms else None
    whole = len(menus.terms)
    if "segment_offers" in wanted:
        single = single_program_terms(menus.terms)
        more = ask_everyone(world, homes, book, programs, single, scenario, forecast, window_hours)
        menus = Menus([*menus.terms, *more.terms], [*menus.answers, *more.answers])
    table = covariates_of(scenario, world, records.features)
    desk = Desk(scenario, records, table, programs, menus, whole, low_income(table), window_hours, pilot)
    offers: dict[str, Offers] = {}
    bills: dict[str, float] = {}
    answered_menus = [menus]
    for arm in arms:
        charged = plain_name(arm) in NEEDS_PILOT and not arm.endswith(SUNK)
        bills[arm] = pilot.cost_usd if pilot is not None and charged else 0.0
        if arm == "blanket":
            numbers = book.add_all(blanket_offers(programs, menus.answers[0], scenario))
            answers = answer_menu(world, homes, book, numbers, scenario, forecast, window_hours)
            order, contact = ORDERINGS["untargeted"](records)[0], np.full(len(homes), menus.terms[0].contact_usd)
            answered_menus.append(Menus([menus.terms[0]], [answers]))
        else:
            decision = _decide(desk, arm, charged)
            order = decision.order
            answers, contact = menus.chosen(decision.terms)
        if scenario.targeting.least_low_income_share > 0.0 and arm not in NO_FAIR_SHARE:
            order = with_fair_share(order, desk.low_income, scenario.targeting.least_low_income_share)
        offers[arm] = spend(arm, order, answers, scenario, contact, bills[arm])
    union = Menus([t for m in answered_menus for t in m.terms], [a for m in answered_menus for a in m.answers])
    return Recruited(offers, menus.answers[0], union, pilot, bills, desk.best_terms)


def _decide(desk: Desk, arm: str, charged: bool) -> Decision:
    """An arm's order and terms; rules that do not choose among terms use the usual ones.

    ``untargeted`` uses the best single incentive a pilot found, and is not charged for it: a strict yardstick.
    """
    name = plain_name(arm)
    if name in CHOICES:
        return CHOICES[name](desk, charged)
    terms = desk.best_terms if name == "untargeted" else 0
    order = ORDERINGS[name](desk.records)[0]
    return Decision(order, np.full(len(order), terms, dtype=np.int64))


def usual_menus(
    scenario: Scenario, world: World, homes: NDArray[np.void], book: OfferBook, programs: list[Program],
    forecast: Forecast, window_hours: float,
) -> Menus:  # fmt: skip
    """Every home's answer to the whole menu on every set of terms, the usual ones first."""
    terms = terms_of(scenario, len(programs))
    return ask_everyone(world, homes, book, programs, terms, scenario, forecast, window_hours)
