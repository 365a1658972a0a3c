"""The rooms of a chunk of homes: envelope, windows, thermostat, fans, and events; a part of ``chunked_numpy.py``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from chunked_people import MOST_INTERVALS, People
from numpy.typing import NDArray

if TYPE_CHECKING:
    from chunked_numpy import Day

Floats = NDArray[np.floating]


class Rooms:
    """Two-node envelopes. ``enrolled`` are the homes whose thermostat an event may set ``offset_k`` higher."""

    def __init__(self, homes: SimpleNamespace, behaviour: SimpleNamespace, dice: np.random.Generator,
                 enrolled: NDArray[np.int64], offset_k: float) -> None:  # fmt: skip
        h = self.h = homes
        self.real = homes.real
        self.b, self.dice, self.enrolled, self.offset_k = behaviour, dice, enrolled, self.real(offset_k)
        self.air, self.mass = h.t_air_degc.copy(), h.t_mass_degc.copy()
        self.fatigue = h.fatigue[enrolled].astype(np.float64)
        self.acting = np.zeros(0, np.int64)
        self.notified = self.participated = 0
        # The heat that the weather brings is one product of (intervals, drivers) and (drivers, homes). Mass follows
        # from the new air temperature: both take the same heat into the air, which is solved for and put in.
        facades = 4
        even = (1.0 - h.glass_main_fraction) / (facades - 1)
        glass = np.tile(even, (facades, 1))
        glass[h.glass_facing.astype(np.int64), np.arange(h.n)] = h.glass_main_fraction
        glass *= h.solar_m2
        r = h.f_mq / h.f_aq
        shell = np.stack([h.roof_kw_per_k, h.walls_kw_per_k])
        self.to_air = np.vstack(
            [h.f_ao, h.f_aq * h.leak_kw_per_k, (0.3 * h.f_aq + 0.7 * h.f_as) * glass, h.f_as * shell]
        )
        to_mass = h.f_ms - r * h.f_as
        self.to_mass = np.vstack([h.f_mo - r * h.f_ao, 0.0 * r, 0.7 * to_mass * glass, to_mass * shell])
        self.ma, self.mm, self.mn = h.e_ma - r * h.e_aa, h.e_mm - r * h.e_am, r
        self.leak = h.f_aq * h.leak_kw_per_k
        self.people_k = h.f_aq * (0.7 * 0.09) * h.members
        self.cool_k = h.f_aq * h.ac_thermal_kw * h.ac_sensible_fraction / np.maximum(h.ac_floor_fraction, 0.1)
        self.cool_kw_per_k = h.ac_floor_fraction / np.maximum(h.ac_cop * h.ac_sensible_fraction, 1e-6) / h.f_aq
        self.away_set = h.cool_set_degc + np.where(h.ac_floor_fraction >= 1.0, h.cool_away_k, 60.0)
        self.pump_k, self.backup_k = h.f_aq * h.heat_pump_kw, h.f_aq * h.heat_thermal_kw
        self.pumps = np.flatnonzero(h.heat_pump_kw > 0.0)
        self.window_k, self.open_from = h.f_aq * h.window_kw_per_k, h.cool_set_degc - 1.0
        self.fan_k = h.f_aq * h.fan_kw
        work = np.zeros((7, MOST_INTERVALS, h.n), self.real)
        self._keep, self._warm, self._cold, self._cool, self._heat, self._fan, self._free = work
        self._on = np.zeros((MOST_INTERVALS, h.n), bool)

    # ---- events ----

    def rest(self) -> None:
        """A day without an event: some tiredness goes."""
        self.fatigue *= 0.5 ** (1.0 / self.b.fatigue_half_life_days)
        self.acting = np.zeros(0, np.int64)

    def ask(self) -> None:
        """A day with one: some devices do not answer, some owners opt out."""
        self.rest()
        b, n = self.b, len(self.enrolled)
        online, opts = self.dice.random((2, n))
        takes_part = online < self.h.device_online[self.enrolled]
        takes_part &= opts >= 1.0 / (1.0 + np.exp(-(b.opt_out_intercept + b.opt_out_fatigue * self.fatigue)))
        self.acting = self.enrolled[takes_part]
        self.notified += n
        self.participated += int(takes_part.sum())
        self.discomfort = np.zeros(self.h.n)

    def _feel(self, i: int, day: Day, air: Floats, people: People, cool: Floats, heat: Floats) -> None:
        """Discomfort in a quarter-hour of an event; who ends it has the own setpoints again from the next on."""
        h, b, at = self.h, self.b, self.acting
        e0, e1 = day.window
        strain = np.maximum(air[at] - (h.cool_set_degc + h.tolerance_k)[at], 0.0)
        strain += np.maximum((h.heat_set_degc - h.tolerance_k)[at] - air[at], 0.0)
        up = people.home[i, at]
        self.discomfort[at] += np.where(up, 0.25 * strain, 0.0)
        hazard = b.override_base_hazard + b.override_hazard_per_k * strain * (1.0 + 0.125 * (i - e0 + 1))
        runs = (h.ac_thermal_kw[at] > 0.0) | (day.t_out[i] < h.heat_set_degc[at])
        ends = up & runs & (self.dice.random(len(at)) < hazard)
        done = at[ends]
        cool[i + 1 : e1, done] -= self.offset_k
        heat[i + 1 : e1, done] += self.offset_k
        self.acting = at[~ends]

    # ---- the day ----

    def condition(self, day: Day, people: People, gains: Floats) -> tuple[Floats | None, Floats | None, Floats | None]:
        """Demand of air conditioners, heaters and fans, (intervals, homes) [kW], None where nothing ran."""
        h, n, t_out = self.h, day.n, day.t_out
        draught = np.sqrt((0.00029 * np.abs(t_out - 22.0) + 0.002079) / (0.0029 + 0.002079)) - 1.0
        drivers = np.column_stack([t_out, draught * t_out, day.facades.T, day.roof_k, day.wall_k])
        warm, cold, keep = self._warm[:n], self._cold[:n], self._keep[:n]
        np.multiply(gains, h.f_aq, out=keep)
        np.matmul(drivers, self.to_air, out=warm)
        warm += keep
        np.multiply(people.here_f, self.people_k, out=keep)
        warm += keep
        np.matmul(drivers, self.to_mass, out=cold)
        np.multiply(draught[:, None], -self.leak, out=keep)
        keep += h.e_aa
        cool, heat = self._setpoints(day, people)
        fan_from = self._fan[:n]
        fan_from[:] = np.inf
        np.copyto(fan_from, h.fan_from_degc, where=~people.away)
        self._walk(day, people, keep, warm, cold, cool, heat, fan_from)
        # what was moved is what remains between the free temperature and the one reached
        moved, on = warm, self._on[:n]
        capacity, ratio = self._cooling(t_out)
        cooling = heating = fans = None
        if capacity.any():
            cooling = np.minimum(moved, 0.0, out=cold)
            cooling *= -ratio[:, None]
            cooling *= self.cool_kw_per_k
        if moved.max() > 0.0:
            heating = self._heating(day, np.maximum(moved, 0.0, out=keep))
        if on.any():
            fans = np.multiply(on, h.fan_kw, out=fan_from)
        e0, e1 = day.window
        if e1 > e0 and len(self.enrolled):
            b = self.b
            self.fatigue += b.fatigue_per_event * b.fatigue_automatic_factor
            self.fatigue += b.fatigue_per_kh * self.discomfort[self.enrolled]
        return cooling, heating, fans

    def _setpoints(self, day: Day, people: People) -> tuple[Floats, Floats]:
        h, n, (e0, e1) = self.h, day.n, day.window
        cool, heat = self._cool[:n], self._heat[:n]
        cool[:] = h.cool_set_degc + h.cool_sleep_k
        np.copyto(cool, h.cool_set_degc, where=people.home)
        np.copyto(cool, self.away_set, where=people.away)
        heat[:] = h.heat_set_degc - h.heat_back_k
        np.copyto(heat, h.heat_set_degc, where=people.home)
        if len(self.acting):
            cool[e0:e1, self.acting] += self.offset_k
            heat[e0:e1, self.acting] -= self.offset_k
        return cool, heat

    @staticmethod
    def _cooling(t_out: Floats) -> tuple[Floats, Floats]:
        """Air conditioners' capacity, and their electricity per unit of cooling, over the rating at 35 degC."""
        capacity = np.where(t_out < 13.0, 0.0, np.maximum(1.0 - 0.008 * (t_out - 35.0), 0.5))
        return capacity, np.clip(1.0 + 0.019 * (t_out - 35.0), 0.6, 1.6)

    def _walk(self, day: Day, people: People, keep: Floats, warm: Floats, cold: Floats, cool: Floats, heat: Floats,
              fan_from: Floats) -> None:  # fmt: skip
        """The chain: windows first, then a thermostat that meets its setpoint where it can.

        ``warm`` becomes what the thermostat moved [K over the step], ``self._on`` whether fans ran.
        """
        h, (e0, e1) = self.h, day.window
        air, mass, am = self.air, self.mass, h.e_am
        capacity = self._cooling(day.t_out)[0].tolist()
        pump = np.clip(1.0 + 0.0215 * (day.t_out - 8.3), 0.25, 1.15)
        most = pump[:, None] * self.pump_k + self.backup_k if len(self.pumps) else None
        free, spare, before = (np.empty_like(air) for _ in range(3))
        for i, t_out in enumerate(day.t_out.tolist()):
            on = self._on[i]
            np.multiply(keep[i], air, out=free)
            np.multiply(am, mass, out=spare)
            np.add(free, spare, out=free)
            np.add(free, warm[i], out=free)
            np.greater(air, fan_from[i], out=on)
            np.multiply(self.fan_k, on, out=spare)
            np.add(free, spare, out=free)
            # windows bring the room to their setpoint, at most with what flows
            np.subtract(air, t_out, out=spare)
            np.multiply(spare, self.window_k, out=spare)
            np.multiply(spare, people.here_f[i], out=spare)
            np.subtract(free, self.open_from, out=before)
            np.minimum(spare, before, out=spare)
            np.maximum(spare, 0.0, out=spare)
            np.subtract(free, spare, out=free)
            np.copyto(before, free)
            if capacity[i] > 0.0:
                np.multiply(self.cool_k, capacity[i], out=spare)
                np.subtract(free, spare, out=spare)
                np.minimum(free, cool[i], out=free)
                np.maximum(free, spare, out=free)
            np.add(free, self.backup_k if most is None else most[i], out=spare)
            np.maximum(free, heat[i], out=free)
            np.minimum(free, spare, out=free)
            np.subtract(free, before, out=warm[i])
            # the mass follows
            np.multiply(mass, self.mm, out=mass)
            np.multiply(air, self.ma, out=air)
            np.add(mass, air, out=mass)
            np.add(mass, cold[i], out=mass)
            np.multiply(free, self.mn, out=air)
            np.add(mass, air, out=mass)
            air, free = free, air
            if e0 <= i < e1 and len(self.acting):
                self._feel(i, day, air, people, cool, heat)
        self.air, self.mass = air, mass

    def _heating(self, day: Day, heated_k: Floats) -> Floats:
        """Electricity of what was heated [kW], the heat pump first, the rest by backup or furnace; in place."""
        h, at = self.h, self.pumps
        heated_k /= h.f_aq
        if len(at):
            pump = h.heat_pump_kw[at] * np.clip(1.0 + 0.0215 * (day.t_out - 8.3), 0.25, 1.15)[:, None]
            ratio = np.clip(1.0 - 0.028 * (day.t_out - 8.3), 0.75, 2.2)[:, None] / h.heat_pump_cop[at]
            heat = heated_k[:, at]
            by_pump = np.minimum(heat, pump)
            electric = by_pump * ratio + (heat - by_pump) * h.heat_kw_per_kw[at]
        heated_k *= h.heat_kw_per_kw
        if len(at):
            heated_k[:, at] = electric
        return heated_k
