"""The quality record of imported premises: what each lost and why, and which can not be used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.meter_data import quality
from analysis.meter_data.ami_grid import NATIVE_MINUTES, Placed
from drsim.findings import Finding

SET_ASIDE = (quality.NEGATIVE, quality.STUCK_ZERO, quality.STUCK_VALUE, quality.CATCH_UP)
RESOLUTION = "disqualified_resolution"
REPEATED_TEXT = "{} reads are given more than once; equal ones were kept once, {} that differ became gaps"


def judge(
    placed: Placed, kwh: NDArray[np.float32], minutes: int, first: int, net: bool
) -> tuple[NDArray[np.float32], pd.DataFrame, list[Finding]]:
    """Set aside what can not be believed, and say of each premise whether and why it is used.

    Parameters
    ----------
    placed : the reads behind the rows
    kwh : (premises, intervals) [kWh] on the store's grid
    minutes, first : the grid's interval and its first second (UTC)
    net : negative reads are exports of a net meter, and stay

    Returns
    -------
    clean, table, findings
        The reads with gaps for what was set aside; one row per premise; findings by premise.
    """
    table = _measured(placed, kwh, minutes, first)
    clean, bad = quality.set_aside_bad_reads(kwh, minutes, placed.names, keep_negative=net)
    clean, stuck = quality.set_aside_stuck_values(clean, minutes, placed.names)
    clean, late = quality.set_aside_catch_ups(clean, minutes, placed.names)
    bad += [*stuck, *late]
    for code in SET_ASIDE:
        lost = {f.premise: f.data["reads"] for f in bad if f.code == code}
        table[code] = [int(str(lost.get(name, 0))) for name in placed.names]
    coverage = quality.coverage_fraction(clean)
    wrong = ~(np.isin(placed.minutes, NATIVE_MINUTES) & (minutes % np.maximum(placed.minutes, 1) == 0))
    out, low = quality.disqualify(np.where(wrong, 1.0, coverage), placed.names, bad)
    resolution = [
        Finding(RESOLUTION, placed.names[row], _resolution_text(int(placed.minutes[row]), minutes),
                {"minutes": int(placed.minutes[row])})
        for row in np.flatnonzero(wrong).tolist()
    ]  # fmt: skip
    repeated = [
        Finding(quality.DUPLICATE, name, REPEATED_TEXT.format(n, c), {"reads": int(n)})
        for name, n, c in zip(placed.names, table["repeated"], table["conflicting"], strict=True) if n
    ]  # fmt: skip
    reasons = {f.premise: f.message for f in [*low, *resolution]}
    table["coverage"] = coverage
    table["used"] = ~(out | wrong)
    table["reason"] = [reasons.get(name, "") for name in placed.names]
    return clean, table, [*repeated, *bad, *resolution, *low]


def _resolution_text(own: int, minutes: int) -> str:
    if own == 0:
        return "it has fewer than two reads"
    return f"its reads are {own} minutes apart, which does not divide the {minutes} minutes of the others"


def _measured(placed: Placed, kwh: NDArray[np.float32], minutes: int, first: int) -> pd.DataFrame:
    known = ~np.isnan(kwh)
    any_read = known.any(axis=1)
    begin = np.where(any_read, known.argmax(axis=1), 0)
    end = np.where(any_read, known.shape[1] - known[:, ::-1].argmax(axis=1), 0)
    present = known.sum(axis=1)
    per_day = 24 * 60 / minutes
    total = np.where(known, kwh, 0.0).sum(axis=1, dtype=np.float64)
    table = pd.DataFrame({"premise_id": placed.names, "minutes": placed.minutes})
    for name, at in (("first_utc", begin), ("last_utc", np.maximum(end - 1, 0))):
        table[name] = pd.to_datetime(np.where(any_read, first + at * 60 * minutes, 0), unit="s", utc=True)
    table = table.join(placed.counts)
    table["intervals"] = end - begin
    table["gaps"] = end - begin - present
    table["register_step_wh"] = [register_step_wh(row) for row in kwh]
    table["kwh_per_day"] = np.divide(total * per_day, present, out=np.zeros(len(total)), where=present > 0)
    table["max_kw"] = np.where(known, kwh, 0.0).max(axis=1, initial=0.0) * 60.0 / minutes
    return table


def register_step_wh(kwh: NDArray[np.float32], sample: int = 2000) -> float:
    """Smallest difference between two reads of a premise [Wh]: the resolution of its register.

    Examples
    --------
    >>> register_step_wh(np.array([0.1, 0.3, 0.2, 0.7], dtype=np.float32))
    100.0
    """
    wh = np.unique(np.rint(1e4 * kwh[~np.isnan(kwh)][:sample].astype(np.float64)))  # tenths of a Wh
    return float(np.diff(wh).min() / 10.0) if len(wh) > 1 else float("nan")


def summary(premises: pd.DataFrame, findings: Sequence[Finding]) -> dict[str, object]:
    """Totals for the manifest, the report and ``--json``."""
    used = premises["used"].astype(bool)
    counts = {code: {"findings": n, "reads": reads} for code, (n, reads) in quality.count_by_code(findings).items()}
    lost = {name: int(premises[name].sum()) for name in ("gaps", "repeated", "conflicting", "unplaced", "off_grid",
            "incomplete", *SET_ASIDE)}  # fmt: skip
    return {
        "premises": len(premises),
        "premises_used": int(used.sum()),
        "reads": int(premises["reads"].sum()),
        "lost_reads": lost,
        "findings": counts,
        "mean_kwh_per_day": float(premises.loc[used, "kwh_per_day"].mean()) if used.any() else float("nan"),
        "median_coverage": float(premises["coverage"].median()),
    }
