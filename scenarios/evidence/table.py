"""The rows of the evidence table that can be run, their targets and tolerances, and the verdicts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from scenarios.evidence import meters as m
from scenarios.evidence.london import real_year, simulated_year


@dataclass(frozen=True)
class Fact:
    """One figure: what is aimed at, how far off it may be, what came out, and the real meters beside it."""

    row: int
    name: str
    target: float
    tolerance: float
    simulated: float
    real: float | None
    role: str

    @property
    def passes(self) -> bool:
        """Whether the simulated figure lies within the tolerance."""
        return bool(abs(self.simulated - self.target) <= self.tolerance + 1e-12)


def _both(row: int, name: str, target: float, tolerance: float, of: Callable[[m.Meters], float], role: str) -> Fact:
    real = real_year()
    return Fact(row, name, target, tolerance, of(simulated_year()), None if real is None else of(real), role)


def _row_1() -> list[Fact]:
    def peak_hour(meters: m.Meters) -> float:
        return float(np.argmax(meters.hourly_profile()))

    def ratio(meters: m.Meters) -> float:
        profile = meters.hourly_profile()
        return float(profile.max() / profile.min())

    def spread(meters: m.Meters) -> float:
        kwh = m.daily_kwh(meters)
        return float(kwh.std(ddof=1) / kwh.mean())

    return [
        _both(1, "mean use [kWh/day]", 10.1, 1.01, lambda x: float(m.daily_kwh(x).mean()), "fitted"),
        _both(1, "CV of kWh/day across homes", 0.70, 0.12, spread, "fitted"),
        _both(1, "hour of the profile's peak (19 = 19:00-20:00)", 19.0, 1.0, peak_hour, "fitted"),
        _both(1, "profile peak / trough", 2.7, 0.5, ratio, "fitted"),
    ]


def _row_2() -> list[Fact]:
    return [
        _both(2, "ADMD at N = 10 [kW]", 1.56, 0.234, lambda x: m.admd_kw(x, 10), "predicted"),
        _both(2, "ADMD at N = 200 [kW]", 1.00, 0.15, lambda x: m.admd_kw(x, 200), "predicted"),
    ]


def _row_3() -> list[Fact]:
    return [
        _both(3, "load factor, aggregate", 0.43, 0.06, lambda x: m.load_factors(x)[0], "predicted"),
        _both(3, "load factor, median home", 0.094, 0.03, lambda x: m.load_factors(x)[1], "predicted"),
        _both(3, "autocorrelation at 30 min", 0.63, 0.10, lambda x: m.autocorrelation(x, 1), "predicted"),
        _both(3, "autocorrelation at 1 day", 0.335, 0.10, lambda x: m.autocorrelation(x, 48), "predicted"),
    ]


def _row_4() -> list[Fact]:
    return [_both(4, "day-shape R2 of k-means at k = 10", 0.32, 0.06, m.shape_r2, "predicted")]


def _row_5() -> list[Fact]:
    return [_both(5, "top fifth's share of winter evenings", 0.42, 0.05, m.top_fifth_share, "predicted")]


def _row_17() -> list[Fact]:
    cases = [("12 highest evenings", 10, False, 0.12), ("12 highest evenings", 5, False, 0.27),
             ("40 random weekdays", 10, True, 0.18), ("40 random weekdays", 5, True, 0.37)]  # fmt: skip
    return [
        _both(17, f"paid with no response, {days}, {'10-in-10' if x == 10 else 'high 5 of 10'}", target, 0.04,
              partial(m.paid_without_response, x=x, random_days=random), "predicted")
        for days, x, random, target in cases
    ]  # fmt: skip


def _row_19() -> list[Fact]:
    from simulator.reference import thermal_reference_error

    table = thermal_reference_error(60)
    day = float(table["day_error_fraction"].abs().mean())
    window = float(table["window_error_fraction"].abs().mean())
    return [
        Fact(19, "15-min step against a 1-min reference, day energy, mean |error|", 0.0, 0.01, day, None, "exact"),
        Fact(19, "the same, event window of a 2 K setback", 0.0, 0.01, window, None, "exact"),
    ]


ROWS: dict[int, Callable[[], list[Fact]]] = {
    1: _row_1,
    2: _row_2,
    3: _row_3,
    4: _row_4,
    5: _row_5,
    17: _row_17,
    19: _row_19,
}
REQUIRED = (1, 17, 19)


def run_evidence(rows: tuple[int, ...]) -> int:
    """Run rows, print the table, and return 1 when a required row fails (2 when a row is not known)."""
    unknown = [row for row in rows if row not in ROWS]
    if unknown:
        print(f"evidence rows {unknown} can not be run yet; expected some of {sorted(ROWS)}", file=sys.stderr)
        return 2
    facts = [fact for row in rows for fact in ROWS[row]()]
    print(f"{'row':>3}  {'fact':<72}{'target':>9}{'+-':>8}{'simulated':>11}{'real':>9}  {'role':<10}verdict")
    for f in facts:
        real = "-" if f.real is None else f"{f.real:.3f}"
        verdict = "pass" if f.passes else "FAIL"
        figures = f"{f.target:>9.3f}{f.tolerance:>8.3f}{f.simulated:>11.3f}{real:>9}"
        print(f"{f.row:>3}  {f.name:<72}{figures}  {f.role:<10}{verdict}")
    return 1 if any(not f.passes and f.row in REQUIRED for f in facts) else 0
