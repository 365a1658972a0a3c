"""Regression baselines: use explained by outdoor temperature and time of week, one fit for each home.

Least squares on the home's own eligible days before the event. The design is the same for all homes, so one
matrix product serves those without gaps; homes with gaps solve their own normal equations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.baselines.history import NO_TEMPERATURE, TOO_FEW_DAYS, Estimate, EventWindow, Floats, Ints, MeterHistory


@dataclass(frozen=True)
class DegreeDayRegression:
    """Use in each slot of the window = a + b x cooling degree day + c x heating degree day.

    Degree days are the day's mean outdoor temperature beyond the balance points [K d]. With ``time_of_week``
    the degrees are those of the slot itself, with the mean of the day before as a lag for the building's heat,
    and each weekday has its own level (after Mathieu et al. 2011, simplified).
    """

    name: str
    title: str
    source: str
    time_of_week: bool = False
    cooling_above_degc: float = 20.0
    heating_below_degc: float = 16.0
    fewest: int = 15
    lookback_days: int | None = 120

    def estimate(self, history: MeterHistory, event: EventWindow) -> Estimate:
        """Baseline of every home in every slot of the event window [kWh]."""
        slots = event.slots
        if history.outdoor_degc is None or history.weekday is None:
            return Estimate.refused(history.homes, len(slots), NO_TEMPERATURE)
        order = history.days_before(event.day, self.lookback_days)[::-1]
        kwh = np.empty((history.homes, len(slots)))
        refusal = np.zeros(history.homes, np.int64)
        for column, slot in enumerate(slots.tolist()):
            design = self._design(history, np.append(order, event.day), slot)
            if not np.isfinite(design[-1]).all():
                return Estimate.refused(history.homes, len(slots), NO_TEMPERATURE)
            known = np.isfinite(design[:-1]).all(axis=1)
            days = order[known]
            kwh[:, column], short = self._predict(history, days, slot, design[:-1][known], design[-1])
            refusal[short] = TOO_FEW_DAYS
        return Estimate.of(kwh, refusal)

    def _design(self, history: MeterHistory, days: Ints, slot: int) -> Floats:
        """Explaining variables of ``days``, (days, variables); the last row is the event's."""
        assert history.outdoor_degc is not None and history.weekday is not None
        daily = history.outdoor_degc.mean(axis=1)
        degc = history.outdoor_degc[days, slot] if self.time_of_week else daily[days]
        columns = [
            np.ones(len(days)),
            np.maximum(0.0, degc - self.cooling_above_degc),
            np.maximum(0.0, self.heating_below_degc - degc),
        ]
        if self.time_of_week:
            before = daily[np.maximum(days - 1, 0)]
            columns.append(np.maximum(0.0, before - self.cooling_above_degc))
            columns += [(history.weekday[days] == day).astype(np.float64) for day in range(1, 7)]
        return np.stack(columns, axis=1)

    def _predict(
        self, history: MeterHistory, days: Ints, slot: int, design: Floats, at: Floats
    ) -> tuple[Floats, Ints]:  # fmt: skip
        """Predictions for one slot (homes,), and the rows with too few days."""
        vary = np.flatnonzero(np.ptp(design, axis=0) > 0.0) if len(design) else np.empty(0, np.int64)
        columns = np.append(0, vary)  # a variable that never moved cannot be fitted
        x, x_event = design[:, columns], at[columns]
        needed = max(self.fewest, 2 * len(columns))
        y = history.kwh[:, days, slot].astype(np.float64)
        seen = ~np.isnan(y)
        if history.eligible.ndim == 2:
            seen &= history.eligible[:, days]
        found = seen.sum(axis=1)
        predicted = np.full(history.homes, np.nan)
        whole = found == len(days)
        if len(days) >= needed:
            weights = x_event @ np.linalg.pinv(x)
            predicted[whole] = y[whole] @ weights
        part = np.flatnonzero(~whole & (found >= needed))
        if len(part):
            predicted[part] = _with_gaps(x, x_event, y[part], seen[part])
        return predicted, np.flatnonzero(found < needed)


def _with_gaps(x: Floats, x_event: Floats, y: Floats, seen: np.ndarray) -> Floats:
    """Each home's own least squares from batched normal equations, (homes,)."""
    scale = np.maximum(np.abs(x).max(axis=0), 1e-12)
    x, x_event = x / scale, x_event / scale
    p = x.shape[1]
    weight = seen.astype(np.float64)
    outer = (x[:, :, None] * x[:, None, :]).reshape(len(x), p * p)
    gram = (weight @ outer).reshape(-1, p, p) + 1e-9 * np.eye(p)  # a weekday that one home never had
    moment = np.where(seen, y, 0.0) @ x
    beta = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
    return np.asarray(beta @ x_event)
