"""The rows that one replication adds to a run's tables; each function makes one table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.results.invariants import broken
from scenarios.results.metrics import ArmOutcome, hourly_kw
from scenarios.results.segment_tables import enrolled_by_segment, segment_table
from scenarios.running.recorder import PARTS
from scenarios.running.replication import ReplicationResult
from simulator.dispatch import NOTIFIED, OPTED_OUT, OVERRODE, PARTICIPATED
from simulator.fields import USES
from simulator.season import PROFILE_AFTER, PROFILE_BEFORE, TreatmentLog

METHODS = ("10_in_10", "high_5_of_10")
FLAG_COLUMNS = {"notified": NOTIFIED, "participated": PARTICIPATED, "opted_out": OPTED_OUT, "overrode": OVERRODE}


@dataclass(frozen=True)
class ReplicationTables:
    """What a worker sends back: small tables, no homes and no loads of single homes."""

    replication: int
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    broken: dict[str, float] = field(default_factory=dict)  # how often each invariant is, see ``invariants``


def tables_of(result: ReplicationResult, budget_usd: float, admin_usd: float = 0.0) -> ReplicationTables:
    """All tables of one replication; the large descriptive ones only for replication 0."""
    made = {
        "values": _values(result),
        "events": _events(result),
        "enrolment": _enrolment(result),
        "participation": _participation(result),
        "load": _load(result),
        "homes": _homes(result),
        "profile": _profile(result),
        "decomposition": result.decomposition.assign(replication=result.replication),
        "pilot": result.pilot_scores.assign(replication=result.replication),
    }
    if result.replication == 0:
        made |= {
            "segments": segment_table(result),
            "enrolled_by_segment": enrolled_by_segment(result),
            "end_use": _end_use(result),
            **_days_to_draw(result),
        }
    return ReplicationTables(result.replication, made, broken(result, budget_usd, admin_usd))


def _values(result: ReplicationResult) -> pd.DataFrame:
    return pd.DataFrame(
        [{"arm": arm, "replication": result.replication, **values} for arm, values in result.metrics.items()]
    )


def _pooled(outcome: ArmOutcome, logs: list[TreatmentLog], event: int) -> dict[str, float]:
    row = dict.fromkeys(FLAG_COLUMNS, 0.0) | dict.fromkeys(("event_wh", "program_wh", "snapback_wh"), 0.0)
    row |= {f"estimated_{method}": 0.0 for method in METHODS}
    for member in outcome.members:
        log, pick = logs[member.treatment], member.chosen
        for name, column in FLAG_COLUMNS.items():
            row[name] += float(log.flags[pick, event, column].sum())
        row["event_wh"] += float(log.event_impact_wh[pick, event].sum())
        row["program_wh"] += float(log.program_impact_wh[pick, event].sum())
        row["snapback_wh"] += float(log.snapback_wh[pick, event].sum())
        for method in METHODS:
            if method in log.baseline_kwh:
                below = log.baseline_kwh[method][pick, event] - log.metered_kwh[pick, event]
                row[f"estimated_{method}"] += float(np.nansum(below))
    return row


def _events(result: ReplicationResult) -> pd.DataFrame:
    rows, clock, rule = [], result.world.clock, result.calendar.rule
    hours = result.facts.event_hours
    for arm, outcome in result.outcomes.items():
        for event, day in enumerate(result.calendar.days):
            row = _pooled(outcome, result.logs.get(arm, []), event)
            date = clock.date(day).isoformat()
            rows.append(
                {
                    "arm": arm,
                    "replication": result.replication,
                    "event_id": event + 1,
                    "start_local": f"{date}T{rule.window_from}",
                    "end_local": f"{date}T{rule.window_to}",
                    **{name: int(row[name]) for name in FLAG_COLUMNS},
                    "true_event_impact_kw": row["event_wh"] / 1e3 / hours,
                    "true_program_impact_kw": row["program_wh"] / 1e3 / hours,
                    "snapback_kw": row["snapback_wh"] / 1e3,
                    **{f"estimated_impact_kw_{m}": row[f"estimated_{m}"] / hours for m in METHODS},
                }
            )
    return pd.DataFrame(rows)


def _enrolment(result: ReplicationResult) -> pd.DataFrame:
    parts = []
    names = np.array([p.name for p in result.programs] + [""])
    incentives = np.array([p.incentive_usd for p in result.programs] + [0.0])
    for arm, offer in result.offers.items():
        rows = np.flatnonzero(offer.ledger.offered)
        enrolled = offer.ledger.enrolled[rows]
        parts.append(
            pd.DataFrame(
                {
                    "arm": arm,
                    "replication": result.replication,
                    "household": rows,
                    "wave": offer.ledger.wave[rows],
                    "enrolled": enrolled,
                    "program": np.where(enrolled, names[offer.program[rows]], ""),
                    "incentive_usd": incentives[offer.program[rows]],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _participation(result: ReplicationResult) -> pd.DataFrame:
    parts = []
    events = len(result.calendar.days)
    for arm, outcome in result.outcomes.items():
        logs = result.logs.get(arm, [])
        homes = np.flatnonzero(result.offers[arm].ledger.enrolled) if arm == "oracle" and arm in result.offers else None
        for member in outcome.members:
            log, pick = logs[member.treatment], member.chosen
            rows = log.rows[pick] if homes is None else homes[log.rows[pick]]
            if not len(rows) or not events:
                continue
            parts.append(
                pd.DataFrame(
                    {
                        "arm": arm,
                        "replication": result.replication,
                        "household": np.repeat(rows, events),
                        "event_id": np.tile(np.arange(1, events + 1), len(rows)),
                        "program": log.program.name,
                        **{n: log.flags[pick][:, :, c].ravel().astype(bool) for n, c in FLAG_COLUMNS.items()},
                        "paid_usd": log.paid_usd[pick].ravel(),
                        "true_event_impact_kwh": log.event_impact_wh[pick].ravel() / 1e3,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _local_starts(result: ReplicationResult) -> tuple[NDArray[np.datetime64], pd.Series]:
    utc = result.world.clock.utc()[result.recorder.origin :]
    local = pd.Series(utc).dt.tz_localize("UTC").dt.tz_convert(result.world.clock.zone)
    return utc, local.dt.strftime("%Y-%m-%dT%H:%M")


def _load(result: ReplicationResult) -> pd.DataFrame:
    utc, local = _local_starts(result)
    base = result.recorder.none_wh / 250.0
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "arm": arm,
                    "replication": result.replication,
                    "start_utc": utc,
                    "start_local": local,
                    "load_kw": outcome.load_wh / 250.0,
                    "program_counterfactual_kw": base,
                }
            )
            for arm, outcome in result.outcomes.items()
        ],
        ignore_index=True,
    )


def _days_to_draw(result: ReplicationResult) -> dict[str, pd.DataFrame]:
    """Load of every arm on the counterfactual's peak day, and on the event day of its highest hour."""
    load = _load(result).drop(columns=["replication", "start_utc"])
    days = load["start_local"].str[:10]
    hourly = pd.Series(hourly_kw(result.recorder.none_wh), index=days[load["arm"] == "none"].iloc[::4])
    called = hourly[hourly.index.isin([result.world.clock.date(day).isoformat() for day in result.calendar.days])]
    return {
        name: load[days == (some.idxmax() if len(some) else None)]
        for name, some in (("peak_day", hourly), ("event_day", called))
    }


