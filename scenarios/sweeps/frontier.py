"""What each budget buys under every rule, where targeting stops paying, and where segments stop winning.

Two tables made from the per-replication values of a sweep: the **frontier** over budgets (reduction, gain over
``untargeted``, share of the oracle's gain), and the **flip map** over two settings, which says for every cell
whether segments, plain ranking or no order at all is ahead, or nothing is clear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scenarios.results.comparison import fieller, t_interval
from scenarios.sweeps.sweep_points import Point

METRIC = "event_reduction_kw"
REFERENCE, RANKING = "untargeted", "load_ranked"
SEGMENTS = ("segment_targeted", "segment_absolute", "segment_offers")
NOT_RULES = ("none", "untargeted", "placebo", "oracle")
CLEAR_SEGMENTS, CLEAR_RANKING, CLEAR_UNTARGETED, NOTHING_CLEAR = "segments", "plain ranking", "untargeted", "not clear"


def _by_arm(values: pd.DataFrame, metric: str) -> dict[str, np.ndarray]:
    """Replications of each arm, in order."""
    return {
        str(arm): rows.sort_values("replication")[metric].to_numpy(float) for arm, rows in values.groupby("arm")
    }


def frontier(points: Sequence[Point], values: pd.DataFrame, metric: str = METRIC) -> pd.DataFrame:
    """One row a budget and arm.

    Returns
    -------
    DataFrame
        ``budget_usd, arm, mean, ci_low, ci_high`` [kW]; ``gain, gain_ci_low, gain_ci_high`` over ``untargeted``
        (paired); ``oracle_share`` with Fieller's interval, blank where the oracle's own gain is not clear.
    """
    rows = []
    for point in points:
        arms = _by_arm(values[values["point"] == point.number], metric)
        base, oracle = arms.get(REFERENCE), arms.get("oracle")
        for arm, own in arms.items():
            if arm == "none":
                continue
            gain = share = (float("nan"),) * 3
            if base is not None and arm != REFERENCE:
                gain = t_interval(own - base)
                if oracle is not None and arm != "oracle":
                    share = fieller(own - base, oracle - base)
            rows.append((point.scenario.budget_usd, arm, *t_interval(own), *gain, *share))
    columns = [
        "budget_usd", "arm", "mean", "ci_low", "ci_high", "gain", "gain_ci_low", "gain_ci_high",
        "oracle_share", "oracle_share_ci_low", "oracle_share_ci_high",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values(["budget_usd", "arm"], kind="stable", ignore_index=True)


def break_even(table: pd.DataFrame) -> pd.DataFrame:
    """For each rule, the budget from which on its gain over ``untargeted`` is no longer clear.

    ``paying_from_usd`` and ``paying_to_usd`` are the least and the greatest budget tried with a gain whose interval
    lies above 0 (NaN: none); ``stops_at_usd`` is the next budget tried above that, NaN where there is none: then
    targeting still paid at the largest budget, or paid nowhere.
    """
    rows = []
    for arm, own in table[~table["arm"].isin(NOT_RULES)].groupby("arm"):
        own = own.sort_values("budget_usd")
        paying = own.loc[own["gain_ci_low"] > 0.0, "budget_usd"]
        last = float(paying.max()) if len(paying) else float("nan")
        above = own.loc[own["budget_usd"] > last, "budget_usd"] if len(paying) else pd.Series(dtype=float)
        first = float(paying.min()) if len(paying) else float("nan")
        rows.append((str(arm), first, last, float(above.min()) if len(above) else float("nan")))
    return pd.DataFrame(rows, columns=["arm", "paying_from_usd", "paying_to_usd", "stops_at_usd"])


def flip_map(points: Sequence[Point], values: pd.DataFrame, metric: str = METRIC) -> pd.DataFrame:
    """One row a cell: best segment arm, its gain over no order and over plain ranking, and who is ahead.

    The best segment arm is picked by its mean over the first half of the replications and judged on the second,
    so that picking it is no advantage. Gains are shares of ``untargeted``'s own reduction. ``ahead`` is
    ``segments`` or ``plain ranking`` where one is clearly (95 %) above the other and above ``untargeted``.
    """
    rows = []
    for point in points:
        arms = _by_arm(values[values["point"] == point.number], metric)
        base, ranked = arms[REFERENCE], arms[RANKING]
        half = len(base) // 2
        tried = [arm for arm in SEGMENTS if arm in arms]
        best = max(tried, key=lambda arm: float(arms[arm][:half].mean()) if half else 0.0)
        fresh = slice(half, None) if len(tried) > 1 and half else slice(None)
        usual = float(base.mean())
        over_none = t_interval((arms[best] - base)[fresh])
        over_ranked = t_interval((arms[best] - ranked)[fresh])
        ranked_over_none = t_interval((ranked - base)[fresh])
        ahead = _ahead(over_none, over_ranked, ranked_over_none)
        shares = [x / usual if usual else float("nan") for x in (*over_none, *over_ranked)]
        rows.append((*point.settings.values(), best, usual, *shares, ahead))
    names = list(points[0].settings)
    columns = [
        *names, "segment_arm", "untargeted_kw", "over_untargeted", "over_untargeted_ci_low", "over_untargeted_ci_high",
        "over_ranking", "over_ranking_ci_low", "over_ranking_ci_high", "ahead",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _ahead(
    over_none: tuple[float, float, float], over_ranked: tuple[float, float, float],
    ranked_over_none: tuple[float, float, float],
) -> str:  # fmt: skip
    if over_ranked[1] > 0.0 and over_none[1] > 0.0:
        return CLEAR_SEGMENTS
    if over_ranked[2] < 0.0 and ranked_over_none[1] > 0.0:
        return CLEAR_RANKING
    if over_none[2] < 0.0 and ranked_over_none[2] < 0.0:
        return CLEAR_UNTARGETED
    return NOTHING_CLEAR


def sentences(table: pd.DataFrame, stops: pd.DataFrame) -> list[str]:
    """What the frontier says, in words."""
    said = []
    for row in stops.to_dict("records"):
        arm, first, stop = str(row["arm"]), float(row["paying_from_usd"]), float(row["stops_at_usd"])
        if np.isnan(first):
            said.append(f"{arm}: no clear gain over untargeted at any budget tried.")
            continue
        end = f"no longer at {stop:,.0f} USD" if not np.isnan(stop) else "also at the largest"
        own = table[table["arm"] == arm].dropna(subset=["oracle_share"])
        share = ""
        if len(own):
            low, high = own["oracle_share"].min(), own["oracle_share"].max()
            share = f"; it captures {100 * low:.0f} to {100 * high:.0f} % of the oracle's gain"
        said.append(f"{arm}: a clear gain from {first:,.0f} USD, {end}{share}.")
    return said
