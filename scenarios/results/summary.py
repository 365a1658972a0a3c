"""The closing summary of a run: the answer with its interval, cost per kW, where the report is."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.pipeline import RunResult


def _interval(low: float, high: float, digits: int = 1) -> str:
    return "no interval" if math.isnan(low) else f"{low:.{digits}f} to {high:.{digits}f}"


def text_of(result: RunResult) -> str:
    """Plain text, one line an arm, called as the report calls it."""
    from scenarios.report.arms import arm as known  # only now: the report's package brings matplotlib

    scenario = result.scenario
    names = {arm: known(arm).name for arm in scenario.arms}
    wide = max(18, 2 + max(map(len, names.values())))
    lines = [scenario.question, ""]
    if result.headline:
        lines += [textwrap.fill(result.headline, 110), ""]
    lines.append(f"{'arm':<{wide}}{'peak reduction kW':>22}{'vs untargeted kW':>26}{'event kW':>10}{'USD per kW':>12}")
    for arm in scenario.arms:
        peak, cost = result.row(arm), result.row(arm, "usd_per_kw")["mean"]
        gain = "" if arm == "untargeted" or math.isnan(peak["diff_vs_untargeted"]) else (
            f"{peak['diff_vs_untargeted']:+.1f} ({_interval(peak['diff_ci_low'], peak['diff_ci_high'])})")  # fmt: skip
        shown = "not defined" if math.isnan(cost) else f"{cost:.0f}"
        value = f"{peak['mean']:.1f} ({_interval(peak['ci_low'], peak['ci_high'])})"
        event = result.row(arm, "event_reduction_kw")["mean"]
        lines.append(f"{names[arm]:<{wide}}{value:>22}{gain:>26}{event:>10.1f}{shown:>12}")
    lines += ["", f"Report: {result.folder / 'report.html'}   ({result.seconds:.1f} s)"]
    return "\n".join(lines)
