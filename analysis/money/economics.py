"""Is it worth it: value streams, the five tests of the California Standard Practice Manual, and cost of saved peak.

All money is present value in USD, benefits and costs positive. Formulas are in ``docs/economics.md``; the manual is
quoted from memory and unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class CapacityFactors:
    """What a kW of demand response is worth of a kW of firm capacity [fractions].

    A: available in the hours of need; B: called with the notice it needs; C: its limit on calls covers the need.
    """

    availability: float = 1.0
    notification: float = 1.0
    trigger: float = 1.0

    @property
    def product(self) -> float:
        """A x B x C."""
        return self.availability * self.notification * self.trigger


def capacity_factors(
    available_share: float, notice_hours: float, longest_notice_hours: float, top_hours_covered_share: float
) -> CapacityFactors:
    """A, B, C from what a season showed.

    ``available_share`` of the enrolled capacity was there in need; notice up to ``longest_notice_hours`` counts in
    full and longer notice in inverse proportion; C is the share of the system's top hours that events covered.
    """
    notification = min(1.0, longest_notice_hours / notice_hours) if notice_hours > 0.0 else 1.0
    return CapacityFactors(
        float(np.clip(available_share, 0.0, 1.0)), notification, float(np.clip(top_hours_covered_share, 0.0, 1.0))
    )


@dataclass(frozen=True)
class Year:
    """One year's flows of a programme [USD].

    ``co2_usd`` is compliance cost that the utility really pays; ``externality_usd`` what it does not (social cost).
    ``bill_savings_usd`` of participants is lost revenue of the utility.
    """

    capacity_usd: float = 0.0
    transmission_distribution_usd: float = 0.0
    energy_usd: float = 0.0
    co2_usd: float = 0.0
    externality_usd: float = 0.0
    incentives_usd: float = 0.0
    bill_savings_usd: float = 0.0
    admin_usd: float = 0.0
    utility_equipment_usd: float = 0.0
    participant_equipment_usd: float = 0.0
    participant_burden_usd: float = 0.0
    tax_credits_usd: float = 0.0

    @property
    def avoided_usd(self) -> float:
        """Avoided cost of supply."""
        return self.capacity_usd + self.transmission_distribution_usd + self.energy_usd + self.co2_usd

    def plus(self, other: Year) -> Year:
        """The sum of two flows, item by item."""
        return Year(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Year)})

    def times(self, factor: float) -> Year:
        """Every item times ``factor``."""
        return Year(**{f.name: getattr(self, f.name) * factor for f in fields(Year)})


@dataclass(frozen=True)
class CostTest:
    """Present value of one view's benefits and costs."""

    name: str
    benefits_usd: float
    costs_usd: float

    @property
    def net_usd(self) -> float:
        """Benefits minus costs."""
        return self.benefits_usd - self.costs_usd

    @property
    def ratio(self) -> float:
        """Benefits over costs; NaN where there are no costs."""
        return self.benefits_usd / self.costs_usd if self.costs_usd > 0.0 else NAN

    @property
    def passes(self) -> bool:
        """Benefits are at least the costs."""
        return self.net_usd >= 0.0


def present_value(years: Sequence[Year], discount_fraction: float) -> Year:
    """Flows at the beginning of each year, the first undiscounted, as one flow today."""
    total = Year()
    for index, year in enumerate(years):
        total = total.plus(year.times((1.0 + discount_fraction) ** -index))
    return total


def _split(amount: float) -> tuple[float, float]:
    """A signed amount as (benefit, cost)."""
    return max(0.0, amount), max(0.0, -amount)


def cost_tests(
    years: Sequence[Year], discount_fraction: float, societal_discount_fraction: float
) -> dict[str, CostTest]:
    """TRC, PAC, RIM, PCT and SCT of a programme.

    A participant's bill that rises is a cost to the participant and a gain of the utility's revenue. Incentives and
    bill savings pass between participant and utility: they are not in TRC, whose net is PCT's plus RIM's
    (less tax credits, which come from outside).
    """
    v, s = (present_value(years, rate) for rate in (discount_fraction, societal_discount_fraction))
    saved, lost = _split(v.bill_savings_usd)
    supply = v.admin_usd + v.utility_equipment_usd
    own = v.participant_equipment_usd + v.participant_burden_usd
    tests = (
        CostTest("TRC", v.avoided_usd + v.tax_credits_usd, supply + own),
        CostTest("PAC", v.avoided_usd, supply + v.incentives_usd),
        CostTest("RIM", v.avoided_usd + lost, supply + v.incentives_usd + saved),
        CostTest("PCT", saved + v.incentives_usd + v.tax_credits_usd, own + lost),
        CostTest("SCT", s.avoided_usd + s.externality_usd, s.admin_usd + s.utility_equipment_usd
                 + s.participant_equipment_usd + s.participant_burden_usd),
    )  # fmt: skip
    return {test.name: test for test in tests}


