"""Names a person understands for segments: when the load peaks, and what else the records show.

A name is a description for reports. Targeting never reads it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: A mean weather-sensitive share from here on is named.
WEATHER_SHARE = 0.20
#: A mean slope from here on is electric heating and not the dark months' lighting and cooking (assumption).
HEATING_SLOPE_KW_PER_DEGC = 0.05
COLD = ", higher when cold"
#: A shape within this factor of its mean all day is called flat.
FLAT_WITHIN = 1.35
#: A second peak counts when it stands this far above the day's mean ...
SECOND_PEAK = 1.15
#: ... and the load between the two falls to this fraction of the lower one.
TROUGH = 0.85

_BANDS = ((0, 5, "night use"), (5, 10, "morning peak"), (10, 16, "midday"), (16, 21, "evening peak"))


def name_segments(centres: NDArray[np.float64], means: pd.DataFrame | None = None) -> list[str]:
    """A distinct name for each segment.

    Parameters
    ----------
    centres : (k, 24) float64
        Mean shapes, normalised or in kW.
    means : DataFrame, optional
        Mean features per segment (:meth:`analysis.shapes.load_shapes.LoadShapes.features`), row = segment.

    Examples
    --------
    >>> import numpy as np
    >>> evening, even = np.full(24, 0.5), np.full(24, 0.5)
    >>> evening[17:21] = 2.0
    >>> name_segments(np.stack([evening, even]))
    ['evening peak', 'flat']
    """
    suffixes = [_weather_suffix(means, row) for row in range(len(centres))]
    if len(suffixes) > 1 and set(suffixes) == {COLD}:
        suffixes = [""] * len(suffixes)  # what is true of all tells none apart
    names = [_shape_name(centre) + suffix for centre, suffix in zip(centres, suffixes, strict=True)]
    return _distinct(names, centres, means)


def _smooth(shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """Three-hour circular mean over the daily mean: a lone spiky hour does not name a segment."""
    mean = shape.mean()
    if mean <= 0.0:
        return np.ones_like(shape)
    return np.asarray((np.roll(shape, 1) + shape + np.roll(shape, -1)) / (3.0 * mean))


def _peak_hour(centre: NDArray[np.float64]) -> int:
    return int(np.argmax(_smooth(centre)))


def _shape_name(centre: NDArray[np.float64]) -> str:
    profile = _smooth(centre)
    if profile.max() <= FLAT_WITHIN and profile.min() >= 1.0 / FLAT_WITHIN:
        return "flat"
    peak = int(np.argmax(profile))
    # EV charging and storage heat start around midnight, when a lived-in home goes quiet.
    if peak < 5 or (peak == 23 and profile[2] > 1.0):
        return "night use (possible EV)"
    if peak >= 21:
        return "late evening"
    if _two_peaks(profile):
        return "morning and evening"
    for begin, end, name in _BANDS:
        if begin <= peak < end:
            return name
    return "evening peak"


def _two_peaks(profile: NDArray[np.float64]) -> bool:
    morning = 5 + int(np.argmax(profile[5:11]))
    evening = 16 + int(np.argmax(profile[16:22]))
    low = profile[morning : evening + 1].min()
    lower = min(profile[morning], profile[evening])
    rises = profile[morning] > profile[max(morning - 2, 0)]
    return bool(rises and lower >= SECOND_PEAK and low <= TROUGH * lower)


def _weather_suffix(means: pd.DataFrame | None, row: int) -> str:
    if means is None or "weather_sensitive_share" not in means:
        return ""
    share = float(means["weather_sensitive_share"].iloc[row])
    if not share >= WEATHER_SHARE:  # also false for NaN: no temperature was given
        return ""
    cooling = float(means["cooling_slope_kw_per_degc"].iloc[row])
    heating = float(means["heating_slope_kw_per_degc"].iloc[row])
    if cooling >= heating:
        return " with cooling"
    # Lighting and cooking rise in the dark months too; only a steep slope is heating.
    return " with electric heating" if heating >= HEATING_SLOPE_KW_PER_DEGC else COLD


def _distinct(names: list[str], centres: NDArray[np.float64], means: pd.DataFrame | None) -> list[str]:
    """Tell equal names apart: by peak hour, else by how much they use, else by a number."""
    names = _add(names, [f"highest at {_peak_hour(centre)} h" for centre in centres])
    if means is not None and "mean_kwh_per_day" in means:
        use = means["mean_kwh_per_day"].to_numpy()
        names = _add(names, [f"{kwh:.0f} kWh/day" if np.isfinite(kwh) else "" for kwh in use])
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def _add(names: list[str], details: list[str]) -> list[str]:
    """Append the detail to each name that occurs more than once, where it tells at least two apart."""
    out = list(names)
    for name in set(names):
        rows = [i for i, other in enumerate(names) if other == name]
        if len({details[i] for i in rows}) > 1:
            for i in rows:
                out[i] = f"{name}, {details[i]}" if details[i] else name
    return out
