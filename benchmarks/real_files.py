"""Every real meter file of the reference data through ``drsim import`` and ``drsim segment``: what became of each.

    DRSIM_REFERENCE_DATA=../shared/data python benchmarks/real_files.py [DIR] [NAME...]

Each line says the exit code of both commands and what the file holds. A file must end in a report (exit code 0) or be
refused with its reasons counted (exit code 3); anything else is a failure, and the exit code here is 1. Stores and
reports stay in DIR (default ``runs/real_files``). The data are no part of this project.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from scenarios.cli import app

#: Glob beneath the reference data -> options of ``drsim import``.
FILES: dict[str, list[str]] = {
    "lcl/lcl_2013_wh.parquet": ["--zone", "Europe/London", "--customers", "lcl/households.csv"],
    "lcl/lcl_2013_messy_wh.parquet": ["--zone", "Europe/London", "--customers", "lcl/households_messy.csv"],
    "sgsc/sgsc_smart_meter10.csv.gz": ["--zone", "Australia/Sydney"],
    "ausgrid/ausgrid300_netload_weather_30min.csv": ["--zone", "Australia/Sydney", "--net", "--unit", "kw"],
    "greenbutton/*.xml": ["--zone", "America/Los_Angeles"],
}


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    file: str
    imported: int
    segmented: int | None  # None: not tried, nothing was imported
    said: str

    @property
    def good(self) -> bool:
        """A report, or a refusal that counts its reasons."""
        return self.imported in (0, 3) and self.segmented in (None, 0, 3) and bool(self.said)


def reference_files(data: Path, names: list[str]) -> list[tuple[Path, list[str]]]:
    """Files to try, with options; ``names`` picks by a part of the path."""
    found = []
    for pattern, options in FILES.items():
        beneath = [str(data / o) if (data / o).is_file() else o for o in options]
        found += [(path, beneath) for path in sorted(data.glob(pattern))]
    return [(path, options) for path, options in found if not names or any(n in str(path) for n in names)]


def through(path: Path, options: list[str], folder: Path) -> Outcome:
    """Import one file, then segment the store."""
    run = CliRunner().invoke
    store = folder / f"import-{path.name.split('.')[0]}"
    imported = run(app, ["import", str(path), *options, "--out", str(store), "--json"])
    if imported.exit_code != 0:
        return Outcome(path.name, imported.exit_code, None, " ".join(imported.output.split()))
    facts = json.loads(imported.stdout)
    lost = {name: n for name, n in facts["lost_reads"].items() if n}
    said = f"{facts['premises_used']} of {facts['premises']} premises, {facts['reads']:,} reads"
    said += f"; lost: {lost or 'nothing'}"
    out = folder / f"segment-{path.name.split('.')[0]}"
    segmented = run(app, ["segment", str(store), "--out", str(out), "--json"])
    if segmented.exit_code == 0:
        return Outcome(path.name, 0, 0, f"{said}; {len(json.loads(segmented.stdout)['segments'])} segments")
    return Outcome(path.name, 0, segmented.exit_code, f"{said}; {' '.join(segmented.output.split())}")


def main(folder: Path, names: list[str]) -> bool:
    """Print one line a file."""
    data = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data"))
    made = [through(path, options, folder) for path, options in reference_files(data, names)]
    for outcome in made:
        print(f"{outcome.file}: import {outcome.imported}, segment {outcome.segmented}: {outcome.said}")
    return bool(made) and all(outcome.good for outcome in made)


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs/real_files")
    sys.exit(0 if main(where, sys.argv[2:]) else 1)
