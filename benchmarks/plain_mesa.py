"""The same homes as ordinary Mesa objects: one Python step per home and quarter-hour.

This is the model as one would write it without a compiled kernel: attributes, methods, ``random.Random``.
It is written apart from the simulator's appliances and shares only its inputs - sampled records, weather,
clock, behavioural parameters - so it serves twice: as what the compiled path is measured against
(``run.py --only kernel``), and as a second opinion on what it computes (``tests/test_plain_mesa.py``). Its dice are its
own, so it agrees in means, quantiles and event impact, not draw for draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import mesa
import numpy as np
from numpy.typing import NDArray
from plain_household import PlainHousehold

from simulator.events import Calendar
from simulator.outdoor import FACADE, ROOFS
from simulator.programs import ThermostatSetback
from simulator.walls import FACADES
from simulator.world import World


class PlainModel(mesa.Model):
    """Homes as Python objects; one step is one quarter-hour.

    ``homes`` are sampled records to start from, ``enrolled`` the rows in the programme; days are numbers on
    the world's clock.
    """

    def __init__(self, world: World, homes: NDArray[np.void], first_day: int, days: int,
                 program: ThermostatSetback | None = None, calendar: Calendar | None = None,
                 enrolled: Iterable[int] = (), dice_seed: int = 1) -> None:  # fmt: skip
        super().__init__(rng=dice_seed)
        self.world, self.program, self.calendar, self.dice_seed = world, program, calendar, dice_seed
        names = world.behaviour.dtype.names or ()
        self.behaviour = SimpleNamespace(**{name: float(world.behaviour[name]) for name in names})
        self._moments = self._all_moments(first_day, days)
        self.now = SimpleNamespace()
        members = set(enrolled)
        for row in range(len(homes)):
            PlainHousehold(self, homes[row], row in members)

    def _all_moments(self, first_day: int, days: int) -> list[SimpleNamespace]:
        clock, moments = self.world.clock, []
        for day in range(first_day, first_day + days):
            e0, e1 = self.calendar.window_on(day) if self.calendar is not None else (0, 0)
            columns = [column.tolist() for column in self.world.day_arrays(day)]
            shared = {"weekday": int(clock.weekday[day]), "workday": bool(clock.is_workday[day]), "e0": e0, "e1": e1,
                      "ordinal": clock.date(day).toordinal(), "midday_degc": columns[1][len(columns[1]) // 2],
                      "last": len(columns[0]) - 1}  # fmt: skip
            sunlit = self.world.outdoor(day)[FACADE:ROOFS].T.tolist()
            for i, (quarter, t_out, ghi, sun) in enumerate(zip(*columns, sunlit, strict=True)):
                moments.append(SimpleNamespace(i=i, quarter=quarter, t_out=t_out, ghi=ghi, facades=sun[:FACADES],
                                               roof_k=sun[FACADES], wall_k=sun[FACADES + 1], **shared))  # fmt: skip
        return moments

    def step(self) -> None:
        """One quarter-hour of every home."""
        self.now = self._moments[self.steps - 1]
        self.agents.do("step")
        self.running = self.steps < len(self._moments)

    def load_kw(self) -> NDArray[np.float64]:
        """Demand lived so far, (households, intervals) [kW]."""
        return np.array([household.loads_kw for household in self.agents])

    def use_kwh(self) -> NDArray[np.float64]:
        """Energy lived so far by end use, (households, uses) [kWh]."""
        return np.array([household.use_kwh for household in self.agents])
