"""One budget, spent in waves of offers: who is reached, who enrols, what is committed.

Contact is paid per offer; recruitment, device and up-front incentive per enrolment; the event payments
an enrolment is forecast to earn are set aside when it happens (the forecast liability). Payments that
turn out above forecast are made and reported elsewhere as an overrun; they do not undo offers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LedgerResult:
    """What one budget bought.

    Attributes
    ----------
    offered, enrolled : (homes,) bool
    wave : (homes,) int, wave of the offer, -1 where none was made
    spent_usd : administration, contacts and everything paid on enrolment
    forecast_liability_usd : event payments set aside for the enrolled
    unspent_usd : budget minus the two; never negative
    """

    offered: NDArray[np.bool_]
    wave: NDArray[np.int64]
    enrolled: NDArray[np.bool_]
    spent_usd: float
    forecast_liability_usd: float
    unspent_usd: float


def run_waves(
    order: NDArray[np.int64],
    enrols: NDArray[np.bool_],
    cost_if_offered_usd: float | Floats,
    cost_if_enrolled_usd: float | Floats,
    forecast_payment_usd_per_enrolment: float | Floats,
    budget_usd: float,
    admin_usd: float,
    wave_homes: int,
    planning_take_up_fraction: float,
) -> LedgerResult:
    """Send offers in ``order``, wave by wave, until the budget is committed.

    A wave is planned with the expected take-up: it is sent in full while its forecast cost fits what is
    left, and cut to the longest beginning that fits when it does not. Inside a wave offers go out in
    order and close as soon as the home next in line could not be paid for if it said yes; after that no
    offer is made. So realised cost plus forecast liability never passes the budget (bound: 0 USD over),
    and less than one home's contact, enrolment and forecast payment is left when the list did not run out.

    Parameters
    ----------
    order : (n,) int
        Rows in the order of their offers, no row twice; homes left out are never offered.
    enrols : (homes,) bool
        Whether each home accepts if offered.
    cost_if_offered_usd, cost_if_enrolled_usd : float or (homes,)
        Contact; recruitment + device + up-front incentive.
    forecast_payment_usd_per_enrolment : float or (homes,)
        Event payments an enrolment is expected to earn in the season.
    budget_usd, admin_usd : float
        Administration is paid first.
    wave_homes : int
    planning_take_up_fraction : float
        Expected share of accepted offers, in [0, 1].
    """
    homes = len(enrols)
    _check(order, homes, budget_usd, admin_usd, wave_homes, planning_take_up_fraction)
    offer_usd = np.broadcast_to(np.asarray(cost_if_offered_usd, dtype=np.float64), (homes,))
    enrol_usd = np.broadcast_to(np.asarray(cost_if_enrolled_usd, dtype=np.float64), (homes,))
    offer, enrol = offer_usd[order], enrol_usd[order]
    payment_usd = np.broadcast_to(np.asarray(forecast_payment_usd_per_enrolment, dtype=np.float64), (homes,))
    if min(offer.min(initial=0.0), enrol.min(initial=0.0), payment_usd.min(initial=0.0)) < 0.0:
        raise ValueError("a cost is negative; expected 0 or more")
    accepts = enrols[order]
    commitment = enrol + payment_usd[order]
    expected = offer + planning_take_up_fraction * commitment
    wave = np.full(homes, -1, dtype=np.int64)
    committed, at, number = float(admin_usd), 0, 0
    while at < len(order):
        end = _planned_end(expected, at, at + wave_homes, budget_usd - committed)
        sent = at
        while sent < end and committed + offer[sent] + commitment[sent] <= budget_usd:
            committed += offer[sent] + (commitment[sent] if accepts[sent] else 0.0)
            wave[order[sent]] = number
            sent += 1
        if sent < end or end == at:
            break
        at, number = end, number + 1
    return _result(wave, enrols, offer_usd, enrol_usd, admin_usd, payment_usd, budget_usd)


def _planned_end(expected_usd: Floats, begin: int, end: int, left_usd: float) -> int:
    """End of the longest beginning of the wave whose forecast cost fits what is left."""
    cost = np.cumsum(expected_usd[begin:end])
    return begin + int(np.searchsorted(cost, left_usd, side="right"))


def _check(
    order: NDArray[np.int64], homes: int, budget_usd: float, admin_usd: float, wave_homes: int, take_up: float
) -> None:
    if len(np.unique(order)) != len(order) or (len(order) and not 0 <= order.min() <= order.max() < homes):
        raise ValueError(f"order must hold different rows of 0..{homes - 1}")
    if wave_homes < 1:
        raise ValueError(f"wave_homes is {wave_homes}; expected at least 1")
    if not 0.0 <= take_up <= 1.0:
        raise ValueError(f"planning_take_up_fraction is {take_up}; expected 0 to 1")
    if not 0.0 <= admin_usd <= budget_usd:
        raise ValueError(f"admin_usd is {admin_usd}; expected 0 to budget_usd, {budget_usd}")


def _result(
    wave: NDArray[np.int64],
    enrols: NDArray[np.bool_],
    offer_usd: Floats,
    enrol_usd: Floats,
    admin_usd: float,
    payment_usd: Floats,
    budget_usd: float,
) -> LedgerResult:
    offered = wave >= 0
    enrolled = offered & enrols
    # Summed in row order, not in the order of offers, so that equal sets cost the same to the last bit.
    contact = float(offer_usd[offered].sum())
    paid = float(enrol_usd[enrolled].sum())
    spent = admin_usd + contact + paid
    liability = float(payment_usd[enrolled].sum())
    unspent = max(0.0, budget_usd - spent - liability)  # rounding of sums must not show as a debt
    return LedgerResult(offered, wave, enrolled, spent, liability, unspent)


def blanket_incentive(
    budget_usd: float,
    homes: int,
    contact_usd_per_offer: float,
    recruit_usd_per_enrolment: float,
    device_usd: float,
    planning_take_up_fraction: float,
    low_usd: float,
    high_usd: float,
) -> float:
    """The one incentive the budget allows when everyone is offered the programme [USD].

    Solves ``homes x (contact + take_up x (recruit + device + incentive)) = budget`` and holds the answer
    within ``low_usd..high_usd``. At ``low_usd`` the budget may not reach everyone; the ledger then stops.
    """
    if homes < 1 or not 0.0 < planning_take_up_fraction <= 1.0 or low_usd > high_usd:
        raise ValueError("expected homes >= 1, 0 < planning_take_up_fraction <= 1 and low_usd <= high_usd")
    per_enrolment = (budget_usd / homes - contact_usd_per_offer) / planning_take_up_fraction
    incentive = per_enrolment - recruit_usd_per_enrolment - device_usd
    return float(min(max(incentive, low_usd), high_usd))
