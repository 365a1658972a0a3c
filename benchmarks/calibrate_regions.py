"""Set envelope, sun and setpoints of the US regions and Sydney by simulated moments; shows the fit.

    python benchmarks/calibrate_regions.py us            # the four US regions together; prints rows for their files
    python benchmarks/calibrate_regions.py au_sydney     # Sydney
    python benchmarks/calibrate_regions.py us --report   # the moments of the parameters as they stand, no search

Free are a region's conductance, its cooling setpoint, the efficiency of its air conditioners where ducts lie in hot
attics, and the solar aperture of US homes (one for all); in Sydney the part of the floor that a room unit cools.
Moments of the US: evidence rows 7 and 8, load and its slope on hot days, kWh a year. Of Sydney: row 9. Held back: the
hour of the peak, the real weather years, other draws of homes and weather.

Least squares with common random numbers: the same homes, weather and dice at every step, so the misfit is a smooth
function of the parameters. A moment counts in units of its own tolerance; a parameter's distance from where its cited
range lies counts too, half the range as one unit, so what the moments do not tell stays there. No parameter leaves its
``low`` to ``high``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from scenarios.evidence.region_year import hot_days, region_year
from scenarios.evidence.rows_regions import SOLAR_HOMES, SUMMER, SYDNEY, SYDNEY_SLOPE, US_WEIGHTS, bins, slope
from simulator.parameters.tables import load_region

Array = NDArray[np.float64]
Values = Mapping[tuple[str, str], float]
UA, SUN, SET, COP = "envelope.ua_w_per_k_per_m2", "envelope.solar_m2_per_m2", "ac.set_degc", "ac.cop"
ALL = "us_*"


@dataclass(frozen=True)
class Moment:
    """A figure to meet, and what one unit of misfit is."""

    name: str
    target: float
    unit: float


#: Middles of the evidence's ranges; kWh a year by state, recalled, unverified (Sacramento: its utility, not the state).
US_MOMENTS = (
    Moment("US: share of air conditioning", 0.19, 0.01),
    Moment("US: share of space heating", 0.12, 0.015),
    Moment("Austin: cooling and heating in summer", 0.67, 0.05),
    *(
        Moment(f"{name}: {what}", target, unit)
        for what, unit, targets in (
            ("kW, hot day, 16-19 h", 0.25, {"us_hot_dry": 3.75, "us_hot_humid": 3.75, "us_inland_california": 2.55}),
            ("kW/K, 16-20 h", 0.01, {"us_hot_dry": 0.125, "us_hot_humid": 0.135, "us_inland_california": 0.105}),
            ("kWh a year / 1000", 0.5, {"us_hot_dry": 12.5, "us_hot_humid": 13.5, "us_inland_california": 8.0,
                                        "us_cold": 8.5}),
        )
        for name, target in targets.items()
    ),
)  # fmt: skip
SYDNEY_MOMENTS = (
    *(Moment(f"kW from {low:g} degC", kw, 0.03 * kw) for low, kw in SYDNEY),
    Moment("kW/K, 24-30 degC", sum(SYDNEY_SLOPE) / 2, 0.01),
)
#: Chicago's conductance comes from its gas bills; its and Sacramento's efficiency are the common ones.
US_FREE = (
    ("us_cold", SET), ("us_inland_california", UA), ("us_inland_california", SET),
    *((name, row) for name in ("us_hot_dry", "us_hot_humid") for row in (UA, SET, COP)), (ALL, SUN),
)  # fmt: skip
SYDNEY_FREE = tuple(("au_sydney", row) for row in (UA, SET, SUN, "ac.room_floor_fraction"))


def us_moments(values: Values, seeds: tuple[int, ...] = (1, 2), homes: int = 200) -> Array:
    """The US moments of these parameters, mean over some draws of homes and weather."""
    return np.mean([_us_moments(values, seed, homes) for seed in seeds], axis=0)


def _us_moments(values: Values, seed: int, homes: int) -> Array:
    years = {name: region_year(name, homes=homes, seed=seed, changed=_changed(values, name)) for name in US_WEIGHTS}
    total = {name: sum(year.annual_kwh().values()) for name, year in years.items()}

    def share(use: str) -> float:
        part = sum(weight * years[name].annual_kwh()[use] for name, weight in US_WEIGHTS.items())
        return part / sum(weight * total[name] for name, weight in US_WEIGHTS.items())

    austin = years["us_hot_humid"].share("air_conditioner", "space_heater", "fans", months=SUMMER)
    hot = [hot_days(years[name]) for name in ("us_hot_dry", "us_hot_humid", "us_inland_california")]
    return np.array([
        share("air_conditioner"), share("space_heater"), austin, *(day.evening_kw for day in hot),
        *(day.slope_kw_per_k for day in hot),
        *(total[name] / 1e3 for name in ("us_hot_dry", "us_hot_humid", "us_inland_california", "us_cold")),
    ])  # fmt: skip


def sydney_moments(values: Values, seeds: tuple[int, ...] = (1, 2), homes: int = 200) -> Array:
    """Sydney's moments: row 9 in the middle one of its years, mean over some draws of homes and weather."""
    return np.mean([_sydney_moments(values, seed, homes) for seed in seeds], axis=0)


