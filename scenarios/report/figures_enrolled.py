"""From which segments each arm enrolled homes: a grid, one block for each set of segments."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scenarios.report.arms import NO_PROGRAMME, arm, present
from scenarios.report.drawing import QUIET, Drawing, finish, place, sheet
from scenarios.report.input import ReportInput
from scenarios.report.numbers import as_float, number, percent, ratio

LEFT_INCHES = 2.75
STEP_INCHES = 0.48
HEAD_INCHES = 0.7
COLUMN_INCHES = 0.83


@dataclass(frozen=True)
class Block:
    """Arms that use the same segments: ``counts[arm][row]`` is (enrolled, offered) homes."""

    labels: tuple[str, ...]
    counts: Mapping[str, list[tuple[float, float]]]

    @property
    def height_inches(self) -> float:
        """Height on the sheet, column heads included."""
        return STEP_INCHES * len(self.labels) + HEAD_INCHES


def blocks(rows: pd.DataFrame) -> list[Block]:
    """Sort arms into blocks; an arm that cuts homes into other segments gets a block of its own."""
    found: dict[tuple[object, ...], dict[str, list[tuple[float, float]]]] = {}
    for key in present(rows["arm"]) if len(rows) else []:
        if key == NO_PROGRAMME:
            continue
        mine = rows[rows["arm"] == key]
        # segments of absolute shapes are other groups of homes, even where their labels read the same
        cut = (key == "segment_absolute", *mine["segment"].astype(str), *mine["label"].astype(str))
        pairs = zip(mine["enrolled"].map(as_float), mine["offered"].map(as_float), strict=True)
        found.setdefault(cut, {})[key] = list(pairs)
    labels = {cut: tuple(str(part) for part in cut[1 + len(cut) // 2 :]) for cut in found}
    return [Block(labels[cut], counts) for cut, counts in found.items() if labels[cut]]


def enrolled(tables: ReportInput) -> Drawing | None:
    """Homes enrolled, of homes offered, by segment and arm; darker is a larger part of the arm."""
    found = blocks(tables.enrolled_by_segment)
    if not found:
        return None
    caption = "Who enrolled: homes enrolled of homes offered, by segment (first replication)"
    height = sum(block.height_inches for block in found) + 0.4
    with sheet(height) as figure:
        top = height
        for block in found:
            _draw(figure, block, top)
            top -= block.height_inches
        figure.text(
            (LEFT_INCHES + 0.02) / 9.6,
            0.1 / height,
            "enrolled / offered; the darker, the larger that segment’s part of the arm’s enrolled homes",
            fontsize=8.5,
            color=QUIET,
        )
        return finish(figure, "enrolled_by_segment", caption, _words(found))


def _draw(figure: Figure, block: Block, top: float) -> None:
    keys, deep = list(block.counts), len(block.labels)
    bottom = top - block.height_inches
    axes = place(figure, LEFT_INCHES, bottom, COLUMN_INCHES * len(keys), STEP_INCHES * deep)
    for x, key in enumerate(keys):
        total = sum(took for took, _ in block.counts[key])
        for row, (took, offered) in enumerate(block.counts[key]):
            _cell(axes, x, deep - 1 - row, took, offered, total)
    axes.set_xlim(-0.5, len(keys) - 0.5)
    axes.set_ylim(-0.5, deep - 0.5)
    axes.xaxis.tick_top()
    heads = ["\n".join(textwrap.wrap(arm(key).name, 11)) for key in keys]
    axes.set_xticks(range(len(keys)), heads, fontsize=8.5)
    names = ["\n".join(textwrap.wrap(label, 34)[:2]) for label in reversed(block.labels)]
    axes.set_yticks(range(deep), names)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _cell(axes: Axes, x: int, y: int, took: float, offered: float, total: float) -> None:
    part = ratio(took, total)
    depth = min(1.4 * part, 1.0) if math.isfinite(part) else 0.0
    blue = tuple(1 - depth * (1 - channel) for channel in (0.0, 0.32, 0.55))  # white to dark blue
    across, up = (x - 0.48, x + 0.48, x + 0.48, x - 0.48), (y - 0.46, y - 0.46, y + 0.46, y + 0.46)
    axes.fill(across, up, color=blue, linewidth=0)
    axes.text(
        x,
        y,
        f"{number(took, 0)} / {number(offered, 0)}",
        ha="center",
        va="center",
        color="white" if depth > 0.77 else "black",  # both at least 4.5:1 at the turning point
        fontsize=9,
    )


def _words(found: list[Block]) -> str:
    said = []
    for block in found:
        for key, counts in block.counts.items():
            most = max(range(len(counts)), key=lambda row: counts[row][0])
            share = ratio(counts[most][0], sum(took for took, _ in counts))
            part = f"most from {block.labels[most]} ({percent(share)} of the enrolled)"
            said.append(f"{arm(key).name}: {part if math.isfinite(share) else 'nobody enrolled'}")
    return "Grid of segments by arms. " + "; ".join(said) + "."
