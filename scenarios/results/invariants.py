"""What must hold in every run: looked at in every replication, reported in the manifest, fatal when broken."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from drsim.errors import DrsimError
from scenarios.results.metrics import ArmOutcome
from scenarios.running.recorder import PARTS, Recorder
from scenarios.running.replication import ReplicationResult
from simulator.dispatch import NOTIFIED, OPTED_OUT, OVERRODE, PARTICIPATED

#: name in the manifest -> what it says; a replication counts how often each is broken.
INVARIANTS = {
    "no_nan": "no energy, payment, impact or cost is missing or infinite",
    "energy_balance": "end uses add up to the load of every day, within the rounding of reads",
    "impact_adds_up": "what enrolled homes saved in events is what the load of all homes lacks, to the watt-hour",
    "ledger": "what an arm spent is its contacts, enrolments and fixed costs, and never over the budget",
    "counts": "participated <= notified, enrolled <= offered <= homes, in every arm and event",
    "shares": "every home is in one segment, and segments add up to all homes",
    "counterfactual_untouched": "homes that live the season alone, and arms that enrolled nobody, have the same load",
}
CENT = 0.01
LARGEST = 10**17  # of any sum: a hundred thousand million kWh in one day


class BrokenInvariant(DrsimError):
    """The run contradicts itself; its numbers are not to be used."""


def broken(result: ReplicationResult, budget_usd: float, admin_usd: float) -> dict[str, float]:
    """How often each invariant is broken in one replication; all zero in a sound one."""
    recorders = [r for r in (result.recorder, result.oracle_recorder) if r is not None]
    return {
        "no_nan": float(sum(_missing(r) for r in recorders) + _missing_money(result)),
        "energy_balance": float(_unbalanced_days(result.recorder, len(result.world.population))),
        "impact_adds_up": float(sum(_impact_differs(result, o) for o in result.outcomes.values())),
        "ledger": float(_wrong_ledgers(result, budget_usd, admin_usd)),
        "counts": float(sum(_wrong_counts(result, o) for o in result.outcomes.values())),
        "shares": float(_wrong_segments(result)),
        "counterfactual_untouched": float(result.witness_differs + _differs_without_members(result)),
    }


def verdict(replications: Iterable[dict[str, float]]) -> dict[str, bool]:
    """Each invariant over all replications, for the manifest and the report.

    Raises
    ------
    BrokenInvariant
        One does not hold: which, and in how many replications.
    """
    found = list(replications)
    often = {name: sum(counts[name] > 0 for counts in found) for name in INVARIANTS}
    wrong = [f"{name} ({INVARIANTS[name]}) in {n} of {len(found)} replications" for name, n in often.items() if n]
    if wrong:
        raise BrokenInvariant(
            "the run broke its own checks, so its numbers are not to be used and nothing is kept: " + "; ".join(wrong)
            + ". This is a bug of drsim; please report it with the scenario and the seed"
        )
    return {name: n == 0 for name, n in often.items()}


def _missing(recorder: Recorder) -> int:
    """Sums are whole numbers: what was no number when it was added shows as one beyond all measure."""
    sums = [recorder.none, *recorder.arms.values()]
    arrays = [a for s in sums for a in (s.load_wh, s.use_parts, s.event_parts)]
    wrong = sum(not ((a < LARGEST) & (a > -LARGEST)).all() for a in arrays)
    return wrong + (not (np.abs(PARTS * recorder.indoor) < LARGEST).all())


def _missing_money(result: ReplicationResult) -> int:
    always = ("peak_reduction_kw", "event_reduction_kw", "program_cost_usd", "budget_spent_usd", "event_payments_usd")
    logs = {id(log): log for of_arm in result.logs.values() for log in of_arm}
    wrong = sum(not np.isfinite(m[name]) for m in result.metrics.values() for name in always)
    return wrong + sum(not np.isfinite(log.paid_usd).all() for log in logs.values())


def _unbalanced_days(recorder: Recorder, homes: int) -> int:
    """Days on which end uses and loads differ by more than half a watt-hour a home and quarter-hour."""
    clock, first, wrong = recorder.world.clock, recorder.world.first_event_day, 0
    used_wh = 1e3 * recorder.none.use_kwh.sum(axis=(1, 2))
    for d in range(recorder.days):
        at = int(clock.first[first + d]) - recorder.origin
        intervals = int(clock.count[first + d])
        load_wh = int(recorder.none_wh[at : at + intervals].sum())
        wrong += bool(abs(used_wh[d] - load_wh) > (0.5 * intervals + 0.1) * homes)
    return wrong


def _impact_differs(result: ReplicationResult, outcome: ArmOutcome) -> bool:
    lacks = sum(int((result.recorder.none_wh[s] - outcome.load_wh[s]).sum()) for s in result.facts.event_slices)
    logs = result.logs.get(outcome.arm, [])
    saved = sum(int(logs[m.treatment].program_impact_wh[m.chosen].sum()) for m in outcome.members)
    return lacks != saved


def _wrong_ledgers(result: ReplicationResult, budget_usd: float, admin_usd: float) -> int:
    wrong = 0
    for arm, offers in result.offers.items():
        ledger = offers.ledger
        variable = float(offers.contact_usd[ledger.offered].sum() + offers.answers.enrol_usd[ledger.enrolled].sum())
        fixed, spent = ledger.spent_usd - variable, result.metrics[arm]["budget_spent_usd"]
        paid = result.metrics[arm]["program_cost_usd"] - result.metrics[arm]["event_payments_usd"]
        sound = (
            fixed >= min(admin_usd, budget_usd) - CENT
            and ledger.spent_usd + ledger.forecast_liability_usd <= budget_usd + CENT
            and abs(spent - ledger.spent_usd) < CENT
            and abs(paid - ledger.spent_usd) < CENT
        )
        wrong += not sound
    return wrong


def _wrong_counts(result: ReplicationResult, outcome: ArmOutcome) -> int:
    ledger, homes = outcome.ledger, len(result.world.population)
    if ledger is None:
        return int(any(m.chosen.any() for m in outcome.members))
    enrolled, wrong = int(ledger.enrolled.sum()), 0
    wrong += bool((ledger.enrolled & ~ledger.offered).any()) or len(ledger.offered) != homes
    wrong += sum(int(m.chosen.sum()) for m in outcome.members) != enrolled
    for member in outcome.members:
        flags = result.logs[outcome.arm][member.treatment].flags[member.chosen]
        for less, more in ((PARTICIPATED, NOTIFIED), (OPTED_OUT, NOTIFIED), (OVERRODE, NOTIFIED)):
            wrong += bool((flags[:, :, less] > flags[:, :, more]).any())
    return wrong


def _wrong_segments(result: ReplicationResult) -> int:
    homes, wrong = len(result.world.population), 0
    for found in (result.normalised, result.absolute):
        sizes = np.bincount(np.asarray(found.labels) + 1)  # the first place holds the homes without a shape
        wrong += int(sizes.sum()) != homes or not np.isclose((sizes / homes).sum(), 1.0)
    return wrong


def _differs_without_members(result: ReplicationResult) -> int:
    """Arms that enrolled nobody and yet depart from the counterfactual."""
    return sum(
        not any(m.chosen.any() for m in o.members) and not np.array_equal(o.load_wh, result.recorder.none_wh)
        for o in result.outcomes.values()
    )
