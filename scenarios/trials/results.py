"""All trials: published beside simulated, with intervals over replications; fitted and predicted apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from scenarios.results.comparison import t_interval
from scenarios.trials.run import run_trial
from scenarios.trials.spec import FOLDER, fitted_trials, load_trial, seen_trials, trial_files

REPLICATIONS = 4


@cache
def fitted_measures() -> dict[str, tuple[str, ...]]:
    """Trial -> measures that parameters were fitted to."""
    document = YAML(typ="safe", pure=True).load((FOLDER / "roles.yaml").read_text(encoding="utf-8"))
    return {str(k): tuple(v) for k, v in document["fitted_measures"].items()}


@cache
def simulated(name: str, replications: int = REPLICATIONS) -> pd.DataFrame:
    """Statistics of a trial, one row a replication."""
    trial = load_trial(trial_files()[name])
    return pd.DataFrame([run_trial(trial, r) for r in range(replications)])


def value_of(table: pd.DataFrame, measure: str) -> np.ndarray:
    """One measure of each replication; ``a/b.statistic`` is the ratio of two groups."""
    groups, _, statistic = measure.partition(".")
    parts = [table[f"{group}.{statistic}"].to_numpy(float) for group in groups.split("/")]
    return np.asarray(parts[0] / parts[1] if len(parts) == 2 else parts[0])


def role_of(name: str, measure: str) -> str:
    """``fitted``, ``related`` (another figure of a fitted trial, or one seen before the freeze) or ``predicted``."""
    if measure in fitted_measures().get(name, ()):
        return "fitted"
    return "related" if name in (*fitted_trials(), *seen_trials()) else "predicted"


def trial_table(names: Sequence[str], replications: int = REPLICATIONS,
                tell: Callable[[str], None] = lambda name: None) -> pd.DataFrame:  # fmt: skip
    """One row a published figure."""
    rows = []
    for name in names:
        tell(name)
        trial, table = load_trial(trial_files()[name]), simulated(name, replications)
        for band in trial.reproduced_if:
            mean, low, high = t_interval(value_of(table, band.measure))
            rows.append(
                {
                    "trial": name, "measure": band.measure, "published": band.published, "low": band.low,
                    "high": band.high, "simulated": mean, "ci_low": low, "ci_high": high,
                    "role": role_of(name, band.measure), "reproduced": bool(band.low <= mean <= band.high),
                    "row": band.row,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def scores(table: pd.DataFrame) -> dict[str, str]:
    """Figures reproduced of all, by role."""
    return {
        role: f"{int(part['reproduced'].sum())} of {len(part)}"
        for role in ("predicted", "related", "fitted")
        if len(part := table[table["role"] == role])
    }


def run_trials(names: Sequence[str] = (), replications: int = REPLICATIONS) -> pd.DataFrame:
    """Run trials by name, all by default."""
    return trial_table(list(names) or list(trial_files()), replications)
