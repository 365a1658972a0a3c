"""OpenDSM's hourly model on the meters that ``opendsm_export`` wrote; run in OpenDSM's own environment.

Nothing of drsim is imported here. Prints bias and CVRMSE of the evening's energy for OpenDSM and drsim's rules.
"""

import logging
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def main() -> None:
    """Fit each meter on the year without the days that drsim estimated, and predict those days."""
    from opendsm.eemeter import HourlyBaselineData, HourlyModel, HourlyReportingData

    folder, zone = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "Europe/London"
    facts = pd.read_csv(folder / "facts.csv", header=None, index_col=0)[1]
    reads = pd.read_csv(folder / "reads.csv", parse_dates=["start_utc"]).set_index("start_utc").tz_convert(zone)
    ours = pd.read_csv(folder / "drsim.csv")
    held_out = np.isin(reads.index.strftime("%Y-%m-%d"), ours["day"].unique())
    reads = reads.tz_convert("UTC")  # whole days of 24 hours
    whole = reads.groupby(reads.index.date)["degc"].transform("size") == 24
    fahrenheit = reads["degc"].interpolate(limit=6) * 1.8 + 32.0
    rows, began = [], time.process_time()
    for home in ours["home"].unique():
        frame = pd.DataFrame({"observed": reads[home].mask(held_out), "temperature": fahrenheit})[whole]
        frame.index.name = "datetime"
        try:
            data = HourlyBaselineData(frame, is_electricity_data=True)
            model = HourlyModel().fit(data, ignore_disqualification=True)
            later = HourlyReportingData(frame, is_electricity_data=True)
            made = model.predict(later, ignore_disqualification=True)["predicted"].tz_convert(zone)
        except Exception as error:  # a refusal is a result too
            print(f"{home}: OpenDSM refused: {type(error).__name__}: {error}")
            continue
        evening = made[(made.index.hour >= int(facts["first_hour"])) & (made.index.hour < int(facts["last_hour"]))]
        by_day = evening.groupby(evening.index.date).sum(min_count=3)
        for row in ours[(ours["home"] == home) & (ours["rule"] == ours["rule"].iloc[0])].itertuples():
            value = by_day.get(pd.Timestamp(row.day).date(), np.nan)
            rows.append(("opendsm_hourly", row.day, home, value, row.actual_kwh))
    print(f"OpenDSM fitted {len(ours['home'].unique())} meters in {time.process_time() - began:.0f} CPU s")
    both = pd.concat([pd.DataFrame(rows, columns=ours.columns), ours])
    both.to_csv(folder / "referee.csv", index=False)
    known = both.dropna().groupby(["day", "home"])["rule"].transform("nunique") == both["rule"].nunique()
    both = both.dropna()[known]
    for level, table in (("single homes", both[both["home"] != "mean"]), ("mean home", both[both["home"] == "mean"])):
        for rule, found in table.groupby("rule"):
            error = found["baseline_kwh"] - found["actual_kwh"]
            bias = error.sum() / found["actual_kwh"].sum()
            cvrmse = np.sqrt((error**2).mean()) / found["actual_kwh"].mean()
            said = f"bias {100 * bias:+6.1f} %  CVRMSE {100 * cvrmse:5.1f} %  ({len(found)} evenings)"
            print(f"{level:<13} {rule:<16} {said}")
    if "opendsm_hourly" not in set(both["rule"]):
        return
    wide = both[both["home"] != "mean"].pivot_table(index=["day", "home"], columns="rule", values="baseline_kwh")
    print("correlation of single-home estimates:", round(float(wide.corr().loc["opendsm_hourly", "time_of_week"]), 3))


if __name__ == "__main__":
    main()
