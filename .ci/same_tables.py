"""Whether finished runs of one scenario, on several Pythons, hold the same tables: python same_tables.py RUN RUN...

Prints, for every run after the first, how many of its tables are equal byte for byte, and the largest relative
difference of a number in the others. Words, whole numbers and the order of rows have to be equal, other numbers to
``DIGITS`` significant digits (a difference of numbers that should be equal is relative to the larger one, or to
1e-6 where both are smaller). Exit code 1 where they are not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DIGITS = 9
SMALLEST = 1e-6


def difference(left: Path, right: Path) -> float:
    """Largest relative difference of two tables' numbers; infinite where anything else differs."""
    if left.read_bytes() == right.read_bytes():
        return 0.0
    read = pd.read_csv if left.suffix == ".csv" else pd.read_parquet
    a, b = read(left), read(right)
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return float("inf")
    worst = 0.0
    for name in a.columns:
        if not (a[name].dtype.kind == b[name].dtype.kind == "f"):
            if not a[name].equals(b[name]):
                return float("inf")
            continue
        x, y = (t[name].to_numpy(np.float64) for t in (a, b))
        if (np.isnan(x) != np.isnan(y)).any():
            return float("inf")
        apart = np.abs(x - y) / np.maximum(np.maximum(np.abs(x), np.abs(y)), SMALLEST)
        worst = max(worst, float(np.nanmax(apart, initial=0.0)))
    return worst


def main(runs: list[Path]) -> int:
    first, bad = runs[0], False
    names = sorted(p.name for p in first.iterdir() if p.suffix in (".csv", ".parquet"))
    assert len(names) >= 8, f"{first} has only {names}"
    for run in runs:
        found = json.loads((run / "manifest.json").read_text())["versions"]
        said = ", ".join(f"{name} {found[name]}" for name in ("python", "numpy", "pandas", "numba", "scikit-learn"))
        if run == first:
            print(f"tables of {said}: compared with")
            continue
        assert sorted(p.name for p in run.iterdir() if p.suffix in (".csv", ".parquet")) == names, "other tables"
        apart = {name: difference(first / name, run / name) for name in names}
        equal = sum((first / name).read_bytes() == (run / name).read_bytes() for name in names)
        worst = max(apart, key=lambda name: apart[name])
        print(f"  {said}: {equal} of {len(names)} byte for byte, largest difference {apart[worst]:.1e} ({worst})")
        bad |= apart[worst] > 10.0**-DIGITS
    print(f"equal to {DIGITS} digits: {'NO' if bad else 'yes'} ({len(runs)} runs)")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main([Path(word) for word in sys.argv[1:]]))
