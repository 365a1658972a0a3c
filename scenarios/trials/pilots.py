"""Two dozen small simulated pilots laid out as the literature is, for the slope of peak cut on the price ratio.

Time-of-use pilots at 2:1 to 4:1 every workday, critical-peak pilots at 5:1 to 12:1 on about 12 days, in four regions,
each with its own recruitment. Every pilot randomises its volunteers and uses the trial's estimator.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scenarios.trials.run import run_trial
from scenarios.trials.spec import Trial

REGIONS = ("us_inland_california", "us_hot_dry", "us_hot_humid", "us_cold")
TOU_RATIOS, CPP_RATIOS = (2.0, 3.0, 4.0), (5.0, 8.0, 12.0)
HOMES = 250


def pilot(region: str, ratio: float, standing: bool) -> Trial:
    """One pilot: volunteers split in three - a control, a price, a price and a thermostat that follows it."""
    usual, other = 0.14, 0.12
    price = {"other_usd_per_kwh": other, "usual_usd_per_kwh": usual, "peak_usd_per_kwh": ratio * other}
    kind = {"kind": "time_of_use", "window_local": "16:00-19:00"} if standing else {"kind": "critical_peak_pricing"}
    return Trial.model_validate(
        {
            "title": f"{region} {ratio:g}:1", "found": "-", "source": "-", "region": region, "homes": HOMES,
            "season": {"start": "2012-06-15", "end": "2012-08-31"}, "design": "randomised_volunteers",
            "technology": {"air_conditioner": 0.9, "smart_thermostat": 0.0},
            "events": {"kind": "every_workday" if standing else "hottest_days", "at_most": 12},
            "groups": {
                "manual": {"program": {**kind, **price}},
                "thermostat": {"equipped": True, "program": {**kind, **price, "tech": True}},
            },
            "reproduced_if": [{"measure": "manual.per_enrolled_fraction", "published": 0, "low": 0, "high": 1}],
        }
    )  # fmt: skip


@cache
def pilots() -> tuple[tuple[str, float, float, float], ...]:
    """(region, ratio, cut without technology, cut with a thermostat) of all 24 pilots."""
    found = []
    for r, region in enumerate(REGIONS):
        for n, ratio in enumerate((*TOU_RATIOS, *CPP_RATIOS)):
            out = run_trial(pilot(region, ratio, ratio in TOU_RATIOS), replication=10 * r + n)
            found.append((region, ratio, out["manual.per_enrolled_fraction"], out["thermostat.per_enrolled_fraction"]))
    return tuple(found)


def slopes() -> dict[str, float]:
    """Least-squares slopes on ln(ratio): across pilots without and with technology, and inside one population.

    The last is critical-peak pricing at every ratio in one region with the same homes and dice.
    """
    table = pilots()
    x = np.log([row[1] for row in table])
    inside = [
        run_trial(pilot(REGIONS[0], ratio, False), replication=99)["manual.per_enrolled_fraction"]
        for ratio in (2.0, 4.0, 8.0, 12.0)
    ]
    return {
        "manual": float(np.polyfit(x, [row[2] for row in table], 1)[0]),
        "thermostat": float(np.polyfit(x, [row[3] for row in table], 1)[0]),
        "inside": float(np.polyfit(np.log([2.0, 4.0, 8.0, 12.0]), inside, 1)[0]),
    }
