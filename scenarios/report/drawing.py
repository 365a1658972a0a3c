"""Draw with matplotlib to SVG text whose bytes depend on the numbers alone, and make it accessible."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

WIDTH_INCHES = 9.6
INK = "#1a1a1a"
QUIET = "#595959"  # 7:1 on white
SHADE = "#ececec"

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be searched, selected and read aloud
    "svg.hashsalt": "drsim",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8a8a8a",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "text.parse_math": False,  # a "$" is money here, never mathematics
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.7,
    "path.simplify": False,
    "figure.dpi": 72,
}


@dataclass(frozen=True)
class Drawing:
    """One figure of the page: file name, what it shows, the same in words, and the SVG itself."""

    name: str
    caption: str
    alt: str
    svg: str

    def _repr_html_(self) -> str:
        """What a notebook shows: caption and drawing."""
        return f"<figure><figcaption>{escape(self.caption)}</figcaption>{self.inline}</figure>"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the SVG file."""
        Path(path).write_bytes(self.svg.encode("utf-8"))

    @property
    def inline(self) -> str:
        """SVG for use inside a page, with ids that cannot collide with another figure's."""
        body = self.svg[self.svg.index("<svg") :]
        body = re.sub(r'\bid="', f'id="{self.name}-', body)
        body = re.sub(r"url\(#", f"url(#{self.name}-", body)
        body = re.sub(r'href="#', f'href="#{self.name}-', body)
        return re.sub(
            r'aria-labelledby="t d"', f'aria-labelledby="{self.name}-t {self.name}-d"', body, count=1
        )


@contextmanager
def sheet(height_inches: float) -> Iterator[Figure]:
    """Give an empty figure of the page's width and style; draw and finish it inside the block."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)  # type: ignore[arg-type]
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), facecolor="white")
        FigureCanvasSVG(figure)
        yield figure


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches, so that margins for labels do not scale with the figure."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def finish(figure: Figure, name: str, caption: str, alt: str) -> Drawing:
    """Write the figure as SVG with a title and a description, and no trace of when or where it was made."""
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=metadata)
    svg = buffer.getvalue().decode("utf-8")
    svg = re.sub(r"<!DOCTYPE.*?>\s*", "", svg, count=1, flags=re.S)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    words = f'<title id="t">{escape(caption)}</title>\n <desc id="d">{escape(alt)}</desc>'
    svg = re.sub(
        r"<svg ([^>]*)>",
        lambda found: f'<svg role="img" aria-labelledby="t d" {found[1]}>\n {words}',
        svg,
        count=1,
    )
    return Drawing(name, caption, alt, svg)


def name_lines(axes: Axes, lines: Sequence[tuple[str, str, str, float]], size: float = 9.0) -> None:
    """Name the lines beside the axes, top line first: (text, colour, dash, width), with a sample of each."""
    inches_across, inches_up = axes.get_position().size * axes.figure.get_size_inches()  # type: ignore[union-attr]
    step = size * 1.75 / 72 / inches_up
    for row, (text, colour, dash, width) in enumerate(lines):
        y = 0.97 - step * row
        sample = [1 + 0.12 / inches_across, 1 + 0.5 / inches_across]
        axes.plot(
            sample, [y, y], dash, color=colour, linewidth=width, transform=axes.transAxes, clip_on=False
        )
        after = sample[1] + 0.08 / inches_across
        axes.text(after, y, text, transform=axes.transAxes, va="center", fontsize=size)


def padded(values: Any, pad: float = 0.06, include_zero: bool = False) -> tuple[float, float]:
    """Axis limits around finite values, with some air."""
    finite = np.asarray(values, dtype=np.float64).ravel()
    finite = finite[np.isfinite(finite)]
    if include_zero or not len(finite):
        finite = np.append(finite, 0.0)
    low, high = float(finite.min()), float(finite.max())
    air = pad * (high - low) or 0.5
    return low - air, high + air
