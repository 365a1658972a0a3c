"""Sentences that help a person correct a word or a value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

_LONGEST_VALUE = 60


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A closing clause such as ``; did you mean "households"?``, or ``""`` when nothing is close."""
    names = {name.lower(): name for name in known}
    close = get_close_matches(str(word).lower()[:200], list(names), n=1, cutoff=0.6)
    return f'; did you mean "{names[close[0]]}"?' if close else ""


def list_of(words: Iterable[str], last: str = "or", most: int = 12) -> str:
    """``a, b or c``; a long list is cut and says so."""
    shown = list(words)
    if len(shown) > most:
        return ", ".join(shown[:most]) + f" and {len(shown) - most} more"
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + f" {last} {shown[-1]}"


def shown(value: object) -> str:
    """A value as a person would have typed it in YAML: text in quotes, short, control characters escaped."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return f"{value:g}"
    if isinstance(value, int | float | date):
        return _short(str(value))
    if isinstance(value, dict):
        return (
            "empty" if not value else f"a mapping ({list_of([_short(str(key)) for key in value], 'and', 4)})"
        )
    if isinstance(value, list | tuple):
        return "an empty list" if not value else "a list (" + _short(", ".join(map(str, value))) + ")"
    return json.dumps(_short(str(value)), ensure_ascii=False)


def _short(text: str) -> str:
    cut = text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
    return cut.encode("unicode_escape").decode("ascii") if not cut.isprintable() else cut


def dotted(path: Iterable[object]) -> str:
    """``("arms", 2)`` as ``arms[2]``; ``("events", "dates")`` as ``events.dates``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else _short(str(part))
    return text
