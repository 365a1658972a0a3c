"""The report's figures on demand, ``result.plot.peak_day()``: the same drawings, in a notebook or to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from drsim.errors import DrsimError
from scenarios.report import figures_arms, figures_baselines, figures_days, figures_enrolled, figures_segments
from scenarios.report.drawing import Drawing
from scenarios.report.input import ReportInput
from scenarios.results.run_report import report_input

if TYPE_CHECKING:
    from scenarios.pipeline import RunResult


class Plots:
    """Figures of one run; each method gives a ``Drawing`` that notebooks show, with ``save(path)``.

    Examples
    --------
    >>> from drsim import load, run
    >>> result = run(load("heat_wave", households=60, replications=2))  # doctest: +SKIP
    >>> result.plot.peak_day().save("peak_day.svg")  # doctest: +SKIP
    """

    def __init__(self, result: RunResult) -> None:
        self._result = result

    @cached_property
    def report_input(self) -> ReportInput:
        """What the figures, and the report, are drawn from."""
        r = self._result
        return report_input(r.scenario, r.comparison, r.values, r.tables, [], float("nan"), "")

    def _draw(self, make: Callable[[ReportInput], Drawing | None]) -> Drawing:
        drawing = make(self.report_input)
        if drawing is None:
            name = make.__name__.replace("_", " ")
            raise DrsimError(f"this run has nothing to draw for {name!r}; it needs an arm that made offers")
        return drawing

    def difference(self) -> Drawing:
        """Gain in peak reduction over ``untargeted`` by arm [kW], with intervals."""
        return self._draw(figures_arms.difference)

    def peak_day(self) -> Drawing:
        """The first replication's peak day, or its highest event day where the peak was missed [kW]."""
        return self._draw(figures_days.peak_day)

    def event_profile(self) -> Drawing:
        """An average event, hour by hour [kW]; below zero is snapback."""
        return self._draw(figures_days.event_profile)

    def cost(self) -> Drawing:
        """Programme cost per kW of peak reduction [USD/kW] by arm."""
        return self._draw(figures_arms.cost)

    def event_cost(self) -> Drawing:
        """Programme cost per kW of mean reduction in event hours [USD/kW] by arm."""
        return self._draw(figures_arms.event_cost)

    def funnel(self) -> Drawing:
        """Offered, enrolled, notified, participating, by arm."""
        return self._draw(figures_arms.funnel)

    def segments(self) -> Drawing:
        """Mean workday of every segment [kW]."""
        return self._draw(figures_segments.shapes)

    def enrolled(self) -> Drawing:
        """From which segments each arm enrolled its homes."""
        return self._draw(figures_enrolled.enrolled)

    def baselines(self) -> Drawing:
        """What each baseline would have estimated, against the truth."""
        return self._draw(figures_baselines.estimated)
