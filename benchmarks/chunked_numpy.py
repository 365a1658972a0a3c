"""The same homes as NumPy arrays: a chunk of homes lives a day in whole-array operations, without a compiled loop.

This is the model as a careful NumPy programmer would write it. Arrays are (quarter-hours, homes), so a step of a
chain reads and writes rows that lie together. What does not depend on the quarter-hour before (dice,
sessions, lamps, compressors, cycles, the weather's part of the envelope) is worked out for the whole day at once;
what does (who is where, tank, vehicle, battery, rooms) goes quarter-hour by quarter-hour over all homes of the chunk,
in place. A use that few homes have is worked out for those alone.

It shares the inputs of ``plain_mesa.py`` (sampled records, weather, clock, behavioural parameters), no formula, and
draws its own dice; ``tests/test_chunked_numpy.py`` holds it to the simulator. ``run.py --only kernel`` measures the
compiled path against it. The one programme it knows is the thermostat setback, as the Mesa version does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from chunked_people import People
from chunked_rooms import Rooms
from chunked_stores import Stores
from chunked_things import Things
from numpy.typing import NDArray

from simulator.events import Calendar
from simulator.fields import AIR_CONDITIONER, FANS, SPACE_HEATER, USES
from simulator.outdoor import FACADE, ROOFS
from simulator.programs import ThermostatSetback
from simulator.walls import FACADES
from simulator.world import World

#: Homes that live side by side: with fewer the calls of NumPy cost more, with more the cache is left
#: (``run.py --only chunks``).
CHUNK = 4096


@dataclass(frozen=True)
class Day:
    """A day's clock and weather; arrays are (intervals,) unless said otherwise."""

    ordinal: int
    weekday: int
    workday: bool
    window: tuple[int, int]
    quarter: NDArray[np.int64]
    t_out: NDArray[np.floating]
    ghi: NDArray[np.floating]
    facades: NDArray[np.floating]  # (facades, intervals) sun on each wall [kW/m2]
    roof_k: NDArray[np.floating]
    wall_k: NDArray[np.floating]
    panels: NDArray[np.floating]  # (orientations, intervals) kW per kW of panels

    @property
    def n(self) -> int:
        """Number of quarter-hours: 96, on two days a year 92 and 100."""
        return len(self.quarter)


def day_of(world: World, day: int, calendar: Calendar | None, real: type[np.floating]) -> Day:
    """A day of the world's clock, in the precision asked for."""
    clock, (quarter, t_out, ghi) = world.clock, world.day_arrays(day)
    sky = world.outdoor(day).astype(real)
    window = calendar.window_on(day) if calendar is not None else (0, 0)
    return Day(clock.date(day).toordinal(), int(clock.weekday[day]), bool(clock.is_workday[day]), window,
               quarter.astype(np.int64), t_out.astype(real), ghi.astype(real), sky[FACADE : FACADE + FACADES],
               sky[FACADE + FACADES], sky[FACADE + FACADES + 1], sky[ROOFS:])  # fmt: skip


class Chunk:
    """Some homes that live together: ``load_kw`` (intervals, homes) of today, ``use_kwh`` (uses, homes) of all days."""

    def __init__(self, records: NDArray[np.void], enrolled: NDArray[np.bool_], behaviour: SimpleNamespace,
                 offset_k: float, seed: int, real: type[np.floating]) -> None:  # fmt: skip
        names = records.dtype.names or ()
        homes = SimpleNamespace(n=len(records), real=real)
        for name in names:  # codes and counts too: they are small whole numbers
            setattr(homes, name, np.ascontiguousarray(records[name], real))
        dice, event_dice = (np.random.Generator(np.random.SFC64([seed, stream])) for stream in (0, 1))
        self.people = People(homes, dice)
        self.things, self.stores = Things(homes, dice), Stores(homes, dice)
        self.rooms = Rooms(homes, behaviour, event_dice, np.flatnonzero(enrolled), offset_k)
        self.use_kwh = np.zeros((len(USES), len(records)), np.float64)
        self.load_kw = np.zeros((96, len(records)), real)

    def live(self, day: Day) -> None:
        """One local day: people first, then what they use, then the rooms, then what the roof and battery give."""
        people, kwh = self.people, np.zeros(self.use_kwh.shape, self.load_kw.dtype)
        if day.window[1] > day.window[0]:
            self.rooms.ask()
        else:
            self.rooms.rest()
        people.live(day)
        # two sums a quarter-hour: demand, and what of it warms the rooms
        load, gains = self.things.run(day, people, self.rooms.air, kwh)
        self.stores.water(day, people, load, gains, kwh)
        self.stores.vehicles(day, people, load, kwh)
        cooling, heating, fans = self.rooms.condition(day, people, gains)
        for use, kw in ((AIR_CONDITIONER, cooling), (SPACE_HEATER, heating), (FANS, fans)):
            if kw is not None:
                kw.sum(axis=0, out=kwh[use])
                load += kw
        self.stores.roof_and_battery(day, load, kwh)
        self.load_kw = load
        kwh *= 0.25
        self.use_kwh += kwh


