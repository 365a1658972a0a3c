"""Hostile files that stand beside the main ones: prices, temperatures, customers, and folders that drsim left.

A folder's case is one of its files; :func:`laid` puts it into a copy of a sound folder. Strategies for
``benchmarks.fuzz``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from benchmarks.fuzz_cases import HOSTILE, STAMPS, Case, bent, cell
from benchmarks.fuzz_meter_cases import regular

NUMBERS = st.floats(-5, 45).map(lambda v: f"{v:.2f}")


def _table(headers: tuple[str, ...], *cells: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """CSV under one of some headers, one strategy a column, sometimes with harmed bytes."""
    rows = st.lists(st.tuples(*cells).map(",".join), max_size=20)
    text = st.builds(lambda head, body: "\n".join([head, *body]), st.sampled_from(headers), rows)
    return bent(text.map(lambda t: t.encode("utf-8", "surrogatepass")))


def grid_csv() -> st.SearchStrategy[Case]:
    """Hourly prices, emissions and net load; some with a whole sound day before what is hostile."""
    headers = (
        "start_utc,price_usd_per_kwh,co2_kg_per_kwh", "start_utc,net_load_mw,price_usd_per_kwh",
        "start_utc,net_load_mw", "start_utc,start_utc,net_load_mw", "start_utc,net_load_mw,net_load_mw", "START_UTC,x",
    )  # fmt: skip
    day = [f"2024-07-01 {h:02d}:00,0.{h + 10},0.4" for h in range(24)]
    table = _table(headers, cell(STAMPS), cell(NUMBERS, 30), cell(NUMBERS, 30))
    made = st.builds(lambda t, whole: _after_header(t, day if whole else []), table, st.booleans())
    return made.map(lambda content: Case("grid.csv", content))


def _after_header(table: bytes, lines: list[str]) -> bytes:
    head, _, rest = table.partition(b"\n")
    return b"\n".join([head, *(line.encode() for line in lines), rest])


def temperature_csv() -> st.SearchStrategy[Case]:
    """Outdoor temperatures beside a meter file."""
    headers = (
        "start_utc,temp_c", "time,temperature", "start_local,degc,x", "temp,temp", "date,temp_c,temp_c", "temp_c",
    )  # fmt: skip
    return _table(headers, cell(STAMPS), cell(NUMBERS, 8)).map(lambda c: Case("temperature.csv", c))


def customers_csv() -> st.SearchStrategy[Case]:
    """Customer records and programme histories."""
    words = st.sampled_from(("P0", "P1", "ToU", "Std", "1", "yes", "12.5", "2024-07-01"))
    headers = (
        "premise_id,tariff,bill_kwh", "premise_id,tariff,has_pv", "LCLid,stdorToU,has_pv",
        "premise_id,premise_id,tariff", "programme,id,enrolled", "a,b,c", "tariff,Tariff,premise_id", "",
    )  # fmt: skip
    names = st.sampled_from(("customers.csv", "customers.csv", "customers.csv", "customers.parquet"))
    made = st.builds(Case, names, _table(headers, cell(words), cell(words, 5), cell(words, 5)))
    return made.map(lambda c: Case(c.name, _after_header(c.content, ["P0,ToU,1", "P1,Std,2"])))


# ---- folders ----


@cache
def sound_store() -> Path:
    """What ``drsim import`` leaves of three premises and eight days (removed with the process)."""
    from scenarios.meter_files.import_file import import_file

    folder = Path(_kept().name)
    lines = ["premise_id,start_utc,kwh", *(",".join(row) for row in regular(3, 192, 60))]
    (folder / "reads.csv").write_text("\n".join(lines))
    import_file(folder / "reads.csv", folder / "sound_store", "America/Chicago", net=False)
    return folder / "sound_store"


@cache
def sound_run() -> Path:
    """A run's folder as far as ``drsim compare`` and ``drsim run --from`` read it."""
    from scenarios.loader import load_scenario
    from scenarios.results.comparison import REFERENCE
    from scenarios.results.metrics import RATIOS, UNITS

    folder = Path(_kept().name) / "sound_run"
    folder.mkdir()
    metrics = [*dict.fromkeys([*UNITS, *(n for pair in RATIOS.values() for n in pair)])]
    rows = [
        f"{arm},{r},{m},{1.5 + r + len(m)}" for arm in ("none", REFERENCE, "blanket") for r in (0, 1) for m in metrics
    ]
    (folder / "replications.csv").write_text("\n".join(["arm,replication,metric,value", *rows]) + "\n")
    resolved = load_scenario("heat_wave", replications=2).resolved_yaml().encode()
    (folder / "scenario.resolved.yaml").write_bytes(resolved)
    outputs = {"scenario.resolved.yaml": hashlib.sha256(resolved).hexdigest()}
    said = {"schema": 1, "scenario": {"name": "heat_wave", "hash": "x", "seed": 1}, "versions": {"python": "3"},
            "inputs": {}, "outputs": outputs}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(said))
    return folder


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="drsim-fuzz-")


