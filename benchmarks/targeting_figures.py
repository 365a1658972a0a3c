"""Every figure of docs/targeting.md, regenerated: each command, what it printed, and the table its run folder holds.

    python benchmarks/targeting_figures.py DIR            # all of them, more than an hour of CPU
    python benchmarks/targeting_figures.py DIR pilot map  # some, by name
    python benchmarks/targeting_figures.py list           # the commands, nothing is run

Writes ``DIR/targeting_figures.md``, which the page is then brought up to; a step that was run before (its file is in
DIR) is not run again. Exit code 1 when a command failed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd

ARMS_OF_CONTROL = "arms=[none, untargeted, segment_targeted, segment_absolute, segment_offers, placebo]"
FRONTIER = ["drsim", "frontier", "targeting_frontier", "--households", "600", "--replications", "10"]
#: Name -> command; ``{out}`` is the run folder. "control" and "recovery" end with exit code 1 where something misses.
STEPS: dict[str, list[str]] = {
    "pilot": ["drsim", "run", "pilot_then_target", "--replications", "6", "--out", "{out}"],
    "who_chooses": ["drsim", "run", "pilot_then_target", "--replications", "6", "--out", "{out}", "--set",
                    "menu.enrolment=[choice, default]", "--set",
                    "arms=[none, untargeted, load_ranked, uplift_targeted_sunk, oracle]"],
    "frontier": [*FRONTIER, "--budgets", "1500,3000,6000,12000", "--out", "{out}"],
    "map": [*FRONTIER, "--set", "budget_usd=2500", "--flip", "ac.share=0.3,0.6,0.9", "--flip", "contact_cost=2,10,25",
            "--set", "arms=[none, untargeted, load_ranked, segment_targeted]", "--out", "{out}"],
    "offers": ["drsim", "run", "segment_offers", "--replications", "8", "--out", "{out}", "--set",
               "arms=[none, untargeted, load_ranked, segment_targeted, segment_offers]"],
    "positive": ["drsim", "run", "positive_control", "--replications", "8", "--out", "{out}", "--set", ARMS_OF_CONTROL],
    "null": ["python", "benchmarks/controls.py", "null"],
    "independence": ["python", "benchmarks/controls.py", "independence"],
    "london": ["python", "benchmarks/london_targeting.py"],
    "recovery": ["python", "benchmarks/recovery.py", "2000", "100000"],
    "speed": ["python", "benchmarks/targeting_speed.py"],
    "classifiers": ["python", "benchmarks/targeting_speed.py", "1000000", "classifiers"],
}  # fmt: skip
MAY_MISS = ("null", "independence", "recovery")
SHOWN = ("event_reduction_kw", "peak_reduction_kw", "pilot_cost_usd")


def shown_command(command: list[str]) -> str:
    """As one would type it."""
    return " ".join(shlex.quote(part) for part in command if part not in ("--out", "{out}"))


def tables_of(folder: Path) -> str:
    """What a run folder says of each arm, as text."""
    said = []
    for name in ("frontier.csv", "break_even.csv", "flip_map.csv", "pilot.csv"):
        if (folder / name).is_file():
            table = pd.read_csv(folder / name)
            if name == "pilot.csv":
                table = table.mean(numeric_only=True).to_frame("mean over replications")
            said.append(f"{name}\n{table.round(3).to_string()}")
    if (folder / "comparison.csv").is_file():
        table = pd.read_csv(folder / "comparison.csv")
        columns = [c for c in table.columns if c not in ("unit", "replications")]
        picked = table[table["metric"].isin(SHOWN) | table["metric"].str.contains("oracle")]
        said.append(f"comparison.csv\n{picked[columns].round(3).to_string(index=False)}")
    return "\n\n".join(said)


def run_step(name: str, folder: Path) -> bool:
    """Run one command and keep what it printed; True when it ended well."""
    kept, out = folder / f"{name}.txt", folder / name
    if kept.is_file():
        return True
    beside = Path(sys.executable).parent
    command = [part.replace("{out}", str(out)) for part in STEPS[name]]
    command[0] = sys.executable if command[0] == "python" else str(beside / command[0])
    here = Path(__file__).resolve().parents[1]
    found = subprocess.run(
        command, cwd=here, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(here)}, check=False
    )
    text = found.stdout + ("\n" + tables_of(out) if out.is_dir() else "")
    good = found.returncode == 0 or (found.returncode == 1 and name in MAY_MISS and bool(found.stdout))
    if not good:
        print(f"{name}: exit code {found.returncode}\n{found.stderr[-2000:]}", file=sys.stderr)
        return False
    kept.write_text(text.rstrip() + "\n", encoding="utf-8")
    return True


def main(folder: Path, names: list[str]) -> bool:
    """Run the steps and write the page of figures."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    good = True
    for name in names or list(STEPS):
        good &= run_step(name, folder)
        parts = [
            f"## {n}\n\n```sh\n{shown_command(STEPS[n])}\n```\n\n```text\n{(folder / f'{n}.txt').read_text()}```\n"
            for n in STEPS
            if (folder / f"{n}.txt").is_file()
        ]
        (folder / "targeting_figures.md").write_text("\n".join(parts), encoding="utf-8")
    return good


if __name__ == "__main__":
    asked = sys.argv[1:]
    if not asked or any(a not in STEPS for a in asked[1:]):
        sys.exit(f"usage: python benchmarks/targeting_figures.py DIR [{' | '.join(STEPS)}]... | list")
    if asked == ["list"]:
        print("\n".join(f"{name}: {shown_command(command)}" for name, command in STEPS.items()))
        sys.exit(0)
    sys.exit(0 if main(Path(asked[0]), asked[1:]) else 1)
