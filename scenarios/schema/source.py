"""From the bytes of a scenario file to plain values, each with the line and column it came from.

YAML 1.2 through ruamel.yaml (so ``17:00`` and ``NO`` are text). Whatever could make a file mean something
else than it shows is refused by name: tags, anchors, a second document, duplicate keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from drsim.errors import Problem
from scenarios.schema.suggestions import dotted, shown

MOST_BYTES = 1_000_000
DEEPEST = 16
MOST_SHOWN = 100  # problems of one file
Where = tuple[int, int]
Path = tuple[str | int, ...]


@dataclass
class Source:
    """Plain values of one file and where each key and value stands (1-based line and column).

    ``places`` of a path are (key, value) positions; a list item has the same position twice.
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, tuple[Where, Where]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path, of_key: bool = False) -> str:
        """``file:line:col`` of a value (or its key); of the nearest part that exists if it is missing."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                key, value = self.places[path[:length]]
                line, column = value if length == len(path) and not of_key else key
                return f"{self.name}:{line}:{column}"
        return f"{self.name}:1:1"

    def complain(self, where: Where, message: str) -> None:
        """Note a problem at a line and column."""
        if len(self.problems) == MOST_SHOWN:
            message = f"more is wrong from here on; the first {MOST_SHOWN} problems are shown."
        if len(self.problems) <= MOST_SHOWN:
            self.problems.append(Problem(f"{self.name}:{where[0]}:{where[1]}", message))


def read_source(name: str, raw: bytes) -> Source:
    """Read a scenario's bytes; what is wrong with them is in ``problems``, and ``data`` holds the rest."""
    source = Source(name)
    text = _text(source, raw)
    if text is None:
        return source
    try:
        if _only_plain_yaml(source, text):
            root = YAML(typ="rt", pure=True).compose(text)
            _take_root(source, root)
    except (YAMLError, ValueError, RecursionError) as error:
        source.complain(_where(error), _reason(error, text))
    return source


def read_value(text: str) -> object:
    """One YAML value given on the command line; raises ``ValueError`` with the reason."""
    source = read_source("", f"value: {text}\n".encode())
    if source.problems:
        raise ValueError(source.problems[0].message)
    if set(source.data) != {"value"}:
        raise ValueError("expected one value on one line")
    return source.data["value"]


def _text(source: Source, raw: bytes) -> str | None:
    if len(raw) > MOST_BYTES:
        source.complain(
            (1, 1), f"the file is larger than {MOST_BYTES} bytes; expected a scenario of a few thousand."
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        byte = raw[error.start]
        source.complain(
            (line, column), f"byte 0x{byte:02x} is not UTF-8; expected a text file saved as UTF-8."
        )
        return None
    if not text.strip():
        source.complain(
            (1, 1), 'the file is empty; expected a scenario, for example "schema: 1" and a question.'
        )
        return None
    return text


def _only_plain_yaml(source: Source, text: str) -> bool:
    """Whether the text is one untagged, unaliased, shallow document; complains about each offence."""
    before = len(source.problems)
    documents = depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        where = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents == 2:
                source.complain(
                    where, "a second document starts here; expected one document a file (no second ---)."
                )
            if event.version or event.tags:
                source.complain(
                    where, "YAML directives are not used in scenarios; expected no line that starts with %."
                )
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if depth > DEEPEST:
            source.complain(where, f"values are nested more than {DEEPEST} deep; expected at most 4 levels.")
            return False
        _refuse_magic(source, event, where)
    return len(source.problems) == before


def _refuse_magic(source: Source, event: Any, where: Where) -> None:
    """Complain about tags, anchors and aliases."""
    if isinstance(event, AliasEvent):
        source.complain(where, f"*{event.anchor} is a YAML alias; expected the value written out in full.")
        return
    if not isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
        return
    if event.anchor is not None:
        source.complain(where, f"&{event.anchor} is a YAML anchor; expected the value written out in full.")
    if event.ctag is not None:
        source.complain(where, f"{event.ctag} is a YAML tag; expected a plain value without a tag.")


def _take_root(source: Source, root: Any) -> None:
    if root is None or (isinstance(root, ScalarNode) and root.value == ""):
        source.complain((1, 1), 'the file holds only comments; expected a scenario, for example "schema: 1".')
    elif not isinstance(root, MappingNode):
        kind = "a list" if isinstance(root, SequenceNode) else shown(root.value)
        source.complain(
            _start(root), f'the file is {kind}; expected "key: value" lines, for example "schema: 1".'
        )
    else:
        source.data = _value(source, root, ())


def _value(source: Source, node: Any, path: Path) -> Any:
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        return [_child(source, item, (*path, i), item) for i, item in enumerate(node.value)]
    taken: dict[str, Any] = {}
    for key, where, value in _keys(source, node):
        if key in taken:
            first = source.places[(*path, key)][0][0]
            name = dotted((*path, key))
            source.complain(where, f"{name} is given twice (first on line {first}); expected each key once.")
        else:
            taken[key] = _child(source, value, (*path, key), None, where)
    return taken


def _keys(source: Source, node: Any) -> Iterator[tuple[str, Where, Any]]:
    for key_node, value_node in node.value:
        where = _start(key_node)
        if not isinstance(key_node, ScalarNode):
            source.complain(where, 'a key is a list or a mapping; expected a word, for example "seed: 2024".')
        else:
            yield str(key_node.value), where, value_node


def _child(source: Source, node: Any, path: Path, item: Any, where: Where | None = None) -> Any:
    empty = isinstance(node, ScalarNode) and node.value == "" and node.style is None  # its mark is further on
    source.places[path] = (where or _start(item), where if where and empty else _start(node))
    return _value(source, node, path)


def _scalar(node: Any) -> Any:
    """A scalar by ruamel's own YAML 1.2 rules, as plain Python."""
    try:
        return YAML(typ="safe", pure=True).constructor.construct_object(node)
    except (YAMLError, ValueError, OverflowError):
        return node.value  # looks like a date or a number but is none: text, which the key's type will judge


def _start(node: Any) -> Where:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _where(error: Exception) -> Where:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1] if number <= len(lines) else ""


def _reason(error: Exception, text: str) -> str:
    if isinstance(error, RecursionError):
        return "values are nested too deep; expected at most 4 levels."
    problem = (error.problem if isinstance(error, MarkedYAMLError) else "") or getattr(error, "reason", "")
    hint = "; indent with spaces, not tabs" if "\t" in _line(text, _where(error)[0]) else ""
    reason = str(problem or error).splitlines()[0]
    return f'this is not valid YAML ({reason}){hint}; expected "key: value" lines, for example "seed: 2024".'
