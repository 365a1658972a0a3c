"""Does the answer survive its assumptions? Every uncertain parameter drawn within its low..high, on common dice.

A Latin hypercube gives each parameter as many strata as there are draws (McKay, Beckman and Conover 1979). All draws
meet the same dice, so what differs between them is what the parameters do. They run at reduced size, with the
budget reduced in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc, rankdata, t

from scenarios.report.arms import PLAIN, REFERENCE, SEGMENTED
from scenarios.running.parallel import Progress
from scenarios.running.worlds import behaviour_of, region_of
from scenarios.schema.parameters import SHARES
from scenarios.schema.scenario import Scenario
from scenarios.sweeps.sweep import run_points
from scenarios.sweeps.sweep_points import Point

METRIC = "event_reduction_kw"
MOST_HOMES, REPLICATIONS = 250, 2
CHANCE = 0.95


@dataclass(frozen=True)
class Doubt:
    """What the draws say about the gain of segments in event hours, scaled to the scenario's number of homes."""

    draws: pd.DataFrame  # one row a draw: its parameters, gain_untargeted_kw, gain_load_ranked_kw
    homes: int
    beats_untargeted: float
    beats_load_ranked: float | None
    mean_kw: float  # of the main run
    low_kw: float  # the wider interval: dice and parameters
    high_kw: float
    movers: tuple[tuple[str, float, bool], ...]  # (parameter, rank correlation, whether clear of chance)

    def sentences(self) -> list[str]:
        """The three findings in words."""
        count = len(self.draws)
        said = [
            f"With the assumptions drawn within their ranges ({count} draws, {self.homes} homes each, common dice), "
            f"the gain of segments over untargeted in event hours is {_signed(self.mean_kw)} kW with a wider 95 % "
            f"interval of {_plain(self.low_kw)} to {_plain(self.high_kw)} kW, which covers wrong parameters as well as "
            "the luck of the draw.",
            f"Segments beat untargeted in {self.beats_untargeted:.0%} of the draws"
            + ("" if self.beats_load_ranked is None else
               f", and ranking by past event-hour use in {self.beats_load_ranked:.0%}") + ".",
        ]  # fmt: skip
        clear = [name for name, _, beyond in self.movers if beyond]
        names = ", ".join(f"{name} ({_signed(rho, 2)})" for name, rho, _ in self.movers)
        said.append(f"The assumptions that move it most (rank correlation): {names}. " + (
            f"Beyond what chance gives among so many: {', '.join(clear)}." if clear
            else "None stands out beyond what chance gives among so many parameters; more draws would be needed."
        ))  # fmt: skip
        return said


def _plain(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _signed(value: float, digits: int = 1) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def uncertain(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Parameters with a range, by name; those that the scenario itself sets stay where it puts them.

    Dwelling shares are left out, for they have to sum to 1.
    """
    tables = (behaviour_of(scenario), region_of(scenario).parameters)
    return {
        name: (p.low, p.high)
        for table in tables for name, p in table.items()
        if p.high > p.low and name not in scenario.parameters and name not in SHARES
    }  # fmt: skip


def reduced(scenario: Scenario) -> Scenario:
    """The scenario at the size of the draws: fewer homes, the budget in proportion, only the arms compared."""
    homes = min(MOST_HOMES, scenario.population.households)
    share = homes / scenario.population.households
    wanted = ("none", REFERENCE, *PLAIN, *SEGMENTED)
    small = scenario.model_copy(update={"what_ifs": {}})
    small._name, small._path, small._weather_folder = scenario.name, scenario.path, scenario._weather_folder
    return small.with_({
        "population.households": homes,
        "budget_usd": scenario.budget_usd * share,
        "costs.admin_usd": scenario.costs.admin_usd * share,
        "replications": min(REPLICATIONS, scenario.replications),
        "arms": [arm for arm in scenario.arms if arm in wanted],
        "outputs.reads": "none",
    })  # fmt: skip


def explore(
    scenario: Scenario, values: pd.DataFrame, workers: int | None = None, progress: Progress | None = None
) -> Doubt | None:
    """Draw the parameters and compare; None where the scenario has no segments to compare with ``untargeted``.

    Parameters
    ----------
    values
        The main run, one row an arm and replication.
    """
    subject = next((arm for arm in SEGMENTED if arm in scenario.arms), None)
    if subject is None or REFERENCE not in scenario.arms:
        return None
    ranges = uncertain(scenario)
    small = reduced(scenario)
    unit = qmc.LatinHypercube(len(ranges), rng=scenario.seed).random(scenario.uncertainty_draws)
    low, high = (np.array([r[i] for r in ranges.values()]) for i in (0, 1))
    drawn = pd.DataFrame(low + unit * (high - low), columns=list(ranges))
    points = [
        Point(i, row, small.with_({"parameters": {**scenario.parameters, **row}}))
        for i, row in enumerate({str(k): float(v) for k, v in r.items()} for r in drawn.to_dict("records"))
    ]
    tell: Progress = progress if progress is not None else (lambda done, total, what: None)
    found = run_points(points, None, workers, lambda done, total, what: tell(done, total, "drawing the assumptions"))
    return judge(scenario, small, subject, drawn, values, found)


def judge(
    scenario: Scenario, small: Scenario, subject: str, drawn: pd.DataFrame, values: pd.DataFrame, found: pd.DataFrame
) -> Doubt:
    """Shares, wider interval and movers, from the main run's values and the draws'."""
    scale = scenario.population.households / small.population.households
    by = scale * found.groupby(["point", "arm"])[METRIC].mean().unstack()
    gain = (by[subject] - by[REFERENCE]).to_numpy(float)
    table = drawn.assign(gain_untargeted_kw=gain)
    beats_ranked = None
    if "load_ranked" in by:
        table["gain_load_ranked_kw"] = (by[subject] - by["load_ranked"]).to_numpy(float)
        beats_ranked = float((table["gain_load_ranked_kw"] > 0).mean())
    each = values.set_index(["arm", "replication"])[METRIC].unstack(0)
    main = (each[subject] - each[REFERENCE]).to_numpy(float)
    dice = float(np.var(main, ddof=1) / len(main)) if len(main) > 1 else 0.0
    half = float(t.ppf(0.975, max(1, len(gain) - 1)) * np.sqrt(dice + np.var(gain, ddof=1)))
    mean = float(main.mean())
    return Doubt(table, small.population.households, float((gain > 0).mean()), beats_ranked, mean, mean - half,
                 mean + half, movers(drawn, gain, scenario.seed))  # fmt: skip


def movers(drawn: pd.DataFrame, gain: NDArray[np.float64], seed: int) -> tuple[tuple[str, float, bool], ...]:
    """The three parameters with the largest rank correlation, and whether each is beyond the largest of chance.

    Chance is the 95th percentile, over 200 permutations of the gains, of the largest correlation of any parameter.
    """
    ranks = np.apply_along_axis(rankdata, 0, drawn.to_numpy())
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    score = rankdata(gain)
    spread = score.std()
    if spread == 0.0:
        return ()
    score = (score - score.mean()) / spread
    rho = ranks.T @ score / len(score)
    order_of_chance = qmc.LatinHypercube(200, rng=seed + 1).random(len(score)).argsort(axis=0)  # 200 permutations
    shuffled = score[order_of_chance].T
    chance = float(np.quantile(np.abs(shuffled @ ranks / len(score)).max(axis=1), CHANCE))
    order = np.argsort(-np.abs(rho), kind="stable")[:3]
    return tuple((str(drawn.columns[i]), float(rho[i]), bool(abs(rho[i]) > chance)) for i in order)
