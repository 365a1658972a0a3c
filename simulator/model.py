"""The world as a Mesa model: one step is one local day.

The model lives with the same arrays and compiled functions as a scenario's run (``simulator.season``).
``Household`` agents are views of the records, made when ``model.agents`` is first asked for; a run that
never asks for them costs nothing extra.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from simulator.behaviour.enrolment import answers
from simulator.dispatch import NOTIFIED, PARTICIPATED
from simulator.household import Household
from simulator.meter import GOOD_METERS
from simulator.model_setup import BaselineMaker, check_whole, make_baselines, make_calendar, make_program, make_world
from simulator.programs import Program
from simulator.season import Treatment, calendar_window_hours, run_day
from simulator.world import Lives

DEFAULT_SEED = 2024  # Mesa 3.5's batch_run passes seed=None unless it was given seeds
MODEL_REPORTERS = (
    "system_kwh", "peak_kw", "event_impact_kw", "event_participation_fraction", "enrolment_fraction",
    "t_out_max_degc",
)  # fmt: skip
AGENT_REPORTERS = ("household", "enrolled", "took_part", "kwh_today", "t_air_degc", "fatigue")


def _row(household: Household) -> int:
    return household.row


class DemandResponseModel(mesa.Model):
    """Homes of a region under one programme; everyone is offered it on the first day.

    Parameters
    ----------
    region, households
        A region that ships with drsim, and how many homes to draw.
    start, days
        First local day (``"2024-06-01"``) and how many steps there are.
    program
        None, any kind of ``simulator.programs.PROGRAMS``, or a programme made from one of its classes.
        ``"thermostat_setback"`` takes ``incentive_usd`` a season and ``offset_degc``, ``"peak_time_rebate"``
        ``usd_per_kwh`` below a baseline and ``incentive_usd`` on joining.
    window_local, event_dates, notice_hours
        Event window ``"17:00-20:00"`` and the days it is called on: dates or ISO texts, or one text with
        several dates (as ``batch_run`` needs it, which takes a list for a list of values).
    seed, replication
        Key of every draw (seed 2024 if None); the same pair gives a scenario's homes, weather and dice.
    rng
        For Mesa: an integer takes the place of ``seed``; anything else is drawn from once to make a seed.
    baselines
        For a rebate: a function of the days that may serve as history which returns the baseline rules,
        ``scenarios.arms.analyst.baselines_of``. The world has no formula of its own for what the analyst owns.
    household_class
        A subclass of ``Household``.
    collect_agents
        Whether ``datacollector`` also records every household every day.
    history_days
        Days lived before ``start``, so that homes start in a settled state and have a metered past.
    parameters
        Values that replace those of the region and of behaviour, by name.

    Raises
    ------
    ValueError
        For a value outside what is allowed; the message says what is.

    Examples
    --------
    >>> model = DemandResponseModel(households=20, days=2, start="2024-07-01")
    >>> model.run_model()
    >>> model.days_lived, len(model.agents)
    (2, 20)
    """

    def __init__(
        self, region: str = "us_hot_dry", households: int = 100, start: str | date = "2024-06-01", days: int = 30,
        program: str | Program | None = None, incentive_usd: float = 40.0, offset_degc: float = 2.0,
        usd_per_kwh: float = 1.25, window_local: str = "17:00-20:00",
        event_dates: str | Iterable[str | date] = (), notice_hours: float = 24.0, seed: int | None = None,
        replication: int = 0, rng: Any = None, baselines: BaselineMaker | None = None,
        household_class: type[Household] = Household, collect_agents: bool = False, history_days: int = 14,
        parameters: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        seed = DEFAULT_SEED if seed is None else seed
        super().__init__(rng=seed if rng is None else rng)
        if rng is not None:
            seed = int(rng) if isinstance(rng, (int, np.integer)) else int(self.rng.integers(2**31))
        check_whole(
            households=(households, 1), days=(days, 1), history_days=(history_days, 0), replication=(replication, 0)
        )
        if not issubclass(household_class, Household):
            raise ValueError(f"household_class is {household_class!r}; expected a subclass of simulator's Household")
        self.days, self.history_days, self.household_class = days, history_days, household_class
        self.world = make_world(region, households, start, days, history_days, seed, replication, parameters or {})
        self.calendar = make_calendar(self.world.clock, history_days, window_local, event_dates, notice_hours)
        self.program = make_program(program, incentive_usd, offset_degc, usd_per_kwh)
        self._baselines = make_baselines(self.program, baselines, self.world.clock, self.calendar)
        self._begin_state(households)
        self._live_history()
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in MODEL_REPORTERS},
            agent_reporters={name: name for name in AGENT_REPORTERS} if collect_agents else None,
        )

    def _begin_state(self, households: int) -> None:
        self.everyone = Lives(self.world, self.world.population.homes)
        self.treatment: Treatment | None = None
        self.days_lived = 0
        self.enrolled = np.zeros(households, bool)
        self.took_part = np.zeros(households, bool)
        self.home_kwh = np.full(households, np.nan)
        self._position = np.full(households, -1, np.int64)
        self._window_kwh = np.full((households, self.world.clock.days), np.nan)
        self._system_wh: list[NDArray[np.int64]] = []
        self._counterfactual_wh: list[NDArray[np.int64]] = []
        self._agents_made = False

    def _live_history(self) -> None:
        """Live the days before ``start``: states settle, meters and bills get a past."""
        total = np.zeros(len(self.enrolled))
        for day in range(self.history_days):
            self.everyone.day(day)
            self._read_window(day)
            total += self.everyone.load_wh.sum(axis=1) / 1e3
        self.everyone.homes["typical_kw"] = total / max(1, self.history_days) / 24.0

    # ---- a step ----

    def step(self) -> None:
        """One local day: offer (on the first), notify, decide, live, read meters, settle, learn."""
        if self.days_lived >= self.days:
            raise RuntimeError(f"the model's {self.days} days are over; make a new model, or one with more days")
        day = self.clock_day(self.days_lived)
        if self.days_lived == 0 and self.program is not None:
            self._offer(self.program)
        treatments = [] if self.treatment is None else [self.treatment]
        run_day(self.world, day, self.everyone, treatments, self.calendar, self._baselines, GOOD_METERS)
        self._read_window(day)
        self._add_up(day)
        self.days_lived += 1
        self.running = self.days_lived < self.days
        self.datacollector.collect(self)

    def _offer(self, program: Program) -> None:
        """Every eligible home is offered the programme, and answers."""
        gain_usd = self.gain_usd()
        joins = np.zeros(len(gain_usd), bool)
        if self.household_class.decides_to_enrol is Household.decides_to_enrol:
            world = self.world
            n = len(gain_usd)
            answers(self.everyone.homes, world.behaviour, world.seed, world.replication, gain_usd,
                    np.full(n, program.informed), np.full(n, program.default), joins, np.zeros(n))  # fmt: skip
        else:
            warnings.warn(
                f"{self.household_class.__name__} decides on enrolment in Python, one household at a time; "
                "this is slower than the built-in rule",
                stacklevel=4,
            )
            for household in sorted(self.agents, key=_row):
                gain = float(gain_usd[household.row])
                joins[household.row] = not np.isnan(gain) and bool(household.decides_to_enrol(gain))
        rows = np.flatnonzero(joins)
        self.treatment = Treatment(self.world, self.calendar, program, self.everyone.homes, rows, self._window_kwh)
        self.enrolled[:] = joins
        self._position[rows] = np.arange(len(rows))

    def gain_usd(self) -> NDArray[np.float64]:
        """What each home believes it would gain in the season, (households,) [USD]; NaN = not eligible."""
        homes, program = self.everyone.homes, self.program
        if program is None:
            return np.full(len(homes), np.nan)
        cut = float(self.world.behaviour["believed_cut_fraction"])
        season = program.season_usd(homes, calendar_window_hours(self.calendar), cut, len(self.calendar.days))
        return np.where(program.can_join(homes), season, np.nan)

    def _read_window(self, day: int) -> None:
        rule = self.calendar.rule
        i0, i1 = self.world.clock.window(day, rule.window_from, rule.window_to)
        self._window_kwh[:, day] = self.everyone.load_wh[:, i0:i1].sum(axis=1) / 1e3

    def _add_up(self, day: int) -> None:
        load = self.home_load_wh()
        self._system_wh.append(load.sum(axis=0, dtype=np.int64))
        self._counterfactual_wh.append(self.everyone.load_wh.sum(axis=0, dtype=np.int64))
        self.home_kwh[:] = load.sum(axis=1) / 1e3
        self.took_part[:] = False
        if self.treatment is not None and day in self.calendar.days:
            event = self.calendar.days.index(day)
            self.took_part[self.treatment.rows] = self.treatment.log.flags[:, event, PARTICIPATED] == 1

    # ---- what there is to see ----

    @property
    def agents(self) -> Any:
        """All households as a Mesa ``AgentSet``; they are made when first asked for."""
        self._make_agents()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Mesa's agents by class; made when first asked for."""
        self._make_agents()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """Mesa's list of agent classes; made when first asked for."""
        self._make_agents()
        return super().agent_types

    def _make_agents(self) -> None:
        if not self._agents_made:
            self._agents_made = True
            for row in range(len(self.enrolled)):
                self.household_class(self, row)

    def clock_day(self, day: int) -> int:
        """Day number on ``world.clock`` (which holds the history too) of a day of the model, 0 = ``start``."""
        if not 0 <= day < self.days:
            raise ValueError(f"day is {day}; expected 0 to {self.days - 1}")
        return day + self.history_days

    def life_of(self, row: int) -> tuple[NDArray[np.void], int]:
        """The array, and the place in it, of the record that home ``row`` lives with."""
        if self.treatment is not None and self.enrolled[row]:
            return self.treatment.lives.homes, int(self._position[row])
        return self.everyone.homes, row

    def home_load_wh(self) -> NDArray[np.int32]:
        """Load of the day just lived, (households, intervals) [Wh]."""
        load = self.everyone.load_wh.copy()
        if self.treatment is not None:
            load[self.treatment.rows] = self.treatment.lives.load_wh
        return load

    def load_kw(self, day: int = -1) -> NDArray[np.float64]:
        """System load of a day already lived, (intervals,) [kW]; default the last."""
        return np.asarray(self._lived(self._system_wh, day) / 250.0)

    def counterfactual_kw(self, day: int = -1) -> NDArray[np.float64]:
        """System load without the programme of a day already lived, (intervals,) [kW]."""
        return np.asarray(self._lived(self._counterfactual_wh, day) / 250.0)

    def _lived(self, days_wh: list[NDArray[np.int64]], day: int) -> NDArray[np.int64]:
        if not -self.days_lived <= day < self.days_lived:
            raise ValueError(f"day {day} has not been lived; {self.days_lived} days have")
        return days_wh[day]

    @property
    def system_kwh(self) -> float:
        """Energy of all homes on the day just lived [kWh]."""
        return float(self._lived(self._system_wh, -1).sum()) / 1e3

    @property
    def peak_kw(self) -> float:
        """Highest quarter-hour of the day just lived [kW]."""
        return float(self.load_kw().max())

    @property
    def event_impact_kw(self) -> float:
        """Counterfactual minus load, mean over today's event window [kW]; NaN without an event."""
        e0, e1 = self.calendar.window_on(self.clock_day(self.days_lived - 1 if self.days_lived else 0))
        if e1 == 0 or not self.days_lived:
            return float("nan")
        return float((self.counterfactual_kw() - self.load_kw())[e0:e1].mean())

    @property
    def event_participation_fraction(self) -> float:
        """Took part / notified in today's event; NaN without an event or a notified home."""
        day = self.days_lived - 1 + self.history_days
        if self.treatment is None or self.days_lived == 0 or day not in self.calendar.days:
            return float("nan")
        flags = self.treatment.log.flags[:, self.calendar.days.index(day)]
        notified = int(flags[:, NOTIFIED].sum())
        return float(flags[:, PARTICIPATED].sum() / notified) if notified else float("nan")

    @property
    def enrolment_fraction(self) -> float:
        """Enrolled / offered; NaN when nobody was offered anything."""
        offered = int(np.isfinite(self.gain_usd()).sum())
        return float(self.enrolled.sum() / offered) if offered else float("nan")

    @property
    def t_out_max_degc(self) -> float:
        """Highest outdoor temperature of the day just lived [degC]."""
        at = self.world.clock.slice(max(0, self.days_lived - 1) + self.history_days)
        return float(self.world.weather.t_out_degc[at].max())
