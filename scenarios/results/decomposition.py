"""Where the difference between two arms comes from, in stages that sum exactly.

The peak reduction of an arm, and (without the last stage) its reduction in event hours net of snapback, is written as
a product of what happened at each stage::

    homes reached x enrolment rate x who enrolled x how they behave x persistence x snapback x at the peak

*Who enrolled* is the first-event response per enrolled home of this arm's homes under the **reference** arm's
offer, by simulating them again; *how they behave* is the ratio of their response under their own offer to
that: picking better people is not the same as an incentive that makes the same people comply. *Persistence* is
the mean over all events as a share of the first ones; *snapback* what the rebound in the hour after leaves; *at the
peak* how much of that falls on the season's peak. Each stage's part is its Shapley value: the average, over all
orders in which the stages could be switched from the reference to the arm, of what switching it changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import factorial

import numpy as np
import pandas as pd

STAGES = (
    "homes_reached",
    "enrolment_rate",
    "who_enrolled_kw",
    "how_they_behave",
    "persistence",
    "snapback",
    "at_the_peak",
)
COST = "cost"  # stage of the per-dollar decomposition: dollars enter as their inverse


@dataclass(frozen=True)
class ArmStages:
    """One arm in one replication: what was left after each stage, in the order of ``STAGES``, and its cost."""

    arm: str
    totals: dict[str, float]
    cost_usd: float

    def factors(self, last: str = STAGES[-1]) -> dict[str, float]:
        """Factors of the stages up to ``last``; their product is the total after it.

        A stage that left nothing would make the rest undefined: its factor is then 1, and the next stage carries on
        from the last total that was not zero.
        """
        found: dict[str, float] = {}
        at = 1.0
        for name in STAGES[: STAGES.index(last) + 1]:
            total = self.totals[name]
            if abs(total) < 1e-12 and name != last:
                found[name] = 1.0
                continue
            found[name], at = total / at, total
        return found

    @property
    def peak_reduction_kw(self) -> float:
        """The product of all stages: the arm's peak reduction [kW]."""
        return float(np.prod(list(self.factors().values())))


def stages_of(
    arm: str, offered: float, enrolled: float, first_event_kw_reference_offer: float, first_event_kw: float,
    mean_event_kw: float, snapback_kw: float, peak_reduction_kw: float, cost_usd: float,
) -> ArmStages:  # fmt: skip
    """Stages from totals over an arm's homes [kW].

    ``first_event_kw_reference_offer`` is what the arm's enrolled homes gave in the first events under the
    reference's offer, ``first_event_kw`` under their own.
    """
    totals = (
        offered, enrolled, first_event_kw_reference_offer, first_event_kw, mean_event_kw, mean_event_kw - snapback_kw,
        peak_reduction_kw,
    )  # fmt: skip
    return ArmStages(arm, dict(zip(STAGES, totals, strict=True)), cost_usd)


def shapley(arm: dict[str, float], reference: dict[str, float]) -> dict[str, float]:
    """Part of each factor in the difference of two products; the parts sum to the difference exactly.

    Examples
    --------
    Two factors, 2 x 3 against 1 x 1: switching the first alone gives 1, last 3; the second 2 and 4.

    >>> shapley({"a": 2.0, "b": 3.0}, {"a": 1.0, "b": 1.0})
    {'a': 2.0, 'b': 3.0}
    """
    names = list(arm)
    n = len(names)
    value = {
        chosen: float(np.prod([arm[f] if on else reference[f] for f, on in zip(names, chosen, strict=True)]))
        for chosen in product((False, True), repeat=n)
    }
    parts: dict[str, float] = {}
    for i, name in enumerate(names):
        total = 0.0
        for chosen in value:
            if not chosen[i]:
                size = sum(chosen)
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                switched = (*chosen[:i], True, *chosen[i + 1 :])
                total += weight * (value[switched] - value[chosen])
        parts[name] = total
    return parts


#: What is decomposed -> its last stage.
OF = {
    "net_event_reduction_kw": "snapback",
    "peak_reduction_kw": "at_the_peak",
    "net_event_reduction_kw_per_1000_usd": "snapback",
}


def decompose(arm: ArmStages, reference: ArmStages) -> pd.DataFrame:
    """Decompositions of one difference: of the reduction in event hours net of snapback, of the peak reduction [kW],
    and of the first per 1,000 dollars, where cost is one more stage.

    Returns
    -------
    DataFrame with ``arm, of, stage, arm_factor, reference_factor, part``; in each ``of`` the parts sum to the
    difference of the products.
    """
    rows = []
    for of, last in OF.items():
        mine, theirs = arm.factors(last), reference.factors(last)
        if of.endswith("usd"):
            if min(arm.cost_usd, reference.cost_usd) <= 0.0:
                continue
            mine[COST], theirs[COST] = 1000.0 / arm.cost_usd, 1000.0 / reference.cost_usd
        for stage, part in shapley(mine, theirs).items():
            rows.append((arm.arm, of, stage, mine[stage], theirs[stage], part))
    return pd.DataFrame(rows, columns=["arm", "of", "stage", "arm_factor", "reference_factor", "part"])


def summary(parts: pd.DataFrame) -> pd.DataFrame:
    """Mean part of each stage over replications with its 95 % interval; means still sum to the mean difference.

    ``parts`` holds the rows of :func:`decompose` of all replications, with a column ``replication``.
    """
    from scenarios.results.comparison import t_interval

    rows = []
    for (arm, of, stage), group in parts.groupby(["arm", "of", "stage"], sort=False):
        own, other = group["arm_factor"].mean(), group["reference_factor"].mean()
        rows.append((arm, of, stage, *t_interval(group["part"].to_numpy(float)), own, other, len(group)))
    columns = ["arm", "of", "stage", "part", "ci_low", "ci_high", "arm_factor_mean", "reference_factor_mean"]
    return pd.DataFrame(rows, columns=[*columns, "replications"])
