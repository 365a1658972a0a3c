"""A small inline SVG of horizontal bars with an interval, for the pages about measurement and money."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"
WIDTH, LEFT, RIGHT, ROW = 800, 320, 80, 24
MOST_LEFT, LETTER = 460, 7.2  # room for long labels, at so many units a letter


@dataclass(frozen=True)
class Bar:
    """One row: ``value`` with an optional interval; ``colour`` tells groups apart, ``label`` names it."""

    label: str
    value: float
    text: str
    low: float = math.nan
    high: float = math.nan
    colour: str = BLUE


def _step(span: float) -> float:
    if span <= 0.0 or not math.isfinite(span):
        return 1.0
    size = 10.0 ** math.floor(math.log10(span / 5.0))
    return next(size * m for m in (1, 2, 5, 10) if span / (size * m) <= 6.0)


def bars(rows: Sequence[Bar], said: str, percent: bool = False) -> Markup:
    """Bars about zero on one axis; ``said`` is read by screen readers. Rows without a value say so."""
    ends = [v for r in rows for v in (r.value, r.low, r.high) if math.isfinite(v)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    step = _step(high - low)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    if high <= low:
        high = low + 1.0

    left = min(MOST_LEFT, max(LEFT, 8 + LETTER * max((len(r.label) for r in rows), default=0)))

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (WIDTH - left - RIGHT)

    bottom = 8 + ROW * len(rows)
    parts = []
    for tick in range(round((high - low) / step) + 1):
        value = low + tick * step
        shown = f"{100 * value:.0f} %" if percent else f"{value:g}"
        parts.append(f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="4" y2="{bottom}" stroke="#e3e3e3"/>')
        parts.append(f'<text x="{x(value):.1f}" y="{bottom + 16}" text-anchor="middle">{shown}</text>')
    for index, row in enumerate(rows):
        parts.append(_row(row, 8 + ROW * index, left, x))
    parts.append(f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="4" y2="{bottom}" stroke="#444"/>')
    box = f'viewBox="0 0 {WIDTH} {bottom + 22}" role="img" aria-label="{escape(said)}"'
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>')


def _row(row: Bar, top: float, left: float, x: Callable[[float], float]) -> str:
    middle = top + ROW / 2 - 2
    label = f'<text x="{left - 8:g}" y="{middle + 4:.1f}" text-anchor="end">{escape(row.label)}</text>'
    if not math.isfinite(row.value):
        return label + f'<text x="{x(0) + 6:.1f}" y="{middle + 4:.1f}" fill="{GREY}">{escape(row.text)}</text>'
    begin, end = sorted((x(0.0), x(row.value)))
    bar = f'<rect x="{begin:.1f}" y="{top + 3:.1f}" width="{max(end - begin, 1):.1f}" height="{ROW - 10}"'
    bar += f' fill="{row.colour}"/>'
    edge = end
    if math.isfinite(row.low) and math.isfinite(row.high):
        a, b = x(row.low), x(row.high)
        ends = f'x1="{a:.1f}" x2="{b:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"'
        bar += f'<line {ends} stroke="#1b1b1b" stroke-width="2"/>'
        edge = max(edge, b)
    return label + bar + f'<text x="{edge + 5:.1f}" y="{middle + 4:.1f}">{escape(row.text)}</text>'
