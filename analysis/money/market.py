"""A virtual power plant: commit what segments will deliver at a chosen confidence, clear, deliver, settle.

The forecast is made from measured impacts of earlier events, by segment. Homes of a segment differ independently; a
part of every event's deviation is common to all (weather, attention), which no number of homes averages out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.money.settlement import CapacityTerms, capacity, to_cents

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DeliveryForecast:
    """What an aggregation is expected to deliver in one event [kW].

    Attributes
    ----------
    mean_kw : expected delivery
    spread_kw : standard deviation of a single event's delivery
    """

    mean_kw: float
    spread_kw: float

    def committed_kw(self, confidence: float) -> float:
        """What is delivered or passed with probability ``confidence``, never negative.

        ``P(delivery >= committed) = Phi((mean - committed) / spread)`` for a normal delivery.
        """
        if not 0.0 < confidence < 1.0:
            raise ValueError(f"confidence is {confidence}; expected between 0 and 1, for example 0.9")
        return max(0.0, self.mean_kw + float(stats.norm.ppf(1.0 - confidence)) * self.spread_kw)


def forecast(segment_homes: Sequence[int], segment_event_kw: Floats) -> DeliveryForecast:
    """From past events' measured impact per home, (segments, events) [kW a home], and homes by segment now.

    The mean is the mean over events; the spread that of the *summed* delivery between events, so deviations that
    segments share are kept. With one event the spread is unknown and taken as the whole mean; with none all is 0.
    """
    homes = np.asarray(segment_homes, dtype=np.float64)
    if segment_event_kw.shape[0] != len(homes):
        raise ValueError(f"{segment_event_kw.shape[0]} segments of impacts for {len(homes)} segments of homes")
    if segment_event_kw.shape[1] == 0:
        return DeliveryForecast(0.0, 0.0)
    total = homes @ np.nan_to_num(segment_event_kw, nan=0.0)
    mean = float(total.mean())
    spread = float(np.std(total, ddof=1)) if len(total) > 1 else abs(mean)
    return DeliveryForecast(mean, spread)


@dataclass(frozen=True)
class DayAheadTerms:
    """Hourly market: an offer clears in hours at or above a floor price; shortfall costs a multiple of the price."""

    floor_usd_per_kwh: float
    shortfall_price_multiple: float = 1.5


@dataclass(frozen=True, eq=False)
class Clearing:
    """Result of one season on one market, by event.

    Attributes
    ----------
    cleared_kwh, delivered_kwh, shortfall_kwh : (events,)
    revenue_cents, penalty_cents : (events,) int64
    """

    cleared_kwh: Floats
    delivered_kwh: Floats
    shortfall_kwh: Floats
    revenue_cents: NDArray[np.int64]
    penalty_cents: NDArray[np.int64]

    @property
    def net_usd(self) -> float:
        """Revenue less penalties [USD]."""
        return float(self.revenue_cents.sum() - self.penalty_cents.sum()) / 100.0


def day_ahead(
    committed_kw: float, delivered_kw: Floats, price_usd_per_kwh: Floats, terms: DayAheadTerms
) -> Clearing:
    """Offer ``committed_kw`` in every hour of every event, (events, hours).

    A cleared hour earns its price for what is delivered up to the commitment; what is missing is bought back at
    ``shortfall_price_multiple`` times the price. Delivery above the commitment earns nothing.
    """
    if delivered_kw.shape != price_usd_per_kwh.shape:
        raise ValueError(f"delivered {delivered_kw.shape}, prices {price_usd_per_kwh.shape}; expected equal shapes")
    cleared = price_usd_per_kwh >= terms.floor_usd_per_kwh
    offered = np.where(cleared, committed_kw, 0.0)
    delivered = np.clip(np.nan_to_num(delivered_kw, nan=0.0), 0.0, offered)
    missing = offered - delivered
    price = np.maximum(price_usd_per_kwh, 0.0)
    return Clearing(
        offered.sum(axis=1), delivered.sum(axis=1), missing.sum(axis=1),
        to_cents((delivered * price).sum(axis=1)),
        to_cents((missing * price).sum(axis=1) * terms.shortfall_price_multiple),
    )  # fmt: skip


@dataclass(frozen=True)
class VppResult:
    """One season of a virtual power plant [USD, kW]."""

    committed_kw: float
    delivered_kw: float
    shortfall_events: int
    capacity_usd: float
    energy_usd: float
    penalties_usd: float
    payments_to_homes_usd: float
    cost_usd: float

    @property
    def profit_usd(self) -> float:
        """Capacity and energy revenue less penalties, payments to homes and costs."""
        return self.capacity_usd + self.energy_usd - self.penalties_usd - self.payments_to_homes_usd - self.cost_usd


def vpp_season(
    made: DeliveryForecast, confidence: float, delivered_kw: Floats, price_usd_per_kwh: Floats,
    day_ahead_terms: DayAheadTerms, usd_per_kw_season: float, penalty_usd_per_kw_event: float,
    payments_to_homes_usd: float, cost_usd: float,
) -> VppResult:  # fmt: skip
    """Commit from a forecast, deliver (events, hours) [kW], settle the capacity and the day-ahead product."""
    committed = made.committed_kw(confidence)
    by_event = delivered_kw.mean(axis=1) if delivered_kw.size else np.zeros(0)
    held = capacity(by_event, CapacityTerms(committed, usd_per_kw_season, penalty_usd_per_kw_event))
    sold = day_ahead(committed, delivered_kw, price_usd_per_kwh, day_ahead_terms)
    return VppResult(
        committed_kw=committed,
        delivered_kw=float(by_event.mean()) if len(by_event) else 0.0,
        shortfall_events=int((held.shortfall_kw > 1e-9).sum()),
        capacity_usd=held.payment_cents / 100.0,
        energy_usd=float(sold.revenue_cents.sum()) / 100.0,
        penalties_usd=float(held.penalty_cents.sum() + sold.penalty_cents.sum()) / 100.0,
        payments_to_homes_usd=payments_to_homes_usd,
        cost_usd=cost_usd,
    )


def risk(profits_usd: Floats) -> tuple[float, float, float]:
    """P10, P50 and P90 over replications [USD]."""
    p10, p50, p90 = np.quantile(profits_usd, [0.1, 0.5, 0.9]) if len(profits_usd) else (np.nan,) * 3
    return float(p10), float(p50), float(p90)
