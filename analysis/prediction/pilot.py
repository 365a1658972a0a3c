"""From a pilot's records to what every offer is worth in every home, and what it costs.

A pilot gives each of its homes, at random, one of several offers or none. What comes out is what targeting
needs of *other* homes: the expected reduction of each offer (per event), its expected take-up and its
expected cost, with the best single offer found on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from analysis.prediction.experiment import Estimate, average_effect
from analysis.prediction.participation import ParticipationModel, cross_predict, fit_participation
from analysis.prediction.response import EffectModel, Trial, dr_scores, fit_effects
from drsim.findings import Finding

Floats = NDArray[np.float64]
CONTROL = -1
LEAST_HOMES_OF_EACH = 10
#: A take-up below this is treated as this, so that an effect per enrolment stays finite.
LEAST_TAKE_UP = 0.005


@dataclass(frozen=True, eq=False)
class PilotRecords:
    """One row per home of the pilot.

    Attributes
    ----------
    covariates : DataFrame, known before the assignment; NaN is "not known"
    offer : (homes,) int, number of the offer made, -1 = control
    offer_fraction : (offers,) float64, probability with which a home was given each offer
    enrolled : (homes,) bool
    saved_kwh : (homes,) float64, per event, positive is a reduction
    terms : DataFrame, one row an offer, numbers: what tells the offers apart to the take-up model (columns
        ``offer_...``: the incentive, whether the letter informs, whether homes are in unless they say no)
    """

    covariates: pd.DataFrame
    offer: NDArray[np.int64]
    offer_fraction: Floats
    enrolled: NDArray[np.bool_]
    saved_kwh: Floats
    terms: pd.DataFrame

    def trial(self, offer: int) -> Trial:
        """One offer against control, with the probability of the offer among those two."""
        among = np.flatnonzero((self.offer == offer) | (self.offer == CONTROL))
        control = 1.0 - float(self.offer_fraction.sum())
        e = float(self.offer_fraction[offer]) / (float(self.offer_fraction[offer]) + control)
        return Trial(
            self.covariates.iloc[among], self.offer[among] == offer, self.saved_kwh[among], np.full(len(among), e)
        )


@dataclass(frozen=True, eq=False)
class PilotModels:
    """What a pilot taught: an effect model an offer, one take-up model, and the averages."""

    effects: list[EffectModel]
    take_up_model: ParticipationModel
    terms: pd.DataFrame
    averages: list[Estimate]

    def value_kwh(self, table: pd.DataFrame) -> Floats:
        """Expected reduction per event if offered, (offers, homes) [kWh]."""
        return np.stack([model.predict(table) for model in self.effects])

    def take_up(self, table: pd.DataFrame) -> Floats:
        """Probability of enrolling if offered, (offers, homes) [fraction]."""
        return np.stack(
            [self.take_up_model.predict(_on_terms(table, self.terms.iloc[o])) for o in range(len(self.terms))]
        )

    def spread_kwh(self, table: pd.DataFrame) -> Floats:
        """Standard deviation of one home's reduction that its yes or no alone makes, (offers, homes) [kWh]."""
        p = np.clip(self.take_up(table), LEAST_TAKE_UP, 1.0)
        return np.asarray(np.sqrt(p * (1.0 - p)) * np.abs(self.value_kwh(table)) / p)

    def best_single_offer(self, cost_usd_per_offer: Floats) -> int:
        """The one offer with the highest average reduction per expected dollar."""
        value = np.array([estimate.value for estimate in self.averages])
        return int(np.argmax(value / cost_usd_per_offer))


def _on_terms(table: pd.DataFrame, terms: pd.Series) -> pd.DataFrame:
    """Homes as if all were made one offer: its terms as further columns."""
    offer = pd.DataFrame(np.tile(terms.to_numpy(), (len(table), 1)), index=table.index, columns=terms.index)
    return pd.concat([table, offer], axis=1)


def learn_from_pilot(
    records: PilotRecords, method: str = "dr", regressor: str = "ridge", take_up_method: str = "logistic",
    random_state: int = 0,
) -> PilotModels:  # fmt: skip
    """Fit effect and take-up models; refuses a pilot with fewer than ten homes of any kind."""
    counts = {int(o): int((records.offer == o).sum()) for o in range(CONTROL, len(records.offer_fraction))}
    thin = [f"{'control' if o == CONTROL else f'offer {o}'}: {n}" for o, n in counts.items() if n < LEAST_HOMES_OF_EACH]
    if thin:
        raise ValueError(f"the pilot is too small ({', '.join(thin)}); expected {LEAST_HOMES_OF_EACH} homes of each")
    trials = [records.trial(o) for o in range(len(records.offer_fraction))]
    asked = np.flatnonzero(records.offer != CONTROL)
    made = records.terms.iloc[records.offer[asked]].set_axis(asked)
    table = pd.concat([records.covariates.iloc[asked].set_axis(asked), made], axis=1)
    return PilotModels(
        [fit_effects(trial, method, regressor, random_state) for trial in trials],
        fit_participation(table, records.enrolled[asked], take_up_method, random_state),
        records.terms,
        [average_effect(dr_scores(trial, regressor, random_state)) for trial in trials],
    )


def expected_cost_usd(take_up: Floats, contact_usd: float, enrol_usd: Floats, forecast_usd: Floats) -> Floats:
    """Expected cost of making each offer, (offers, homes): contact + take-up x (enrolment + event payments)."""
    return np.asarray(contact_usd + take_up * (enrol_usd + forecast_usd)[:, None])


def randomisation_finding(covariates: pd.DataFrame, offered: NDArray[np.bool_]) -> Finding | None:
    """A finding if the columns predict who was offered: such a history is no experiment.

    AUC of a cross-fitted logistic model of ``offered``; flagged above 0.5 by three standard errors
    (Hanley and McNeil's at 0.5: sqrt((m + n + 1) / (12 m n))).
    """
    n, m = int(offered.sum()), int((~offered).sum())
    if min(n, m) < LEAST_HOMES_OF_EACH:
        return Finding("offers_without_control", "", f"{n} homes were offered and {m} were not; nobody to compare with")
    homes = np.arange(len(offered))
    # Two folds that swap: time is the fold, so that each home is predicted from the others once.
    rows, p = cross_predict(covariates, offered, homes, (homes * 7919) % 97, "logistic", folds=2)
    auc = float(roc_auc_score(offered[rows], p)) if 0 < offered[rows].sum() < len(rows) else 0.5
    n, m = int(offered[rows].sum()), int((~offered[rows]).sum())
    error = float(np.sqrt((m + n + 1) / (12.0 * max(m, 1) * max(n, 1))))
    if auc > 0.5 + 3.0 * error:
        message = f"the columns predict who was offered (AUC {auc:.2f}); effects learned from it would be biased"
        return Finding("offers_not_random", "", message, {"auc": auc, "allowed_auc": 0.5 + 3.0 * error})
    return None
