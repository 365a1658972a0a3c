"""The page ``drsim import`` leaves: what came in, what was set aside and why. It names no premise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.meter_data import quality
from analysis.meter_data.ami_import import Imported
from analysis.meter_data.greenbutton import ESTIMATED
from analysis.meter_data.import_quality import RESOLUTION
from analysis.segments.segmentation import SMALLEST_SEGMENT
from scenarios.meter_files.segment_charts import histogram_chart, month_chart

TITLES = {
    "gaps": "reads missing between a premise's first and last",
    "repeated": "reads given more than once (equal ones kept once)",
    "conflicting": "reads given more than once with different values (became gaps)",
    "unplaced": "reads in the hour of a clock change that could not be placed",
    "off_grid": "reads off the grid, or of an interval that does not fit",
    "incomplete": "reads of intervals that were read only in part",
    quality.NEGATIVE: "negative reads (set aside)",
    quality.STUCK_ZERO: "zeros for over 48 hours (set aside)",
    quality.STUCK_VALUE: "the same positive read for over 48 hours (set aside)",
    quality.CATCH_UP: "nothing for an hour or more, then all at once (set aside)",
}
REASONS = {
    quality.LOW_COVERAGE: "under half of the grid's reads are usable",
    RESOLUTION: "the interval does not fit the others'",
    ESTIMATED: "(used) some reads are marked as estimated",
}


def write_import_report(path: Path, found: Imported, facts: Mapping[str, Any]) -> None:
    """Write the page for an import."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True)  # fmt: skip
    premises = found.premises
    lost = [
        (title, int((premises[name] > 0).sum()), int(premises[name].sum()))
        for name, title in TITLES.items() if premises[name].sum()
    ]  # fmt: skip
    counts = quality.count_by_code(found.findings)
    used = premises[premises["used"].astype(bool)]
    page = environment.get_template("import_report.j2").render(
        facts=facts,
        days=f"{facts['intervals'] * facts['minutes'] / 1440:,.1f}",
        first=found.store.start_utc[0].tz_convert(found.store.zone).strftime("%Y-%m-%d %H:%M"),
        last=found.store.start_utc[-1].tz_convert(found.store.zone).strftime("%Y-%m-%d %H:%M"),
        notes=[f.message for f in found.findings if not f.premise],
        warnings=[f.message for f in found.findings if f.code in {"stamp_shift", "trough_at_odd_hour"}],
        lost=lost,
        reasons=[(title, counts[code][0]) for code, title in REASONS.items() if code in counts],
        coverage=histogram_chart(100.0 * premises["coverage"].to_numpy(dtype=np.float64), (0.0, 100.0), " %",
                                 "premises by share of the grid's reads that are usable"),
        many=len(used) >= SMALLEST_SEGMENT,
        fewest=SMALLEST_SEGMENT,
        use=_use_chart(used["kwh_per_day"].to_numpy(dtype=np.float64)),
        profile=_profile_chart(found),
        intervals=sorted(Counter(premises["minutes"].astype(int).tolist()).items()),
        register=_register(premises["register_step_wh"].to_numpy(dtype=np.float64)),
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")


def _use_chart(kwh: np.ndarray[Any, np.dtype[np.float64]]) -> Markup:
    top = 4.0 * float(np.ceil(max(np.quantile(kwh, 0.99), 1.0) / 4.0)) if len(kwh) else 4.0
    return histogram_chart(np.minimum(kwh, top), (0.0, top), " kWh", "premises used, by mean use a day")


def _profile_chart(found: Imported) -> Markup:
    """Mean home by local hour: January and July tell a wrong zone or a stamp on another clock."""
    local = found.store.start_utc.tz_convert(found.store.zone)
    hour, month = np.asarray(local.hour), np.asarray(local.month)
    kw = found.mean_kwh * 60.0 / found.store.minutes
    lines = []
    for name, months in (("December to February", (12, 1, 2)), ("June to August", (6, 7, 8))):
        inside = np.isin(month, months) & ~np.isnan(kw)
        if len(np.unique(hour[inside])) == 24:
            lines.append((name, np.array([kw[inside & (hour == h)].mean() for h in range(24)])))
    if not lines and len(np.unique(hour[~np.isnan(kw)])) == 24:
        lines.append(("all reads", np.array([np.nanmean(kw[hour == h]) for h in range(24)])))
    return month_chart(lines)


def _register(step_wh: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    known = step_wh[~np.isnan(step_wh)]
    if len(known) == 0:
        return "not known"
    return f"{np.median(known):g} Wh on the median premise, {known.max():g} Wh on the coarsest"
