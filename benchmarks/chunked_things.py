"""Appliances of a chunk of homes that need no chain: a whole day in one go; a part of ``chunked_numpy.py``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from chunked_people import MOST_INTERVALS, People
from numpy.typing import NDArray

from simulator.fields import (
    CLOTHES_WASHER,
    COOKING,
    DISHWASHER,
    DRYER,
    ELECTRONICS,
    LIGHTING,
    PLUG_HEATER,
    POOL_PUMP,
    REFRIGERATOR,
    STANDBY,
)

if TYPE_CHECKING:
    from chunked_numpy import Day

Floats, Rows = NDArray[np.floating], NDArray[np.int64]
SESSION, SESSIONS = 8, 14


class Things:
    """Compressors, cooking, lamps, screens, chores, clocks of ``homes``; their state between days."""

    def __init__(self, homes: SimpleNamespace, dice: np.random.Generator) -> None:
        self.h, self.dice, self.real = homes, dice, homes.real
        n = homes.n
        self.plan = dice.random((3, SESSIONS, n), self.real)  # what, how much, and whether it feels cold
        shift = (SESSION * homes.trait_u).astype(np.int64)
        self.next_session = np.arange(SESSION)[:, None] + shift >= SESSION  # (quarter in a block of eight, homes)
        self.left_kw = self._left_on()
        self.two = np.flatnonzero(homes.fridge_second > 0.0)
        self.pools = np.flatnonzero(homes.fixed_kw > 0.0)
        self.heaters = np.flatnonzero(homes.plug_heater_kw > 0.0)
        self.pool_kw: dict[int, Floats] = {}
        self.due = {use: homes_due > 0 for use, homes_due in
                    ((CLOTHES_WASHER, homes.washer_due), (DISHWASHER, homes.dish_due))}  # fmt: skip
        self.left = {use: left.astype(np.int64) for use, left in
                     ((CLOTHES_WASHER, homes.washer_left), (DISHWASHER, homes.dish_left))}  # fmt: skip
        self.dryer_left = homes.dryer_left.astype(np.int64)
        self._work = np.zeros((6, MOST_INTERVALS, n), self.real)

    def run(self, day: Day, people: People, air_degc: Floats, kwh: Floats) -> tuple[Floats, Floats]:
        """Demand of everything here and the part of it that warms the rooms, each (intervals, homes) [kW].

        ``kwh`` (uses, homes) gets each use's quarter-hours summed, still in kW.
        """
        load, gains, other, *spare = self._work[:, : day.n]
        self._compressors(day, air_degc, load, other, spare[0], spare[1])
        load.sum(axis=0, out=kwh[REFRIGERATOR])
        self._sessions(day, people)
        self._lamps(day, people, other)
        other.sum(axis=0, out=kwh[LIGHTING])
        load += other
        self._screens(day, people, other, spare[0])
        other.sum(axis=0, out=kwh[ELECTRONICS])
        load += other
        kwh[STANDBY] = day.n * people.always_kw
        cooking = self._cook(day, people, other, spare[0])
        cooking.sum(axis=0, out=kwh[COOKING])
        # lamps, screens and compressors warm the room by all they draw
        np.multiply(cooking, 0.6, out=gains)
        gains += load
        gains += 0.8 * people.always_kw
        load += cooking
        load += people.always_kw
        self._laundry(day, people, load, gains, kwh)
        self._dishes(day, people, load, gains, kwh)
        if len(self.pools):
            if day.n != 96 or 96 not in self.pool_kw:
                at = self.pools
                since = (day.quarter[:, None] - self.h.fixed_start_quarter[at]) % 96.0
                self.pool_kw[day.n] = np.where(since < self.h.fixed_quarters[at], self.h.fixed_kw[at], 0.0)
            load[:, self.pools] += self.pool_kw[day.n]
            kwh[POOL_PUMP, self.pools] = self.pool_kw[day.n].sum(axis=0)
        if len(self.heaters) and day.t_out.min() < 14.0:
            kw = self._plug_heaters(day, people)
            load[:, self.heaters] += kw
            gains[:, self.heaters] += kw
            kwh[PLUG_HEATER, self.heaters] = kw.sum(axis=0)
        return load, gains

    def _left_on(self) -> Floats:
        """What runs on through a night [kW]."""
        on, much = self.dice.random((2, self.h.n), self.real)
        return np.where(on < self.h.left_on, self.h.media_kw * (0.2 + 0.9 * much), 0.0)

    # ---- compressors ----

    def _compressors(self, day: Day, air_degc: Floats, out: Floats, cycles: Floats, whole: Floats,
                     spare: Floats) -> None:  # fmt: skip
        """Each runs for the first part of its cycles: power times the change of what it has run until then."""
        h = self.h
        longer, *phases = self.dice.random((3, h.n), self.real)
        runs = np.minimum(h.fridge_duty * np.maximum(1.0 + 0.02 * (air_degc - 21.0), 0.5), 0.95)
        step = 1.0 / (h.fridge_cycle_quarters * (1.0 + 0.2 * (2.0 * longer - 1.0)))
        on_kw = h.fridge_kw / h.fridge_duty
        self._cycle(day.n, (1.0 - h.fridge_second) * on_kw, runs, step, phases[0], out, cycles, whole)
        if len(self.two):
            at = self.two
            few = (buffer.reshape(-1)[: day.n * len(at)].reshape(day.n, len(at)) for buffer in (spare, cycles, whole))
            second, *work = few
            self._cycle(day.n, (h.fridge_second * on_kw)[at], runs[at], 0.73 * step[at], phases[1][at], second, *work)
            if len(at) == h.n:
                out += second
            else:
                out[:, at] += second

    @staticmethod
    def _cycle(n: int, on_kw: Floats, runs: Floats, step: Floats, phase: Floats, out: Floats, cycles: Floats,
               whole: Floats) -> None:  # fmt: skip
        """``out`` (intervals, homes) [kW]: has run by then, less the same one quarter-hour before."""
        np.multiply(np.arange(1, n + 1, dtype=step.dtype)[:, None], step, out=cycles)
        cycles += phase
        np.floor(cycles, out=whole)
        cycles -= whole
        np.minimum(cycles, runs, out=cycles)
        whole *= runs
        cycles += whole
        np.subtract(cycles[1:], cycles[:-1], out=out[1:])
        np.subtract(cycles[0], np.minimum(phase, runs), out=out[0])
        out *= on_kw / step

    # ---- what people turn to ----

    def _sessions(self, day: Day, people: People) -> None:
        """Every two hours a home turns to something: its plan for that time of day, or anything. (sessions, homes)"""
        keeps, doing, much = self.dice.random((3, SESSIONS, self.h.n), self.real)
        planned = keeps < self.h.regularity
        self.doing = np.where(planned, self.plan[0], doing)
        self.much = np.where(planned, self.plan[1], much)

    def _spread(self, sessions: Floats, n: int, out: Floats, i0: int = 0, i1: int | None = None) -> None:
        """Quarter-hours ``i0..i1`` of ``out`` from a home's sessions, which start on a quarter-hour of its own."""
        i1 = n if i1 is None else i1
        for block in range(i0 // SESSION, -(-i1 // SESSION)):
            a, b = max(i0, SESSION * block), min(i1, SESSION * (block + 1))
            later = self.next_session[a - SESSION * block : b - SESSION * block]
            np.copyto(out[a:b], sessions[block])
            np.copyto(out[a:b], sessions[block + 1], where=later)

    def _lamps(self, day: Day, people: People, out: Floats) -> None:
        h = self.h
        dark = np.maximum(1.0 - day.ghi / 110.0, 0.22)
        dark *= np.where((day.quarter >= 82) | (day.quarter < 16), self.real(0.55), self.real(1.0))
        self._spread((1.5 - self.doing) * (h.light_kw * (0.6 + 0.4 * people.mood)), day.n, out)
        out *= dark[:, None]
        out *= people.home_f
        np.copyto(out, 0.06 * h.light_kw, where=people.asleep)

    def _screens(self, day: Day, people: People, out: Floats, spare: Floats) -> None:
        """Screens by session while someone is up; else what was left on, until noon that of last night."""
        kw = self.h.media_kw * (0.5 + self.much)
        starts = [int(np.argmax(day.quarter >= q)) for q in (0, 36, 66)]
        for i0, i1, chance in zip(starts, (*starts[1:], day.n), (0.45, 0.72, 0.75), strict=True):
            self._spread(np.where(self.doing < chance * people.mood, kw, 0.0), day.n, out, i0, i1)
        last_night_kw, self.left_kw = self.left_kw, self._left_on()
        noon = int(np.argmax(day.quarter >= 48))
        nobody = np.logical_not(people.home)
        np.copyto(out[:noon], last_night_kw, where=nobody[:noon])
        np.multiply(people.asleep[noon:], self.left_kw, out=spare[noon:])
        np.copyto(out[noon:], spare[noon:], where=nobody[noon:])

    def _plug_heaters(self, day: Day, people: People) -> Floats:
        at, h = self.heaters, self.h
        keeps, fresh = self.dice.random((2, SESSIONS, len(at)), self.real)
        feels = np.where(keeps < h.regularity[at], self.plan[2][:, at], fresh)
        session = (np.arange(day.n)[:, None] + (SESSION * h.trait_u[at]).astype(np.int64)) // SESSION
        cold = np.clip((14.0 - day.t_out) / 16.0, 0.0, 1.0)
        chance = cold * np.where(day.quarter >= 62, self.real(1.0), self.real(0.6))
        on = (np.take_along_axis(feels, session, axis=0) < chance[:, None]) & people.home[:, at]
        return on * (h.plug_heater_kw[at] * (0.3 + 0.7 * cold)[:, None])

    def _cook(self, day: Day, people: People, out: Floats, draws: Floats) -> Floats:
        """Kettles at any time, an evening meal, sometimes lunch; what is rare is worked out where it happens."""
        h, n = self.h, self.h.n
        draw = self.dice.random(out=draws, dtype=self.real)
        longer, lunch_from = self.dice.random((2, n), self.real)
        out[:] = 0.0
        chance = 0.16 * people.mood
        at = np.flatnonzero((draw < chance) & people.home)
        row, home = np.divmod(at, n)
        out[row, home] = h.kettle_kw[home] * np.minimum(-np.log1p(-draw[row, home] / chance[home]), 6.0)
        dinner, dinner_to = people.dinner_from, people.dinner_from + 1.5 + 3.5 * longer
        cooks = people.habit("dinner", day) < 0.75 * people.mood
        lunches = people.habit("lunch", day) < h.lunch_fraction * (1.0 if day.workday else 1.4)
        lunch = 47.0 + 5.0 * lunch_from
        for homes, begin, end, share in ((np.flatnonzero(cooks), dinner, dinner_to, 1.0),
                                         (np.flatnonzero(lunches), lunch, lunch + 2.0, 0.6)):  # fmt: skip
            begin, end, kw = begin[homes], end[homes], (share * h.cook_kw * people.dinner_size)[homes]
            first = np.ceil(begin).astype(np.int64)
            for k in range(5 if share == 1.0 else 2):  # the longest meals
                inside = (first + k < end) & (first + k < 96)
                if share < 1.0:  # who makes the evening meal then makes no lunch
                    inside &= ~(cooks[homes] & (dinner[homes] <= first + k) & (first + k < dinner_to[homes]))
                row, home = first[inside] + k + day.n - 96, homes[inside]  # clocks change before anyone cooks
                out[row, home] += kw[inside] * (0.5 + draw[row, home]) * people.home_f[row, home]
        return out

    # ---- chores: a cycle starts when it is due, someone is up, and by chance ----

    def _starts(self, use: int, day: Day, people: People, habit: Floats, at: Rows) -> Rows:
        """The quarter-hour in which the due cycle of homes ``at`` starts today, or ``day.n``."""
        may = self.dice.random((day.n, len(at)), self.real) < 0.35
        may &= people.home[:, at]
        may &= day.quarter[:, None] >= np.maximum(habit[at], 0.0)
        may &= np.arange(day.n)[:, None] >= self.left[use][at]
        return np.where(may.any(axis=0), may.argmax(axis=0), day.n)

    def _cycles(self, use: int, day: Day, people: People, habit: Floats, length: int) -> tuple[Rows, Rows, Rows, Rows]:
        """Rows and homes of the quarter-hours that run, and the homes whose cycle ends today with its end."""
        left, due = self.left[use], self.due[use]
        old, at = np.flatnonzero(left), np.flatnonzero(due)
        start = self._starts(use, day, people, habit, at)
        at, start = at[start < day.n], start[start < day.n]
        begin, homes = np.concatenate([np.zeros_like(old), start]), np.concatenate([old, at])
        end = np.concatenate([left[old], start + length])
        left[old] = 0
        left[at] = np.maximum(start + length - day.n, 0)
        due[at] = False
        k = np.arange(length)[:, None]
        row = begin + k
        runs = (row < end) & (row < day.n)
        over = end <= day.n
        return row[runs], np.broadcast_to(homes, row.shape)[runs], homes[over], end[over]

    def _add(self, use: int, row: Rows, home: Rows, kw: Floats, share: float, load: Floats, gains: Floats,
             kwh: Floats) -> None:  # fmt: skip
        load[row, home] += kw
        gains[row, home] += share * kw
        kwh[use] += np.bincount(home, kw, self.h.n).astype(self.real)

    def _laundry(self, day: Day, people: People, load: Floats, gains: Floats, kwh: Floats) -> None:
        """A wash of five quarter-hours; then the dryer for four, unless it dries outdoors."""
        h, free = self.h, not day.workday
        self.due[CLOTHES_WASHER] |= (
            people.habit("wash", day) < h.washer_per_day * (1.35 if free else 0.86) * people.mood
        )
        when, airs = self.dice.random((2, h.n), self.real)
        outdoors = airs < h.line_dries * (1.0 if day.t_out[day.n // 2] > 13.0 else 0.5)
        habit = h.chore_quarter + 10.0 * (when - 0.5) - (24.0 if free else 0.0)
        row, home, done, end = self._cycles(CLOTHES_WASHER, day, people, habit, 5)
        self._add(CLOTHES_WASHER, row, home, h.washer_kw[home], 0.3, load, gains, kwh)
        dries = (h.dryer_kw[done] > 0.0) & ~outdoors[done]
        old = np.flatnonzero(self.dryer_left)
        homes = np.concatenate([old, done[dries]])
        end = np.concatenate([self.dryer_left[old], end[dries] + 4])
        row = end - 1 - np.arange(4)[:, None]  # the last quarter-hour first: it cools down at half power
        kw = h.dryer_kw[homes] * np.array([0.5, 1.0, 1.0, 1.0], self.real)[:, None]
        runs = (row >= 0) & (row < day.n)
        self._add(DRYER, row[runs], np.broadcast_to(homes, row.shape)[runs], kw[runs], 0.15, load, gains, kwh)
        self.dryer_left[homes] = np.maximum(end - day.n, 0)

    def _dishes(self, day: Day, people: People, load: Floats, gains: Floats, kwh: Floats) -> None:
        """A run of six quarter-hours after the evening meal."""
        h = self.h
        self.due[DISHWASHER] |= people.habit("dish", day) < h.dish_per_day * people.mood
        habit = h.dinner_quarter + 3.0 + 4.0 * self.dice.random(h.n, self.real)
        row, home, _, _ = self._cycles(DISHWASHER, day, people, habit, 6)
        self._add(DISHWASHER, row, home, h.dish_kw[home], 0.4, load, gains, kwh)
