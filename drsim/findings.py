"""Data trouble is a value, not an exception: a coded finding about one premise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One observation about data quality; an empty ``premise`` means the whole table."""

    code: str
    premise: str
    message: str
    data: Mapping[str, object] = field(default_factory=dict)
