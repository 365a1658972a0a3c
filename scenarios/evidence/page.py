"""``evidence.html``: the table and the figures, self-contained."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from scenarios.evidence import figures
from scenarios.evidence.facts import LONDON, SEEDS, Fact
from scenarios.evidence.london import real_year, simulated_year
from scenarios.evidence.table import frame
from scenarios.evidence.two_sample import AUC_AIM, TwoSample

_STYLE = """body{font:15px/1.5 sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#1a1a1a}
table{border-collapse:collapse;font-size:13px}td,th{padding:.25em .6em;border-bottom:1px solid #ddd;text-align:left}
svg{max-width:100%;height:auto}.FAIL{font-weight:bold;color:#9c1c1c}figure{margin:2em 0}"""


def _table(facts: Sequence[Fact]) -> str:
    table = frame(facts)
    shown = table.round(3).astype(object).where(table.notna(), "-")
    head = "".join(f"<th>{escape(str(c))}</th>" for c in shown)
    body = "".join(
        f'<tr class="{row.verdict}">' + "".join(f"<td>{escape(str(v))}</td>" for v in row[1:]) + "</tr>"
        for row in shown.itertuples()
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _two_sample(found: TwoSample) -> str:
    words = (
        f"<p>Boosted trees on weekly features of one home tell {found.homes[1]} simulated from {found.homes[0]} "
        f"real homes with AUC {found.auc:.3f} (aim {AUC_AIM:.2f} or less); two random halves of the real homes "
        f"with {found.auc_halves:.3f}.</p>"
    )
    return f"<h2>Two-sample check</h2>{words}{found.tells.head(12).round(3).to_html(index=False, border=0)}"


def write_page(path: Path, facts: Sequence[Fact], found: TwoSample | None) -> None:
    """Write the page; without reference data the figures show the simulated side alone."""
    sides: figures.Sides = [("simulated", figures.SIMULATED, simulated_year(seed=SEEDS[0]))]
    real = real_year()
    if real is not None:
        sides.append(("real", figures.REAL, real))
    drawn = "".join(
        f"<figure>{d.inline}<figcaption>{escape(d.caption)}</figcaption></figure>" for d in figures.draw_all(sides)
    )
    beside = f"Real: {LONDON}." if real is not None else "The London meters are not there; simulated homes alone."
    parts = [f"<h1>Evidence</h1><p>{escape(beside)}</p>", _table(facts) if facts else ""]
    parts += [_two_sample(found) if found is not None else "", "<h2>Figures</h2>", drawn]
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Evidence</title><style>{_STYLE}</style>'
    path.write_text(text + "".join(parts) + "</html>\n", encoding="utf-8")
