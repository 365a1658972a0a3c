"""Small inline SVG charts of the segment report: no script, no font, no network."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

# Okabe-Ito: told apart with every kind of colour vision.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"
WIDTH, HEIGHT = 340, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 24, 14, 34


def _x(hour: float) -> float:
    return LEFT + hour / 24.0 * (WIDTH - LEFT - RIGHT)


def _y(value: float, top: float) -> float:
    return TOP + (1.0 - value / top) * (HEIGHT - TOP - BOTTOM)


def _points(values: NDArray[np.float64], top: float) -> list[str]:
    # An hour's mean stands at the middle of the hour.
    return [f"{_x(hour + 0.5):.1f},{_y(float(value), top):.1f}" for hour, value in enumerate(values)]


def nice_top(highest: float) -> tuple[float, float]:
    """An axis end not below ``highest`` and a tick step, both round numbers."""
    steps = (part * 10.0**power for power in range(-1, 12) for part in (1.0, 2.0, 5.0))
    step = next(s for s in steps if highest / s <= 5.0)
    return float(np.ceil(highest / step) * step), step


def _axes(top: float, step: float, event_hours: tuple[int, int], unit: str) -> str:
    first, end = event_hours
    bottom = HEIGHT - BOTTOM
    parts = [
        f'<rect x="{_x(first):.1f}" y="{TOP}" width="{_x(end) - _x(first):.1f}" '
        f'height="{bottom - TOP}" fill="{ORANGE}" opacity="0.13"/>'
    ]
    for tick in np.arange(0.0, top + step / 2.0, step):
        y = _y(float(tick), top)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{tick:g}{unit}</text>')
    for hour in range(0, 25, 6):
        x = _x(hour)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}" class="tick"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{hour:02d}:00</text>')
    return "".join(parts)


def profile_chart(
    title: str,
    homes: NDArray[np.float64],
    everyone: NDArray[np.float64],
    event_hours: tuple[int, int],
    top: float,
    step: float,
) -> Markup:
    """One segment's shape: mean line, 10-90 % band over its homes, and the mean of all homes dashed.

    Parameters
    ----------
    homes : (homes of the segment, 24), percent of the day's energy
    everyone : (24,) mean over all homes
    top, step : common y axis of all panels
    """
    low, high = np.quantile(homes, [0.1, 0.9], axis=0)
    mean = homes.mean(axis=0)
    band = " ".join(_points(high, top) + _points(low, top)[::-1])
    label = f"{title}: highest at {int(np.argmax(mean)):02d}:00 with {mean.max():.1f} % of the day's energy"
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{_axes(top, step, event_hours, ' %')}"
        f'<polygon points="{band}" fill="{BLUE}" opacity="0.22"/>'
        f'<polyline points="{" ".join(_points(everyone, top))}" class="line" stroke="{GREY}" '
        f'stroke-dasharray="4 3" stroke-width="1.5"/>'
        f'<polyline points="{" ".join(_points(mean, top))}" class="line" stroke="{BLUE}" stroke-width="2.5"/>'
        "</svg>"
    )


def bar_chart(rows: Sequence[tuple[str, float, float]], titles: tuple[str, str], alt: str) -> Markup:
    """Two bars per segment, labelled directly: share of the homes and of the demand in the event window.

    ``rows`` are (label, first share, second share) with shares as fractions.
    """
    line, left, full = 46, 250, 380
    height = line * len(rows) + 26
    highest = max([0.01, *(max(row[1:]) for row in rows)])
    parts = []
    for index, (name, *shares) in enumerate(rows):
        top = 24 + index * line
        words = textwrap.wrap(name, 36, max_lines=2, placeholder=" ...") or [""]
        for row, line_of_name in enumerate(words):
            y = top + 20 + 14 * (row - (len(words) - 1) / 2)
            parts.append(f'<text x="{left - 8}" y="{y:.1f}" text-anchor="end">{escape(line_of_name)}</text>')
        for bar, (share, colour) in enumerate(zip(shares, (BLUE, ORANGE), strict=True)):
            y, length = top + bar * 18, full * share / highest
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="15" fill="{colour}"/>')
            parts.append(f'<text x="{left + length + 5:.1f}" y="{y + 12}">{100 * share:.0f} %</text>')
    for at, (title, colour) in enumerate(zip(titles, (BLUE, ORANGE), strict=True)):
        x = left + at * 170
        parts.append(f'<rect x="{x}" y="2" width="11" height="11" fill="{colour}"/>')
        parts.append(f'<text x="{x + 16}" y="12">{escape(title)}</text>')
    body = "".join(parts)
    return Markup(f'<svg viewBox="0 0 690 {height}" role="img" aria-label="{escape(alt)}">{body}</svg>')


def histogram_chart(values: NDArray[np.float64], span: tuple[float, float], unit: str, alt: str) -> Markup:
    """Counts of ``values`` in twenty equal bins over ``span``; the count stands above the tallest bar."""
    counts, edges = np.histogram(values, bins=20, range=span)
    highest = max(1, int(counts.max()))
    bottom, width = HEIGHT - BOTTOM, WIDTH - LEFT - RIGHT
    parts = []
    for count, edge in zip(counts.tolist(), edges[:-1].tolist(), strict=True):
        x = LEFT + (edge - span[0]) / (span[1] - span[0]) * width
        height = (bottom - TOP - 12) * count / highest
        parts.append(f'<rect x="{x + 1:.1f}" y="{bottom - height:.1f}" width="{width / 20 - 2:.1f}" '
                     f'height="{height:.1f}" fill="{BLUE}"/>')  # fmt: skip
        if count == highest:
            parts.append(f'<text x="{x + width / 40:.1f}" y="{bottom - height - 4:.1f}" '
                         f'text-anchor="middle">{count:,}</text>')  # fmt: skip
    for at in np.linspace(*span, 5):
        x = LEFT + (at - span[0]) / (span[1] - span[0]) * width
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{at:g}{unit}</text>')
    parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}" class="tick"/>')
    body = "".join(dict.fromkeys(parts))
    return Markup(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">{body}</svg>')


def month_chart(lines: Sequence[tuple[str, NDArray[np.float64]]]) -> Markup:
    """Mean kW by local hour, a line each, named beside the chart's top; empty without a line.

    Exports of net meters are drawn as 0.
    """
    if not lines:
        return Markup("")
    top, step = nice_top(max(float(kw.max()) for _, kw in lines))
    parts = [_axes(top, step, (0, 0), " kW")]
    for index, ((name, kw), colour) in enumerate(zip(lines, (BLUE, ORANGE), strict=False)):
        parts.append(f'<polyline points="{" ".join(_points(np.maximum(kw, 0.0), top))}" class="line" stroke="{colour}" '
                     'stroke-width="2.5"/>')  # fmt: skip
        parts.append(f'<text x="{LEFT + 8}" y="{TOP + 12 + 15 * index}" style="fill:{colour}">{escape(name)}</text>')
    said = "; ".join(f"{name}: highest at {int(np.argmax(kw)):02d}:00 with {kw.max():.2f} kW" for name, kw in lines)
    return Markup(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>')
