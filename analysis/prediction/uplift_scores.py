"""How good a ranking or a rule is, judged on a randomised trial that it never saw.

Qini and AUUC judge a ranking; policy value judges a rule; the winner's curse is the difference between
what the chosen rule promised on the records that chose it and what it gives on others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.prediction.experiment import Estimate
from analysis.prediction.response import Trial, fit_effects

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


def uplift_curve(predicted_kwh: Floats, trial: Trial) -> pd.DataFrame:
    """Reduction if the best-ranked share of homes were offered, per home of the population.

    At share s: ``sum over the first s n homes of (w y / e - (1 - w) y / (1 - e)) / n``. ``random_kwh`` is the
    straight line to the same end. Ties keep the row order.
    """
    signal = _signals(trial)
    order = np.argsort(-predicted_kwh, kind="stable")
    n = len(order)
    gained = np.concatenate([[0.0], np.cumsum(signal[order]) / n])
    share = np.arange(n + 1) / n
    return pd.DataFrame({"share": share, "gain_kwh": gained, "random_kwh": share * gained[-1]})


def _signals(trial: Trial) -> Floats:
    """Inverse-propensity-weighted effect signal of each home; unbiased, noisy."""
    w, y, e = trial.offered, trial.saved_kwh, trial.offer_fraction
    centred = y - y.mean()  # changes no expectation, removes noise that is common to all
    return np.asarray(w * centred / e - ~w * centred / (1.0 - e))


def qini(predicted_kwh: Floats, trial: Trial) -> dict[str, float]:
    """Area measures of a ranking [kWh per home].

    ``auuc`` is the area under the uplift curve, ``qini`` the area between it and the random line (0 = the
    ranking is worth nothing, negative = worse than chance), ``qini_se`` its standard error.
    """
    curve = uplift_curve(predicted_kwh, trial)
    gain, random = curve["gain_kwh"].to_numpy(), curve["random_kwh"].to_numpy()
    n = len(gain) - 1
    auuc = float(np.trapezoid(gain, dx=1.0 / n))
    rank = np.empty(n, dtype=np.float64)
    rank[np.argsort(-predicted_kwh, kind="stable")] = np.arange(n)
    # The qini area is a mean of signal x (1/2 - rank share): its error is that of a mean.
    weighted = _signals(trial) * (0.5 - (rank + 0.5) / n)
    return {
        "auuc": auuc,
        "qini": float(auuc - np.trapezoid(random, dx=1.0 / n)),
        "qini_se": float(weighted.std(ddof=1) / np.sqrt(n)),
    }


def policy_value(treat: Labels, trial: Trial, cost_kwh_per_offer: float = 0.0) -> Estimate:
    """Mean outcome if ``treat`` decided the offers, over offering nobody [kWh per home].

    ``mean(treat x signal) - cost x mean(treat)``, inverse-propensity weighted; ``cost_kwh_per_offer`` is the
    price of an offer in the same unit, so that "offer everyone" does not win by default.
    """
    treat = np.asarray(treat, dtype=bool)
    per_home = treat * (_signals(trial) - cost_kwh_per_offer)
    n = len(per_home)
    return Estimate.of(per_home.mean(), float(per_home.std(ddof=1) / np.sqrt(n)), n - 1)


@dataclass(frozen=True)
class WinnersCurse:
    """The best of several options as chosen, and as it is."""

    chosen: int
    promised: float
    fresh: float

    @property
    def gap(self) -> float:
        """Promise minus what fresh records give; positive is disappointment."""
        return self.promised - self.fresh


def winners_curse(on_choosing: Sequence[float], on_fresh: Sequence[float]) -> WinnersCurse:
    """Any k, incentive or arm picked by its value is scored again on records that did not pick it."""
    if len(on_choosing) != len(on_fresh) or len(on_choosing) == 0:
        raise ValueError(f"{len(on_choosing)} values to choose by, {len(on_fresh)} fresh; expected one of each option")
    best = int(np.argmax(np.asarray(on_choosing)))
    return WinnersCurse(best, float(on_choosing[best]), float(on_fresh[best]))


def cross_fit_gap(
    options: Sequence[Callable[[Trial], Callable[[pd.DataFrame], Labels]]], trial: Trial, fold: NDArray[np.int64],
    cost_kwh_per_offer: float = 0.0,
) -> WinnersCurse:  # fmt: skip
    """Winner's curse of a set of rules: each learned and chosen on fold 0, judged again on fold 1.

    An option takes a trial and returns a rule (covariates -> offer?).
    """
    choose, judge = trial.take(np.flatnonzero(fold == 0)), trial.take(np.flatnonzero(fold == 1))
    rules = [option(choose) for option in options]
    promised = [policy_value(rule(choose.covariates), choose, cost_kwh_per_offer).value for rule in rules]
    fresh = [policy_value(rule(judge.covariates), judge, cost_kwh_per_offer).value for rule in rules]
    return winners_curse(promised, fresh)


#: What the three-way rule of "choosing who chooses" may say.
DO_NOT, LET_CHOOSE, TREAT = 0, 1, 2


def who_chooses(value_if_choosing: Floats, value_if_treated: Floats) -> NDArray[np.int64]:
    """Treat, do not, or let choose: whichever is predicted to be worth most for each home (0 = do not).

    Both values are net of cost, from models fitted on a trial in which some homes were enrolled by default and
    some were offered a choice (after Ida, Ishihara, Ito and others). Ties go to the lighter touch.
    """
    values = np.stack([np.zeros(len(value_if_choosing)), value_if_choosing, value_if_treated])
    return np.asarray(np.argmax(values, axis=0), dtype=np.int64)


def learn_who_chooses(
    choice: Trial, default: Trial, cost_kwh: tuple[float, float] = (0.0, 0.0), method: str = "dr",
    regressor: str = "ridge",
) -> Callable[[pd.DataFrame], NDArray[np.int64]]:  # fmt: skip
    """The three-way rule from a trial with three arms by lot: a choice, enrolment by default, nothing.

    Parameters
    ----------
    choice, default : Trial
        Each arm against the same controls. Letting choose lets people select themselves on what no record shows, so
        an offer's effect is learned as it is, self-selection included.
    cost_kwh
        Expected cost of offering a choice, and of enrolling by default, in the outcome's unit.

    Returns
    -------
    callable
        Covariates -> ``DO_NOT``, ``LET_CHOOSE`` or ``TREAT`` for each row.
    """
    of_choice, of_default = (fit_effects(trial, method, regressor) for trial in (choice, default))

    def rule(table: pd.DataFrame) -> NDArray[np.int64]:
        return who_chooses(of_choice.predict(table) - cost_kwh[0], of_default.predict(table) - cost_kwh[1])

    return rule
