"""One household as a Mesa agent: a readable view of its record, and its day and decisions one at a time.

Nothing is computed here in a second way. A view reads the very record that the compiled loop lives with,
and its methods call the same compiled functions, so both give the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from simulator.behaviour import enrolment
from simulator.dispatch import ask, begin_day
from simulator.fields import FIELDS, USES, Record
from simulator.world import live_home

if TYPE_CHECKING:
    from simulator.model import DemandResponseModel


class Column:
    """Descriptor: one field of the household's record, read as a plain Python number."""

    def __init__(self, name: str, meaning: str) -> None:
        self.name = name
        self.__doc__ = meaning

    def __get__(self, household: Household | None, owner: type | None = None) -> Any:
        return self if household is None else household.record[self.name].item()

    def __set__(self, household: Household, value: object) -> None:
        raise AttributeError(
            f"household.{self.name} is read-only: a view of the record that the model lives with; "
            f"to change a number for a whole run, pass parameters={{...}} to DemandResponseModel"
        )


def columns(owner: type[Household]) -> type[Household]:
    """Give the class one ``Column`` for each field of ``fields.FIELDS``."""
    for name, (_, meaning) in FIELDS.items():
        setattr(owner, name, Column(name, meaning))
    return owner


@dataclass(frozen=True)
class DayOfHome:
    """One home's local day.

    Attributes
    ----------
    use_kw : (uses, intervals) demand by end use, in the order of ``fields.USES`` [kW].
    t_in_degc : (intervals,) indoor air at the end of each quarter-hour [degC].
    occupied : (intervals,) 0 away, 1 at home and awake, 2 asleep.
    local_quarter : (intervals,) quarter-hour of the local clock, 0..95.
    event_window : half-open positions of the event, (0, 0) when there was none.
    end : the household's record at the end of the day.
    """

    use_kw: NDArray[np.float64]
    t_in_degc: NDArray[np.float32]
    occupied: NDArray[np.uint8]
    local_quarter: NDArray[np.int16]
    event_window: tuple[int, int]
    end: Record

    @property
    def load_kw(self) -> NDArray[np.float64]:
        """Demand of the whole home, (intervals,) [kW]."""
        return np.asarray(self.use_kw.sum(axis=0))

    @property
    def kwh(self) -> float:
        """Energy of the day [kWh]."""
        return float(0.25 * self.use_kw.sum())

    def by_use_kwh(self) -> dict[str, float]:
        """Energy of the day by end use [kWh]."""
        return dict(zip(USES, (0.25 * self.use_kw.sum(axis=1)).tolist(), strict=True))


@columns
class Household(mesa.Agent):
    """A view of one row of the population: ``household.t_air_degc``, ``.ac_thermal_kw``, ``.members`` ...

    Every field of ``simulator.fields`` is an attribute. An enrolled household shows its enrolled life; its
    life without the programme goes on beside it and is ``household.counterfactual``.

    Subclass it and override :meth:`decides_to_enrol` to try another rule; that is slower, for the model then
    asks the households one by one in Python.

    Examples
    --------
    >>> class Thrifty(Household):
    ...     def decides_to_enrol(self, gain_usd):
    ...         return gain_usd > 30.0 and self.income_z < 0.0
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, model: DemandResponseModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def record(self) -> Record:
        """The live record: of the enrolled copy once enrolled, else of the home itself."""
        homes, at = self.model.life_of(self.row)
        return homes[at]

    @property
    def counterfactual(self) -> Record:
        """The record of the same home without the programme."""
        return self.model.everyone.homes[self.row]

    @property
    def enrolled(self) -> bool:
        """Whether the household is in the programme."""
        return bool(self.model.enrolled[self.row])

    @property
    def kwh_today(self) -> float:
        """Metered energy of the day just lived [kWh]; NaN before the first."""
        return float(self.model.home_kwh[self.row])

    @property
    def took_part(self) -> bool:
        """Whether the household took part in today's event."""
        return bool(self.model.took_part[self.row])

    def load_kw(self) -> NDArray[np.float64]:
        """Demand in each quarter-hour of the day just lived, (intervals,) [kW]."""
        return np.asarray(self.model.home_load_wh()[self.row] / 250.0)

    def enrolment_probability(self, gain_usd: float) -> float:
        """Probability of joining when offered a believed gain of ``gain_usd`` a season."""
        informed, default = self._terms()
        return enrolment.enrolment_probability(
            self.record, self.model.world.behaviour, float(gain_usd), informed, default
        )

    def enrolment_logit(self, gain_usd: float) -> float:
        """Utility of joining over not joining, logit scale, of a household that read the offer."""
        return enrolment.enrolment_logit(self.record, self.model.world.behaviour, float(gain_usd), self._terms()[0])

    def decide_enrolment(self, gain_usd: float) -> bool:
        """The built-in answer to an offer: the compiled rule, with the household's own keyed dice."""
        world = self.model.world
        return enrolment.enrols(
            self.record, world.behaviour, world.seed, world.replication, float(gain_usd), *self._terms()
        )

    def _terms(self) -> tuple[bool, bool]:
        """Whether the offer comes with the home's own expected gain, and whether enrolment is the default."""
        program = self.model.program
        return (False, False) if program is None else (program.informed, program.default)

    def decides_to_enrol(self, gain_usd: float) -> bool:
        """Hook: override to replace the built-in answer (see the class's example)."""
        return self.decide_enrolment(gain_usd)

    def live_day(self, day: int | None = None) -> DayOfHome:
        """Live one local day on a copy of the record; the model itself is left as it is.

        Parameters
        ----------
        day
            Day of the model, 0 = ``start``. Default: the day that the next step will live, and then the
            result is bit for bit what that step gives. Another day shows other weather and dice from the
            same state. An enrolled household is notified and decides as in a step.
        """
        model = self.model
        world = model.world
        at = model.clock_day(model.days_lived if day is None else day)
        window = model.calendar.window_on(at)
        homes, row = model.life_of(self.row)
        home = homes[row : row + 1].copy()
        quarter = world.day_arrays(at)[0]
        if self.enrolled and model.treatment is not None:
            begin_day(home, world.behaviour)
            signal = model.treatment.signals.get(at)
            window = signal.window if signal is not None else (0, 0)
            if signal is not None:
                ask(world, home, at, signal, np.zeros((1, 4), np.uint8))
        lived = live_home(world, home, at, window)
        return DayOfHome(lived.use_kw, lived.t_in_degc, lived.occupied, quarter, window, home[0])
