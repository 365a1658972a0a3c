"""Look inside one home: a day by end use, indoor temperature, occupancy and, if asked, an event."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.fields import USES, Record
from simulator.household import DayOfHome, Household
from simulator.model import DemandResponseModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETTLING_DAYS = 14


@dataclass(frozen=True)
class HomeDay:
    """One home's local day, as :func:`home` gives it.

    Attributes
    ----------
    lived : the day; ``lived.use_kw`` (uses, intervals) [kW], ``lived.t_in_degc``, ``lived.occupied``.
    without : the same day without the event; None when there was no event.
    t_out_degc, ghi_w_per_m2 : (intervals,) the weather.
    record : the home at the start of the day.
    """

    region: str
    premise: int
    day: date
    lived: DayOfHome
    without: DayOfHome | None
    t_out_degc: NDArray[np.float32]
    ghi_w_per_m2: NDArray[np.float32]
    record: Record

    @property
    def hours(self) -> NDArray[np.float64]:
        """Start of each quarter-hour on the local clock, (intervals,); an hour that autumn repeats shows twice."""
        return np.asarray(self.lived.local_quarter / 4.0)

    def frame(self) -> pd.DataFrame:
        """One row a quarter-hour: load by end use [kW], temperatures [degC], occupancy."""
        table = pd.DataFrame({f"{use}_kw": row for use, row in zip(USES, self.lived.use_kw, strict=True)})
        table.insert(0, "local_hour", self.hours)
        table["load_kw"] = self.lived.load_kw
        table["indoor_degc"], table["outdoor_degc"] = self.lived.t_in_degc, self.t_out_degc
        table["occupancy"] = np.array(["away", "home", "asleep"])[self.lived.occupied]
        return table

    def describe(self) -> str:
        """The home and its day in a few lines of text."""
        r = self.record
        kind = ("flat", "terraced house", "semi-detached house", "detached house")[int(r["dwelling"])]
        lines = [f"Premise {self.premise} of {self.region} on {self.day:%A} {self.day}: {int(r['members'])} people, "
                 f"{kind} of {float(r['floor_area_m2']):.0f} m2, outdoors {self.t_out_degc.min():.0f} to "
                 f"{self.t_out_degc.max():.0f} degC, {self.lived.kwh:.1f} kWh"]  # fmt: skip
        used = sorted(self.lived.by_use_kwh().items(), key=lambda item: -abs(item[1]))
        lines += [f"  {use.replace('_', ' '):<16}{kwh:7.2f} kWh" for use, kwh in used if abs(kwh) > 0.005]
        if self.without is not None:
            e0, e1 = self.lived.event_window
            cut = 0.25 * float((self.without.load_kw - self.lived.load_kw)[e0:e1].sum())
            day = self.without.kwh - self.lived.kwh
            lines.append(f"  event: {cut:.2f} kWh less in the window, {day:.2f} less over the day")
        return "\n".join(lines)

    def plot(self) -> Figure:
        """A figure: end uses stacked, with the event and the day without it; temperatures; occupancy."""
        from scenarios.homes.home_figure import draw

        return draw(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        import io

        text = io.StringIO()
        self.plot().savefig(text, format="svg")
        return text.getvalue()


class _Joins(Household):
    """Takes the offer, whatever its tastes: the day under an event is what was asked for."""

    def decides_to_enrol(self, gain_usd: float) -> bool:
        return True


def home(
    region: str = "us_hot_dry", premise: int = 42, day: str | date = "2024-07-18", event: str | None = None,
    offset_degc: float = 2.0, seed: int | None = None,
) -> HomeDay:  # fmt: skip
    """Live one home's day and look inside; the home settles for two weeks of the same weather first.

    Parameters
    ----------
    region, premise, day
        Where, which home (0, 1, 2 ...; the same home whatever else is drawn), and the local date.
    event
        Window of a thermostat setback, ``"16:00-19:00"``, in which the setpoint rises by ``offset_degc``.
    seed
        Key of every draw; the default is that of the bundled scenarios.

    Raises
    ------
    ValueError
        For a value outside what is allowed; the message says what is.

    Examples
    --------
    >>> seen = home("us_hot_dry", premise=3, day="2024-07-18")
    >>> seen.frame().shape[0]
    96
    """
    if premise < 0 or premise > 100_000:
        raise ValueError(f"premise is {premise}; expected a whole number from 0 to 100000")
    at = day if isinstance(day, date) else _date(day)
    plain = _model(region, premise, at, seed, None, offset_degc)
    without = _household(plain, premise).live_day()
    lived = without
    if event is not None:
        enrolled = _model(region, premise, at, seed, event, offset_degc)
        lived = _household(enrolled, premise).live_day()
    clock_day = plain.clock_day(plain.days_lived)
    where = plain.world.clock.slice(clock_day)
    weather = plain.world.weather
    return HomeDay(
        region, premise, at, lived, None if event is None else without, weather.t_out_degc[where],
        weather.ghi_w_per_m2[where], _household(plain, premise).record.copy(),
    )  # fmt: skip


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'day is "{text}"; expected a date such as 2024-07-18') from None


def _model(
    region: str, premise: int, day: date, seed: int | None, event: str | None, offset_degc: float
) -> DemandResponseModel:
    """The homes up to ``premise`` on the morning of ``day``, the last enrolled if there is an event."""
    model = DemandResponseModel(
        region=region, households=premise + 1, start=day - timedelta(days=1), days=2, seed=seed,
        program=None if event is None else "thermostat_setback", offset_degc=offset_degc,
        window_local=event or "16:00-19:00", event_dates=() if event is None else (day,),
        household_class=Household if event is None else _Joins, history_days=SETTLING_DAYS,
    )  # fmt: skip
    with warnings.catch_warnings():  # asking a handful of homes in Python is meant here
        warnings.simplefilter("ignore", UserWarning)
        model.step()
    return model


def _household(model: DemandResponseModel, premise: int) -> Household:
    found: Household = next(agent for agent in model.agents if agent.row == premise)
    return found
