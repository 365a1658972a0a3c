"""What the segments were, and how homes of each fared."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.results.segment_truth import truth_of_segment
from scenarios.running.replication import ReplicationResult
from simulator.dispatch import NOTIFIED, PARTICIPATED


def enrolled_by_segment(result: ReplicationResult) -> pd.DataFrame:
    """Homes offered and enrolled per arm and segment (of absolute shapes in ``segment_absolute``)."""
    rows = []
    for arm, offer in result.offers.items():
        cut = result.absolute if arm == "segment_absolute" else result.normalised
        for segment, label in enumerate(result.normalised.names if cut is result.normalised else cut.names):
            inside = cut.labels == segment
            rows.append((arm, segment, label, int((offer.ledger.offered & inside).sum()),
                         int((offer.ledger.enrolled & inside).sum())))  # fmt: skip
    return pd.DataFrame(rows, columns=["arm", "segment", "label", "offered", "enrolled"])


def segment_table(result: ReplicationResult) -> pd.DataFrame:
    """Segments of replication 0 and how they fared in the arm that reaches all of them alike."""
    cut, features = result.normalised, result.features
    arm = "untargeted" if "untargeted" in result.offers else next(iter(result.offers), None)
    rows = []
    for segment in range(cut.k):
        inside = cut.labels == segment
        row: dict[str, object] = {
            "segment": segment,
            "label": cut.names[segment],
            "homes": int(inside.sum()),
            "share": float(inside.mean()),
            "mean_kwh_per_day": float(features["mean_kwh_per_day"].to_numpy()[inside].mean()),
            **{f"h{hour:02d}": float(cut.centres[segment, hour]) for hour in range(24)},
        }
        rows.append(row | _segment_outcome(result, arm, inside) | truth_of_segment(result, inside))
    return pd.DataFrame(rows)


def _segment_outcome(result: ReplicationResult, arm: str | None, inside: NDArray[np.bool_]) -> dict[str, float]:
    nothing = dict.fromkeys(("enrolment_rate", "event_participation_rate", "impact_kw_per_enrolled_home", "usd_per_kw"),
                            float("nan"))  # fmt: skip
    if arm is None:
        return nothing
    ledger = result.offers[arm].ledger
    offered, enrolled = int((ledger.offered & inside).sum()), int((ledger.enrolled & inside).sum())
    notified = participated = event_wh = paid = 0.0
    for member in result.outcomes[arm].members:
        log = result.logs[arm][member.treatment]
        pick = member.chosen & inside[log.rows]
        notified += float(log.flags[pick][:, :, NOTIFIED].sum())
        participated += float(log.flags[pick][:, :, PARTICIPATED].sum())
        event_wh += float(log.event_impact_wh[pick].sum())
        paid += float(log.paid_usd[pick].sum())
    kw = event_wh / 1e3 / max(1e-9, result.facts.event_hours * len(result.calendar.days))
    costs = float(result.answers.enrol_usd[ledger.enrolled & inside].sum()) + paid
    return {
        "enrolment_rate": enrolled / offered if offered else float("nan"),
        "event_participation_rate": participated / notified if notified else float("nan"),
        "impact_kw_per_enrolled_home": kw / enrolled if enrolled else float("nan"),
        "usd_per_kw": costs / kw if kw > 0 else float("nan"),
    }
