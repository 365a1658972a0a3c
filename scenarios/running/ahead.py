"""What a run needs when its replications are finished, and its first process can make while workers live them."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module

import pandas as pd

from scenarios.schema.scenario import Scenario

#: Pages and figures, matplotlib among what they bring; workers do without them.
_DRAWING = ("scenarios.measurement.page", "scenarios.report", "scenarios.results.run_report")


class Ahead:
    """Of one run; what was not made ahead is made when it is asked for."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    @cached_property
    def end_use(self) -> pd.DataFrame:
        """The sample homes' daily energy by end use."""
        from scenarios.running.reads import sample_end_use

        return sample_end_use(self._scenario)

    def work(self) -> None:
        """Make everything now."""
        for name in _DRAWING:
            import_module(name)
        self.end_use  # noqa: B018  kept by being looked at
