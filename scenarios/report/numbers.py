"""Look numbers up in the tables and write them as the page does: rounded together, with their interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

NOT_DEFINED = "not defined"
_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}


@dataclass(frozen=True)
class Estimate:
    """A mean over replications and its 95 % interval; NaN where not defined."""

    mean: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is a mean at all."""
        return math.isfinite(self.mean)

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval lies clear of zero, else 0."""
        if not self.has_interval:
            return 0
        return int(self.low > 0) - int(self.high < 0)


MISSING = Estimate(math.nan, math.nan, math.nan)


def estimate(comparison: pd.DataFrame, arm: str, metric: str, difference: bool = False) -> Estimate:
    """Read one arm's metric, or its difference from ``untargeted``, out of ``comparison.csv``."""
    rows = comparison[(comparison["arm"] == arm) & (comparison["metric"] == metric)]
    if not len(rows):
        return MISSING
    columns = (
        ("diff_vs_untargeted", "diff_ci_low", "diff_ci_high") if difference else ("mean", "ci_low", "ci_high")
    )
    mean, low, high = (as_float(rows.iloc[0][name]) for name in columns)
    return Estimate(mean, low, high)


def mean_interval(values: Any) -> Estimate:
    """Mean and Student-t 95 % interval over replications; the interval is NaN for a single one."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return MISSING
    mean = float(numbers.mean())
    if len(numbers) < 2:
        return Estimate(mean, math.nan, math.nan)
    half = float(stats.t.ppf(0.975, len(numbers) - 1)) * float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return Estimate(mean, mean - half, mean + half)


def per_replication(values: pd.DataFrame | None, arm: str, metric: str) -> pd.Series[float]:
    """One arm's metric by replication, empty when the run handed over no such table."""
    if values is None:
        return pd.Series(dtype=np.float64)
    rows = values[(values["arm"] == arm) & (values["metric"] == metric)]
    return rows.set_index("replication")["value"].astype(np.float64)


def paired(values: pd.DataFrame | None, first: str, second: str, metric: str) -> Estimate:
    """Difference ``first - second`` paired by replication, with its Student-t interval."""
    one, two = per_replication(values, first, metric), per_replication(values, second, metric)
    return mean_interval((one - two).dropna().to_numpy()) if len(one) and len(two) else MISSING


def as_float(value: Any) -> float:
    """Turn a table's cell into a float; blank cells become NaN."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return math.nan
    return float(value)


def decimals(*values: float) -> int:
    """Digits after the point that suit numbers printed together: about three figures of the largest."""
    finite = [abs(value) for value in values if math.isfinite(value)]
    largest = max(finite, default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 1 else 2 if largest >= 0.1 or largest == 0 else 3


def number(value: float, digits: int | None = None, sign: bool = False) -> str:
    """Write a number with thousands separators and a true minus sign; NaN is "not defined"."""
    if not math.isfinite(value):
        return NOT_DEFINED
    digits = decimals(value) if digits is None else digits
    text = f"{abs(value):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text  # never "-0.0"
    return ("−" if value < 0 else "+" if sign else "") + text


def span(value: Estimate, digits: int | None = None, prefix: str = "") -> str:
    """Write the interval as "a to b"; empty without one."""
    if not value.has_interval:
        return ""
    digits = decimals(value.mean, value.low, value.high) if digits is None else digits
    ends = (number(end, digits) for end in (value.low, value.high))
    return " to ".join(("−" + prefix + end[1:]) if end[0] == "−" else prefix + end for end in ends)


def common_decimals(values: Iterable[Estimate], money_column: bool = False) -> int:
    """Digits for a whole column, so that its numbers can be compared at a glance."""
    ends = [end for value in values for end in (value.mean, value.low, value.high) if math.isfinite(end)]
    if money_column and max(map(abs, ends), default=0.0) >= 100:
        return 0
    digits = decimals(*ends)
    while digits < 3 and any(end and not float(f"{end:.{digits}f}") for end in ends):
        digits += 1  # an end of 0.04 must not read as 0.0: on which side of zero it lies is the message
    return digits


def with_span(value: Estimate, sign: bool = False, prefix: str = "", digits: int | None = None) -> str:
    """Write "mean (low to high)", all with the same digits."""
    if not value.known:
        return NOT_DEFINED
    digits = decimals(value.mean, value.low, value.high) if digits is None else digits
    text = number(value.mean, digits, sign)
    text = text[0] + prefix + text[1:] if text[0] in "−+" else prefix + text
    return f"{text} ({span(value, digits, prefix)})" if value.has_interval else text


def cell(value: Estimate, digits: int, sign: bool = False, prefix: str = "") -> tuple[str, str]:
    """Mean and interval of a table's cell, apart: the page sets the interval below the mean."""
    mean = with_span(Estimate(value.mean, math.nan, math.nan), sign, prefix, digits)
    certain = value.low == value.high  # an arm with the same offer: exactly nothing, not an interval
    return mean, span(value, digits, prefix) if value.known and not certain else ""


def symbol(currency: str) -> str:
    """Sign of a currency, or its code and a space."""
    return _SYMBOLS.get(currency, f"{currency} ")


def money(value: float, currency: str) -> str:
    """Write an amount: whole units from 100 up, cents below."""
    if not math.isfinite(value):
        return NOT_DEFINED
    text = number(abs(value), 0 if abs(value) >= 100 or value == round(value) else 2)
    return ("−" if value < 0 else "") + symbol(currency) + text


def percent(fraction: float) -> str:
    """Write a fraction as percent."""
    if not math.isfinite(fraction):
        return NOT_DEFINED
    return f"{number(100 * fraction, 0 if abs(fraction) >= 0.995 else 1)} %"


def ratio(top: float, bottom: float) -> float:
    """Divide, NaN where the denominator is zero or unknown."""
    return top / bottom if math.isfinite(bottom) and bottom else math.nan
