"""Errors with a place, a value, what is allowed and the cure.

Exit codes: 1 a run failed, 2 bad usage or scenario, 3 unusable input data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: ``str()`` gives ``place: message``."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class DrsimError(Exception):
    """Base of every error a user may meet; ``exit_code`` is what the command line returns."""

    exit_code = 1


class ScenarioError(DrsimError):
    """The scenario (or the command's usage) is wrong; carries all problems at once."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(DrsimError):
    """Input data that cannot be used (an unreadable meter or weather file)."""

    exit_code = 3
