"""Hot water, vehicles, roofs and batteries of a chunk of homes; a part of ``chunked_numpy.py``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from chunked_people import People
from numpy.typing import NDArray

from simulator.fields import BATTERY, EV_CHARGER, SOLAR_PANELS, WATER_HEATER

if TYPE_CHECKING:
    from chunked_numpy import Day

Floats = NDArray[np.floating]
KWH_PER_LITRE_K, SET_DEGC, COLD_DEGC, LOSS_KW_PER_K, SHOWER_LITRES = 0.001163, 55.0, 15.0, 0.0018, 42.0
PARTS = 5  # steps of a heat pump's tank in a quarter-hour
CHARGED = 0.25 * 0.90  # kWh stored of a kW in a quarter-hour


class Stores:
    """Chains that depend on people and the clock alone. Homes come sorted by kind of water heater."""

    def __init__(self, homes: SimpleNamespace, dice: np.random.Generator) -> None:
        self.h, self.dice, self.real = homes, dice, homes.real
        tank = homes.tank_litres > 0.0
        pump = tank & (homes.water_pump_kw > 0.0)
        self.pumps, self.tanks, self.bathers = (int(some.sum()) for some in (
            pump, tank, tank | (homes.shower_kw > 0.0)))  # fmt: skip
        self.tank_degc = np.maximum(homes.t_tank_degc[: self.tanks], COLD_DEGC)
        litres = homes.tank_litres[: self.tanks]
        self.capacity = litres * KWH_PER_LITRE_K
        self.k_per_litre = (SET_DEGC - COLD_DEGC) / litres
        self.loss = LOSS_KW_PER_K * 0.25 / self.capacity
        self.vehicles_at = np.flatnonzero(homes.ev_kw > 0.0)
        self.need, self.plugged = homes.ev_need_kwh[self.vehicles_at], homes.ev_plugged[self.vehicles_at].copy()
        self.roofs, self.batteries = np.flatnonzero(homes.pv_kw > 0.0), np.flatnonzero(homes.battery_kwh > 0.0)
        self.stored = homes.battery_stored_kwh[self.batteries]
        self._by_clock: dict[str, Floats] = {}

    def _on_clock(self, what: str, day: Day, found: object) -> Floats:
        """A table that only depends on the clock, kept from day to day unless the clock changes."""
        key = f"{what} {day.n}"
        if key not in self._by_clock:
            self._by_clock[key] = found()  # type: ignore[operator]
        return self._by_clock[key]

    # ---- water ----

    def water(self, day: Day, people: People, load: Floats, gains: Floats, kwh: Floats) -> None:
        """Tanks with a thermostat, and instantaneous showers; 5 % of it warms the rooms."""
        if self.bathers == 0:
            return
        h, m, t = self.h, self.bathers, self.tanks
        favour = np.full(day.n, 0.004, self.real)
        favour[(day.quarter >= 24) & (day.quarter < 36)] = 0.08
        favour[(day.quarter >= 76) & (day.quarter < 90)] = 0.022
        chance = favour[:, None] * (h.hot_litres[:m] * (0.55 / SHOWER_LITRES))
        showers = np.flatnonzero((self.dice.random((day.n, m), self.real) < chance) & people.home[:, :m])
        row, home = np.divmod(showers, m)
        if t:
            drop = people.home_f[:, :t] * (h.hot_litres[:t] * (0.45 / 40.0) * self.k_per_litre)
            mine = home < t
            drop[row[mine], home[mine]] += SHOWER_LITRES * self.k_per_litre[home[mine]]
            kw = self._tanks(day, drop)
            kw.sum(axis=0, out=kwh[WATER_HEATER, :t])
            load[:, :t] += kw
            kw *= 0.05
            gains[:, :t] += kw
        alone = home >= t
        row, home = row[alone], home[alone]
        kw = h.shower_kw[home] * (0.35 + 0.35 * self.dice.random(len(home), self.real))
        load[row, home] += kw
        gains[row, home] += 0.05 * kw
        kwh[WATER_HEATER] += np.bincount(home, kw, h.n).astype(self.real)

    def _tanks(self, day: Day, drop: Floats) -> Floats:
        """Demand (intervals, tanks) [kW]; ``drop`` [K] is what is drawn, and is written over."""
        h, p, t = self.h, self.pumps, self.tanks

        def heating_k() -> Floats:
            """What the element can give in a quarter-hour, nothing by day for a tank on a night tariff [K]."""
            quarter, night = day.quarter[:, None], h.tank_night[:t] > 0
            on = ~night | ((quarter >= np.floor(14.0 * h.trait_u[:t])) & (quarter < 28))
            return on * (h.tank_kw[:t] * 0.25 / self.capacity)

        heat = self._on_clock("element", day, heating_k)
        tank, keeps, around = self.tank_degc[p:], (1.0 - self.loss)[p:], 20.0 * self.loss[p:]
        most = np.empty_like(tank)
        for i in range(day.n):
            k = drop[i, p:]
            np.subtract(tank, k, out=tank)
            np.maximum(tank, COLD_DEGC, out=tank)
            np.multiply(tank, keeps, out=tank)
            np.add(tank, around, out=tank)
            np.copyto(k, tank)
            np.add(tank, heat[i, p:], out=most)
            np.maximum(tank, SET_DEGC, out=tank)
            np.minimum(tank, most, out=tank)
            np.subtract(tank, k, out=k)
        if p:
            self._hybrids(day, drop[:, :p], heat[:, :p])
        drop *= 4.0 * self.capacity
        return drop

    def _hybrids(self, day: Day, drop: Floats, heat: Floats) -> None:
        """The pump by itself within 8 K of the setpoint, below that the element as well; ``drop`` becomes what an
        element would have to give for the same demand [K]."""
        h, p = self.h, self.pumps
        tank, keeps, around = self.tank_degc[:p], (1.0 - self.loss / PARTS)[:p], (20.0 * self.loss / PARTS)[:p]
        drop /= PARTS
        elements = heat / PARTS
        pump_k = (elements > 0.0) * (h.water_pump_kw * h.water_pump_cop)[:p] * (0.25 / PARTS / self.capacity[:p])
        cop = np.maximum(h.water_pump_cop[:p], 1.0)
        gap, by_pump, by_element, pumped = (np.empty_like(tank) for _ in range(4))
        for i in range(day.n):
            k, most, element_k = drop[i], pump_k[i], elements[i]
            by_element[:] = pumped[:] = 0.0
            for _ in range(PARTS):
                np.subtract(tank, k, out=tank)
                np.maximum(tank, COLD_DEGC, out=tank)
                np.multiply(tank, keeps, out=tank)
                np.add(tank, around, out=tank)
                np.subtract(SET_DEGC, tank, out=gap)
                np.maximum(gap, 0.0, out=gap)
                np.minimum(gap, most, out=by_pump)
                np.add(tank, by_pump, out=tank)
                np.add(pumped, by_pump, out=pumped)
                np.subtract(gap, by_pump, out=gap)
                np.subtract(gap, 8.0, out=gap)
                if gap.max() > 0.0:
                    np.maximum(gap, 0.0, out=gap)
                    np.minimum(gap, element_k, out=gap)
                    np.add(tank, gap, out=tank)
                    np.add(by_element, gap, out=by_element)
            np.divide(pumped, cop, out=k)
            np.add(k, by_element, out=k)

    # ---- vehicles ----

    def vehicles(self, day: Day, people: People, load: Floats, kwh: Floats) -> None:
        """A car comes home with its driver and charges until full; on a timer, after midnight."""
        at, h = self.vehicles_at, self.h
        if len(at) == 0:
            return
        away = people.away[:, at]
        was_away = np.concatenate([people.before[None, at], away[:-1]])
        arrives, leaves = was_away & ~away, away & ~was_away
        some_arrive, some_leave = arrives.any(axis=1).tolist(), leaves.any(axis=1).tolist()

        def ratings_kw() -> Floats:
            quarter, timer = day.quarter[:, None], h.ev_timer[at] > 0
            return (~timer | ((quarter >= 1) & (quarter < 28))) * h.ev_kw[at]

        rating = self._on_clock("vehicle", day, ratings_kw)
        need, plugged = self.need, self.plugged
        kw = np.zeros((day.n, len(at)), self.real)
        driven, plugs = self.dice.random((2, day.n, len(at)), self.real)
        spare = np.empty_like(need)
        for i in range(day.n):
            if some_leave[i]:
                plugged[leaves[i]] = 0.0
            if some_arrive[i]:
                new = np.flatnonzero(arrives[i] & (plugged == 0.0))
                much = h.ev_kwh_per_day[at[new]] * (0.4 + 1.2 * driven[i, new])
                need[new] = np.minimum(need[new] + much, 60.0)
                plugged[new] = plugs[i, new] < h.ev_plugs[at[new]]
            np.multiply(need, 1.0 / CHARGED, out=spare)
            np.minimum(spare, rating[i], out=spare)
            np.multiply(spare, plugged, out=kw[i])
            np.multiply(kw[i], CHARGED, out=spare)
            np.subtract(need, spare, out=need)
            np.maximum(need, 0.0, out=need)
        load[:, at] += kw
        kwh[EV_CHARGER, at] = kw.sum(axis=0)

    # ---- roofs and batteries ----

    def roof_and_battery(self, day: Day, load: Floats, kwh: Floats) -> None:
        """Panels lower demand; a battery stores what would be exported and gives what would be imported."""
        at, h = self.roofs, self.h
        if len(at) and len(day.panels):
            kw = -h.pv_kw[at] * day.panels.T[:, h.pv_roof[at].astype(np.int64)]
            load[:, at] += kw
            kwh[SOLAR_PANELS, at] = kw.sum(axis=0)
        at = self.batteries
        if len(at) == 0:
            return
        stored, one_way, rating, full = self.stored, h.battery_one_way[at], h.battery_kw[at], h.battery_kwh[at]
        reserve, net = full * h.battery_reserve[at], load[:, at]
        for i in range(day.n):
            gives = np.minimum(np.minimum(net[i], rating), np.maximum(stored - reserve, 0.0) * one_way * 4.0)
            takes = np.minimum(np.minimum(-net[i], rating), np.maximum(full - stored, 0.0) / one_way * 4.0)
            kw = np.where(net[i] > 0.0, -gives, takes)
            stored += 0.25 * np.where(kw > 0.0, kw * one_way, kw / one_way)
            net[i] = kw
        load[:, at] += net
        kwh[BATTERY, at] = net.sum(axis=0)
