"""Other household load models, each driven by a few lines of its own documented interface; see ``peers.py``.

Every script prints [household-days, processor seconds] last. Reading inputs and building objects is not counted where
the model lets the two be told apart, for it is not counted in the compiled path either.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """A package, what else its environment needs, what it models, its step here, and the script."""

    name: str
    models: str
    step: str
    script: str
    also: tuple[str, ...] = ()  # further arguments of pip install, one command each


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
_PYCITY = """
import json, time
from pycity_base.classes import environment, prices, timer, weather
from pycity_base.classes.demand import domestic_hot_water, electrical_demand, occupancy, space_heating
clock = timer.Timer(time_discretization=900, timesteps_total=35040)
place = environment.Environment(clock, weather.Weather(clock), prices.Prices())
begin = time.process_time()
people = occupancy.Occupancy(place, number_occupants=3)
electrical_demand.ElectricalDemand(place, method=2, total_nb_occupants=3, randomize_appliances=True,
                                   light_configuration=10, occupancy=people.occupancy)
domestic_hot_water.DomesticHotWater(place, t_flow=60, thermal=True, method=2, supply_temperature=20,
                                    occupancy=people.occupancy)
space_heating.SpaceHeating(place, method=1, living_area=146, specific_demand=166)
print(json.dumps([365, time.process_time() - begin]))
"""
_RAMP = """
import json, time
from ramp import UseCase, User
home = User(user_name="home", num_users=10)
for power, minutes, window in ((60, 300, [1080, 1440]), (120, 240, [960, 1440]), (900, 20, [360, 600]),
                               (2000, 45, [1020, 1200]), (500, 60, [480, 1200]), (1200, 60, [600, 1320])):
    home.add_appliance(number=1, power=power, num_windows=1, func_time=minutes, time_fraction_random_variability=0.2,
                       func_cycle=10, window_1=window, random_var_w=0.3)
home.add_appliance(number=1, power=100, num_windows=1, func_time=1440, func_cycle=30, window_1=[0, 1440], fixed="yes")
case = UseCase(users=[home], date_start="2024-06-01", date_end="2024-08-29")
begin = time.process_time()
case.generate_daily_load_profiles()
print(json.dumps([10 * 90, time.process_time() - begin]))
"""
_OCHRE = """
import datetime as dt, json, os, time
from ochre import Dwelling
from ochre.utils import default_input_path as inputs
home = Dwelling(
    name="home", start_time=dt.datetime(2018, 7, 1), time_res=dt.timedelta(minutes=15), duration=dt.timedelta(days=30),
    initialization_time=dt.timedelta(days=1), verbosity=1, save_results=False,
    hpxml_file=os.path.join(inputs, "Input Files", "bldg0112631-up11.xml"),
    hpxml_schedule_file=os.path.join(inputs, "Input Files", "bldg0112631_schedule.csv"),
    weather_file=os.path.join(inputs, "Weather", "USA_CO_Denver.Intl.AP.725650_TMY3.epw"),
)
begin = time.process_time()
home.simulate()
print(json.dumps([30, time.process_time() - begin]))
"""
#: Houses of the residential module with its own end-use schedules, a daily wave of temperature and sun.
_GRIDLABD = """
import json, math, os, tempfile, time
from gridlabd import DirectGridLabD
homes, days, step = 200, 14, %d
def wave(middle, swing, least=-1e9):
    return "".join(f" * {h} * * * {max(middle + swing * math.sin((h - 9) / 24 * 2 * math.pi), least):.1f};"
                   for h in range(24))
