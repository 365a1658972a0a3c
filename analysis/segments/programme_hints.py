"""Which programme a segment's load suggests, and what it might give: published responses times the segment's load.

A hint, not a forecast. The load comes from the reads; what share of it people and devices give up comes from trials
elsewhere, as a low and a high. Nothing here has seen this utility's customers respond to anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.segments.labels import HEATING_SLOPE_KW_PER_DEGC

#: A mean weather-driven share of the window's demand from here on suggests thermostats.
WEATHER_SHARE = 0.20
#: (A slope on the cold below :data:`analysis.segments.labels.HEATING_SLOPE_KW_PER_DEGC` is not taken for heating.)
#: Segments that use less than this part of the mean home in the window are not worth an enrolment.
SMALL_PART = 0.5
#: Share of days with a night charge, or with a timed rise, from which a segment's night load is named.
NIGHT_LOAD = 0.15
Z95 = 1.96


@dataclass(frozen=True)
class Hint:
    """One programme: which load it acts on, and the part of it that enrolled homes give up in an event.

    ``low`` and ``high`` are fractions; ``source`` says where they come from, ``verified`` whether that was read.
    """

    programme: str
    acts_on: str
    low: float
    high: float
    source: str
    verified: bool


HINTS = {
    "thermostat": Hint(
        "thermostat setback", "weather-driven demand in the window", 0.30, 0.60,
        "one vendor's two-hour events cut air-conditioner runtime by 56 %; low end for longer events and overrides is "
        "an assumption", False,
    ),
    "rebate": Hint(
        "peak-time rebate or critical-peak price", "all demand in the window", 0.05, 0.20,
        "US smart grid pilots: critical-peak prices without technology cut 20 %; the low end, for rebates, is an "
        "assumption", False,
    ),
    "message": Hint(
        "message only", "all demand in the window", 0.01, 0.03,
        "independent evaluations of messages alone, as recalled", False,
    ),
}  # fmt: skip


def suggest(features: pd.DataFrame, labels: np.ndarray[tuple[int], np.dtype[np.int64]], k: int) -> pd.DataFrame:
    """A programme for each segment with its expected reduction per enrolled home.

    Parameters
    ----------
    features : :meth:`analysis.shapes.load_shapes.LoadShapes.features`, with the columns of
        :meth:`analysis.shapes.profiles.Profiles.features` beside them if known; one row per home
    labels : (homes,) segment of each home
    k : number of segments

    Returns
    -------
    DataFrame
        ``segment, programme, acts_on, kw_low, kw_high, load_kw, why``. The interval runs from the low response on the
        lower end of the 95 % interval of the segment's mean load to the high response on its upper end.
    """
    overall = float(features["hot_event_kw"][labels >= 0].mean())
    rows = []
    for segment in range(k):
        homes = features[labels == segment]
        share = homes["weather_sensitive_share"]
        driven = homes["hot_event_kw"] * share
        slope = homes["cooling_slope_kw_per_degc"].mean(), homes["heating_slope_kw_per_degc"].mean()
        steep = slope[0] >= slope[1] or slope[1] >= HEATING_SLOPE_KW_PER_DEGC
        if share.notna().any() and float(share.mean()) >= WEATHER_SHARE and steep:
            hint, load = HINTS["thermostat"], driven
            why = f"{100 * float(share.mean()):.0f} % of its demand in the window follows the weather"
        elif float(homes["hot_event_kw"].mean()) >= SMALL_PART * overall:
            hint, load = HINTS["rebate"], homes["hot_event_kw"]
            why = "its demand in the window follows the weather too little for thermostats to be worth it"
            if not share.notna().any():
                why = "no temperature was given, so only habits can be asked for"
        else:
            hint, load = HINTS["message"], homes["hot_event_kw"]
            why = f"it uses under {100 * SMALL_PART:.0f} % of the mean home's demand in the window"
        mean, error = float(load.mean()), Z95 * float(load.std(ddof=1)) / np.sqrt(max(len(load), 1))
        error = 0.0 if np.isnan(error) else error
        rows.append((segment, hint.programme, hint.acts_on, max(0.0, mean - error) * hint.low,
                     (mean + error) * hint.high, mean, why + _night(homes)))  # fmt: skip
    names = ["segment", "programme", "acts_on", "kw_low", "kw_high", "load_kw", "why"]
    return pd.DataFrame(rows, columns=names)


def _night(homes: pd.DataFrame) -> str:
    """What the signatures add: loads that a price for the hour, not an event, would move."""
    if "night_charging_share" not in homes:
        return ""
    said = []
    if float(homes["night_charging_share"].mean()) >= NIGHT_LOAD:
        said.append("large night charges (managed charging or a night price keeps them there)")
    elif float(homes["timed_load_share"].mean()) >= 2 * NIGHT_LOAD:
        said.append("a timed load at night (water or storage heating: load control moves it)")
    if float(homes["solar_share"].mean()) >= NIGHT_LOAD:
        said.append("middays that look like solar")
    return "; " + "; ".join(said) if said else ""
