"""Which offer to whom under a budget: greedy value density, its exact check, and segment-specific offers.

A menu is a table of value (expected kWh or kW of reduction) and expected cost for every home and offer.
Each home gets at most one offer. Greedy walks the convex hull of each home's offers by marginal value per
dollar, which solves the linear relaxation exactly; the integer optimum lies within one home's value of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, lil_array

Floats = NDArray[np.float64]
NO_OFFER = -1
EXACT_SECONDS = 20.0


@dataclass(frozen=True, eq=False)
class Choice:
    """An offer for each home.

    Attributes
    ----------
    offer : (homes,) int, -1 = none
    order : (homes with an offer,) int, best value per dollar first
    value, cost_usd : float
    bound : float
        Value of the linear relaxation: no choice within the budget is worth more.
    """

    offer: NDArray[np.int64]
    order: NDArray[np.int64]
    value: float
    cost_usd: float
    bound: float


def _steps(value: Floats, cost: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """Upper convex hull of each home's offers from (0, 0): home, offer, extra value, extra cost of each step.

    Vectorised over homes, one pass an offer: the next hull point is the one with the steepest rise.
    """
    homes = value.shape[1]
    at_value, at_cost = np.zeros(homes), np.zeros(homes)
    live = np.ones(homes, dtype=bool)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]] = []
    for _ in range(len(value)):
        rise, run = value - at_value, cost - at_cost
        slope = np.where((rise > 0.0) & (run > 0.0), rise / np.where(run > 0.0, run, 1.0), -np.inf)
        best = np.argmax(slope, axis=0)
        rows = np.arange(homes)
        live &= slope[best, rows] > 0.0
        if not live.any():
            break
        r, o = rows[live], best[live]
        found.append((r, o, rise[o, r], run[o, r]))
        at_value[r], at_cost[r] = value[o, r], cost[o, r]
    if not found:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, np.empty(0), np.empty(0)
    home, offer, more, extra = (np.concatenate(part) for part in zip(*found, strict=True))
    return home.astype(np.int64), offer.astype(np.int64), more, extra


def choose_offers(value: Floats, cost_usd: Floats, budget_usd: float) -> Choice:
    """Greedy by marginal value per dollar; O(n log n), any number of homes.

    Parameters
    ----------
    value, cost_usd : (offers, homes) float64
        Expected value and expected cost of making each offer; NaN value = this home can not have it.
    budget_usd : float
    """
    worth = np.where(np.isnan(value), -np.inf, value)
    if np.any(np.where(np.isfinite(worth), cost_usd, 1.0) <= 0.0):
        raise ValueError("an offer costs nothing; expected costs above 0 (contact is never free)")
    home, offer, more, extra = _steps(worth, cost_usd)
    by = np.argsort(-more / extra, kind="stable")
    home, offer, more, extra = home[by], offer[by], more[by], extra[by]
    spent = np.cumsum(extra)
    fits = int(np.searchsorted(spent, budget_usd * (1.0 + 1e-12), side="right"))
    taken = float(more[:fits].sum())
    left = budget_usd - (float(spent[fits - 1]) if fits else 0.0)
    bound = taken + (float(more[fits] / extra[fits]) * left if fits < len(more) else 0.0)
    chosen = np.full(value.shape[1], NO_OFFER, dtype=np.int64)
    chosen[home[:fits]] = offer[:fits]  # a later step of the same home upgrades its offer
    order = home[:fits][np.sort(np.unique(home[:fits], return_index=True)[1])]
    return Choice(chosen, order, taken, float(extra[:fits].sum()), bound)


def choose_exactly(value: Floats, cost_usd: Floats, budget_usd: float) -> Choice:
    """The integer optimum by scipy's ``milp``; for checks and small populations (up to some thousand homes)."""
    homes = value.shape[1]
    can = np.isfinite(value) & (value > 0.0)
    o, h = np.nonzero(can)
    if len(o) == 0:
        none = np.full(homes, NO_OFFER, dtype=np.int64)
        return Choice(none, np.empty(0, np.int64), 0.0, 0.0, 0.0)
    columns = np.arange(len(o))
    once = csr_array((np.ones(len(o)), (h, columns)), shape=(homes, len(o)))
    money = csr_array((cost_usd[o, h], (np.zeros(len(o), int), columns)), shape=(1, len(o)))
    found = milp(
        -value[o, h], integrality=np.ones(len(o)), bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once, ub=1.0), LinearConstraint(money, ub=budget_usd)],
        options={"time_limit": EXACT_SECONDS, "mip_rel_gap": 1e-9},
    )  # fmt: skip
    if found.x is None:
        raise ValueError(f"no choice of offers found: {found.message}")
    taken = np.flatnonzero(found.x > 0.5)
    chosen = np.full(homes, NO_OFFER, dtype=np.int64)
    chosen[h[taken]] = o[taken]
    density = value[o, h][taken] / cost_usd[o, h][taken]
    order = h[taken][np.argsort(-density, kind="stable")].astype(np.int64)
    cost = float(cost_usd[o, h][taken].sum())
    return Choice(chosen, order, float(value[o, h][taken].sum()), cost, -float(found.mip_dual_bound))