def laid(path: Path, sound: Path) -> Path:
    """A copy of a sound folder beside a case's file, with that file in its place."""
    folder = path.with_name("store")
    shutil.copytree(sound, folder)
    target = next((p for p in sorted(folder.rglob("*")) if p.name == path.name), folder / path.name)
    target.write_bytes(path.read_bytes())
    return folder


def damaged(sound: Callable[[], Path]) -> st.SearchStrategy[Case]:
    """One file of a sound folder, its bytes harmed, its values made hostile, or another file's content in it."""
    files = [p for p in sorted(sound().rglob("*")) if p.is_file()]
    contents = {p.name: p.read_bytes() for p in files}

    def of(name: str) -> st.SearchStrategy[Case]:
        content = contents[name]
        kinds = [bent(st.just(content)), st.sampled_from([b"", b"{}", b"null", *contents.values()])]
        if name.endswith(".json"):
            kinds = [_json_values(json.loads(content)), *kinds]
        elif name.endswith((".csv", ".yaml")):
            kinds = [_lines(content.decode().splitlines(), "," if name.endswith(".csv") else ":"), *kinds]
        return st.one_of(*kinds).map(lambda c: Case(name, c))

    return st.sampled_from(sorted(contents)).flatmap(of)


def _json_values(sound: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """The object with some values, one level down at most, of any kind or gone."""
    places = [(k,) for k in sound] + [(k, n) for k, inner in sound.items() if isinstance(inner, dict) for n in inner]
    scalar = st.sampled_from([*HOSTILE, None, True, -1, 0, 1e308, 10**400, [], {}, [None], {"x": None}, "gone"])

    def put(edits: list[tuple[tuple[str, ...], Any]]) -> bytes:
        made = json.loads(json.dumps(sound))
        for place, value in edits:
            above = made if len(place) == 1 else made.get(place[0])
            if isinstance(above, dict):
                above.pop(place[-1], None)
                above.update({} if value == "gone" else {place[-1]: value})
        return json.dumps(made).encode("utf-8", "surrogatepass")

    return st.lists(st.tuples(st.sampled_from(places), scalar), max_size=3).map(put)


def _lines(lines: list[str], separator: str) -> st.SearchStrategy[bytes]:
    """The text with some cells or values hostile, or some lines gone."""

    def put(edits: list[tuple[int, int, str]]) -> bytes:
        made = list(lines)
        for where, column, text in edits:
            at = where % len(made)
            cells = made[at].split(separator)
            cells[column % len(cells)] = text
            made[at] = separator.join(cells) if column < 9 else ""
        return "\n".join(made).encode("utf-8", "surrogatepass")

    place = st.tuples(st.sampled_from((0, 0, 1, 5, 60, 200)) | st.integers(0, 400), st.integers(0, 9))
    edit = st.tuples(place, st.sampled_from(HOSTILE)).map(lambda e: (*e[0], e[1]))
    return st.lists(edit, max_size=3).map(put)
