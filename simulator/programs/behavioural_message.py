"""Behavioural message: people are asked to cut in an event; nobody is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from simulator.programs.base import Program


@dataclass(frozen=True, kw_only=True)
class BehaviouralMessage(Program):
    """Offer: messages. As a rule everybody gets them unless they say no, so ``default`` is True."""

    kind: ClassVar[str] = "behavioural_message"
    default: bool = True

    def commands(self) -> Mapping[str, float]:
        """People are asked; no kWh is worth more than usual."""
        return {"asks": 1.0}

    def describe(self) -> str:
        """For the report."""
        return f"people are asked by {self.channel} to use less in events"
