"""From loose reads of some premises to rows on one UTC grid, every loss counted per premise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Lengths of an interval that sum into 15, 30 or 60 minutes.
NATIVE_MINUTES = (1, 2, 3, 5, 6, 10, 15, 20, 30, 60)
STORE_MINUTES = (15, 30, 60)
Ints = NDArray[np.int64]
COUNTS = ("reads", "repeated", "conflicting", "unplaced", "off_grid", "incomplete")


@dataclass(frozen=True, eq=False)
class Placed:
    """Reads with a place in time: sorted by premise ``code`` and UTC ``seconds``, each place once.

    ``counts`` has a row per premise and the columns :data:`COUNTS`; ``minutes`` is each premise's own interval.
    """

    names: list[str]
    code: NDArray[np.int32]
    seconds: Ints
    kwh: NDArray[np.float64]
    minutes: Ints
    counts: pd.DataFrame


def place(names: list[str], code: NDArray[np.int32], seconds: Ints, kwh: NDArray[np.float64], zone: str | None,
          end_stamps: bool) -> Placed:  # fmt: skip
    """Sort, put into UTC, move interval ends to starts, and settle repeated reads.

    Parameters
    ----------
    code : (reads,) index into ``names``
    seconds : (reads,) wall clock of ``zone``, or UTC where ``zone`` is None
    kwh : (reads,) energy; the caller has scaled it

    Notes
    -----
    In the hour that the autumn change repeats, a premise's first of two equal wall-clock stamps is summer time
    and its second winter time; a lone one can not be placed. The hour skipped in spring does not exist. Equal
    repeats are kept once, differing ones become gaps: there is no telling which is right.
    """
    order = np.lexsort((seconds, code)) if _unsorted(code, seconds) else np.arange(len(code))
    code, seconds, kwh = code[order], seconds[order], kwh[order]
    counts = pd.DataFrame(0, index=range(len(names)), columns=list(COUNTS))
    counts["reads"] = np.bincount(code, minlength=len(names))
    if zone is not None:
        seconds, placed = _to_utc(code, seconds, zone)
        counts["unplaced"] = np.bincount(code[~placed], minlength=len(names))
        code, seconds, kwh = code[placed], seconds[placed], kwh[placed]
        order = np.lexsort((seconds, code))
        code, seconds, kwh = code[order], seconds[order], kwh[order]
    code, seconds, kwh = _settle_repeats(code, seconds, kwh, counts)
    minutes = native_minutes(code, seconds, len(names))
    if end_stamps:
        seconds = seconds - 60 * np.maximum(minutes, 0)[code]
    return Placed(names, code, seconds, kwh, minutes, counts)


def _unsorted(code: NDArray[np.int32], seconds: Ints) -> bool:
    step = np.diff(code)
    return bool(((step < 0) | ((step == 0) & (np.diff(seconds) < 0))).any())


def _to_utc(code: NDArray[np.int32], seconds: Ints, zone: str) -> tuple[Ints, NDArray[np.bool_]]:
    unique, at = np.unique(seconds, return_inverse=True)
    naive = pd.DatetimeIndex(unique.astype("datetime64[s]"))
    summer = naive.tz_localize(zone, ambiguous=np.ones(len(naive), bool), nonexistent="NaT")
    winter = naive.tz_localize(zone, ambiguous=np.zeros(len(naive), bool), nonexistent="NaT")
    first, last = (np.asarray(i.as_unit("s").asi8, dtype=np.int64) for i in (summer, winter))
    exists = np.asarray(summer.notna())[at]
    doubtful = (first != last)[at] & exists
    same = np.zeros(len(code), bool)
    same[1:] = (code[1:] == code[:-1]) & (seconds[1:] == seconds[:-1])
    paired = same.copy()
    paired[:-1] |= same[1:]
    utc = np.where(doubtful & same, last[at], first[at])
    return utc, exists & (~doubtful | paired)


def _settle_repeats(
    code: NDArray[np.int32], seconds: Ints, kwh: NDArray[np.float64], counts: pd.DataFrame
) -> tuple[NDArray[np.int32], Ints, NDArray[np.float64]]:
    if len(code) == 0:
        return code, seconds, kwh
    new = np.ones(len(code), bool)
    new[1:] = (code[1:] != code[:-1]) | (seconds[1:] != seconds[:-1])
    if new.all():
        return code, seconds, kwh
    first = np.flatnonzero(new)
    low, high = np.minimum.reduceat(kwh, first), np.maximum.reduceat(kwh, first)
    size = np.diff(np.append(first, len(code)))
    owner = code[first]
    counts["repeated"] = np.bincount(owner, weights=size - 1, minlength=len(counts)).astype(np.int64)
    agree = low == high
    counts["conflicting"] = np.bincount(owner[~agree], weights=size[~agree], minlength=len(counts)).astype(np.int64)
    return owner[agree], seconds[first][agree], low[agree]


def native_minutes(code: NDArray[np.int32], seconds: Ints, premises: int) -> Ints:
    """Each premise's most common step in minutes; 0 where there are fewer than two reads."""
    same = code[1:] == code[:-1]
    table = pd.DataFrame({"code": code[1:][same], "step": np.diff(seconds)[same]})
    common = table.groupby(["code", "step"]).size().reset_index(name="n").sort_values(["code", "n", "step"])
    best = common.drop_duplicates("code", keep="last").set_index("code")["step"]
    return best.reindex(range(premises), fill_value=0).to_numpy(np.int64) // 60


def on_grid(placed: Placed, first: int, length: int, minutes: int) -> NDArray[np.float32]:
    """Reads summed into the store's intervals, (premises, length) [kWh]; an interval read in part is a gap.

    Premises with an interval that does not divide ``minutes`` keep only gaps; the reads lost that way, or
    because their stamp is not on a whole step of their own, are counted.
    """
    names, counts = placed.names, placed.counts
    kwh = np.full((len(names), length), np.nan, dtype=np.float32)
    own = placed.minutes[placed.code]
    divides = (own > 0) & np.isin(own, NATIVE_MINUTES) & (minutes % np.maximum(own, 1) == 0)
    position = (placed.seconds - first) // (60 * minutes)
    whole = (placed.seconds % (60 * np.maximum(own, 1))) == 0
    inside = divides & whole & (position >= 0) & (position < length)
    counts["off_grid"] = np.bincount(placed.code[~inside], minlength=len(names))
    at = placed.code[inside].astype(np.int64) * length + position[inside]
    needed = minutes // own[inside]
    if (needed == 1).all():
        kwh.ravel()[at] = placed.kwh[inside]
        return kwh
    cells, where = np.unique(at, return_inverse=True)
    total, seen = np.bincount(where, weights=placed.kwh[inside]), np.bincount(where)
    wanted = np.zeros(len(cells), np.int64)
    wanted[where] = needed
    full = seen == wanted
    counts["incomplete"] = np.bincount((cells // length)[~full], weights=seen[~full], minlength=len(names))
    kwh.ravel()[cells[full]] = total[full]
    return kwh
