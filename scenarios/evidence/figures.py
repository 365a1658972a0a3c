"""Figures of simulated against real London meters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from scenarios.evidence import meters as m
from scenarios.report.drawing import Drawing, finish, name_lines, place, sheet

SIMULATED, REAL = "#b3491a", "#1f5a99"
Sides = list[tuple[str, str, m.Meters]]


def _pair(name: str, caption: str, labels: tuple[str, str], sides: Sides,
          draw: Callable[[Axes, m.Meters, str], None]) -> Drawing:  # fmt: skip
    with sheet(3.4) as figure:
        axes = place(figure, 0.8, 0.6, 6.4, 2.5)
        for _, colour, meters in sides:
            draw(axes, meters, colour)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        axes.grid(axis="y")
        name_lines(axes, [(title, colour, "-", 1.8) for title, colour, _ in sides])
        return finish(figure, name, caption, f"{caption}: {labels[1]} against {labels[0]}, one line a side.")


def _by_month(meters: m.Meters) -> NDArray[np.float64]:
    month = meters.date.astype("datetime64[M]").astype(int) % 12
    mean = meters.mean_kw()
    return np.array([24.0 * np.nanmean(mean[month == k]) for k in range(12)])


def _day(axes: Axes, meters: m.Meters, colour: str) -> None:
    axes.plot(np.arange(24) + 0.5, meters.hourly_profile(), color=colour)
    axes.set_xlim(0, 24)
    axes.set_ylim(bottom=0.0)


def _sizes(axes: Axes, meters: m.Meters, colour: str) -> None:
    kwh = np.sort(m.daily_kwh(meters))
    axes.plot((np.arange(len(kwh)) + 0.5) / len(kwh), kwh, color=colour)


def _months(axes: Axes, meters: m.Meters, colour: str) -> None:
    axes.plot(np.arange(1, 13), _by_month(meters), color=colour)
    axes.set_ylim(bottom=0.0)


def _memory(axes: Axes, meters: m.Meters, colour: str) -> None:
    lags = [1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 44, 48, 52, 72, 96, 144, 192, 240, 288, 336]
    axes.plot(np.array(lags) / 2.0, [m.autocorrelation(meters, lag) for lag in lags], color=colour, marker=".")


def _diversity(axes: Axes, meters: m.Meters, colour: str) -> None:
    sizes = [2, 5, 10, 20, 50, 100, 200]
    axes.plot(sizes, [m.admd_kw(meters, n) for n in sizes], color=colour, marker=".")
    axes.set_xscale("log")


def _duration(axes: Axes, meters: m.Meters, colour: str) -> None:
    at = np.linspace(0.0, 1.0, 101)
    kw = meters.kw.astype(np.float64)
    curves = np.nanquantile(kw[:, ::7], at, axis=1) / np.nanmean(kw, axis=1)
    axes.plot(100 * (1 - at), np.nanmedian(curves, axis=1), color=colour)
    axes.set_yscale("log")


def draw_all(sides: Sides) -> list[Drawing]:
    """All figures, each with one line per entry of ``sides`` (title, colour, meters)."""
    return [
        _pair("day", "Mean day", ("local hour", "kW per home"), sides, _day),
        _pair("sizes", "Homes by use", ("share of homes that use less", "kWh per day"), sides, _sizes),
        _pair("months", "Seasons", ("month", "kWh per day and home"), sides, _months),
        _pair("memory", "Memory of one home", ("lag [hours]", "autocorrelation, median home"), sides, _memory),
        _pair("diversity", "Diversity", ("homes together", "yearly maximum, kW per home"), sides, _diversity),
        _pair("duration", "Load duration of the median home", ("share of time above [%]", "over the home's mean"),
              sides, _duration),
        _weeks(sides),
    ]  # fmt: skip


def _weeks(sides: Sides, homes: int = 4) -> Drawing:
    """The same January week of a few homes of each side, taken at even ranks of use."""
    with sheet(1.15 * homes + 0.8) as figure:
        for column, (title, colour, meters) in enumerate(sides):
            order = np.argsort(m.daily_kwh(meters))
            start = 48 * 14
            for row in range(homes):
                home = order[int((row + 0.5) / homes * len(order))]
                axes = place(figure, 0.6 + 4.6 * column, 0.5 + 1.15 * (homes - 1 - row), 4.1, 0.9)
                axes.plot(np.arange(336) / 48.0, meters.kw[home, start : start + 336], color=colour, linewidth=0.8)
                axes.set_ylim(bottom=0.0)
                axes.set_xlim(0, 7)
                if row == 0:
                    axes.set_title(f"{title}: one week of homes at even ranks of use [kW]")
                if row < homes - 1:
                    axes.set_xticklabels([])
                else:
                    axes.set_xlabel("days")
        return finish(figure, "weeks", "A week in January of a few homes", "Half-hourly demand of single homes.")
