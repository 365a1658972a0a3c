"""Units used on the inside, and the few conversions between them.

Loads are mean kW over a 15-minute interval (float32), sums are whole watt-hours (int64) so that any
order of adding gives the same total, money is float64 in the region's currency.
"""

from __future__ import annotations

HOURS_PER_INTERVAL = 0.25
INTERVALS_PER_HOUR = 4
WH_PER_KW_INTERVAL = 250.0
SECONDS_PER_INTERVAL = 900


def kw_from_wh(wh: float) -> float:
    """Mean demand [kW] of a quarter-hour that used ``wh`` watt-hours."""
    return wh / WH_PER_KW_INTERVAL
