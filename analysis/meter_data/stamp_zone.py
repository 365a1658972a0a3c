"""Whether time stamps written as text name their own zone."""

from __future__ import annotations

import pandas as pd

_ZONE = r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$"


def tidy(stamps: pd.Series) -> pd.Series:
    """Stamps as text without blanks around them and with a capital Z, so that pandas sees the zone too.

    pandas 3 reads ``2024-07-10T20:00z`` and ``2024-07-10 20:00Z `` without a complaint and drops their zone.

    Examples
    --------
    >>> tidy(pd.Series([" 2024-07-10T20:00z "])).tolist()
    ['2024-07-10T20:00Z']
    """
    return stamps.astype(str).str.strip().str.replace(r"z$", "Z", regex=True)


def names_zone(stamps: pd.Series) -> bool:
    """Whether any stamp ends in a zone.

    Examples
    --------
    >>> names_zone(pd.Series(["2024-07-10T20:00z"])), names_zone(pd.Series(["2024-07-10 20:00"]))
    (True, False)
    """
    return bool(tidy(stamps).str.contains(_ZONE, regex=True).any())
