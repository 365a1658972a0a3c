"""The terms an analyst may choose among, each asked of every home once, and a home's answer to its own terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scenarios.arms.offers import Answers, Forecast, OfferBook, answer_menu, whole_cents
from scenarios.schema.scenario import Scenario
from simulator.programs import Program
from simulator.world import World

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Terms:
    """One way of offering: which programmes, at which multiple of their incentives, in which letter."""

    programs: tuple[int, ...]  # positions among the scenario's programmes
    incentive_factor: float
    informed: bool
    contact_usd: float
    default: bool = False  # in unless the home says no, whatever the programmes usually do

    def label(self, names: Sequence[str]) -> str:
        """For tables: ``cool+rebate x2 informed``."""
        which = "+".join(names[i] for i in self.programs)
        factor = "" if self.incentive_factor == 1.0 else f" x{self.incentive_factor:g}"
        return f"{which}{factor}{' informed' if self.informed else ''}{' by default' if self.default else ''}"


def terms_of(scenario: Scenario, programs: int) -> list[Terms]:
    """All terms with the whole menu of programmes; the usual ones (factor 1, plain, if tried at all) first."""
    found = []
    for message, enrolment in product(scenario.menu.messages, scenario.menu.enrolment):
        informed = message == "informed"
        contact = scenario.costs.contact_usd_per_offer + informed * scenario.menu.informed_usd_per_offer
        for factor in scenario.menu.incentive_factors:
            found.append(Terms(tuple(range(programs)), factor, informed, contact, enrolment == "default"))
    return sorted(found, key=lambda t: (t.default, t.informed, abs(t.incentive_factor - 1.0), t.incentive_factor))


def single_program_terms(terms: Sequence[Terms]) -> list[Terms]:
    """The same with one programme each, for segments that should be offered that one only."""
    return [replace(t, programs=(p,)) for t in terms for p in t.programs if len(t.programs) > 1]


@dataclass(frozen=True, eq=False)
class Menus:
    """Every home's answer to every set of terms; axes (terms, homes)."""

    terms: list[Terms]
    answers: list[Answers]

    @property
    def contact_usd(self) -> Floats:
        """Contact cost of each set of terms, (terms,) [USD]."""
        return np.array([t.contact_usd for t in self.terms])

    def chosen(self, which: NDArray[np.int64]) -> tuple[Answers, Floats]:
        """The answers of homes that each get their own terms (numbers, -1 = the first), and contact costs."""
        if len(self.terms) == 1:  # nothing to choose, and nothing to copy
            return self.answers[0], np.broadcast_to(self.contact_usd, which.shape)
        pick, rows = np.maximum(which, 0), np.arange(len(which))

        def of(name: str) -> NDArray[np.generic]:
            return np.asarray(np.stack([getattr(a, name) for a in self.answers])[pick, rows])

        fields = ("joins", "program", "probability", "enrol_usd", "incentive_usd", "forecast_usd")
        return Answers(**{name: of(name) for name in fields}), self.contact_usd[pick]  # type: ignore[arg-type]


def ask_everyone(
    world: World, homes: NDArray[np.void], book: OfferBook, programs: Sequence[Program], terms: Sequence[Terms],
    scenario: Scenario, forecast: Forecast, window_hours: float,
) -> Menus:  # fmt: skip
    """Enter all terms in the book and ask every home about each; the dice are the same in all."""
    answered = []
    for t in terms:
        offers = [
            replace(
                programs[i], incentive_usd=whole_cents(programs[i].incentive_usd * t.incentive_factor),
                informed=t.informed, default=t.default or programs[i].default,
            )
            for i in t.programs
        ]
        numbers = book.add_all(offers)
        answered.append(answer_menu(world, homes, book, numbers, scenario, forecast, window_hours))
    return Menus(list(terms), answered)
