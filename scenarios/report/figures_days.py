"""Figures over time: the peak day of every arm, and the impact before, during and after an event."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scenarios.report.arms import CHECKS, NO_PROGRAMME, arm, present
from scenarios.report.drawing import SHADE, Drawing, finish, name_lines, padded, place, sheet
from scenarios.report.input import ReportInput
from scenarios.report.numbers import number

LABELS_INCHES = 2.85
SMALLEST_SPAN = 0.01  # of the load: a smaller reduction is drawn as small as it is


def event_window(events: pd.DataFrame) -> tuple[float, float] | None:
    """Most common event window in local hours, for shading; None without events."""
    if not len(events):
        return None
    starts, ends = _hours(events["start_local"]), _hours(events["end_local"])
    pairs = pd.Series(list(zip(starts, ends, strict=True))).value_counts(sort=True)
    first, last = sorted(pairs[pairs == pairs.max()].index)[0]
    return float(first), float(last if last > first else 24.0)


def _hours(moments: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Local clock hours of local time stamps (naive, or text with an offset, which is dropped)."""
    stamps = local_times(moments)
    return np.asarray(stamps.hour + stamps.minute / 60.0, dtype=np.float64)


def local_times(moments: object) -> pd.DatetimeIndex:
    """Read local wall-clock time stamps, whatever type the table holds."""
    values = pd.Series(moments)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(values.dt.tz_localize(None))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.DatetimeIndex(values)
    text = values.astype(str).str.replace(r"(Z|[+-]\d\d:?\d\d)$", "", regex=True)
    return pd.DatetimeIndex(pd.to_datetime(text, format="ISO8601"))


def window_on(events: pd.DataFrame, day: pd.Timestamp) -> tuple[float, float] | None:
    """Event window of replication's first draw on one date, or None where no event was called."""
    if not len(events):
        return None
    first = events[events["replication"] == events["replication"].min()]
    return event_window(first[local_times(first["start_local"]).normalize() == day.normalize()])


def missed_day(tables: ReportInput) -> pd.Timestamp | None:
    """The peak day, where no event was called on it."""
    if not len(tables.peak_day):
        return None
    day = local_times(tables.peak_day["start_local"])[0].normalize()
    return None if window_on(tables.events, day) else day


def shown_day(tables: ReportInput) -> pd.DataFrame:
    """The peak day; where it was missed the event day of the highest load, on which there is something to see."""
    missed = missed_day(tables) is not None and len(tables.event_day)
    return tables.event_day if missed else tables.peak_day


def peak_day(tables: ReportInput) -> Drawing | None:
    """Afternoon of the day to show: load of every arm, and below it what each arm took off."""
    rows = shown_day(tables)
    if not len(rows):
        return None
    stamps = local_times(rows["start_local"])
    window = window_on(tables.events, stamps[0])
    usual = window or event_window(tables.events) or (16.0, 19.0)
    clock = np.asarray((stamps - stamps[0].normalize()) / pd.Timedelta(hours=1), dtype=np.float64)
    shown = rows.assign(hour=clock)
    from_hour, to_hour = max(usual[0] - 3.0, 0.0), min(usual[1] + 3.0, 24.0)
    shown = shown[(shown["hour"] >= from_hour) & (shown["hour"] < to_hour)]
    if not len(shown):
        return None
    keys = [key for key in present(shown["arm"]) if key != NO_PROGRAMME]
    day = f"{stamps[0]:%A} {stamps[0].day} {stamps[0]:%B %Y}"
    which = "peak day" if rows is tables.peak_day else "event day of the highest load (its peak day had no event)"
    caption = f"{day}, the first replication’s {which}: load of all homes, and what each arm took off"
    with sheet(7.1) as figure:
        width = 9.6 - 0.85 - LABELS_INCHES
        above = place(figure, 0.85, 4.1, width, 2.75)
        below = place(figure, 0.85, 0.65, width, 2.75)
        _loads(above, shown, keys)
        said = _reductions(below, shown, keys, usual)
        name_lines(below, [_sample(key, f"{arm(key).name}: {number(mean, 1)}") for key, mean in said])
        top_line = (arm(NO_PROGRAMME).name, "#000000", "-", 2.2)
        name_lines(above, [top_line, *(_sample(key, arm(key).name) for key, _ in reversed(said))])
        for axes in (above, below):
            _clock_axis(axes, from_hour, to_hour, window)
        above.set_title(
            "Load, kW (the axis does not start at zero: arms differ by a few percent)", loc="left"
        )
        below.set_title("Reduction, kW: load without a programme minus load of the arm", loc="left")
        right = 1 + 0.12 / width
        when = "mean in event hours, kW" if window else "mean in the usual event hours, kW"
        below.text(right, 1.02, when, transform=below.transAxes, fontsize=9, va="bottom")
        below.set_xlabel("local time")
        return finish(figure, "peak_day", caption, _peak_words(shown, said, window))


def _loads(axes: Axes, shown: pd.DataFrame, keys: Sequence[str]) -> None:
    everything = [shown["load_kw"].to_numpy(), shown["program_counterfactual_kw"].to_numpy()]
    axes.set_ylim(*padded(np.concatenate(everything), 0.08))
    for key in keys:
        mine = shown[shown["arm"] == key]
        _line(axes, mine["hour"], mine["load_kw"], key)
    base = shown.drop_duplicates("hour").sort_values("hour")
    axes.plot(base["hour"], base["program_counterfactual_kw"], color="black", linewidth=2.2, zorder=3)


