"""Are the time stamps what they are said to be? Two things a shifted export can not hide.

People get up by the clock on the wall, so the morning keeps its place on it across a clock change; stamps that are in
truth on another clock make it jump by the hour. (Evenings would mislead: they follow the sun, so that on right stamps
they move later in spring.) And meters deliver whole days: reads that run from one step past midnight to midnight are
labelled by their ends.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from drsim.findings import Finding

SHIFT = "stamp_shift"
ODD_TROUGH = "trough_at_odd_hour"
#: Days on either side of a clock change that are compared.
WINDOW_DAYS = 21
FEWEST_DAYS = 10
#: The rhythm must fit this much better (correlation) when moved before a shift is reported.
CLEARLY_BETTER = 0.01
#: Share of premises whose reads must run from a step past midnight to midnight.
MOST = 0.6
#: Local hours whose rhythm is compared.
MORNING = (3, 11)
#: Mornings must vary this much around their mean to have a rhythm at all.
LEAST_RHYTHM = 0.05
#: Local hours in which a residential system is normally at its lowest.
NIGHT = range(0, 8)

Floats = NDArray[np.float64]


def end_stamp_finding(first: Sequence[int], last: Sequence[int], minutes: int, stated: str) -> Finding | None:
    """Whether most premises' first and last wall-clock stamps say interval ends.

    Parameters
    ----------
    first, last : (premises,) seconds of the wall clock, before any correction
    minutes : length of an interval
    stated : "start" or "end", as the layout says
    """
    if len(first) == 0:
        return None
    begins = np.asarray(first, dtype=np.int64) // 60 % 1440
    ends = np.asarray(last, dtype=np.int64) // 60 % 1440
    says_end = float(np.mean((begins == minutes) & (ends == 0)))
    says_start = float(np.mean((begins == 0) & (ends == 1440 - minutes)))
    if stated == "start" and says_end >= MOST:
        text = (f"{100 * says_end:.0f} % of the premises run from {minutes} minutes past midnight to midnight: their "
                "stamps look like interval ends, and were read as starts; import again with --stamps end")  # fmt: skip
        return Finding(SHIFT, "", text, {"minutes": minutes, "share": says_end})
    if stated == "end" and says_start >= MOST:
        text = (f"{100 * says_start:.0f} % of the premises run from midnight to {minutes} minutes before it: their "
                "stamps look like interval starts, and were read as ends; import again with --stamps start")
        return Finding(SHIFT, "", text, {"minutes": -minutes, "share": says_start})
    return None


def clock_change_findings(start_utc: pd.DatetimeIndex, mean_kwh: Floats, minutes: int, zone: str) -> list[Finding]:
    """Findings where the mean home's rhythm moves on the wall clock of ``zone`` at a clock change.

    Parameters
    ----------
    start_utc, mean_kwh : (intervals,) regular grid and mean energy over the homes read, NaN where none was
    """
    local = start_utc.tz_convert(zone)
    wall = local.tz_localize(None)
    offset = np.asarray((wall - start_utc.tz_localize(None)).total_seconds(), dtype=np.int64) // 60
    day = np.asarray(wall.normalize().as_unit("s").asi8) // 86400
    slot = np.asarray(wall.hour * 60 + wall.minute, dtype=np.int64) // minutes
    lags: list[tuple[str, int, int]] = []
    for at in (np.flatnonzero(np.diff(offset) != 0) + 1).tolist():
        lag = _lag(mean_kwh, day, slot, int(day[at]), minutes)
        if lag is not None:
            lags.append((str(wall[at].date()), lag, int(offset[at] - offset[at - 1])))
    moved = [(when, lag) for when, lag, change in lags if lag * change < 0 and abs(lag) >= 0.5 * abs(change)]
    if not lags or len(moved) * 2 <= len(lags):
        return []
    said = ", ".join(f"{abs(lag)} minutes {'later' if lag > 0 else 'earlier'} after {when}" for when, lag in moved[:4])
    text = (f"mornings move on the clock of {zone} at clock changes ({said}); people's do not: the stamps are "
            "probably on a clock without daylight saving (name the stamp column ..._utc, or choose its zone)")
    return [Finding(SHIFT, "", text, {"minutes": moved[0][1], "changes": len(lags)})]


def _lag(mean_kwh: Floats, day: NDArray[np.int64], slot: NDArray[np.int64], change: int, minutes: int) -> int | None:
    """Minutes by which the profile after a change lies later than before; None with too few days to say."""
    slots = 1440 // minutes
    before = _profile(mean_kwh, day, slot, change - WINDOW_DAYS, change, slots)
    after = _profile(mean_kwh, day, slot, change + 1, change + 1 + WINDOW_DAYS, slots)
    if before is None or after is None:
        return None
    reach = 90 // minutes
    morning = slice(MORNING[0] * 60 // minutes, MORNING[1] * 60 // minutes)
    if min(float(part[morning].std() / max(part[morning].mean(), 1e-9)) for part in (before, after)) < LEAST_RHYTHM:
        return None
    fits = {
        lag: float(np.corrcoef(np.roll(before, lag)[morning], after[morning])[0, 1])
        for lag in range(-reach, reach + 1)
    }
    best = max(fits, key=lambda lag: (fits[lag], -abs(lag)))
    return best * minutes if fits[best] > fits[0] + CLEARLY_BETTER else 0


def _profile(
    mean_kwh: Floats, day: NDArray[np.int64], slot: NDArray[np.int64], first: int, end: int, slots: int
) -> Floats | None:
    # Day 0 of the epoch was a Thursday: 3 and 4 days on are the weekend.
    inside = (day >= first) & (day < end) & ((day + 3) % 7 < 5) & ~np.isnan(mean_kwh)
    count = np.bincount(slot[inside], minlength=slots)
    if count.min() < FEWEST_DAYS:
        return None
    return np.asarray(np.bincount(slot[inside], weights=mean_kwh[inside], minlength=slots) / count)


def trough_finding(start_utc: pd.DatetimeIndex, mean_kwh: Floats, zone: str) -> Finding | None:
    """A finding where the mean home uses least in the daytime of ``zone``."""
    hour = np.asarray(start_utc.tz_convert(zone).hour)
    known = ~np.isnan(mean_kwh)
    count = np.bincount(hour[known], minlength=24)
    if count.min() < FEWEST_DAYS:
        return None
    profile = np.bincount(hour[known], weights=mean_kwh[known], minlength=24) / count
    smooth = np.roll(profile, 1) + profile + np.roll(profile, -1)
    lowest = int(np.argmin(smooth))
    if lowest in NIGHT:
        return None
    text = f"the homes use least around {lowest:02d}:00 {zone}: check the zone (or they are net of solar)"
    return Finding(ODD_TROUGH, "", text, {"hour": lowest})
