"""Event files of a real programme: when homes were called, and which hours are the comparison.

Two layouts are read. A list has one row per event (``start``/``end`` stamps, or a ``date`` with one window for
all). A schedule has one row per interval with a ``band`` (a price level); events are the blocks of one band.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data.stamp_zone import names_zone, tidy
from drsim.errors import DataError, Problem, ScenarioError

Mask = NDArray[np.bool_]
STARTS = ("start_utc", "start_local", "start")
ENDS = ("end_utc", "end_local", "end")


@dataclass(frozen=True, eq=False)
class EventTimes:
    """Half-open UTC spans [start, end), sorted; ``reference`` spans are None where all other time compares."""

    events: list[tuple[pd.Timestamp, pd.Timestamp]]
    reference: list[tuple[pd.Timestamp, pd.Timestamp]] | None

    def inside(self, start_utc: pd.DatetimeIndex) -> Mask:
        """Which interval starts lie in an event."""
        return _inside(self.events, start_utc)

    def comparison(self, start_utc: pd.DatetimeIndex) -> Mask:
        """Which interval starts serve as reference."""
        if self.reference is None:
            return ~self.inside(start_utc)
        return _inside(self.reference, start_utc) & ~self.inside(start_utc)

    def beside(self, start_utc: pd.DatetimeIndex, before_hours: float, after_hours: float) -> Mask:
        """Reference intervals that lie up to some hours before the start or after the end of an event."""
        spans = []
        for start, end in self.events:
            if before_hours > 0.0:
                spans.append((start - pd.Timedelta(hours=before_hours), start))
            if after_hours > 0.0:
                spans.append((end, end + pd.Timedelta(hours=after_hours)))
        return _inside(spans, start_utc) & self.comparison(start_utc)


def _inside(spans: list[tuple[pd.Timestamp, pd.Timestamp]], start_utc: pd.DatetimeIndex) -> Mask:
    seconds = np.asarray(start_utc.as_unit("s").asi8)
    found = np.zeros(len(seconds), dtype=np.bool_)
    for start, end in spans:
        first, last = np.searchsorted(seconds, [start.timestamp(), end.timestamp()])
        found[first:last] = True
    return found


def read_events(
    path: str | Path, zone: str, window: str = "17:00-20:00", band: str | None = None, reference_band: str | None = None
) -> EventTimes:
    """Read an event list or a price schedule.

    Parameters
    ----------
    path : CSV file
        A list: ``start_utc,end_utc`` or ``start_local,end_local``, or only ``date``. A schedule: a start column
        and ``band``.
    zone : IANA zone of local stamps
    window : local window of every event of a list of dates
    band, reference_band : names in a schedule's ``band``; the reference is the most frequent other band if not given

    Raises
    ------
    ScenarioError
        No such file, or a band that the file does not have (exit code 2).
    DataError
        Not an event file (exit code 3).
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(Problem("--events", f'"{path}", and there is no such file'))
    try:
        table = pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise DataError(f"{path}: not a readable CSV file") from error
    table.columns = pd.Index([str(c).strip().lower() for c in table.columns])
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise DataError(f"{path}: two columns are called {twice!r}; rename or remove one")
    start = next((c for c in STARTS if c in table.columns), None)
    end = next((c for c in ENDS if c in table.columns), None)
    if start is not None and "band" in table.columns:
        return _schedule(path, table, start, zone, band, reference_band)
    if start is not None and end is not None:
        return EventTimes(_spans(path, table, start, end, zone), None)
    if "date" in table.columns:
        begins, ends = window.split("-")
        days = table["date"].astype(str).str.strip()
        ready = pd.DataFrame({"start_local": days + " " + begins, "end_local": days + " " + ends})
        return EventTimes(_spans(path, ready, "start_local", "end_local", zone), None)
    raise DataError(
        f"{path}: has the columns {', '.join(table.columns)}; expected start and end (start_local,end_local), "
        "or date, or a schedule with start_utc and band"
    )


def _utc(path: Path, stamps: pd.Series, name: str, zone: str) -> pd.Series:
    text = tidy(stamps)
    aware = names_zone(stamps) or name.endswith("_utc")
    try:
        parsed = pd.to_datetime(text, errors="coerce", utc=aware)
    except ValueError as error:
        raise DataError(f"{path}: {name} mixes times with and without a zone; give all of them one") from error
    if parsed.isna().any():
        bad = text[parsed.isna()].iloc[0]
        raise DataError(f'{path}: {name} holds "{bad}"; expected a time such as 2024-07-10 16:00')
    if aware or parsed.dt.tz is not None:
        return parsed.dt.tz_convert("UTC")
    local = parsed.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    if local.isna().any():
        raise DataError(f"{path}: {name} has a time in the hour that a clock change repeats; give start_utc instead")
    return local.dt.tz_convert("UTC")


def _spans(
    path: Path, table: pd.DataFrame, start: str, end: str, zone: str
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    starts, ends = _utc(path, table[start], start, zone), _utc(path, table[end], end, zone)
    wrong = np.flatnonzero((ends <= starts).to_numpy())
    if len(wrong):
        raise DataError(f"{path}: event {int(wrong[0]) + 1} ends before it starts")
    return sorted(zip(starts.tolist(), ends.tolist(), strict=True))


def _schedule(
    path: Path, table: pd.DataFrame, start: str, zone: str, band: str | None, reference_band: str | None
) -> EventTimes:
    counts = table["band"].astype(str).value_counts()
    if band is None or band not in counts.index:
        given = "no band was chosen" if band is None else f'there is no band "{band}"'
        raise ScenarioError(Problem("--band", f"{given}; {path.name} has {', '.join(counts.index.tolist())}"))
    others = [b for b in counts.index.tolist() if b != band]
    chosen = reference_band if reference_band is not None else (others[0] if others else None)
    if chosen is None or chosen not in others:
        named = ", ".join(others)
        raise ScenarioError(Problem("--reference-band", f'there is no other band "{chosen}"; {path.name} has {named}'))
    table = table.assign(at=_utc(path, table[start], start, zone)).sort_values("at")
    step = pd.Timedelta(table["at"].diff().median())
    if not step > pd.Timedelta(0):
        raise DataError(f"{path}: the schedule's intervals have no length; expected one row per interval")
    return EventTimes(_blocks(table, band, step), _blocks(table, chosen, step))


def _blocks(table: pd.DataFrame, band: str, step: pd.Timedelta) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Runs of intervals of one band."""
    at = table.loc[table["band"].astype(str) == band, "at"]
    new = at.diff() != step
    return [(run.iloc[0], run.iloc[-1] + step) for _, run in at.groupby(new.cumsum())]
