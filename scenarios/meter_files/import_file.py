"""``drsim import``: a meter export of any size into one store of reads, with a report of its quality."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.meter_data.ami_import import Imported, import_reads, salt_from
from analysis.meter_data.ami_sources import Layout
from analysis.meter_data.ami_store import KIND, MANIFEST
from drsim.clock import known_zone
from scenarios.meter_files.folder import FolderResult, folder_for, written_whole

REPORT = "report.html"


@dataclass(frozen=True, eq=False)
class ImportResult(FolderResult):
    """What ``drsim import`` leaves behind."""

    def summary_text(self) -> str:
        """A few lines for the terminal."""
        facts = self._facts
        lost = {k: v for k, v in facts["lost_reads"].items() if v}  # type: ignore[attr-defined]
        lines = [
            f"{facts['premises_used']} of {facts['premises']} premises can be used; {facts['reads']:,} reads of "
            f"{facts['minutes']} minutes, {facts['mean_kwh_per_day']:.2f} kWh a day on average",
            "  lost: " + (", ".join(f"{name} {count:,}" for name, count in lost.items()) or "nothing"),
        ]
        lines += [f"  note: {note}" for note in facts["notes"]]  # type: ignore[attr-defined]
        return "\n".join([*lines, f"store:  {self.folder}", f"report: {self.folder / REPORT}"])


def import_file(
    path: str | Path,
    out: str | Path | None = None,
    zone: str = "Europe/London",
    stamps: Literal["start", "end"] = "start",
    unit: Literal["kwh", "wh", "kw"] | None = None,
    minutes: int | None = None,
    columns: Mapping[str, str] | None = None,
    net: bool = False,
    customers: str | Path | None = None,
    programme: str | Path | None = None,
    hash_ids: str | Path | None = None,
    green_button: str | Path | None = None,
) -> ImportResult:
    """Import a meter export; see ``drsim import --help`` for what each option states.

    Raises
    ------
    drsim.errors.ScenarioError
        Bad usage (exit code 2).
    drsim.errors.DataError
        Nothing can be used; the message counts the reasons (exit code 3).
    """
    from scenarios.meter_files.import_report import write_import_report

    path = Path(path)
    layout = Layout(known_zone(zone), stamps, unit, dict(columns or {}), net)
    folder = folder_for(KIND, path, out)
    salt = salt_from(Path(hash_ids)) if hash_ids is not None else None
    with written_whole(folder) as partial:
        found = import_reads(path, partial, layout, minutes, _path(customers), _path(programme), salt)
        facts = json.loads((partial / MANIFEST).read_text(encoding="utf-8"))
        notes = [f.message for f in found.findings if not f.premise]
        write_import_report(partial / REPORT, found, facts)
        if green_button is not None:
            _export(found, Path(green_button))
    return ImportResult(folder, {**facts, "notes": notes, "folder": str(folder)})


def _path(value: str | Path | None) -> Path | None:
    return None if value is None else Path(value)


def _export(found: Imported, folder: Path) -> None:
    """Every usable premise as a Green Button file of its own."""
    from analysis.meter_data.greenbutton_write import write_green_button

    folder.mkdir(parents=True, exist_ok=True)
    for part in found.store.parts():
        for row, premise in enumerate(part.premises):
            if not part.disqualified[row]:
                name = "".join(c if c.isalnum() or c in "-_" else "_" for c in premise)
                write_green_button(folder / f"{name}.xml", premise, part.start_utc, part.kwh[row], part.minutes,
                                   part.zone)  # fmt: skip