@dataclass(frozen=True)
class SegmentPlan:
    """One segment's offer and how many of its homes to ask."""

    segment: int
    offer: int
    homes: int
    value: float
    cost_usd: float


def segment_offers(
    value_per_home: Floats, cost_usd_per_home: Floats, homes: NDArray[np.int64], budget_usd: float,
    low_income_fraction: Floats | None = None, least_low_income_share: float = 0.0,
) -> list[SegmentPlan]:  # fmt: skip
    """One offer a segment and a number of homes to ask, by a small integer program.

    Parameters
    ----------
    value_per_home, cost_usd_per_home : (segments, offers) float64
        Expected value and cost of asking one home; NaN value = not on the menu.
    homes : (segments,) int
    low_income_fraction : (segments,) float64, optional
        Share of each segment's homes with low income (as far as the utility knows).
    least_low_income_share : float
        At least this share of the homes asked must be low-income ones.

    Returns
    -------
    list of SegmentPlan, best value per dollar first; segments that get no offer are left out.
    """
    segments, offers = value_per_home.shape
    size = segments * offers
    value = np.where(np.isfinite(value_per_home), value_per_home, 0.0).ravel()
    usable = np.isfinite(value_per_home).ravel() & (value > 0.0)
    segment_of = np.repeat(np.arange(segments), offers)
    # Variables: x (homes asked) then y (this segment uses this offer).
    rows = lil_array((segments + size + 2, 2 * size))
    upper = np.zeros(segments + size + 2)
    for s in range(segments):
        rows[s, size + s * offers : size + (s + 1) * offers] = 1.0
    upper[:segments] = 1.0
    for i in range(size):
        rows[segments + i, i], rows[segments + i, size + i] = 1.0, -float(homes[segment_of[i]])
    rows[-2, :size], upper[-2] = cost_usd_per_home.ravel(), budget_usd
    if low_income_fraction is not None:
        rows[-1, :size] = least_low_income_share - low_income_fraction[segment_of]
    found = milp(
        np.concatenate([-value, np.zeros(size)]), integrality=np.ones(2 * size),
        bounds=Bounds(np.zeros(2 * size), np.concatenate([homes[segment_of] * usable, np.ones(size)])),
        constraints=LinearConstraint(csr_array(rows), ub=upper),
        options={"time_limit": EXACT_SECONDS, "mip_rel_gap": 1e-7},
    )  # fmt: skip
    if found.x is None:
        raise ValueError(f"no set of segment offers found: {found.message}")
    asked = np.rint(found.x[:size]).astype(np.int64)
    cost = cost_usd_per_home.ravel()
    plans = []
    for i in np.flatnonzero(asked).tolist():
        n = int(asked[i])
        plans.append(SegmentPlan(int(segment_of[i]), i % offers, n, float(value[i] * n), float(cost[i] * n)))
    return sorted(plans, key=lambda p: (-p.value / p.cost_usd, p.segment))


def with_fair_share(order: NDArray[np.int64], low_income: NDArray[np.bool_], least_share: float) -> NDArray[np.int64]:
    """The same homes reordered so that every beginning of the list has its share of low-income homes.

    Walks down ``order``; when the share would fall below ``least_share`` the next low-income home is taken
    instead, as long as there is one. Inside each group the order is kept.
    """
    if not 0.0 <= least_share <= 1.0:
        raise ValueError(f"least_share is {least_share}; expected 0 to 1")
    poor, others = (iter(order[low_income[order] == flag].tolist()) for flag in (True, False))
    rank = {home: i for i, home in enumerate(order.tolist())}
    next_poor, next_other = next(poor, None), next(others, None)
    out: list[int] = []
    asked_poor = 0
    while next_poor is not None or next_other is not None:
        short = asked_poor < np.ceil(least_share * (len(out) + 1) - 1e-9)
        first = next_other is None or (next_poor is not None and (short or rank[next_poor] < rank[next_other]))
        if first and next_poor is not None:
            out.append(next_poor)
            asked_poor, next_poor = asked_poor + 1, next(poor, None)
        elif next_other is not None:
            out.append(next_other)
            next_other = next(others, None)
    return np.array(out, dtype=np.int64)


def within_asks(asks: NDArray[np.int64], most_asks: int) -> NDArray[np.bool_]:
    """Homes that may still be asked this season, (homes,) bool: asked fewer than ``most_asks`` times."""
    return np.asarray(asks < most_asks)


def whose_turn(
    event: int, home: NDArray[np.int64], asks: NDArray[np.int64], events: int, most_asks: int
) -> NDArray[np.bool_]:  # fmt: skip
    """Homes to call in event number ``event`` (from 0) so that nobody is asked more than ``most_asks`` times, (homes,).

    Of ``events`` planned events each home gets ``most_asks`` spread evenly over the season, homes in turn by their
    number, so that every event calls about the same share of homes. Should there be more events than planned,
    a home that has had its asks is left alone.
    """
    phase = event + home % events
    mine = (phase + 1) * most_asks // events > phase * most_asks // events
    return np.asarray(mine & within_asks(asks, most_asks))
