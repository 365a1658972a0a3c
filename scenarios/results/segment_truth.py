"""What segments really hold: estimate against truth, which only this room may set side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.running.replication import ReplicationResult

#: A furnace's blower draws a few hundredths of its heat as electricity; from here on the heat itself is electric.
ELECTRIC_HEAT = 0.3


def owned(homes: NDArray[np.void]) -> dict[str, NDArray[np.bool_]]:
    """What each home truly has, (homes,) each."""
    heats = (homes["heat_thermal_kw"] > 0) & (homes["heat_kw_per_kw"] >= ELECTRIC_HEAT)
    return {
        "air_conditioner": homes["ac_thermal_kw"] > 0,
        "electric_heating": heats | (homes["heat_pump_kw"] > 0),
        "electric_water_heater": homes["tank_litres"] > 0,
        "electric_vehicle": homes["ev_kw"] > 0,
        "smart_thermostat": homes["smart_thermostat"] > 0,
    }


def per_offer_kwh(result: ReplicationResult) -> NDArray[np.float64] | None:
    """True expected response of each home per event and offer made (take-up included) [kWh]; None without an oracle."""
    if result.expectations is None:
        return None
    picked = np.maximum(result.answers.program, 0)
    impact = result.expectations[0][picked, np.arange(len(picked))]
    return np.asarray(impact * result.answers.probability, dtype=np.float64)


def explained_fraction(labels: NDArray[np.int64], value: NDArray[np.float64]) -> float:
    """Share of the variance of ``value`` over homes that lies between segments: 0 none, 1 all of it.

    Examples
    --------
    >>> explained_fraction(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 3.0, 3.0]))
    1.0
    >>> explained_fraction(np.array([0, 1, 0, 1]), np.array([1.0, 1.0, 3.0, 3.0]))
    0.0
    """
    total = float(((value - value.mean()) ** 2).sum())
    if total <= 0.0:
        return float("nan")
    between = sum(
        float(inside.sum()) * (float(value[inside].mean()) - float(value.mean())) ** 2
        for group in np.unique(labels) if (inside := labels == group).any()
    )  # fmt: skip
    return between / total


def truth_of_segment(result: ReplicationResult, inside: NDArray[np.bool_]) -> dict[str, float]:
    """The ``true_*`` columns of one segment's row in ``segments.csv``."""
    homes = result.world.population.homes
    row = {f"true_share_{name}": float(has[inside].mean()) for name, has in owned(homes).items()}
    row["true_enrolment_probability"] = float(result.answers.probability[inside].mean())
    value = per_offer_kwh(result)
    if value is not None:
        row["true_per_offer_impact_kwh"] = float(value[inside].mean())
        row["true_explained_fraction"] = explained_fraction(result.normalised.labels, value)
    return row
