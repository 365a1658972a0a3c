"""Other household load models, per household-day at a quarter-hour; a part of ``benchmarks/run.py``.

Each peer lives in a virtual environment of its own (``FOLDER/<name>``) and is driven by a few lines of its own
documented interface. They model other things than drsim does, so a ratio says what a study costs, not who is better.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from figures import Figure


@dataclass(frozen=True)
class Peer:
    """A package, what it models, and a script that prints [household-days, processor seconds]."""

    name: str
    models: str
    script: str


_RICHARDSON = """
import json, time
import richardsonpy.classes.electric_load as load
import richardsonpy.classes.occupancy as occupancy
import richardsonpy.functions.change_resolution as resolution
import richardsonpy.functions.load_radiation as radiation
direct, diffuse = (resolution.change_resolution(hourly, 3600, 900) for hourly in radiation.get_rad_from_try_path())
begin = time.process_time()
people = occupancy.Occupancy(number_occupants=3)
load.ElectricLoad(occ_profile=people.occupancy, total_nb_occ=3, q_direct=direct, q_diffuse=diffuse, timestep=900)
print(json.dumps([365, time.process_time() - begin]))
"""
_RAMP = """
import json, time
from ramp import UseCase, User
home = User(user_name="home", num_users=1)
for power, minutes, window in ((60, 300, [1080, 1440]), (120, 240, [960, 1440]), (900, 20, [360, 600]),
                               (2000, 45, [1020, 1200]), (500, 60, [480, 1200]), (1200, 60, [600, 1320])):
    home.add_appliance(number=1, power=power, num_windows=1, func_time=minutes, time_fraction_random_variability=0.2,
                       func_cycle=10, window_1=window, random_var_w=0.3)
home.add_appliance(number=1, power=100, num_windows=1, func_time=1440, func_cycle=30, window_1=[0, 1440], fixed="yes")
case = UseCase(users=[home], date_start="2024-06-01", date_end="2024-08-29")
begin = time.process_time()
case.generate_daily_load_profiles()
print(json.dumps([90, time.process_time() - begin]))
"""
_OCHRE = """
import datetime as dt, json, os, time
from ochre import Dwelling
from ochre.utils import default_input_path as inputs
begin = time.process_time()
home = Dwelling(
    name="home", start_time=dt.datetime(2018, 7, 1), time_res=dt.timedelta(minutes=15), duration=dt.timedelta(days=30),
    initialization_time=dt.timedelta(days=1), verbosity=1, save_results=False,
    hpxml_file=os.path.join(inputs, "Input Files", "bldg0112631-up11.xml"),
    hpxml_schedule_file=os.path.join(inputs, "Input Files", "bldg0112631_schedule.csv"),
    weather_file=os.path.join(inputs, "Weather", "USA_CO_Denver.Intl.AP.725650_TMY3.epw"),
)
home.simulate()
print(json.dumps([30, time.process_time() - begin]))
"""
PEERS = (
    Peer("richardsonpy", "occupancy, lighting and appliances at one minute; no building, no thermostat, no programme",
         _RICHARDSON),
    Peer("rampdemand", "seven appliances in time windows at one minute; no building, no programme", _RAMP),
    Peer("ochre-nrel", "detailed envelope, HVAC, water, EV, PV, battery of one dwelling, schedules read from a file; "
         "controllable, no people who decide", _OCHRE),
)  # fmt: skip


def rows(folder: Path | None) -> list[Figure]:
    """Household-days per CPU-second of each peer that is installed below ``folder``."""
    found = []
    for peer in PEERS:
        python = None if folder is None else folder / peer.name / "bin" / "python"
        if python is None or not python.exists():
            found.append(Figure(f"{peer.name}: {peer.models}", "not installed"))
            continue
        done = subprocess.run([str(python), "-c", peer.script], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            found.append(Figure(f"{peer.name}: {peer.models}", f"failed: {done.stderr.strip().splitlines()[-1]}"))
            continue
        days, seconds = json.loads(done.stdout.splitlines()[-1])
        found.append(Figure(f"{peer.name}: {peer.models}", f"{days / seconds:,.1f} household-days a CPU-second"))
    return found
