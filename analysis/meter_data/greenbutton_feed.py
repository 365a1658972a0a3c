"""Parsing Green Button (NAESB ESPI) feeds: Atom entries with one resource each, read within bounds.

A document type declaration is refused, so no entity is ever expanded, and size, depth and the count of readings
are bounded. What the resources mean together is :mod:`analysis.meter_data.greenbutton`'s business.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from drsim.errors import DataError

ATOM, ESPI = "http://www.w3.org/2005/Atom", "http://naesb.org/espi"
MAX_XML_BYTES = 512 * 1024**2
MAX_DEPTH = 64
MAX_READINGS = 10_000_000
MAX_ZIP_MEMBERS = 200_000
MOST_IN_A_FIELD = 2**40  # seconds since 1970, or units of a reading; more is no reading
_CHUNK = 1 << 20


@dataclass
class Resource:
    """One entry of a feed: what it is, its links, its plain fields, and the readings of a block."""

    kind: str = ""
    uuid: str = ""
    own: str = ""
    up: str = ""
    related: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    readings: list[tuple[int, int, int, bool]] = field(default_factory=list)  # start, seconds, value, estimated


class _Feed:
    """expat handlers that keep one entry at a time and hand whole resources on."""

    def __init__(self, name: str) -> None:
        self.name, self.resources = name, list[Resource]()
        self._path: list[tuple[str, str]] = []
        self._entry: Resource | None = None
        self._reading: dict[str, str] = {}
        self._text: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, local = tag.rpartition(" ")
        self._path.append((space, local))
        self._text = []
        if len(self._path) > MAX_DEPTH:
            raise DataError(f"{self.name}: elements nest deeper than {MAX_DEPTH}; not a Green Button file")
        if (space, local) == (ATOM, "entry"):
            self._entry = Resource()
        elif self._entry is None:
            return
        elif (space, local) == (ATOM, "link"):
            self._link(self._entry, attributes)
        elif space == ESPI and self._parent() == (ATOM, "content") and not self._entry.kind:
            self._entry.kind = local
        elif (space, local) == (ESPI, "IntervalReading"):
            self._reading = {}

    def _parent(self) -> tuple[str, str]:
        return self._path[-2] if len(self._path) > 1 else ("", "")

    @staticmethod
    def _link(entry: Resource, attributes: dict[str, str]) -> None:
        rel, href = attributes.get("rel", ""), _resource_path(attributes.get("href", ""))
        if rel == "self":
            entry.own = href
        elif rel == "up":
            entry.up = href
        elif rel == "related":
            entry.related.append(href)

    def text(self, data: str) -> None:
        self._text.append(data)

    def end(self, tag: str) -> None:
        space, local = self._path.pop()
        entry, words = self._entry, "".join(self._text).strip()
        self._text = []
        if entry is None:
            return
        if (space, local) == (ATOM, "entry"):
            if entry.kind:
                self.resources.append(entry)
            self._entry = None
        elif (space, local) == (ATOM, "id") and self._path[-1] == (ATOM, "entry"):
            entry.uuid = words.removeprefix("urn:uuid:").upper()
        elif space == ESPI and local == "IntervalReading":
            self._keep_reading(entry)
        elif space == ESPI and words:
            inside = {name for _, name in self._path}
            (self._reading if "IntervalReading" in inside else entry.fields)[local] = words

    def _keep_reading(self, entry: Resource) -> None:
        self._count += 1
        if self._count > MAX_READINGS:
            raise DataError(f"{self.name}: more than {MAX_READINGS:,} readings in one file")
        read = self._reading
        try:
            begins, seconds, value = int(read["start"]), int(read["duration"]), int(read["value"])
            if max(abs(begins), abs(seconds), abs(value)) >= MOST_IN_A_FIELD:
                raise ValueError
        except (KeyError, ValueError):
            entry.fields["broken_readings"] = str(int(entry.fields.get("broken_readings", "0")) + 1)
            return
        entry.readings.append((begins, seconds, value, read.get("quality", "0") in {"7", "8"}))


def _resource_path(href: str) -> str:
    """The part of a link that identifies a resource, whatever the host and doubled slashes."""
    path = href.partition("/resource/")[2] or href
    return "/".join(part for part in path.split("/") if part)


def parse_feed(source: IO[bytes], name: str) -> list[Resource]:
    """The resources of one feed; refuses a DOCTYPE, and anything larger or deeper than the bounds."""
    feed = _Feed(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = feed.start, feed.end
    parser.CharacterDataHandler = feed.text

    def refuse(*_: object) -> None:
        raise DataError(f"{name}: has a document type declaration; Green Button files have none, and it is refused")

    parser.StartDoctypeDeclHandler = refuse
    size = 0
    try:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > MAX_XML_BYTES:
                raise DataError(f"{name}: larger than {MAX_XML_BYTES // 1024**2} MB once unpacked")
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(f"{name}: not well-formed XML ({error})") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or expat can not read
        raise DataError(f"{name}: not readable XML ({error})") from error
    return feed.resources


def open_feeds(path: Path) -> Iterator[tuple[str, list[Resource]]]:
    """Name and resources of every feed in an XML file, a zip of XML files, or a folder of both (by name)."""
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.suffix.lower() in {".xml", ".zip"} and p.is_file()):
            yield from open_feeds(inner)
    elif path.suffix.lower() == ".zip":
        yield from _zipped(path)
    else:
        with path.open("rb") as file:
            yield path.name, parse_feed(file, path.name)


def _zipped(path: Path) -> Iterator[tuple[str, list[Resource]]]:
    """Members are read as streams and never unpacked to disk; the bound is on what is read, not what is claimed."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise DataError(f"{path.name}: not a readable zip file") from error
    with archive:
        names = sorted(n for n in archive.namelist() if n.lower().endswith(".xml"))
        if len(names) > MAX_ZIP_MEMBERS:
            raise DataError(f"{path.name}: holds more than {MAX_ZIP_MEMBERS:,} files")
        for name in names:
            label = f"{path.name}:{name}"
            try:
                with archive.open(name) as member:
                    found = parse_feed(member, label)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
                raise DataError(f"{label}: can not be unpacked ({error})") from error
            yield label, found


def by_kind(resources: Iterable[Resource], kind: str) -> list[Resource]:
    """Resources of one kind, in order."""
    return [resource for resource in resources if resource.kind == kind]
