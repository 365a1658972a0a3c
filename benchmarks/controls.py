"""The null case and the positive control at full size, with their verdicts.

    python benchmarks/controls.py null          # 5,000 homes x 40 replications: no arm may gain; learned arms included
    python benchmarks/controls.py null 1000 40 77   # the same with so many homes and replications, and another seed
    python benchmarks/controls.py independence  # 20,000 homes: nothing the analyst sees ranks true impact
    python benchmarks/controls.py positive      # a working analyst must win
    python benchmarks/controls.py nothing       # no offers, no messages: every arm equals `none` exactly

Each prints its table and ends with exit code 1 when it does not hold. They need an installed drsim.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.stats import spearmanr
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold, cross_val_predict

from scenarios.arms.customers import customers_of
from scenarios.loader import load_scenario
from scenarios.pipeline import RunResult, run_scenario
from scenarios.results.comparison import simultaneous_gains, t_interval
from scenarios.running.worlds import build_world

MARGIN = 0.05  # of untargeted's reduction
FROM_RECORDS = (
    "blanket", "bill_ranked", "load_ranked", "segment_targeted", "segment_absolute", "segment_offers", "placebo",
)  # fmt: skip
LEARNED = ("propensity_targeted", "uplift_targeted", "knapsack")
PILOT_SHARE = 0.2  # homes of the pilot, as a share of the scored ones
GREATEST_RANK_CORRELATION = 0.03


def _run(name: str, sets: list[str], households: int | None, replications: int | None) -> RunResult:
    scenario = load_scenario(name, sets, households=households, replications=replications)
    with tempfile.TemporaryDirectory() as folder:
        return run_scenario(scenario, out=Path(folder) / "run", command=f"benchmarks/controls.py on {name}")


def null(households: int = 5000, replications: int = 40, seed: int = 2024) -> bool:
    """Simultaneous 95 % intervals of every arm's gain over ``untargeted`` lie within the margin.

    An arm that pays for its pilot may lose the pilot's share of the budget besides.
    """
    arms = [*FROM_RECORDS, *(f"{arm}_sunk" for arm in LEARNED), *LEARNED]
    pilot = max(200, round(PILOT_SHARE * households))
    sets = [f"budget_usd={11 * households}", f"arms=[none, untargeted, {', '.join(arms)}]", f"seed={seed}",
            f"pilot={{homes: {pilot}}}"]  # fmt: skip
    result = _run("null_case", sets, households, replications)
    holds = True
    for metric in ("peak_reduction_kw", "event_reduction_kw"):
        table = simultaneous_gains(result.values, arms, metric)
        bill = result.values.groupby("arm")["pilot_cost_usd"].mean() / (11 * households)
        table["pilot_share"] = bill.reindex(table["arm"]).to_numpy()
        inside = (table["low"] >= -MARGIN - table["pilot_share"]) & (table["high"] <= MARGIN)
        holds &= bool(inside.all())
        print(f"\n{metric}: gain over untargeted as a share of its reduction, simultaneous 95 % intervals")
        print(table.assign(within=inside).round(4).to_string(index=False))
    return holds


def independence(households: int = 20_000) -> bool:
    """Rank correlation of every analyst column with true per-offer impact stays below the bound.

    So does that of what boosted trees make of all columns together, on homes they were not fitted to.
    """
    sets = [f"budget_usd={11 * households}", "arms=[none, oracle]"]
    homes = _run("null_case", sets, households, 1).tables["homes"]
    scenario = load_scenario("null_case", sets, households=households)
    homes = homes.assign(income_band=customers_of(scenario, build_world(scenario, 0))["income_band"].to_numpy())
    truth = homes["true_per_offer_impact_kwh"]
    rows = []
    for name in homes.columns:
        if name.startswith("true_") or name in ("replication", "household"):
            continue
        column = homes[name]
        if column.dtype == object or str(column.dtype).startswith(("str", "category")):
            column = pd.Series(pd.factorize(column)[0])
        good = np.isfinite(column.astype(float)) & np.isfinite(truth)
        if column[good].nunique() > 1:
            rows.append((name, float(spearmanr(column[good].astype(float), truth[good])[0])))
    known = homes[[name for name, _ in rows]].apply(lambda c: pd.factorize(c)[0] if not is_numeric_dtype(c) else c)
    for aim in ("true_per_offer_impact_kwh", "true_enrolment_probability"):
        trees = HistGradientBoostingRegressor(max_iter=100, random_state=0)
        found = cross_val_predict(trees, known.astype(float), homes[aim], cv=KFold(5, shuffle=True, random_state=0))
        rows.append((f"all together, trees, {aim}", float(spearmanr(found, homes[aim])[0])))
    table = pd.DataFrame(rows, columns=["analyst_column", "rank_correlation"])
    print(table.round(4).to_string(index=False))
    return bool((table["rank_correlation"].abs() < GREATEST_RANK_CORRELATION).all())


def positive() -> bool:
    """``segment_targeted`` beats ``untargeted`` and ``placebo`` beyond its interval."""
    values = _run("positive_control", [], None, None).values
    by = {arm: t.sort_values("replication")["peak_reduction_kw"].to_numpy(float) for arm, t in values.groupby("arm")}
    holds = True
    for rival in ("untargeted", "placebo"):
        mean, low, high = t_interval(by["segment_targeted"] - by[rival])
        print(f"segment_targeted - {rival}: {mean:+.2f} kW, 95 % interval {low:.2f} to {high:.2f}")
        holds &= low > 0.0
    return holds


def nothing() -> bool:
    """Without offers and messages no arm departs from the counterfactual, to the watt-hour."""
    result = _run("heat_wave", ["messages=false"], 200, 2)
    load = result.tables["load"]
    same = bool((load["load_kw"] == load["program_counterfactual_kw"]).all())
    print(f"{len(load):,} interval loads of {load['arm'].nunique()} arms compared; all equal: {same}")
    return same


CONTROLS = {"null": null, "independence": independence, "positive": positive, "nothing": nothing}

if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    asked = [a for a in sys.argv[1:] if not a.isdigit()]
    if not asked or any(name not in CONTROLS for name in asked):
        sys.exit(f"usage: python benchmarks/controls.py {' | '.join(CONTROLS)}")
    verdicts = {name: CONTROLS[name](*(numbers if name in ("null", "independence") else ())) for name in asked}
    for name, verdict in verdicts.items():
        print(f"{name}: {'holds' if verdict else 'DOES NOT HOLD'}")
    sys.exit(0 if all(verdicts.values()) else 1)
