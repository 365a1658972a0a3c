"""Who is where, and what a day holds, of a chunk of homes; a part of ``chunked_numpy.py``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from chunked_numpy import Day

Floats = NDArray[np.floating]
MOST_INTERVALS = 100
CHOICES = ("out", "dinner", "lunch", "wash", "dish")


class People:
    """Households' days: trips, moods, habits, and occupancy.

    After :meth:`live`: ``home``, ``away``, ``asleep`` (intervals, homes) bool, ``here_f`` (not away) and ``home_f``
    the same as numbers; and, (homes,), what the day holds: ``mood``, ``outing``, ``dinner_from`` ...
    """

    def __init__(self, homes: SimpleNamespace, dice: np.random.Generator) -> None:
        self.h, self.dice, self.real = homes, dice, homes.real
        n = homes.n
        self.weekly = dice.random((7, len(CHOICES), n), self.real)
        self.shift = {days: (days * homes.trait_u).astype(np.int64) for days in (9, 14, 38)}
        self.spell = {days: np.full(n, -1) for days in (9, 14, 38)}
        self.mood_z, self.trip_from, self.trip_days = np.zeros((3, n), self.real)
        self.always_kw = np.zeros(n, self.real)
        states = np.zeros((3, MOST_INTERVALS, n), bool)
        self._home, self._away, self._asleep = states
        self._home_f, self._here_f = np.zeros((2, MOST_INTERVALS, n), self.real)
        self._draws = np.zeros((MOST_INTERVALS, n), self.real)
        self._a, self._s = homes.occupancy == 0, homes.occupancy == 2
        self._h = ~(self._a | self._s)

    def live(self, day: Day) -> None:
        """Draw the day, then walk through it."""
        self._plan(day)
        self._occupy(day)

    def habit(self, what: str, day: Day) -> Floats:
        """The usual draw of this weekday, as often as a home keeps to its habits, else a fresh one; (homes,)."""
        keeps, fresh = self.dice.random((2, self.h.n), self.real)
        return np.where(keeps < self.h.regularity, self.weekly[day.weekday, CHOICES.index(what)], fresh)

    def _spells(self, day: Day, days: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Homes whose spell of ``days`` is a new one today, and each home's day in its spell."""
        spell, at = np.divmod(day.ordinal + self.shift[days], days)
        new = np.flatnonzero(spell != self.spell[days])
        self.spell[days][new] = spell[new]
        return new, at

    def _plan(self, day: Day) -> None:
        h, dice, n, free = self.h, self.dice, self.h.n, not day.workday
        new, at = self._spells(day, 14)
        goes, long, when = dice.random((3, len(new)), self.real)
        days = np.where(goes < h.away_week_fraction[new] * (14.0 / 5.2), 1.0 + np.floor(13.99 * long * long), 0.0)
        self.trip_days[new], self.trip_from[new] = days, np.floor(when * (15.0 - days))
        self.on_trip = (at >= self.trip_from) & (at < self.trip_from + self.trip_days)
        new, _ = self._spells(day, 9)
        self.mood_z[new] = dice.standard_normal(len(new), self.real)
        new, _ = self._spells(day, 38)
        z = np.minimum(dice.standard_normal(len(new), self.real), 3.0)
        self.always_kw[new] = h.standby_kw[new] * np.exp(h.spell_sd[new] * z - 0.5 * h.spell_sd[new] ** 2)
        z = dice.standard_normal((7, n), self.real)
        spread = h.jitter_quarters * z[1:6]
        self.mood = np.exp(h.mood_sd * (self.mood_z + z[0]) * 0.5**0.5 - 0.5 * h.mood_sd**2)
        self.outing = self.habit("out", day) < (h.goes_out_weekend if free else h.goes_out)
        late = 5.0 if free else 0.0
        self.wake = h.wake_quarter + late + spread[0]
        self.leave = (h.free_leave_quarter if free else h.leave_quarter) + spread[1]
        self.back = (self.leave + 16.0 if free else h.return_quarter) + spread[2]
        self.bed = np.maximum(h.bed_quarter + 0.6 * late + spread[3], 78.0)
        self.dinner_from = h.dinner_quarter + spread[4]
        self.dinner_size = np.minimum(np.exp(0.5 * z[6] - 0.125), 2.5)

    def _occupy(self, day: Day) -> None:
        """A chain over three states: each home's moves of the day for each state first, then the walk."""
        n, outing = day.n, self.outing
        quarter = day.quarter.astype(self.real)
        clock = np.where(quarter < 18.0, quarter + 96.0, quarter)[:, None]
        u = self.dice.random(out=self._draws[:n], dtype=self.real)
        often = u < 0.55
        # from bed
        stays_in_bed = u >= np.where(clock >= self.wake, self.real(0.45), self.real(0.04))
        stays_in_bed |= clock < self.wake - 6.0
        stays_in_bed[clock[:, 0] >= 96.0] = True
        # from outside
        out = (clock >= self.leave) & outing
        stays_out = u >= 0.14
        stays_out &= ~(often & (outing | (clock >= 84.0)))
        stays_out |= out & (clock < self.back)
        # from the rooms: to bed, or out
        late = clock >= self.bed
        to_bed = (u < 0.30) & late
        out &= clock < self.back - 2.0
        out &= often
        out |= u > 1.0 - np.where((clock >= 36.0) & (clock < 80.0), self.real(0.030), self.real(0.002))
        out &= ~late
        home, away, asleep = self.home, self.away, self.asleep = self._home[:n], self._away[:n], self._asleep[:n]
        a, s, h = self._a, self._s, self._h
        self.before = a
        if self.on_trip.any():
            stays_out |= self.on_trip
            a, s, h = a | self.on_trip, s & ~self.on_trip, h & ~self.on_trip
        moved = np.empty_like(a)
        for i in range(n):
            at, off, on = asleep[i], away[i], home[i]
            np.logical_and(s, stays_in_bed[i], out=at)
            np.logical_and(h, to_bed[i], out=moved)
            np.logical_or(at, moved, out=at)
            np.logical_and(a, stays_out[i], out=off)
            np.logical_and(h, out[i], out=moved)
            np.logical_or(off, moved, out=off)
            np.logical_or(at, off, out=on)
            np.logical_not(on, out=on)
            a, s, h = off, at, on
        self._a, self._s, self._h = a.copy(), s.copy(), h.copy()
        self.home_f, self.here_f = self._home_f[:n], self._here_f[:n]
        self.home_f[:] = home
        np.subtract(1.0, away, out=self.here_f, dtype=self.real)
