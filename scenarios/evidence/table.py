"""The rows of the evidence table, the verdicts, and what ``drsim evidence`` prints and writes.

A row is a function without arguments that gives its :class:`Fact` list; add it to ``ROWS``, and to ``REQUIRED`` once
the command must fail without it. Rows that no function can run yet are printed as ``not yet``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from scenarios.evidence.facts import Fact
from scenarios.evidence.rows_london import row_1, row_2, row_3, row_4, row_5, row_17
from scenarios.evidence.rows_physics import row_18, row_19
from scenarios.evidence.rows_regions import row_7, row_8, row_9, row_20
from scenarios.evidence.rows_trials import ROWS as ROWS_TRIALS

ROWS: dict[int, Callable[[], list[Fact]]] = {
    1: row_1,
    2: row_2,
    3: row_3,
    4: row_4,
    5: row_5,
    7: row_7,
    8: row_8,
    9: row_9,
    17: row_17,
    18: row_18,
    19: row_19,
    20: row_20,
    **ROWS_TRIALS,
}
#: Rows that a resolved issue names; the others print their verdict and do not fail the command.
REQUIRED = (1, 2, 3, 4, 5, 7, 8, 9, 17, 18, 19, 20)
SUBJECTS = {
    1: "level and mean day, London",
    2: "diversity, London",
    3: "peakiness and memory of a home, London",
    4: "day shapes, London",
    5: "concentration, London",
    6: "dynamic time-of-use, London volunteers",
    7: "end-use shares, US homes",
    8: "heating and cooling in a hot summer",
    9: "evenings against outdoor temperature, Sydney",
    10: "critical peak pricing",
    11: "peak cut against the price ratio over pilots",
    12: "default against opt-in",
    13: "reward against plain offer",
    14: "thermostat programme",
    15: "requests and payments over a season",
    16: "short notice",
    17: "paid with no response, London",
    18: "one home's setback: shed, rebound, return",
    19: "time step against one minute",
    20: "summers of real weather, Austin and Phoenix",
}


def frame(facts: Sequence[Fact]) -> pd.DataFrame:
    """The table: fact, target, tolerance, simulated, range over draws, real, verdict, role, source."""
    return pd.DataFrame({
        "row": [f.row for f in facts], "fact": [f.name for f in facts], "target": [f.target for f in facts],
        "tolerance": [f.tolerance for f in facts], "simulated": [f.simulated for f in facts],
        "low": [f.low for f in facts], "high": [f.high for f in facts], "real": [f.real for f in facts],
        "verdict": [f.verdict for f in facts], "role": [f.role for f in facts], "source": [f.source for f in facts],
    })  # fmt: skip


def _number(value: float | None) -> str:
    if value is None or value != value:
        return "-"
    return "-" if value in (float("inf"), float("-inf")) else f"{value:.3f}"


def markdown(facts: Sequence[Fact]) -> str:
    """The table as Markdown, for ``docs/validation.md``."""
    lines = ["| row | fact | target | tolerance | simulated | range over draws | real | role | verdict |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for f in facts:
        spread = "-" if f.low is None else f"{_number(f.low)} to {_number(f.high)}"
        cells = [str(f.row), f.name, _number(f.target), _number(f.tolerance), _number(f.simulated), spread,
                 _number(f.real), f.role, f.verdict]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _print(facts: Sequence[Fact], chosen: Sequence[int]) -> None:
    print(f"{'row':>3}  {'fact':<72}{'target':>9}{'+-':>8}{'simulated':>11}{'real':>9}  {'role':<10}verdict")
    for f in facts:
        figures = f"{_number(f.target):>9}{_number(f.tolerance):>8}{_number(f.simulated):>11}{_number(f.real):>9}"
        print(f"{f.row:>3}  {f.name:<72}{figures}  {f.role:<10}{f.verdict}")
    for row in chosen:
        if not any(f.row == row for f in facts):
            print(f"{row:>3}  {SUBJECTS[row]:<72}{'not run' if row in ROWS else 'not yet':>9}")


def run_evidence(rows: tuple[int, ...] = (), out: Path | None = None, two_sample: bool = False) -> int:
    """Run rows (all that can be run when none is named), print and, with ``out``, write them.

    ``out`` receives ``evidence.csv``, ``evidence.md`` and a page of figures, ``evidence.html``. Returns 1 when a
    required row fails, 2 when a row cannot be run.
    """
    unknown = [row for row in rows if row not in ROWS]
    if unknown:
        print(f"evidence rows {unknown} can not be run yet; expected some of {sorted(ROWS)}", file=sys.stderr)
        return 2
    chosen = rows or (() if two_sample else tuple(sorted(ROWS)))
    facts = [fact for row in chosen for fact in ROWS[row]()]
    if chosen:
        _print(facts, rows or tuple(SUBJECTS))
    found = None
    if two_sample:
        from scenarios.evidence.two_sample import print_london

        found = print_london()
    if out is not None:
        from scenarios.evidence.page import write_page

        out.mkdir(parents=True, exist_ok=True)
        frame(facts).to_csv(out / "evidence.csv", index=False)
        (out / "evidence.md").write_text(markdown(facts), encoding="utf-8")
        write_page(out / "evidence.html", facts, found)
    return 1 if any(f.verdict == "FAIL" and f.row in REQUIRED for f in facts) else 0
