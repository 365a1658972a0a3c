"""``drsim import``: a meter export of any size into one store of reads, with a report of its quality."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from analysis.meter_data.ami_import import Imported, import_reads, salt_from
from analysis.meter_data.ami_sources import Layout
from analysis.meter_data.ami_store import MANIFEST, is_store
from drsim.errors import Problem, ScenarioError

REPORT = "report.html"


@dataclass(frozen=True, eq=False)
class ImportResult:
    """What ``drsim import`` leaves behind: the folder, and a summary of it."""

    folder: Path
    _facts: dict[str, object] = field(default_factory=dict)

    def summary(self) -> dict[str, object]:
        """Plain values for ``--json``."""
        return dict(self._facts)

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
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        message = f"{zone!r} is not a time zone; expected an IANA name, for example America/Chicago"
        raise ScenarioError(Problem("--zone", message)) from None
    folder = Path(out) if out is not None else Path("runs") / f"reads-{path.name.split('.')[0]}"
    _refuse_foreign(folder, path.name)
    salt = salt_from(Path(hash_ids)) if hash_ids is not None else None
    layout = Layout(zone, stamps, unit, dict(columns or {}), net)
    partial = folder.with_name(folder.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    try:
        found = import_reads(path, partial, layout, minutes, _path(customers), _path(programme), salt)
        facts = json.loads((partial / MANIFEST).read_text(encoding="utf-8"))
        notes = [f.message for f in found.findings if not f.premise]
        write_import_report(partial / REPORT, found, facts)
        if green_button is not None:
            _export(found, Path(green_button))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)  # nothing half-written stays
        raise
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
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


def _refuse_foreign(folder: Path, source: str) -> None:
    """Only this command's own earlier result for the same source may be replaced."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    same = is_store(folder) and json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("source") == source
    if not same:
        raise ScenarioError(Problem("--out", f"{folder} holds something else; choose an empty or new folder"))
