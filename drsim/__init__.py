"""drsim: simulate residential demand response, and compare ways of recruiting for it.

The front door. Names are fetched when first used, so that ``import drsim`` stays light:

- ``load(name_or_path, ...)``: a scenario, bundled or from a file
- ``run(scenario, ...)``: run it, given by name, path or object, and get the comparison
- ``segment(path, ...)``: segment a real smart-meter file
- ``home(region, premise, day, ...)``: look inside one home's day
- ``DemandResponseModel``: the world as a Mesa model
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

__all__ = ["DemandResponseModel", "RunResult", "Scenario", "home", "load", "run", "segment"]

_BEHIND = {
    "load": ("scenarios.loader", "load_scenario"),
    "run": ("scenarios.pipeline", "run"),
    "segment": ("scenarios.meter_files.segment_file", "segment_file"),
    "home": ("scenarios.homes.home_day", "home"),
    "RunResult": ("scenarios.pipeline", "RunResult"),
    "Scenario": ("scenarios.schema.scenario", "Scenario"),
    "DemandResponseModel": ("simulator.model", "DemandResponseModel"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("drsim")
    if name not in _BEHIND:
        raise AttributeError(f"module 'drsim' has no attribute {name!r}; it offers {', '.join(__all__)}")
    module, attribute = _BEHIND[name]
    _refuse_shadows()
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def _refuse_shadows() -> None:
    """A user's own ``analysis.py`` beside the script hides ours; say so instead of failing oddly later."""
    for room in ("scenarios", "simulator", "analysis"):
        spec = importlib.util.find_spec(room)
        if spec is None:
            raise ImportError(f"drsim's package '{room}' is not installed; reinstall drsim")
        if spec.submodule_search_locations is None:
            raise ImportError(
                f"{spec.origin} hides drsim's own package '{room}'; rename that file (and remove it from the "
                "folder Python starts in)"
            )