@dataclass(frozen=True)
class AvoidedCosts:
    """Prices of what a programme avoids."""

    capacity_usd_per_kw_year: float
    transmission_distribution_usd_per_kw_year: float
    loss_fraction: float
    co2_compliance_usd_per_tonne: float
    co2_social_usd_per_tonne: float


def value_of(
    peak_kw: float, saved_kwh: Floats, price_usd_per_kwh: Floats, co2_kg_per_kwh: Floats, factors: CapacityFactors,
    costs: AvoidedCosts, local_coincidence_fraction: float = 1.0,
) -> Year:  # fmt: skip
    """The avoided costs of one year.

    Parameters
    ----------
    peak_kw : reduction at the meter when the system needs capacity
    saved_kwh : (hours,) reduction of each hour at the meter; negative where load came back
    price_usd_per_kwh, co2_kg_per_kwh : (hours,) marginal price and emissions
    local_coincidence_fraction : share of the reduction that falls on the local network's own peak
    """
    grossed = 1.0 + costs.loss_fraction
    tonnes = float((saved_kwh * co2_kg_per_kwh).sum()) * grossed / 1e3
    return Year(
        capacity_usd=peak_kw * grossed * factors.product * costs.capacity_usd_per_kw_year,
        transmission_distribution_usd=(
            peak_kw * grossed * local_coincidence_fraction * costs.transmission_distribution_usd_per_kw_year
        ),
        energy_usd=float((saved_kwh * price_usd_per_kwh).sum()) * grossed,
        co2_usd=tonnes * costs.co2_compliance_usd_per_tonne,
        externality_usd=tonnes * max(0.0, costs.co2_social_usd_per_tonne - costs.co2_compliance_usd_per_tonne),
    )


def capital_recovery_fraction(discount_fraction: float, years: int) -> float:
    """Yearly payment that returns a present value of 1 over ``years`` (payments at the beginning of each year)."""
    if discount_fraction == 0.0:
        return 1.0 / years
    due = (1.0 - (1.0 + discount_fraction) ** -years) / discount_fraction * (1.0 + discount_fraction)
    return 1.0 / due


def usd_per_kw_year(cost_usd: float, kw: float, discount_fraction: float, years: int) -> float:
    """Levelled cost of a kW for a year from a present value; NaN where nothing is saved."""
    return cost_usd * capital_recovery_fraction(discount_fraction, years) / kw if kw > 0.0 else NAN


def supply_curve(segments: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Segments by rising cost: ``name -> (kW, yearly cost)``.

    Returns
    -------
    DataFrame
        ``segment, kw, usd_per_kw_year, cumulative_kw``; segments that deliver nothing stand last without a price.
    """
    rows = [(name, kw, cost / kw if kw > 0.0 else NAN) for name, (kw, cost) in segments.items()]
    table = pd.DataFrame(rows, columns=["segment", "kw", "usd_per_kw_year"])
    table = table.sort_values("usd_per_kw_year", kind="stable", na_position="last", ignore_index=True)
    table["cumulative_kw"] = table["kw"].clip(lower=0.0).cumsum()
    return table


def break_even_incentive_usd(value_usd: float, other_cost_usd: float, enrolled: float) -> float:
    """The incentive a home at which PAC is exactly 1, the same homes enrolling [USD a home]; NaN without homes."""
    return (value_usd - other_cost_usd) / enrolled if enrolled > 0 else NAN


@dataclass(frozen=True)
class Lifetime:
    """How one season's flows become a programme's life.

    Every later year repeats the value, incentives, payments and burden of the first, each year times
    ``persistence_fraction``; recruiting and devices are bought once; ``vendor_usd_per_enrolment`` recurs.
    """

    years: int
    persistence_fraction: float
    discount_fraction: float
    societal_discount_fraction: float
    vendor_usd_per_enrolment: float
    burden_fraction: float


def programme_life(
    value: Year, once_usd: float, incentives_usd: float, bill_savings_usd: float, enrolled: float, life: Lifetime
) -> list[Year]:
    """Yearly flows: ``value`` is the first season's avoided costs, ``once_usd`` what is spent without incentives."""
    recurring = value.plus(
        Year(
            incentives_usd=incentives_usd,
            bill_savings_usd=bill_savings_usd,
            admin_usd=enrolled * life.vendor_usd_per_enrolment,
            participant_burden_usd=life.burden_fraction * incentives_usd,
        )
    )
    years = [recurring.times(life.persistence_fraction**index) for index in range(life.years)]
    return [years[0].plus(Year(admin_usd=once_usd)), *years[1:]]
