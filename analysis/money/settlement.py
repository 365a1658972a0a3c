"""What events pay: three ways to settle the same baselines and meters, and what a commitment costs.

Every payment is in whole cents, so that sums over homes, events and tables agree to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cents = NDArray[np.int64]


def to_cents(usd: Floats | float) -> Cents:
    """Whole cents, halves to even."""
    return np.asarray(np.rint(np.asarray(usd, dtype=np.float64) * 100.0), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Settlement:
    """Payments of one rule.

    Attributes
    ----------
    rule : name
    paid_cents : (homes, events) int64
        A season's netted payment stands in the last event with a reading.
    """

    rule: str
    paid_cents: Cents

    @property
    def paid_usd(self) -> Floats:
        """(homes, events) [USD]."""
        return self.paid_cents / 100.0

    @property
    def total_usd(self) -> float:
        """Everything paid [USD]."""
        return float(self.paid_cents.sum()) / 100.0


def _below(baseline_kwh: Floats, metered_kwh: Floats) -> Floats:
    """Baseline minus meter, (homes, events) [kWh]; nothing where either is unknown."""
    if baseline_kwh.shape != metered_kwh.shape:
        raise ValueError(f"baseline {baseline_kwh.shape} and meter {metered_kwh.shape}; expected equal shapes")
    return np.nan_to_num(baseline_kwh - metered_kwh, nan=0.0)


def individual(baseline_kwh: Floats, metered_kwh: Floats, usd_per_kwh: float) -> Settlement:
    """Each home and event on its own, never below zero: a home is not charged for using more."""
    return Settlement("individual", to_cents(usd_per_kwh * np.maximum(0.0, _below(baseline_kwh, metered_kwh))))


def season_netted(baseline_kwh: Floats, metered_kwh: Floats, usd_per_kwh: float) -> Settlement:
    """Each home's events are added up, ups against downs, and paid if the season's sum is positive."""
    below = _below(baseline_kwh, metered_kwh)
    paid = np.zeros(below.shape, np.int64)
    if below.shape[1]:
        paid[:, -1] = to_cents(usd_per_kwh * np.maximum(0.0, below.sum(axis=1)))
    return Settlement("season_netted", paid)


def aggregate_shared(baseline_kwh: Floats, metered_kwh: Floats, usd_per_kwh: float) -> Settlement:
    """An event is settled for all homes together, and the pool shared by positive parts.

    The pool is ``usd_per_kwh x max(0, sum of baseline - meter)``. It is at most what ``individual`` pays. Cents
    left by rounding go to the largest remainders, so the shares add up to the pool.
    """
    below = _below(baseline_kwh, metered_kwh)
    paid = np.zeros(below.shape, np.int64)
    for event in range(below.shape[1]):
        pool = int(to_cents(usd_per_kwh * max(0.0, float(below[:, event].sum()))))
        paid[:, event] = share_cents(pool, np.maximum(0.0, below[:, event]))
    return Settlement("aggregate_shared", paid)


def share_cents(pool: int, weight: Floats) -> Cents:
    """Divide whole cents in proportion to ``weight``; the parts add up to ``pool`` (nothing where no weight)."""
    total = float(weight.sum())
    if pool <= 0 or total <= 0.0:
        return np.zeros(len(weight), np.int64)
    exact = pool * (weight / total)
    shares = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: pool - int(shares.sum())]] += 1
    return shares


SETTLEMENTS = {rule.__name__: rule for rule in (individual, season_netted, aggregate_shared)}


@dataclass(frozen=True)
class CapacityTerms:
    """A commitment to deliver ``committed_kw`` in every event of a season.

    ``usd_per_kw_season`` is paid for the part delivered, up to the commitment; each kW missing in an event
    costs ``penalty_usd_per_kw_event``; payments never fall below ``-floor_usd``.
    """

    committed_kw: float
    usd_per_kw_season: float
    penalty_usd_per_kw_event: float = 0.0
    floor_usd: float = 0.0


@dataclass(frozen=True, eq=False)
class CapacitySettlement:
    """A season's commitment: by event the shortfall and its penalty, and the net payment."""

    shortfall_kw: Floats
    penalty_cents: Cents
    payment_cents: int

    @property
    def net_usd(self) -> float:
        """Payment less penalties [USD]."""
        return (self.payment_cents - int(self.penalty_cents.sum())) / 100.0


def capacity(delivered_kw: Floats, terms: CapacityTerms) -> CapacitySettlement:
    """Settle a commitment on measured deliveries, (events,) [kW].

    Performance is the mean over events of ``delivered / committed``, each between 0 and 1.
    """
    if terms.committed_kw <= 0.0 or not len(delivered_kw):
        return CapacitySettlement(np.zeros(len(delivered_kw)), np.zeros(len(delivered_kw), np.int64), 0)
    delivered = np.nan_to_num(delivered_kw, nan=0.0)
    shortfall = np.maximum(0.0, terms.committed_kw - delivered)
    performance = float(np.clip(delivered / terms.committed_kw, 0.0, 1.0).mean())
    payment = int(to_cents(terms.committed_kw * terms.usd_per_kw_season * performance))
    penalty = to_cents(shortfall * terms.penalty_usd_per_kw_event)
    most = payment + int(to_cents(terms.floor_usd))
    if int(penalty.sum()) > most:  # the floor: penalties are cut in proportion
        penalty = share_cents(most, penalty.astype(np.float64))
    return CapacitySettlement(shortfall, penalty, payment)


@dataclass(frozen=True)
class MisPayment:
    """Where a settlement's money went, against the truth; shares of all paid [fraction].

    Attributes
    ----------
    paid_usd, earned_usd : paid, and what the true reduction was worth at the same rate
    to_non_responders_fraction : paid to home-events whose true reduction is under ``threshold``
    unpaid_responder_fraction : home-events with a true reduction that got nothing, among those with one
    over_usd, under_usd : paid above, and below, what was earned, summed over home-events
    structural_winners_fraction : homes paid at least ``winner_usd`` in the season that truly reduced nothing
    """

    paid_usd: float
    earned_usd: float
    to_non_responders_fraction: float
    unpaid_responder_fraction: float
    over_usd: float
    under_usd: float
    structural_winners_fraction: float


def mis_payment(
    paid: Settlement, true_reduction_kwh: Floats, usd_per_kwh: float, threshold_kwh: float = 0.05,
    winner_usd: float = 1.0,
) -> MisPayment:  # fmt: skip
    """Compare payments with the true event counterfactual; only a simulation can.

    ``true_reduction_kwh`` is (homes, events), counterfactual minus load.
    """
    earned = to_cents(usd_per_kwh * np.maximum(0.0, true_reduction_kwh))
    cents = paid.paid_cents
    total = int(cents.sum())
    acted = true_reduction_kwh >= threshold_kwh
    still = true_reduction_kwh.sum(axis=1) < threshold_kwh
    season = cents.sum(axis=1)
    nan = float("nan")
    return MisPayment(
        paid_usd=total / 100.0,
        earned_usd=float(earned.sum()) / 100.0,
        to_non_responders_fraction=float(cents[~acted].sum()) / total if total else nan,
        unpaid_responder_fraction=float((cents[acted] == 0).mean()) if acted.any() else nan,
        over_usd=float(np.maximum(0, cents - earned).sum()) / 100.0,
        under_usd=float(np.maximum(0, earned - cents).sum()) / 100.0,
        structural_winners_fraction=float((still & (season >= to_cents(winner_usd))).mean()) if len(cents) else nan,
    )
