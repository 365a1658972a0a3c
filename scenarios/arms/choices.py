"""Arms that choose among terms: segment offers from records, and what was learned from a pilot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.prediction.pilot import expected_cost_usd
from analysis.targeting.knapsack import stochastic_knapsack
from analysis.targeting.offer_choice import choose_offers
from analysis.targeting.orderings import Records
from analysis.targeting.segment_plan import PlannedTerms, order_of_plan, plan_segments
from scenarios.arms.menus import Menus
from scenarios.arms.pilot import Pilot
from scenarios.schema.scenario import Scenario
from simulator.programs import Program

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
SUNK = "_sunk"  # suffix of an arm whose pilot is not charged
TARGET_OF_PLAN = 0.9  # without a stated target the knapsack aims at this share of what the budget is expected to buy


@dataclass(frozen=True)
class Desk:
    """What lies on the planner's desk when an arm decides."""

    scenario: Scenario
    records: Records
    table: pd.DataFrame  # features and customer file
    programs: list[Program]
    menus: Menus  # terms with the whole menu, the usual ones first; then, for segments, single programmes
    whole: int  # how many of them offer the whole menu
    low_income: NDArray[np.bool_]
    window_hours: float
    pilot: Pilot | None = None

    @property
    def best_terms(self) -> int:
        """The best single terms the pilot found; the usual ones without a pilot."""
        if self.pilot is None:
            return 0
        return self.pilot.models.best_single_offer(self.costs_usd().mean(axis=1))

    def _planned(self, name: str) -> Floats:
        """Mean over homes that could join, for each set of whole-menu terms [USD]."""
        found = []
        for answers in self.menus.answers[: self.whole]:
            can = answers.program >= 0
            found.append(float(getattr(answers, name)[can].mean()) if can.any() else 0.0)
        return np.array(found)

    def costs_usd(self) -> Floats:
        """Expected cost of each whole-menu offer to each home, by the pilot's take-up, (terms, homes)."""
        assert self.pilot is not None
        take_up = self.pilot.models.take_up(self.table)
        contact = self.menus.contact_usd[: self.whole][:, None]
        return contact + expected_cost_usd(take_up, 0.0, self._planned("enrol_usd"), self._planned("forecast_usd"))

    def left_usd(self, charged: bool) -> float:
        """Budget for offers after administration and, if charged, the pilot."""
        pilot = self.pilot.cost_usd if self.pilot is not None and charged else 0.0
        return max(0.0, self.scenario.budget_usd - self.scenario.costs.admin_usd - pilot)


@dataclass(frozen=True)
class Decision:
    """An order of offers, and which terms each home would get."""

    order: Indices
    terms: Indices


def _everyone(desk: Desk, terms: int) -> Indices:
    return np.full(len(desk.records.keys), terms, dtype=np.int64)


def _segment_offers(desk: Desk, charged: bool) -> Decision:
    """One set of terms a segment by integer program, from records alone."""
    scenario, planned = desk.scenario, []
    usual = max(float((desk.menus.answers[0].program >= 0).mean()), 1e-9)
    for t, answers in zip(desk.menus.terms, desk.menus.answers, strict=True):
        can = answers.program >= 0
        money = [float(x[can].mean()) if can.any() else 0.0 for x in (answers.enrol_usd, answers.forecast_usd)]
        device = tuple(desk.programs[i].commands().get("device", 0.0) > 0.0 for i in t.programs)
        share = float(can.mean()) / usual
        planned.append(
            PlannedTerms(
                device, t.incentive_factor, t.informed, t.contact_usd, money[0], money[1], t.default, share
            )
        )
    features = desk.records.segment_features if desk.records.segment_features is not None else desk.records.features
    plan = plan_segments(
        desk.records.normalised, features, planned, scenario.budget_usd - scenario.costs.admin_usd,
        scenario.targeting.planning_take_up_fraction, desk.low_income, scenario.targeting.least_low_income_share,
    )  # fmt: skip
    return Decision(*order_of_plan(plan, desk.records.normalised, desk.records.keys))


def _propensity(desk: Desk, charged: bool) -> Decision:
    """Likeliest to enrol first, on the best single terms."""
    assert desk.pilot is not None
    best = desk.best_terms
    likely = desk.pilot.models.take_up(desk.table)[best]
    return Decision(np.argsort(-likely, kind="stable").astype(np.int64), _everyone(desk, best))


def _uplift(desk: Desk, charged: bool) -> Decision:
    """Most predicted reduction per expected dollar first, each home on its own best terms."""
    assert desk.pilot is not None
    value, cost = desk.pilot.models.value_kwh(desk.table), desk.costs_usd()
    chosen = choose_offers(value, cost, desk.left_usd(charged))
    density = value / cost
    alone = np.argmax(density, axis=0)
    terms = np.where(chosen.offer >= 0, chosen.offer, alone)
    return Decision(_rest_after(chosen.order, density.max(axis=0)), terms.astype(np.int64))


def _knapsack(desk: Desk, charged: bool) -> Decision:
    """The set likeliest to reach the target within the budget, on the best single terms."""
    assert desk.pilot is not None
    best, hours = desk.best_terms, desk.window_hours
    mean = desk.pilot.models.value_kwh(desk.table)[best] / hours
    spread = desk.pilot.models.spread_kwh(desk.table)[best] / hours
    cost, left = desk.costs_usd()[best], desk.left_usd(charged)
    target = desk.scenario.targeting.target_kw
    if target is None:
        target = TARGET_OF_PLAN * choose_offers(mean[None], cost[None], left).value
    found = stochastic_knapsack(mean, spread, cost, target, left, desk.scenario.targeting.shock_correlation)
    return Decision(_rest_after(found.order, mean / cost), _everyone(desk, best))


def _rest_after(first: Indices, score: Floats) -> Indices:
    """All homes: the chosen ones in their order, then the others by score."""
    others = np.argsort(-score, kind="stable")
    return np.concatenate([first, others[~np.isin(others, first)]]).astype(np.int64)


#: Arm -> rule. Those in NEEDS_PILOT learn from one.
CHOICES: Mapping[str, Callable[[Desk, bool], Decision]] = {
    "segment_offers": _segment_offers,
    "propensity_targeted": _propensity,
    "uplift_targeted": _uplift,
    "knapsack": _knapsack,
}
NEEDS_PILOT = ("propensity_targeted", "uplift_targeted", "knapsack")


def plain_name(arm: str) -> str:
    """An arm without its ``_sunk``."""
    return arm.removesuffix(SUNK)