def _sydney_moments(values: Values, seed: int, homes: int) -> Array:
    year = region_year(
        "au_sydney", homes=homes, seed=seed, year=2012, changed=(*SOLAR_HOMES, *_changed(values, "au_sydney"))
    )
    evenings = np.isin(year.month, (11, 12, 1, 2, 3))
    degc, kw = year.hourly_degc[evenings][:, 20:22].ravel(), year.hourly_kw[evenings][:, 20:22].ravel()
    return np.array([*bins(degc, kw), slope(degc, kw)])


def _changed(values: Values, region: str) -> tuple[tuple[str, float], ...]:
    return tuple((row, value) for (of, row), value in values.items() if of in (region, ALL))


def _row(of: str, name: str):  # type: ignore[no-untyped-def]
    return load_region("us_hot_dry" if of == ALL else of).parameters[name]


def fit(
    free: tuple[tuple[str, str], ...], wanted: tuple[Moment, ...], moments: Callable[..., Array]
) -> dict[tuple[str, str], float]:
    """The parameters that meet the moments best."""
    rows = [_row(*key) for key in free]
    low, high = np.array([r.low for r in rows]), np.array([r.high for r in rows])
    target, unit = np.array([m.target for m in wanted]), np.array([m.unit for m in wanted])

    def misfit(x: Array) -> Array:
        values = dict(zip(free, (low + x * (high - low)).round(5).tolist(), strict=True))
        return np.concatenate([(moments(values) - target) / unit, 2.0 * x - 1.0])

    start = (np.array([r.value for r in rows]) - low) / (high - low)
    found = least_squares(misfit, np.clip(start, 0.02, 0.98), bounds=(0.0, 1.0), diff_step=0.05, xtol=3e-3, max_nfev=12)
    return dict(zip(free, (low + found.x * (high - low)).tolist(), strict=True))


def main() -> None:
    """Fit and print, or print only."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("which", choices=("us", "au_sydney"))
    parser.add_argument("--report", action="store_true", help="no search")
    asked = parser.parse_args()
    free, wanted, moments = (
        (US_FREE, US_MOMENTS, us_moments) if asked.which == "us" else (SYDNEY_FREE, SYDNEY_MOMENTS, sydney_moments)
    )
    before = {key: _row(*key).value for key in free}
    after = before if asked.report else fit(free, wanted, moments)
    print("moment, target, before, after, after with other homes and dice")
    for moment, *found in zip(wanted, moments(before), moments(after), moments(after, (3, 4)), strict=True):
        print(f"  {moment.name:45} {moment.target:8.3f} " + " ".join(f"{value:8.3f}" for value in found))
    for (of, row), value in after.items():
        print(
            f"  {of:22} {row}: {value:.3g}  # was {before[of, row]:g}, {_row(of, row).low:g} to {_row(of, row).high:g}"
        )


if __name__ == "__main__":
    main()
