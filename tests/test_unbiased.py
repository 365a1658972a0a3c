"""With no response, estimators that theory calls unbiased are; the day-matching baseline is not, and that shows."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.unbiased import run


@pytest.mark.slow
def test_no_response_is_found_as_none_in_400_draws() -> None:
    made = run(400, 80)
    for name in ("randomised, kW a home", "log-ratio DiD, fraction"):
        effect, reported, rejects = made[name].T
        error = effect.std(ddof=1) / np.sqrt(len(effect))
        assert abs(effect.mean()) < 3 * error, name
        assert 0.025 <= rejects.mean() <= 0.075, name
        assert reported.mean() == pytest.approx(effect.std(ddof=1), rel=0.1), name
    assert made["10-in-10 alone, kW a home"][:, 2].mean() > 0.5
