"""Annual electricity by end use in every region, as the table of docs/regions.md; and two real weather years.

``python benchmarks/end_uses.py [--homes 500]`` prints Markdown. The weather files are those of the folder that
``DRSIM_REFERENCE_DATA`` names; without it only the table is printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from scenarios.evidence.london import reference_folder
from scenarios.evidence.region_year import RegionYear, region_year
from scenarios.evidence.rows_regions import US_WEIGHTS
from simulator.parameters.tables import region_names

#: Columns of the table: a name and the end uses it holds.
GROUPS = {
    "cooling": ("air_conditioner", "fans"),
    "heating": ("space_heater", "plug_heater"),
    "hot water": ("water_heater",),
    "cold": ("refrigerator",),
    "kitchen": ("cooking", "dishwasher"),
    "laundry": ("clothes_washer", "dryer"),
    "light": ("lighting",),
    "screens": ("electronics",),
    "standby": ("standby",),
    "EV": ("ev_charger",),
    "pool": ("pool_pump",),
}


def shares(annual_kwh: dict[str, float]) -> list[str]:
    """Percent of the year's use in each group, in the order of ``GROUPS``."""
    total = sum(annual_kwh.values())
    return [f"{100 * sum(annual_kwh.get(use, 0.0) for use in uses) / total:.0f}" for uses in GROUPS.values()]


def summer(year: RegionYear) -> str:
    """Load on the ten hottest days, the hour of its peak, and the evening's slope on temperature."""
    top = np.nanmax(year.hourly_degc, axis=1)
    hottest = np.argsort(-top)[:10]
    load = year.hourly_kw[hottest].mean(axis=0)
    warm = top > 26.0
    slope = np.polyfit(year.hourly_degc[warm][:, 16:20].mean(1), year.hourly_kw[warm][:, 16:20].mean(1), 1)[0]
    return f"{top[hottest].mean():.1f} | {load[16:19].mean():.2f} | {int(load.argmax())} | {slope:.3f}"


def main() -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--homes", type=int, default=500)
    homes = arguments.parse_args().homes
    years = {name: region_year(name, homes=homes) for name in region_names()}
    print("| region | kWh/year | " + " | ".join(GROUPS) + " |\n|---" + "|---" * (len(GROUPS) + 1) + "|")
    for name, year in years.items():
        annual = year.annual_kwh()
        print(f"| `{name}` | {sum(annual.values()):.0f} | " + " | ".join(shares(annual)) + " |")
    us = {
        use: sum(w * years[name].annual_kwh()[use] for name, w in US_WEIGHTS.items())
        for use in next(iter(years.values())).annual_kwh()
    }
    print(f"| US homes, weighted | {sum(us.values()):.0f} | " + " | ".join(shares(us)) + " |")
    print("\n| weather | hottest ten days, degC | kW per home, 16-19 h | peak hour | kW/K, 16-20 h |")
    print("|---" * 5 + "|")
    for name in ("us_hot_dry", "us_hot_humid", "us_inland_california", "us_cold"):
        print(f"| `{name}`, drawn | {summer(years[name])} |")
    for name, file in (("us_hot_humid", "austin_travis_amy2018.epw"), ("us_hot_dry", "phoenix_az_psmv3_60_tmy.csv")):
        path = Path(reference_folder()) / "weather" / file
        if path.is_file():
            print(f"| `{name}`, {file} | {summer(region_year(name, homes=homes, weather_file=path))} |")


if __name__ == "__main__":
    main()
