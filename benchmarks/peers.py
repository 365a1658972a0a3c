"""What a household-day costs in other models; a part of ``benchmarks/run.py``.

Each peer lives in a virtual environment of its own, ``FOLDER/<name>``; this makes them all (a few minutes, 3 GB):

    python benchmarks/peers.py FOLDER

They model other things than drsim does, so a figure says what a study costs, not who is better.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from figures import Figure
from peer_scripts import PEERS, Peer

REPEATS = 3


def rows(folder: Path | None) -> Iterator[Figure]:
    """Household-days per CPU-second of each peer that is installed below ``folder``: the median of three."""
    return (_measured(peer, folder) for peer in PEERS)


def _measured(peer: Peer, folder: Path | None) -> Figure:
    python = None if folder is None else folder / peer.name / "bin" / "python"
    if python is None or not python.exists():
        return Figure(f"{peer.name}: {peer.models}", "not installed")
    ask = f"import importlib.metadata as m, platform; print(m.version('{peer.name}'), platform.python_version())"
    version, of_python = subprocess.run([str(python), "-c", ask], capture_output=True, text=True).stdout.split()
    what, rates = f"{peer.name} {version} (Python {of_python}): {peer.models}", []
    for _ in range(REPEATS):
        done = subprocess.run([str(python), "-W", "ignore", "-c", peer.script], capture_output=True, text=True)
        if done.returncode != 0:
            return Figure(what, f"failed: {done.stderr.strip().splitlines()[-1]}")
        said = [line for line in done.stdout.splitlines() if re.fullmatch(r"\[[0-9.]+, [0-9.e-]+\]", line)]
        days, seconds = json.loads(said[-1])  # some models print more after it
        rates.append(days / seconds)
    least, middle, most = (f"{rate:,.0f}" if rate >= 100.0 else f"{rate:.1f}" for rate in sorted(rates))
    return Figure(what, f"{middle} household-days a CPU-second at steps of {peer.step} ({least} to {most})")


def install(folder: Path) -> None:
    """Make every peer's environment below ``folder``."""
    for peer in {peer.name: peer for peer in PEERS}.values():
        environment = folder / peer.name
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        for wanted in (peer.name, *peer.also):
            arguments = wanted.format(environment=environment).split()
            subprocess.run([str(environment / "bin" / "pip"), "install", "-q", *arguments], check=True)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
