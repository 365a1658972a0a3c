"""Real London reads, planted responses: nothing is found where nothing is, and the arms that must win do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from london_targeting import load, one_draw, records_of

LONDON = Path(os.environ.get("DRSIM_REFERENCE_DATA", "../shared/data"))


@pytest.mark.slow
@pytest.mark.skipif(not (LONDON / "lcl" / "lcl_2013_wh.parquet").exists(), reason="the London reads are absent")
def test_every_arm_on_real_reads() -> None:
    london = load(LONDON)
    assert london is not None
    records = records_of(london, np.random.default_rng(0))
    draws = {family: [one_draw(london, records, family, s)[0] for s in range(8)] for family in
             ("proportional", "end_use", "random", "none")}  # fmt: skip
    mean = {f: {arm: float(np.mean([d[arm] for d in found])) for arm in found[0]} for f, found in draws.items()}
    assert all(gain == 0.0 for gain in mean["none"].values())
    for family in ("proportional", "end_use"):
        assert mean[family]["load_ranked"] > 0.4
        assert mean[family]["oracle"] >= max(mean[family].values()) - 1e-9
        assert abs(mean[family]["placebo"]) < 0.2
    for arm in ("bill_ranked", "load_ranked", "segment_targeted", "segment_absolute", "placebo"):
        assert abs(mean["random"][arm]) < 0.25  # reads know nothing of it
