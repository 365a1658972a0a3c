"""What an arm's season is worth: avoided costs at the grid's prices, and the five cost tests over a programme's life.

Valued with truth (the programme counterfactual), as only a simulation can; what measurement makes of it is in
``scenarios/measurement``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.money import economics as eco
from analysis.money.grid_series import GridSeries, SyntheticGrid, from_file, synthetic
from simulator.events import Calendar
from simulator.world import World

Floats = NDArray[np.float64]
TESTS = ("TRC", "PAC", "RIM", "PCT", "SCT")
TOP_HOURS = 20

UNITS: dict[str, str] = {
    "avoided_cost_usd": "USD",
    "energy_value_usd": "USD",
    "surplus_hours_kwh": "kWh",
    "long_run_co2_kg": "kg",
    "trc_net_usd": "USD",
    **{f"{name.lower()}_ratio": "1" for name in TESTS},
    "usd_per_kw_year": "USD/kW/yr",
}
RATIOS: dict[str, tuple[str, str]] = {
    **{f"{n.lower()}_ratio": (f"{n.lower()}_benefits_usd", f"{n.lower()}_costs_usd") for n in TESTS},
    "usd_per_kw_year": ("levelled_cost_usd", "event_reduction_kw"),
}


@dataclass(frozen=True, eq=False)
class Worth:
    """Prices of one replication's season; hourly series follow the season's hours.

    Attributes
    ----------
    price_usd_per_kwh, co2_kg_per_kwh, surplus : (hours,)
    factors : A, B and C of a kW of event reduction
    parameters : the region's values
    """

    price_usd_per_kwh: Floats
    co2_kg_per_kwh: Floats
    surplus: NDArray[np.bool_]
    factors: eco.CapacityFactors
    parameters: Mapping[str, float]

    @property
    def costs(self) -> eco.AvoidedCosts:
        """Avoided costs of the region."""
        p = self.parameters
        return eco.AvoidedCosts(
            p["economics.capacity_usd_per_kw_year"],
            p["economics.transmission_distribution_usd_per_kw_year"],
            p["economics.loss_fraction"],
            p["economics.co2_compliance_usd_per_tonne"],
            p["economics.co2_social_usd_per_tonne"],
        )

    @property
    def life(self) -> eco.Lifetime:
        """Length, persistence and rates."""
        p = self.parameters
        return eco.Lifetime(
            round(p["economics.program_years"]),
            p["economics.persistence_fraction"],
            p["economics.discount_fraction"],
            p["economics.societal_discount_fraction"],
            p["economics.vendor_usd_per_enrolment_year"],
            p["economics.burden_fraction"],
        )


def grid_of(world: World, file: Path | None) -> GridSeries:
    """Hourly price, net load and CO2 of every local day of the world's clock."""
    clock, region = world.clock, world.population.region
    levels = SyntheticGrid(
        region["grid.solar_share"], region["grid.price_mean_usd_per_kwh"], region["grid.price_steepness"],
        region["grid.co2_kg_per_kwh"], region["grid.must_run_fraction"],
    )  # fmt: skip
    if file is not None:
        return from_file(file, clock.zone, [clock.date(d) for d in range(clock.days)], levels)
    return synthetic(outdoor_by_hour(world), clock.is_workday, levels)


def outdoor_by_hour(world: World) -> Floats:
    """Outdoor temperature of each local day and hour, (days, 24) [degC]."""
    clock = world.clock
    hour = clock.local_quarter.astype(np.int64) // 4
    total, count = np.zeros((clock.days, 24)), np.zeros((clock.days, 24))
    np.add.at(total, (clock.day_of, hour), world.weather.t_out_degc.astype(np.float64))
    np.add.at(count, (clock.day_of, hour), 1.0)
    degc = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    gap = np.isnan(degc)  # the hour that a clock change skips takes the one before
    degc[gap] = np.roll(degc, 1, axis=1)[gap]
    return degc


def worth_of(
    world: World, calendar: Calendar, grid: GridSeries, none_kw: Floats, event_hours: NDArray[np.bool_]
) -> Worth:
    """Prices for the season's hours; ``none_kw`` and ``event_hours`` are (hours,) of the season."""
    clock = world.clock
    first = int(clock.first[world.first_event_day])
    at = first + 4 * np.arange(len(none_kw))
    day, hour = clock.day_of[at], clock.local_quarter[at].astype(np.int64) // 4
    top = np.argsort(-none_kw, kind="stable")[:TOP_HOURS]
    region = world.population.region
    factors = eco.capacity_factors(
        region["economics.available_fraction"],
        calendar.rule.notice_hours,
        region["economics.longest_notice_hours"],
        float(event_hours[top].mean()),
    )
    return Worth(
        grid.price_usd_per_kwh[day, hour],
        grid.co2_kg_per_kwh[day, hour],
        grid.curtailed[day, hour],
        factors,
        {name: p.value for name, p in region.parameters.items()},
    )


@dataclass(frozen=True)
class Season:
    """One arm's season as money sees it."""

    event_reduction_kw: float
    saved_kwh: Floats  # (hours,), negative where load came back
    spent_usd: float  # contacts, recruiting, devices, up-front incentives, administration
    incentives_usd: float  # the part of it that is handed to homes
    payments_usd: float  # for events
    bill_savings_usd: float
    enrolled: float


def flows(season: Season, worth: Worth) -> list[eco.Year]:
    """The arm's flows over the programme's life."""
    value = eco.value_of(
        max(0.0, season.event_reduction_kw), season.saved_kwh, worth.price_usd_per_kwh, worth.co2_kg_per_kwh,
        worth.factors, worth.costs, worth.parameters["economics.local_coincidence_fraction"],
    )  # fmt: skip
    transfers = season.incentives_usd + season.payments_usd
    once = season.spent_usd - season.incentives_usd
    return eco.programme_life(value, once, transfers, season.bill_savings_usd, season.enrolled, worth.life)


def worth_metrics(season: Season, worth: Worth) -> dict[str, float]:
    """The metrics of :data:`UNITS` and the parts of :data:`RATIOS`."""
    years = flows(season, worth)
    life = worth.life
    tests = eco.cost_tests(years, life.discount_fraction, life.societal_discount_fraction)
    recovery = eco.capital_recovery_fraction(life.discount_fraction, life.years)
    long_run = worth.parameters["grid.long_run_co2_share"]
    found = {
        "avoided_cost_usd": years[0].avoided_usd,
        "energy_value_usd": years[0].energy_usd,
        "surplus_hours_kwh": float(np.maximum(0.0, -season.saved_kwh)[worth.surplus].sum()),
        "long_run_co2_kg": float((season.saved_kwh * worth.co2_kg_per_kwh).sum()) * long_run,
        "trc_net_usd": tests["TRC"].net_usd,
        "levelled_cost_usd": tests["PAC"].costs_usd * recovery,
    }
    for name, test in tests.items():
        found[f"{name.lower()}_benefits_usd"] = test.benefits_usd
        found[f"{name.lower()}_costs_usd"] = test.costs_usd
    return found
