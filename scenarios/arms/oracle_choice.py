"""The oracle's offers, the bound that no arm passes, and what each arm's offers were truly worth on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.targeting.offer_choice import choose_offers
from scenarios.arms.menus import Menus
from scenarios.arms.offers import OfferBook, Offers
from scenarios.arms.recruiting import Recruited
from scenarios.results.metrics import SeasonFacts
from scenarios.schema.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Worth:
    """True expectations of every set of terms in every home, over dice that are never scored; (terms, homes)."""

    value_kwh: Floats  # expected reduction per event if offered; NaN = can join nothing
    cost_usd: Floats

    def bound_kwh(self, budget_usd: float) -> float:
        """Value of the linear relaxation: no set of offers with this expected cost is worth more [kWh per event]."""
        return choose_offers(self.value_kwh, self.cost_usd, budget_usd).bound


def life_of_offers(book: OfferBook) -> NDArray[np.int64]:
    """For each offer of the book, the position of the life it leads to."""
    where = np.zeros(len(book.offers), dtype=np.int64)
    for life, (_, numbers) in enumerate(book.lives()):
        where[numbers] = life
    return where


def true_worth(
    menus: Menus, life_of: NDArray[np.int64], impact_kwh: Floats, paid_usd: Floats, events: int
) -> Worth:
    """``impact_kwh, paid_usd`` (lives, homes) are expectations per event of a home that enrolled."""
    rows = np.arange(impact_kwh.shape[1])
    value, cost = [], []
    for answers, contact in zip(menus.answers, menus.contact_usd, strict=True):
        life = life_of[np.maximum(answers.program, 0)]
        can = answers.program >= 0
        value.append(np.where(can, answers.probability * impact_kwh[life, rows], np.nan))
        cost.append(contact + answers.probability * (answers.enrol_usd + events * paid_usd[life, rows]))
    return Worth(np.stack(value), np.stack(cost))


def oracle_decision(worth: Worth, budget_usd: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order and terms: the solver's choice first, then whoever still gives something, best per dollar first."""
    chosen = choose_offers(worth.value_kwh, worth.cost_usd, budget_usd)
    density = np.where(np.isfinite(worth.value_kwh), worth.value_kwh / worth.cost_usd, -np.inf)
    best = density.max(axis=0)
    order = np.argsort(-best, kind="stable")
    order = order[(best[order] > 0.0) & ~np.isin(order, chosen.order)]
    terms = np.where(chosen.offer >= 0, chosen.offer, np.argmax(density, axis=0))
    return np.concatenate([chosen.order, order]).astype(np.int64), terms.astype(np.int64)


def add_expectations(
    metrics: dict[str, dict[str, float]], scenario: Scenario, recruited: Recruited, offers: dict[str, Offers],
    expected: tuple[Floats, Floats] | None, facts: SeasonFacts,
) -> None:  # fmt: skip
    """Each arm's pilot bill; with the oracle's expectations (offers of the book, homes) also what its offers were
    truly worth on average, what they were expected to cost, and the bound at the budget."""
    events = len(facts.event_slices)
    hours = max(facts.event_hours, 1e-9)
    bound = float("nan")
    if expected is not None:
        own = np.arange(len(expected[0]))  # already by offer
        worth = true_worth(recruited.menus, own, *expected, events)
        bound = worth.bound_kwh(scenario.budget_usd - scenario.costs.admin_usd) / hours
    for arm, values in metrics.items():
        values["pilot_cost_usd"] = recruited.pilot_cost_usd.get(arm, 0.0)
        values["oracle_bound_kw"] = bound
        kw = usd = 0.0 if expected is not None else float("nan")
        if expected is not None and arm in offers:
            kw, usd = expected_of_offers(offers[arm], *expected, events)
        values["expected_event_reduction_kw"], values["expected_cost_usd"] = kw / hours, usd


def expected_of_offers(
    offers: Offers, impact_kwh: Floats, paid_usd: Floats, events: int
) -> tuple[float, float]:  # fmt: skip
    """Expected reduction per event [kWh] and expected cost [USD] of the offers an arm made."""
    asked, answers = np.flatnonzero(offers.ledger.offered), offers.answers
    program = np.maximum(answers.program[asked], 0)
    p = np.where(answers.program[asked] >= 0, answers.probability[asked], 0.0)
    value = p * impact_kwh[program, asked]
    cost = offers.contact_usd[asked] + p * (answers.enrol_usd[asked] + events * paid_usd[program, asked])
    return float(value.sum()), float(cost.sum())