def _homes(result: ReplicationResult) -> pd.DataFrame:
    homes = result.world.population.homes
    table = pd.DataFrame({"replication": result.replication, "household": homes["household"]})
    table["dwelling"] = np.array(["flat", "terraced", "semi_detached", "detached"])[homes["dwelling"]]
    table["owner"] = homes["owner"].astype(bool)
    for name in result.features.columns:
        table[name] = result.features[name].to_numpy()
    table["segment"], table["segment_absolute"] = result.normalised.labels, result.absolute.labels
    for name in ("ac_thermal_kw", "smart_thermostat", "ev_kw", "tank_litres", "income_z", "attention", "taste"):
        table[f"true_{name}"] = homes[name].astype(float)
    table["true_enrolment_probability"] = result.answers.probability
    if result.expectations is not None:
        picked = np.maximum(result.answers.program, 0)
        impact = result.expectations[0][picked, np.arange(len(homes))]
        table["true_expected_impact_kwh_per_event"] = impact
        table["true_per_offer_impact_kwh"] = impact * result.answers.probability
    return table


def _profile(result: ReplicationResult) -> pd.DataFrame:
    hours = (np.arange(PROFILE_BEFORE + PROFILE_AFTER) - PROFILE_BEFORE) / 4.0
    events = max(1, len(result.calendar.days))
    parts = []
    for arm, outcome in result.outcomes.items():
        total = np.zeros(len(hours))
        for member in outcome.members:
            total += result.logs[arm][member.treatment].profile_wh[member.chosen].sum(axis=0)
        parts.append(pd.DataFrame({"arm": arm, "hours_from_start": hours, "impact_kw": total / 250.0 / events}))
    return pd.concat(parts, ignore_index=True)


def _end_use(result: ReplicationResult) -> pd.DataFrame:
    recorder, first = result.recorder, result.world.first_event_day
    days = [result.world.clock.date(first + d).isoformat() for d in range(recorder.days)]
    index = pd.MultiIndex.from_product([days, range(recorder.segments), USES], names=["day", "segment", "end_use"])
    parts = []
    for arm in result.outcomes:
        use, event = recorder.none.use_parts.copy(), recorder.none.event_parts.copy()
        source = result.oracle_recorder if arm == "oracle" else recorder
        if source is not None and arm in source.arms:
            extra = source.arms[arm]
            use[:, : source.segments] += extra.use_parts
            event[:, : source.segments] += extra.event_parts
        kwh = {"kwh": use.ravel() / PARTS, "event_kwh": event.ravel() / PARTS}
        table = pd.DataFrame(kwh, index=index).reset_index()
        table.insert(0, "arm", arm)
        indoor = np.repeat(recorder.indoor, recorder.segments * len(USES), axis=0)
        is_ac = (table["end_use"] == "air_conditioner").to_numpy()
        table["runtime_fraction"] = np.where(is_ac, indoor[:, 1], np.nan)
        table["indoor_degc_mean"] = indoor[:, 0]
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
