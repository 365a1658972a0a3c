"""What the page's levers change, as keys of a scenario; no Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.schema.scenario import Scenario

#: Arms whose search takes longer than a person wants to wait; off unless asked for.
SLOW_ARMS = ("oracle", "oracle_bound", "propensity_targeted", "uplift_targeted", "knapsack")


@dataclass(frozen=True)
class Lever:
    """One slider or box: where it starts, how far it goes, and the key it moves."""

    key: str
    label: str
    help: str
    low: float
    high: float
    step: float
    value: float

    @property
    def whole(self) -> bool:
        """Whether it moves in whole numbers."""
        return float(self.step).is_integer() and float(self.low).is_integer() and float(self.value).is_integer()


#: field of a programme -> label, help, low, high, step
PROGRAM_FIELDS = {
    "incentive_usd_per_season": ("incentive, $ a season", "Paid once when a home signs up.", 0, 200, 5),
    "usd_per_kwh": ("rebate, $ a kWh", "Paid per kWh below the home's baseline.", 0.05, 5.0, 0.05),
    "offset_degc": ("thermostat offset, °C", "How far the set-point moves in events.", 0.5, 5.0, 0.5),
}


def levers_of(scenario: Scenario) -> list[Lever]:
    """The levers that a scenario has, at the values it starts with."""
    e, c = scenario.events, scenario.costs
    many = max(3000, scenario.population.households)
    made = [
        Lever("population.households", "homes", "Simulated homes.", 50, many, 50, scenario.population.households),
        Lever("weather.warmer_degc", "warmer, °C", "Added to every outdoor temperature.", -3, 6, 0.5,
              scenario.weather.warmer_degc),
        Lever("budget_usd", "budget, $", "What each arm may commit.", 100, max(20000, 2 * scenario.budget_usd), 100,
              scenario.budget_usd),
        Lever("costs.contact_usd_per_offer", "cost of one offer, $", "Letter, call or visit, taken up or not.", 0.5,
              max(30.0, c.contact_usd_per_offer), 0.5, c.contact_usd_per_offer),
        Lever("events.at_most", "events at most", "Season limit.", 1, max(30, e.at_most), 1, e.at_most),
        Lever("events.notice_hours", "notice, hours", "How long before an event homes are told.", 0.5, 48, 0.5,
              e.notice_hours),
    ]  # fmt: skip
    for name, program in scenario.programs.items():
        for field, (label, said, low, high, step) in PROGRAM_FIELDS.items():
            value = getattr(program, field, None)
            if isinstance(value, int | float):
                top = max(high, float(value))
                made.append(Lever(f"programs.{name}.{field}", f"{name}: {label}", said, low, top, step, float(value)))
    return made


def edited(base: Scenario, chosen: Mapping[str, object]) -> Scenario:
    """The scenario with what the levers changed; levers at their start change nothing.

    Raises
    ------
    ScenarioError
        Settings that do not fit together, each in a sentence.
    """
    data = base.to_data()
    changes = {key: value for key, value in chosen.items() if _value(data, key) != value}
    bare = base.model_copy(update={"what_ifs": {}})
    bare._name, bare._path, bare._weather_folder = base.name, base.path, base._weather_folder
    return bare.with_(changes)


def _value(data: Mapping[str, object], key: str) -> object:
    here: object = data
    for part in key.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    return here


def window_text(begins_hour: float, hours: float) -> str:
    """``16:00-20:00`` from a start and a length."""
    ends = min(24.0, begins_hour + hours)
    return f"{_clock(begins_hour)}-{_clock(ends)}"


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{int(60 * (hour % 1)):02d}"


def without_programs(scenario: Scenario, kept: list[str]) -> dict[str, object]:
    """The ``programs`` that are switched on, in the scenario's order."""
    data = scenario.to_data()["programs"]
    return {name: data[name] for name in scenario.programs if name in kept}
