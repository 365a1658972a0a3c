"""Types of the front door; the names themselves are fetched when first used (see ``__init__.py``)."""

from scenarios.homes.home_day import home as home
from scenarios.loader import load_scenario as load
from scenarios.meter_files.segment_file import segment_file as segment
from scenarios.pipeline import RunResult
from scenarios.pipeline import run as run
from scenarios.schema.scenario import Scenario
from simulator.model import DemandResponseModel as DemandResponseModel

__version__: str
__all__ = ["DemandResponseModel", "RunResult", "Scenario", "home", "load", "run", "segment"]
