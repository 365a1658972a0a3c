"""One replication's metrics of one arm. kW are summed over the scenario's homes; positive is a reduction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.targeting.ledger import LedgerResult
from scenarios.results import worth
from scenarios.running.recorder import Member
from simulator.dispatch import NOTIFIED, OPTED_OUT, OVERRODE, PARTICIPATED
from simulator.season import TreatmentLog

#: metric -> unit. Those in RATIOS are ratios of sums over replications; the others are plain means.
UNITS: dict[str, str] = {
    "peak_reduction_kw": "kW",
    "coincident_reduction_kw": "kW",
    "top_20_hours_reduction_kw": "kW",
    "event_reduction_kw": "kW",
    "impact_kw_per_enrolled_home": "kW/home",
    "impact_kw_per_offered_home": "kW/home",
    "impact_fraction_per_enrolled_home": "fraction",
    "impact_fraction_per_offered_home": "fraction",
    "impact_fraction_all_homes": "fraction",
    "load_factor": "fraction",
    "offered_homes": "homes",
    "enrolled_homes": "homes",
    "enrolment_rate": "fraction",
    "event_participation_rate": "fraction",
    "opt_out_rate": "fraction",
    "override_rate": "fraction",
    "snapback_kw": "kW",
    "kwh_shifted": "kWh",
    "program_cost_usd": "USD",
    "budget_spent_usd": "USD",
    "budget_unspent_usd": "USD",
    "budget_overrun_usd": "USD",
    "event_payments_usd": "USD",
    "usd_per_kw": "USD/kW",
    "usd_per_event_kw": "USD/kW",
    "bill_change_usd_mean": "USD/home",
    "comfort_degree_hours": "K h",
    "co2_kg": "kg",
    "pilot_cost_usd": "USD",
    "expected_event_reduction_kw": "kW",
    "expected_cost_usd": "USD",
    "oracle_bound_kw": "kW",
    "missed_peaks": "days",
    "needless_calls": "days",
    **worth.UNITS,
}
RATIOS: dict[str, tuple[str, str]] = {
    "impact_kw_per_enrolled_home": ("event_kwh", "enrolled_home_hours"),
    "impact_kw_per_offered_home": ("event_kwh", "offered_home_hours"),
    "impact_fraction_per_enrolled_home": ("event_kwh", "enrolled_counterfactual_kwh"),
    "impact_fraction_per_offered_home": ("event_kwh", "offered_counterfactual_kwh"),
    "impact_fraction_all_homes": ("event_kwh", "all_counterfactual_kwh"),
    "enrolment_rate": ("enrolled_homes", "offered_homes"),
    "event_participation_rate": ("participated", "notified"),
    "opt_out_rate": ("opted_out", "notified"),
    "override_rate": ("overrode", "participated"),
    "usd_per_kw": ("program_cost_usd", "peak_reduction_kw"),
    "usd_per_event_kw": ("program_cost_usd", "event_reduction_kw"),
    "bill_change_usd_mean": ("bill_change_usd", "enrolled_homes"),
    **worth.RATIOS,
}


@dataclass(frozen=True)
class ArmOutcome:
    """What one arm did in one replication."""

    arm: str
    ledger: LedgerResult | None
    members: list[Member]
    load_wh: NDArray[np.int64]  # the arm's own load (intervals,)
    incentives_usd: float = 0.0


@dataclass(frozen=True)
class SeasonFacts:
    """What all arms of a replication share when they are measured."""

    none_wh: NDArray[np.int64]
    none_window_wh: NDArray[np.int32]  # (homes, events)
    event_hours: float
    event_slices: tuple[slice, ...]
    usd_per_kwh: float
    co2_kg_per_kwh: float
    budget_usd: float
    missed_peaks: int
    needless_calls: int
    worth: worth.Worth


def hourly_kw(wh: NDArray[np.int64]) -> NDArray[np.float64]:
    """Hourly demand [kW] of a load in quarter-hours [Wh]; peaks are judged by the hour."""
    return np.asarray(wh.reshape(-1, 4).sum(axis=1) / 1e3)


def _log_sums(members: list[Member], logs: list[TreatmentLog]) -> dict[str, float]:
    totals = dict.fromkeys(
        ("notified", "participated", "opted_out", "overrode", "paid_usd", "event_wh", "snapback_wh", "shifted_wh",
         "comfort_kh", "tariff_usd"), 0.0)  # fmt: skip
    for member in members:
        log, pick = logs[member.treatment], member.chosen
        flags = log.flags[pick].astype(np.int64)
        totals["notified"] += float(flags[:, :, NOTIFIED].sum())
        totals["participated"] += float(flags[:, :, PARTICIPATED].sum())
        totals["opted_out"] += float(flags[:, :, OPTED_OUT].sum())
        totals["overrode"] += float(flags[:, :, OVERRODE].sum())
        totals["paid_usd"] += float(log.paid_usd[pick].sum())
        totals["event_wh"] += float(log.event_impact_wh[pick].sum())
        totals["snapback_wh"] += float(log.snapback_wh[pick].sum())
        totals["shifted_wh"] += float(log.shifted_wh[pick].sum())
        totals["comfort_kh"] += float(log.discomfort_kh[pick].sum())
        totals["tariff_usd"] += float(log.tariff_usd[pick].sum())
    return totals


def measure(outcome: ArmOutcome, logs: list[TreatmentLog], facts: SeasonFacts) -> dict[str, float]:
    """Every plain metric, and the numerators and denominators of the ratios, of one arm."""
    none, load = hourly_kw(facts.none_wh), hourly_kw(outcome.load_wh)
    cut = none - load
    top = np.argsort(-none, kind="stable")[:20]
    totals = _log_sums(outcome.members, logs)
    events = max(1, len(facts.event_slices))
    event_kwh = sum(int((facts.none_wh[s] - outcome.load_wh[s]).sum()) for s in facts.event_slices) / 1e3
    ledger = outcome.ledger
    offered = ledger.offered if ledger is not None else np.zeros(len(facts.none_window_wh), bool)
    enrolled = ledger.enrolled if ledger is not None else np.zeros(len(facts.none_window_wh), bool)
    spent = ledger.spent_usd if ledger is not None else 0.0
    cost = spent + totals["paid_usd"]
    saved_kwh = float((facts.none_wh - outcome.load_wh).sum()) / 1e3
    home_hours = facts.event_hours * len(facts.event_slices)
    window = facts.none_window_wh.sum(axis=1, dtype=np.int64) / 1e3
    return {
        "peak_reduction_kw": float(none.max() - load.max()),
        "coincident_reduction_kw": float(cut[np.argmax(none)]),
        "top_20_hours_reduction_kw": float(cut[top].mean()),
        "event_reduction_kw": event_kwh / (facts.event_hours * events),
        "load_factor": float(load.mean() / load.max()),
        "offered_homes": float(offered.sum()),
        "enrolled_homes": float(enrolled.sum()),
        "snapback_kw": totals["snapback_wh"] / 1e3 / events,
        "kwh_shifted": totals["shifted_wh"] / 1e3,
        "program_cost_usd": cost,
        "budget_spent_usd": spent,
        "budget_unspent_usd": max(0.0, facts.budget_usd - cost) if ledger is not None else 0.0,
        "budget_overrun_usd": max(0.0, cost - facts.budget_usd),
        "event_payments_usd": totals["paid_usd"],
        "comfort_degree_hours": totals["comfort_kh"],
        "co2_kg": facts.co2_kg_per_kwh * saved_kwh,
        "missed_peaks": float(facts.missed_peaks),
        "needless_calls": float(facts.needless_calls),
        "event_kwh": event_kwh,
        "enrolled_home_hours": float(enrolled.sum()) * home_hours,
        "offered_home_hours": float(offered.sum()) * home_hours,
        "enrolled_counterfactual_kwh": float(window[enrolled].sum()),
        "offered_counterfactual_kwh": float(window[offered].sum()),
        "all_counterfactual_kwh": float(window.sum()),
        "notified": totals["notified"],
        "participated": totals["participated"],
        "opted_out": totals["opted_out"],
        "overrode": totals["overrode"],
        "bill_change_usd": -(saved_kwh * facts.usd_per_kwh + totals["paid_usd"] + outcome.incentives_usd)
        + totals["tariff_usd"],
        **worth.worth_metrics(season_of(outcome, logs, facts), facts.worth),
    }


def season_of(outcome: ArmOutcome, logs: list[TreatmentLog], facts: SeasonFacts) -> worth.Season:
    """An arm's season as money sees it."""
    saved = hourly_kw(facts.none_wh) - hourly_kw(outcome.load_wh)
    totals, ledger = _log_sums(outcome.members, logs), outcome.ledger
    cut = [float((facts.none_wh[s] - outcome.load_wh[s]).sum()) / 1e3 for s in facts.event_slices]
    return worth.Season(
        event_reduction_kw=sum(cut) / (facts.event_hours * max(1, len(cut))),
        saved_kwh=saved,
        spent_usd=ledger.spent_usd if ledger is not None else 0.0,
        incentives_usd=outcome.incentives_usd,
        payments_usd=totals["paid_usd"],
        bill_savings_usd=float(saved.sum()) * facts.usd_per_kwh - totals["tariff_usd"],
        enrolled=float(ledger.enrolled.sum()) if ledger is not None else 0.0,
    )
