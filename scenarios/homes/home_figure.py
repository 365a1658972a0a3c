"""The figure of one home's day: end uses stacked, temperatures, and who was at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.fields import AT_HOME, AWAY, USES

if TYPE_CHECKING:
    from scenarios.homes.home_day import HomeDay

#: Related uses share a hue; the order is that of the stack, from what always runs to what can move.
COLOURS = {
    "standby": "#8c8c8c", "refrigerator": "#b3b3b3", "electronics": "#9ecae1", "lighting": "#fdd835",
    "cooking": "#d95f0e", "dishwasher": "#a6611a", "clothes_washer": "#80cdc1", "dryer": "#018571",
    "water_heater": "#c51b7d", "fans": "#c6dbef", "pool_pump": "#5e3c99", "ev_charger": "#1a9641",
    "plug_heater": "#ef8a62", "space_heater": "#b2182b",
    "air_conditioner": "#2166ac", "solar_panels": "#f4a582", "battery": "#4d4d4d",
}  # fmt: skip
_WHO = {AWAY: "#ffffff", AT_HOME: "#7fbf7b", 2: "#3f5f8f"}


def draw(seen: HomeDay, width_inches: float = 9.6) -> Figure:
    """Three panels over local time; the event is shaded, the day without it is the dashed line."""
    figure = Figure(figsize=(width_inches, 0.62 * width_inches), layout="constrained")
    load, temperature, who = figure.subplots(3, 1, sharex=True, height_ratios=(3.0, 1.5, 0.25))
    at = np.arange(len(seen.hours) + 1) / 4.0
    _stack(load, seen, at)
    _temperatures(temperature, seen, at[:-1])
    colours = [_WHO[int(code)] for code in seen.lived.occupied]
    who.bar(at[:-1], 1.0, width=np.diff(at), align="edge", color=colours, linewidth=0)
    who.set_ylim(0, 1)
    who.set_yticks([])
    who.set_xlabel("Local time. Below: white away, green at home and awake, blue asleep")
    _clock(who, seen, at)
    e0, e1 = seen.lived.event_window
    for axes in (load, temperature):
        if e1 > e0:
            axes.axvspan(at[e0], at[e1], color="#ececec", zorder=0)
        axes.spines[["top", "right"]].set_visible(False)
    load.set_title(seen.describe().splitlines()[0], loc="left", fontsize=9.5)
    return figure


def _stack(axes: Axes, seen: HomeDay, at: np.ndarray) -> None:
    """End uses one on another, export below zero."""
    above, below = np.zeros(len(at)), np.zeros(len(at))
    order = [use for use in COLOURS if use in USES] + [use for use in USES if use not in COLOURS]
    for use in order:
        kw = seen.lived.use_kw[USES.index(use)]
        if np.abs(kw).sum() < 1e-9:
            continue
        step = np.append(kw, kw[-1])
        base, top = (above, above + step) if kw.sum() >= 0 else (below, below + step)
        axes.fill_between(at, base, top, step="post", color=COLOURS.get(use, "#000000"), linewidth=0,
                          label=f"{use.replace('_', ' ')} {0.25 * kw.sum():.1f} kWh")  # fmt: skip
        if kw.sum() >= 0:
            above = top
        else:
            below = top
    if seen.without is not None:
        other = seen.without.load_kw
        axes.step(at, np.append(other, other[-1]), where="post", color="#1a1a1a", linestyle="--", linewidth=1.0,
                  label="without the event")  # fmt: skip
    axes.set_ylabel("kW")
    axes.set_ylim(bottom=min(0.0, float(below.min()) * 1.05))
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)


def _temperatures(axes: Axes, seen: HomeDay, at: np.ndarray) -> None:
    axes.plot(at, seen.t_out_degc, color="#e08214", label="outdoors")
    axes.plot(at + 0.25, seen.lived.t_in_degc, color="#2166ac", label="indoors")
    if seen.without is not None:
        axes.plot(at + 0.25, seen.without.t_in_degc, color="#2166ac", linestyle="--", linewidth=1.0)
    axes.set_ylabel("degC")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)


def _clock(axes: Axes, seen: HomeDay, at: np.ndarray) -> None:
    """Ticks where the local clock shows 0, 3, 6 ... o'clock: a day of 23 or 25 hours has them in their places."""
    marks = [i for i, q in enumerate(seen.lived.local_quarter.tolist()) if q % 12 == 0]
    axes.set_xticks([at[i] for i in marks], [f"{int(seen.lived.local_quarter[i]) // 4:02d}:00" for i in marks])
    axes.set_xlim(at[0], at[-1])