class ChunkedModel:
    """Homes as columns of arrays; arguments as ``plain_mesa.PlainModel``, and how many homes a chunk has.

    ``keep`` keeps every quarter-hour's load; otherwise only sums by end use remain after a chunk's day. ``real`` is the
    precision: 32 bits, which suffice here and take half the memory traffic, or NumPy's (and the simulator's) usual 64.
    """

    def __init__(self, world: World, homes: NDArray[np.void], first_day: int, days: int,
                 program: ThermostatSetback | None = None, calendar: Calendar | None = None,
                 enrolled: Iterable[int] = (), dice_seed: int = 1, chunk: int = CHUNK, keep: bool = False,
                 real: type[np.floating] = np.float32) -> None:  # fmt: skip
        names = world.behaviour.dtype.names or ()
        behaviour = SimpleNamespace(**{name: float(world.behaviour[name]) for name in names})
        member = np.zeros(len(homes), bool)
        member[list(enrolled)] = True
        offset_k = program.offset_degc if program is not None else 0.0
        self.days = [day_of(world, day, calendar, real) for day in range(first_day, first_day + days)]
        # homes with the same water heater stand together, so that each kind is a slice
        self.order = np.argsort(water_kind(homes), kind="stable")
        at = [self.order[i : i + chunk] for i in range(0, len(homes), chunk)]
        self.chunks = [
            Chunk(homes[rows], member[rows], behaviour, offset_k, 1000 * dice_seed + k, real)
            for k, rows in enumerate(at)
        ]
        self.keep, self._loads = keep, [list[NDArray[np.floating]]() for _ in at]

    def run_model(self) -> None:
        """Live all days, chunk after chunk."""
        for chunk, loads in zip(self.chunks, self._loads, strict=True):
            for day in self.days:
                chunk.live(day)
                if self.keep:
                    loads.append(chunk.load_kw.copy())

    def load_kw(self) -> NDArray[np.floating]:
        """Demand lived, (homes, intervals) [kW]; only if it was kept."""
        return self._in_order(np.concatenate([np.concatenate(loads).T for loads in self._loads]))

    def use_kwh(self) -> NDArray[np.float64]:
        """Energy lived by end use, (homes, uses) [kWh]."""
        return self._in_order(np.concatenate([chunk.use_kwh.T for chunk in self.chunks]))

    def participation(self) -> float:
        """Events taken part in, of those homes were told of [fraction]."""
        told, took = (sum(getattr(chunk.rooms, name) for chunk in self.chunks) for name in ("notified", "participated"))
        return took / max(told, 1)

    def _in_order(self, rows: NDArray[Any]) -> NDArray[Any]:
        found = np.empty_like(rows)
        found[self.order] = rows
        return found


def water_kind(homes: NDArray[np.void]) -> NDArray[np.int64]:
    """0 tank with a heat pump, 1 tank with an element, 2 instantaneous shower, 3 none of them."""
    tank = homes["tank_litres"] > 0.0
    return np.select([tank & (homes["water_pump_kw"] > 0.0), tank, homes["shower_kw"] > 0.0], [0, 1, 2], 3)
