"""What must hold between the parts of a scenario; each check gives every offence it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from scenarios.schema.parameters import parameter_problems
from scenarios.schema.source import Path
from scenarios.schema.suggestions import dotted, list_of, shown
from simulator.parameters.files import KINDS, MIX

LONGEST_SEASON_DAYS = 400
LEARNED_ARMS = ("propensity_targeted", "uplift_targeted", "knapsack")


class Complaint(NamedTuple):
    """One problem, at a path inside the scenario; ``of_key`` if the key itself is at fault."""

    path: Path
    message: str
    of_key: bool = False


def wrong(path: Path, value: object, expected: str, aside: str = "") -> Complaint:
    """The usual sentence: ``path is value[, aside]; expected ...``."""
    return Complaint(path, f"{dotted(path)} is {shown(value)}{', ' if aside else ''}{aside}; {expected}")


def cross_checks(parts: Mapping[str, Any]) -> list[Complaint]:
    """All checks whose parts are present (a part that failed its own validation is absent)."""
    return [c for needs, check in CHECKS if all(name in parts for name in needs) for c in check(parts)]


def _season(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    season = parts["season"]
    if season.days < 1:
        yield wrong(
            ("season", "end"), season.end, f"expected a day on or after season.start ({season.start})."
        )
    elif season.days > LONGEST_SEASON_DAYS:
        expected = f"expected at most {LONGEST_SEASON_DAYS}, for example four months."
        yield wrong(("season", "end"), season.end, expected, f"which makes {season.days} days")


def _dates_and_kind(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    events, path = parts["events"], ("events", "dates")
    if events.kind == "listed" and not events.dates:
        yield Complaint(
            path, "events.dates is missing; expected days for kind: listed, for example [2024-07-10]."
        )
    elif events.kind != "listed" and events.dates:
        yield wrong(path, events.dates, f"expected no dates with kind: {events.kind}, or kind: listed.")
    elif len(events.dates) > events.at_most:
        reason = (
            f"events.dates has {len(events.dates)} days; expected at most events.at_most ({events.at_most})."
        )
        yield Complaint(path, reason)
    for day, times in Counter(events.dates).items():
        if times > 1:
            yield Complaint(path, f"events.dates has {day} {times} times; expected each day once.")
    for i, day in enumerate(events.dates):
        if events.weekdays_only and day.weekday() >= 5:
            yield wrong((*path, i), day, "expected a weekday, or weekdays_only: false.", f"a {day:%A}")


def _dates_in_season(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    season = parts["season"]
    if season.days < 1:
        return
    for i, day in enumerate(parts["events"].dates):
        if not season.start <= day <= season.end:
            inside = f"expected a day inside the season, {season.start} to {season.end}"
            yield wrong(("events", "dates", i), day, f"{inside}, for example {season.start}.")


def _offers(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    offering = [arm for arm in parts["arms"] if arm != "none"]
    if offering and not parts["programs"]:
        example = "cool: {kind: thermostat_setback}"
        yield Complaint(
            ("programs",),
            f"programs is empty; expected a programme, because {list_of(offering, 'and')} make offers, "
            f"for example {example}.",
        )


def _budget(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    programs, costs, budget = parts["programs"].values(), parts["costs"], parts["budget_usd"]
    if not programs or set(parts["arms"]) == {"none"}:
        return
    incentive = min(p.incentive_usd_per_season + p.device_usd for p in programs)
    one_home = costs.admin_usd + costs.contact_usd_per_offer + costs.recruit_usd_per_enrolment + incentive
    if budget < one_home:
        yield wrong(
            ("budget_usd",),
            budget,
            f"expected at least {one_home:g} (admin {costs.admin_usd:g} + contact "
            f"{costs.contact_usd_per_offer:g} + recruitment {costs.recruit_usd_per_enrolment:g} + cheapest "
            f"incentive and device {incentive:g}), for example {100 * one_home:g}.",
            "which buys nothing",
        )


def _mix(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    kinds = {name: share for name, share in (parts["population"].mix or {}).items() if name in KINDS}
    if kinds and abs(sum(kinds.values()) - 1.0) > 1e-6:
        yield Complaint(
            ("population", "mix"),
            f"population.mix has dwelling kinds that sum to {sum(kinds.values()):g}; expected shares that sum to 1, "
            "for example {flat: 0.25, detached: 0.75}.",
        )


def _heat_waves(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    weather = parts["weather"]
    for key in ("heat_wave_frequency_factor", "heat_wave_length_factor"):
        if weather.file is not None and getattr(weather, key) != 1.0:
            yield wrong(
                ("weather", key), getattr(weather, key),
                "expected 1 beside weather.file, for heat waves are added to drawn weather only. Remove one of them.",
            )  # fmt: skip


def _mix_or_parameter(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    for name in parts["population"].mix or {}:
        if MIX[name] in parts["parameters"]:
            yield Complaint(
                ("parameters", MIX[name]),
                f"parameters.{MIX[name]} is set by population.mix.{name} too; expected one of them. Remove one.",
                True,
            )


def _sample(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    sample, homes = parts["outputs"].sample_homes, parts["population"].households
    if sample > homes:
        yield wrong(
            ("outputs", "sample_homes"), sample, f"expected at most the {homes} households, for example 3."
        )


def _parameters(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    if parts["parameters"]:
        for name, message, of_key in parameter_problems(parts["population"].region, parts["parameters"]):
            yield Complaint(("parameters", name), message, of_key)


def _pilot(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    arms, pilot = [a for a in parts["arms"] if a.removesuffix("_sunk") in LEARNED_ARMS], parts["pilot"]
    if arms and pilot is None:
        yield Complaint(
            ("pilot",),
            f"pilot is missing; expected one, because {list_of(arms, 'and')} learn from it, "
            "for example pilot: {homes: 600}.",
        )
    elif arms:
        terms = len(parts["menu"].incentive_factors) * len(parts["menu"].messages)
        least = 20 * terms
        if pilot.homes * min(pilot.offered_share / terms, 1.0 - pilot.offered_share) < 20:
            yield wrong(("pilot", "homes"), pilot.homes, f"expected at least {4 * least}, 20 of each kind.")


def _stale(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    age = parts["records"].segments_age_days
    if age > 0 and parts["weather"].file is not None:
        yield wrong(("records", "segments_age_days"), age, "expected 0 with a weather file, which has no earlier year.")


CHECKS: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], Iterator[Complaint]]], ...] = (
    (("season",), _season),
    (("events",), _dates_and_kind),
    (("events", "season"), _dates_in_season),
    (("arms", "programs"), _offers),
    (("arms", "programs", "costs", "budget_usd"), _budget),
    (("population",), _mix),
    (("weather",), _heat_waves),
    (("population", "parameters"), _mix_or_parameter),
    (("population", "outputs"), _sample),
    (("population", "parameters"), _parameters),
    (("arms", "pilot", "menu"), _pilot),
    (("records", "weather"), _stale),
)