text = f'''
#set minimum_timestep={step}
clock {{ timezone MST+7; starttime '2024-07-01 00:00:00'; stoptime '2024-07-{1 + days} 00:00:00'; }}
module climate;
module residential {{
  implicit_enduses LIGHTS|PLUGS|CLOTHESWASHER|WATERHEATER|REFRIGERATOR|DRYER|DISHWASHER|RANGE|FREEZER; }}
module tape;
schedule outdoors {{{wave(90, 14)} }}
schedule sun {{{wave(0, 80, 0)} }}
object climate {{ name weather; latitude 33.4; longitude -112.0; temperature outdoors; humidity 0.2;
                  solar_direct sun; }}
'''
for k in range(homes):
    text += (f"object house {{ name h{k}; floor_area {1200 + 20 * (k %% 50)}; thermal_integrity_level NORMAL; "
             f"heating_system_type GAS; cooling_system_type ELECTRIC; cooling_setpoint {73 + k %% 8}; "
             f"heating_setpoint 60; object recorder {{ property total_load,air_temperature; interval 900; "
             f"file h{k}.csv; }}; }};\\n")
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("homes.glm", "w") as file:
        file.write(text)
    grid = DirectGridLabD()
    grid.load("homes.glm")
    begin = time.process_time()
    grid.run()
    seconds = time.process_time() - begin
    rows = [line.split(",") for line in open("h0.csv") if line.startswith("2024")][:-1]  # the last may be half written
    os.chdir("/")
warm = [float(row[2]) for row in rows]
assert len(rows) > 80 * days and all(50.0 < degf < 100.0 for degf in warm), "the houses did not live"
print(json.dumps([homes * days, seconds]))
"""
#: Version 3 fetches its data from GitHub; version 1.8 came with some, whose columns are renamed here.
_CITYLEARN = """
import json, pathlib, sys, tempfile, time
import pandas as pd
from citylearn.citylearn import CityLearnEnv
old = pathlib.Path(sys.prefix) / "old/citylearn/data/citylearn_challenge_2022_phase_1"
new, schema = pathlib.Path(tempfile.mkdtemp()), json.loads((old / "schema.json").read_text())
kinds = ("outdoor_dry_bulb_temperature", "outdoor_relative_humidity", "diffuse_solar_irradiance",
         "direct_solar_irradiance")
columns = {
    "weather.csv": [*kinds, *(f"{kind}_predicted_{k}" for kind in kinds for k in (1, 2, 3))],
    "pricing.csv": ["electricity_pricing", *(f"electricity_pricing_predicted_{k}" for k in (1, 2, 3))],
    "carbon_intensity.csv": ["carbon_intensity"],
}
home = ["month", "hour", "day_type", "daylight_savings_status", "indoor_dry_bulb_temperature",
        "average_unmet_cooling_setpoint_difference", "indoor_relative_humidity", "non_shiftable_load", "dhw_demand",
        "cooling_demand", "heating_demand", "solar_generation"]
columns |= {building["energy_simulation"]: home for building in schema["buildings"].values()}
for name, names in columns.items():
    pd.read_csv(old / name).set_axis(names, axis=1).fillna(0.0).to_csv(new / name, index=False)
schema["observations"] = {name: how for name, how in schema["observations"].items() if "predicted" not in name}
schema["root_directory"] = str(new)
(new / "schema.json").write_text(json.dumps(schema))
env = CityLearnEnv(str(new / "schema.json"), central_agent=True)
env.reset()
action = [[0.0] * env.action_space[0].shape[0]]
begin = time.process_time()
for _ in range(24 * 60):
    env.step(action)
print(json.dumps([60 * len(env.buildings), time.process_time() - begin]))
"""
_HOUSE = ("thermal envelope of two nodes, thermostat, scheduled end uses of a house, device control, electrical feeder "
          "(not used here); no people who decide")  # fmt: skip
PEERS = (
    Peer("richardsonpy", "occupancy, lighting, appliances; no building, thermostat or programme", "1 and 10 min",
         _RICHARDSON),
    Peer("pycity-base", "richardsonpy, hot water, heat by a standard profile; no thermostat or programme", "15 min",
         _PYCITY),
    Peer("rampdemand", "seven appliances in time windows; no building or programme", "1 min", _RAMP),
    Peer("ochre-nrel", "detailed envelope, HVAC, water heating of one dwelling, schedules from a file, device control; "
         "no people who decide", "15 min", _OCHRE, ("pyarrow<19",)),
    Peer("gridlabd", _HOUSE, "15 min", _GRIDLABD % 900),
    Peer("gridlabd", _HOUSE, "1 min", _GRIDLABD % 60),
    Peer("citylearn", "battery and panels on loads from a file, an environment for controllers; no people", "1 h",
         _CITYLEARN, ("--no-deps --target {environment}/old citylearn==1.8.0",)),
)  # fmt: skip
