"""Stylised facts: what must emerge, checked by a command and shown pass or fail."""

from scenarios.evidence.table import run_evidence

__all__ = ["run_evidence"]
