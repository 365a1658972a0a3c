"""Annual electricity by end use in every region, as the table of docs/regions.md; and two real weather years.

``python benchmarks/end_uses.py [--homes 500]`` prints Markdown. The weather files are those of the folder that
``DRSIM_REFERENCE_DATA`` names; without it only the table is printed.
"""

from __future__ import annotations

import argparse

from scenarios.evidence.region_year import RegionYear, hot_days, region_year
from scenarios.evidence.rows_regions import US_WEIGHTS, WEATHER_YEARS, weather_year
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
    hot = hot_days(year)
    hours = f"{hot.peak_hour} | {hot.season_peak_hour}"
    return f"{hot.highest_degc:.1f} | {hot.evening_kw:.2f} | {hours} | {hot.slope_kw_per_k:.3f}"


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
    print("\n| weather | hottest ten days, degC | kW per home, 16-19 h | their peak hour | season's | kW/K, 16-20 h |")
    print("|---" * 6 + "|")
    for name in ("us_hot_dry", "us_hot_humid", "us_inland_california", "us_cold"):
        print(f"| `{name}`, drawn | {summer(years[name])} |")
    for name in WEATHER_YEARS:
        year = weather_year(name, seed=1, homes=homes)
        if year is not None:
            print(f"| {name} | {summer(year)} |")


if __name__ == "__main__":
    main()