def _reductions(
    axes: Axes, shown: pd.DataFrame, keys: Sequence[str], window: tuple[float, float]
) -> list[tuple[str, float]]:
    """Draw the lower panel; give each arm's mean reduction inside the window [kW], largest first."""
    saved = shown.assign(saved=shown["program_counterfactual_kw"] - shown["load_kw"])
    low, high = padded(saved["saved"].to_numpy(), 0.08, include_zero=True)
    least = SMALLEST_SPAN * float(shown["program_counterfactual_kw"].max())  # rounding does not fill the panel
    axes.set_ylim(min(low, -0.1 * least), max(high, least))
    axes.axhline(0, color="black", linewidth=1.2)
    means = []
    for key in keys:
        mine = saved[saved["arm"] == key]
        _line(axes, mine["hour"], mine["saved"], key)
        inside = mine[(mine["hour"] >= window[0]) & (mine["hour"] < window[1])]
        means.append((key, float(inside["saved"].mean()) if len(inside) else math.nan))
    return sorted(means, key=lambda pair: (-pair[1], pair[0]))


def _line(axes: Axes, x: object, y: object, key: str) -> None:
    look = arm(key)
    strong = key == "segment_targeted"
    axes.plot(x, y, look.dash, color=look.colour, linewidth=_width(key), zorder=4 if strong else 2)  # type: ignore[arg-type]


def _width(key: str) -> float:
    return 2.6 if key == "segment_targeted" else 1.3 if key in CHECKS else 1.7


def _sample(key: str, text: str) -> tuple[str, str, str, float]:
    return text, arm(key).colour, arm(key).dash, _width(key)


def _clock_axis(axes: Axes, first: float, last: float, window: tuple[float, float] | None) -> None:
    axes.set_xlim(first, last)
    ticks = np.arange(math.ceil(first), math.floor(last) + 1)
    axes.set_xticks(ticks, [f"{int(hour):02d}:00" for hour in ticks])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    if window:
        shade(axes, *window, "event")


def shade(axes: Axes, first: float, last: float, text: str) -> None:
    """Mark the event window and name it inside the axes."""
    axes.axvspan(first, last, color=SHADE, zorder=0, linewidth=0)
    axes.text(
        (first + last) / 2,
        0.99,
        text,
        transform=axes.get_xaxis_transform(),
        ha="center",
        va="top",
        fontsize=9,
    )


def _peak_words(
    shown: pd.DataFrame, means: list[tuple[str, float]], window: tuple[float, float] | None
) -> str:
    top = float(shown["program_counterfactual_kw"].max())
    called = (
        "An event was called on this day." if window else "No event was called on this day (a missed peak)."
    )
    each = "; ".join(f"{arm(key).name} {number(value, 1)} kW" for key, value in means)
    return (
        f"Two line charts over the afternoon. Without a programme the homes peak at {number(top, 0)} kW. "
        f"{called} Mean reduction in the event hours: {each}."
    )


def event_profile(tables: ReportInput) -> Drawing | None:
    """Mean impact by hours from the start of the event; negative after it is snapback."""
    rows = tables.event_profile
    keys = [key for key in present(rows["arm"]) if key != NO_PROGRAMME] if len(rows) else []
    if not keys:
        return None
    window = event_window(tables.events)
    rows = _recorded(rows)
    length = window[1] - window[0] if window else math.nan
    caption = "An average event, hour by hour: positive is less load, negative is load that comes back"
    with sheet(4.3) as figure:
        axes = place(figure, 0.85, 0.65, 9.6 - 0.85 - LABELS_INCHES, 3.35)
        low, high = padded(rows.loc[rows["arm"].isin(keys), "impact_kw"], 0.1, include_zero=True)
        axes.set_ylim(low, high)
        axes.axhline(0, color="black", linewidth=1.2)
        said, means = [], {}
        for key in keys:
            mine = rows[rows["arm"] == key].sort_values("hours_from_start")
            _line(axes, mine["hours_from_start"], mine["impact_kw"], key)
            means[key] = _during(mine, length)
            said.append(f"{arm(key).name}: {_profile_words(mine, length)}")
        first, last = float(rows["hours_from_start"].min()), float(rows["hours_from_start"].max())
        axes.set_xlim(first, last)
        axes.set_ylabel("impact, kW (positive = reduction)")
        axes.set_xlabel("hours from the start of the event")
        axes.grid(axis="y")
        if math.isfinite(length):
            shade(axes, 0.0, length, "event")
        if low < 0.1 * -high:
            axes.text(0.99, 0.03, "below zero: snapback", transform=axes.transAxes, ha="right", fontsize=9)
        order = sorted(keys, key=lambda key: -means[key])
        name_lines(axes, [_sample(key, f"{arm(key).name}: {number(means[key], 1)}") for key in order])
        right = 1 + 0.12 / (9.6 - 0.85 - LABELS_INCHES)
        axes.text(right, 1.02, "mean in the event, kW", transform=axes.transAxes, fontsize=9, va="bottom")
        return finish(figure, "event_profile", caption, "Line chart. " + "; ".join(said) + ".")


def _recorded(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the tail where no arm has any impact: the record stops at midnight, snapback need not."""
    alive = rows.loc[rows["impact_kw"].abs() > 0, "hours_from_start"]
    return rows[rows["hours_from_start"] <= alive.max()] if len(alive) else rows


def _during(mine: pd.DataFrame, length: float) -> float:
    hour = mine["hours_from_start"]
    return float(
        mine.loc[(hour >= 0) & (hour < (length if math.isfinite(length) else 3.0)), "impact_kw"].mean()
    )


def _profile_words(mine: pd.DataFrame, length: float) -> str:
    end = length if math.isfinite(length) else 3.0
    hour = mine["hours_from_start"]
    during = _during(mine, length)
    after = mine.loc[hour >= end, "impact_kw"].min()
    mean, low = number(float(during), 1), number(float(after), 1)
    return f"{mean} kW on average during the event, lowest afterwards {low} kW"
