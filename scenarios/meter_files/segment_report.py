"""The report of ``drsim segment``: one self-contained page about a meter file. It names no premise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.meter_data import quality
from analysis.meter_data.import_quality import RESOLUTION
from analysis.segments.criteria import favourites
from analysis.segments.programme_hints import HINTS
from scenarios.meter_files.segment_charts import bar_chart, nice_top, profile_chart
from scenarios.meter_files.segmented import SegmentedFile

METHOD_WORDS = {
    "kmeans": "k-means on mean working-day shapes, each divided by its day's energy",
    "gaussian_mixture": "a Gaussian mixture on the principal components of mean working-day shapes",
    "hierarchical": "Ward's hierarchical clustering of mean working-day shapes",
    "dictionary": "a dictionary of whole days (adaptive k-means, merged); homes with a like mix of days go together",
    "feature_tree": "a tree of thresholds on temperature slope, demand in the window and variability",
}
FINDING_TITLES = {
    quality.NEGATIVE: "premises with negative reads (set aside)",
    quality.STUCK_ZERO: "premises with zeros for over 48 hours (set aside)",
    quality.STUCK_VALUE: "premises with equal reads for over 48 hours (set aside)",
    quality.DUPLICATE: "premises with repeated reads",
    quality.OFF_GRID: "files with reads between the steps (set aside)",
    RESOLUTION: "premises not used: their interval does not fit",
    quality.LOW_COVERAGE: "premises not used: under half of their reads are usable",
}


def write_segment_report(path: Path, result: SegmentedFile) -> None:
    """Write the page for a segmented file."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    page = environment.get_template("segment_report.j2").render(
        result=result,
        used=int((result.segments.labels >= 0).sum()),
        no_shape=int((result.segments.labels < 0).sum()),
        segments=_segments(result),
        sizes=_sizes(result),
        criteria=result.segments.criteria.to_dict("records"),
        stability=_stability_words(result.segments.stability_ari),
        favourites=_favourite_words(result),
        seasons=_season_words(result),
        method=METHOD_WORDS[result.segments.method],
        hints=_hints(result),
        who=_who(result),
        sources=[hint for hint in HINTS.values() if hint.programme in set(result.hints()["programme"])],
        notes=[f.message for f in result.reads.findings if f.code in {quality.STAMPS, quality.UNIT}],
        quality=_quality(result),
        window=f"{result.event_hours[0]:02d}:00 to {result.event_hours[1]:02d}:00",
    )
    path.write_text(page, encoding="utf-8")


def _favourite_words(result: SegmentedFile) -> str:
    """Which number each index would choose alone: a warning against believing in any."""
    found = favourites(result.segments.criteria)
    if not found:
        return ""
    names = {"silhouette": "silhouette", "davies_bouldin": "Davies-Bouldin", "calinski_harabasz": "Calinski-Harabasz"}
    said = ", ".join(f"{names[name]} {k}" for name, k in found.items())
    if len(set(found.values())) == 1:
        return f"All three indices choose the same number ({said})."
    return f"The indices disagree: alone, they would choose {said}."


def _season_words(result: SegmentedFile) -> str:
    ari, kept = result.seasons
    if np.isnan(ari):
        return "There are not both winter and summer months to compare segments between."
    return (
        f"Segments of December to February and of June to August, found apart on the same homes, agree by {ari:.2f} "
        f"(adjusted Rand index); {100 * kept:.0f} % of the homes keep their winter segment in summer. Segments "
        "age: use those of the season the events are in."
    )


def _who(result: SegmentedFile) -> list[dict[str, object]]:
    """Rows of the table of members: what, kind, homes, and a share for each segment, "" where withheld."""
    return [
        {"what": str(row["column"]).replace("_", " "), "kind": str(row["kind"]), "homes": row["homes"],
         "shares": [row[str(s)] for s in range(result.segments.k)]}
        for row in result.who().to_dict("records")
    ]  # fmt: skip


def _hints(result: SegmentedFile) -> list[dict[str, object]]:
    hints = result.hints()
    return [
        {"label": result.segments.names[i], "homes": int(result.segments.sizes()[i]),
         **{str(key): value for key, value in row.items()}}
        for i, row in enumerate(hints.to_dict("records"))
    ]  # fmt: skip


def _segments(result: SegmentedFile) -> list[dict[str, object]]:
    labels, percent = result.segments.labels, 100.0 * result.shapes
    everyone = percent[labels >= 0].mean(axis=0)
    inside = [percent[labels == index] for index in range(result.segments.k)]
    top, step = nice_top(float(max(np.quantile(rows, 0.9, axis=0).max() for rows in inside)))
    out = []
    for row, rows in zip(result.table().to_dict("records"), inside, strict=True):
        chart = profile_chart(str(row["label"]), rows, everyone, result.event_hours, top, step)
        out.append({**{str(key): value for key, value in row.items()}, "chart": chart})
    return out


def _sizes(result: SegmentedFile) -> str:
    table = result.table()
    event_kw = table["homes"] * table["event_kw"]
    demand = event_kw / max(float(event_kw.sum()), 1e-9)
    rows = [
        (str(label), float(share), float(part))
        for label, share, part in zip(table["label"], table["share"], demand, strict=True)
    ]
    said = "; ".join(f"{label}: {100 * a:.0f} % of homes, {100 * b:.0f} % of demand" for label, a, b in rows)
    return bar_chart(rows, ("share of the homes", "share of the demand in the event window"), said)


def _stability_words(ari: float) -> str:
    """What a bootstrap adjusted Rand index means for a reader."""
    if ari >= 0.8:
        return "The segments are stable: other samples of these homes give almost the same ones."
    if ari >= 0.5:
        return "The cores of the segments are stable, their borders are soft: homes near one may go either way."
    return (
        "The segments are weakly determined: another sample of these homes would divide them differently. "
        "Treat them as a description of this file, not as kinds of household."
    )


def _quality(result: SegmentedFile) -> list[tuple[str, int, int]]:
    counts = quality.count_by_code(result.reads.findings)
    return [(title, *counts[code]) for code, title in FINDING_TITLES.items() if code in counts]
