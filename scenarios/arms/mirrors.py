"""An arm's enrolled homes lived again under the reference arm's offer: who they are, apart from what they were paid.

A mirror is a set of members like an arm's, but of a life that only the decomposition looks at. It shares the
copies of any arm that already lives it, so most mirrors cost nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arms.offers import Offers
from scenarios.results.decomposition import ArmStages, decompose, stages_of
from scenarios.running.recorder import Member
from simulator.season import TreatmentLog

REFERENCE = "untargeted"
MIRROR = "|as " + REFERENCE
#: The first third of the events (at least one) stands for "at first" in the persistence stage.
EARLY_SHARE = 3


def mirrors_of(offers: dict[str, Offers], life_of: NDArray[np.int64]) -> dict[str, Offers]:
    """Arms whose enrolled homes would live another life under the reference's terms, on those terms."""
    reference, found = offers.get(REFERENCE), {}
    if reference is None:
        return {}
    for arm, offer in offers.items():
        theirs = np.where(reference.answers.program >= 0, reference.answers.program, offer.program)
        enrolled = offer.ledger.enrolled
        if np.any(life_of[theirs[enrolled]] != life_of[offer.program[enrolled]]):
            found[arm + MIRROR] = replace(offer, program=theirs)
    return found


def early_kw(members: list[Member], logs: list[TreatmentLog], hours: float) -> float:
    """Mean reduction of an arm's homes in the first third of the events [kW]."""
    total, events = 0.0, 1
    for member in members:
        impact = logs[member.treatment].program_impact_wh[member.chosen]
        events = max(1, impact.shape[1] // EARLY_SHARE)
        total += float(impact[:, :events].sum())
    return total / 1e3 / max(hours, 1e-9) / events


def decomposition_rows(
    metrics: dict[str, dict[str, float]], members: dict[str, list[Member]], logs: dict[str, list[TreatmentLog]],
    hours: float,
) -> pd.DataFrame:  # fmt: skip
    """Every arm against the reference, one replication; ``members`` holds mirrors beside arms."""
    if REFERENCE not in members:
        return pd.DataFrame()
    stages: dict[str, ArmStages] = {}
    for arm in (a for a in members if not a.endswith(MIRROR)):
        m, own = metrics[arm], early_kw(members[arm], logs[arm], hours)
        mirror = members.get(arm + MIRROR)
        as_reference = own if mirror is None else early_kw(mirror, logs[arm], hours)
        stages[arm] = stages_of(
            arm, m["offered_homes"], m["enrolled_homes"], as_reference, own, m["event_reduction_kw"],
            m["snapback_kw"], m["peak_reduction_kw"], m["program_cost_usd"],
        )  # fmt: skip
    return pd.concat([decompose(s, stages[REFERENCE]) for arm, s in stages.items() if arm != REFERENCE] or
                     [pd.DataFrame()], ignore_index=True)  # fmt: skip
