"""Published trials as files: what was found, what counts as reproduced, and the same estimator on simulated meters.

A file may set only what its publication reports (``spec.py`` is the allow-list); every behavioural number comes from
the one parameter file. ``roles.yaml`` names, beforehand, the trials that may be used for fitting.
"""

from scenarios.trials.results import run_trials

__all__ = ["run_trials"]
