"""A household as an ordinary Mesa agent: attributes, methods, ``random.Random``; see ``plain_mesa.py``."""

from __future__ import annotations

import math
import random
from types import SimpleNamespace
from typing import TYPE_CHECKING

import mesa
import numpy as np
from plain_rooms import ASLEEP, AWAY, HOME, Rooms

from simulator.fields import USES

if TYPE_CHECKING:
    from plain_mesa import PlainModel

(AC, HEAT, WATER, EV, WASHER, DRYER, DISH, FRIDGE, COOK, LIGHT, MEDIA, STANDBY, POOL, FANS, PV, BATTERY) = range(
    len(USES)
)


class PlainHousehold(Rooms, mesa.Agent):
    """One household; ``step`` is one quarter-hour of its life."""

    def __init__(self, model: PlainModel, record: np.void, enrolled: bool) -> None:
        super().__init__(model)
        for name in record.dtype.names or ():
            setattr(self, name, record[name].item())
        self.enrolled = enrolled
        self.dice = random.Random(f"{model.dice_seed} {self.household}")
        self.event_dice = random.Random(f"{model.dice_seed} {self.household} events")
        self.weekday_habit = [self.dice.random() for _ in range(7)]
        self.week, self.week_away = -1, False
        self.kw = [0.0] * len(USES)
        self.use_kwh = [0.0] * len(USES)
        self.loads_kw: list[float] = []
        self.indoor_degc: list[float] = []
        self.cut_now, self.waits = 0.0, False
        self.notified = self.participated = 0

    def step(self) -> None:
        """Live a quarter-hour: move about, use things, keep the rooms at temperature."""
        now = self.model.now
        if now.i == 0:
            self.begin_day(now)
        previous = self.occupancy
        self.occupancy = self.next_occupancy(now)
        self.kw = [0.0] * len(USES)
        event = now.e0 <= now.i < now.e1
        self.cut_now = self.event_cut if event else 0.0
        self.waits = event and self.event_defers == 1
        self.refrigerate()
        self.run_pool_pump(now)
        self.cook(now)
        self.light(now)
        self.use_electronics(now)
        self.wash(now)
        self.wash_dishes(now)
        self.heat_water(now)
        self.charge_vehicle(now, previous)
        self.condition_rooms(now, event)
        self.loads_kw.append(sum(self.kw))
        self.indoor_degc.append(self.t_air_degc)
        for use, kw in enumerate(self.kw):
            self.use_kwh[use] += 0.25 * kw
        if now.i == now.last:
            self.end_day(now)

    # ---- the day ----

    def begin_day(self, now: SimpleNamespace) -> None:
        """Draw what the day holds."""
        dice = self.dice
        if self.enrolled:
            self.hear_of_event(now)
        if now.week != self.week:
            self.week, self.week_away = now.week, dice.random() < self.away_week_fraction
        draw = self.weekday_habit[now.weekday] if dice.random() < 0.75 else dice.random()
        self.outing = draw < (self.goes_out if now.workday else self.goes_out_weekend)
        late, spread = (0.0 if now.workday else 5.0), self.jitter_quarters
        self.wake_today = self.wake_quarter + late + spread * dice.gauss(0.0, 1.0)
        self.leave_today = self.leave_quarter + late + spread * dice.gauss(0.0, 1.0)
        self.back_today = self.return_quarter + spread * dice.gauss(0.0, 1.0)
        self.bed_today = self.bed_quarter + 0.6 * late + spread * dice.gauss(0.0, 1.0)
        self.mood = math.exp(self.mood_sd * dice.gauss(0.0, 1.0) - 0.5 * self.mood_sd**2)
        self.fridge_mean_kw = self.fridge_kw * max(0.5, 1.0 + 0.02 * (self.t_air_degc - 21.0))
        self.dinner_from = self.dinner_quarter + spread * dice.gauss(0.0, 1.0)
        self.dinner_to = self.dinner_from + 2.0 + 3.0 * dice.random()
        self.cooks = dice.random() < min(0.95, 0.75 * self.mood)
        self.lunch_from = 49.0 + 3.0 * dice.random()
        self.lunches = dice.random() < 0.4
        if dice.random() < self.washer_per_day * (0.86 if now.workday else 1.35) * self.mood:
            self.washer_due = 1
        self.wash_from = self.chore_quarter + 10.0 * (dice.random() - 0.5) - (0.0 if now.workday else 24.0)
        if dice.random() < self.dish_per_day * self.mood:
            self.dish_due = 1
        self.dish_from = self.dinner_quarter + 3.0 + 4.0 * dice.random()
        self.light_level = self.screen_draw = self.screen_level = 0.0

    def hear_of_event(self, now: SimpleNamespace) -> None:
        """Forget yesterday's event, rest, and answer today's."""
        b = self.model.behaviour
        self.event_offset_k = self.event_cut = self.discomfort_kh = 0.0
        self.event_defers = self.event_automatic = self.overrode = 0
        self.fatigue *= 0.5 ** (1.0 / b.fatigue_half_life_days)
        if now.e1 == 0:
            return
        self.event_automatic = 1
        self.notified += 1
        if self.event_dice.random() >= self.device_online:
            return
        if self.event_dice.random() < 1.0 / (1.0 + math.exp(-(b.opt_out_intercept + b.opt_out_fatigue * self.fatigue))):
            return
        self.event_offset_k = self.model.program.offset_degc
        self.participated += 1

    def end_day(self, now: SimpleNamespace) -> None:
        """An event tires."""
        if self.enrolled and now.e1 > 0:
            b = self.model.behaviour
            self.fatigue += b.fatigue_per_event * b.fatigue_automatic_factor + b.fatigue_per_kh * self.discomfort_kh

    def next_occupancy(self, now: SimpleNamespace) -> int:
        """Away, at home or asleep, from the state before and the time of day."""
        draw = self.dice.random()
        if self.week_away:
            return AWAY
        clock = now.quarter + 96.0 if now.quarter < 18 else float(now.quarter)
        if self.occupancy == ASLEEP:
            if clock >= 96.0 or clock < self.wake_today - 6.0:
                return ASLEEP
            return HOME if draw < (0.45 if clock >= self.wake_today else 0.04) else ASLEEP
        if self.occupancy == AWAY:
            if self.outing and self.leave_today <= clock < self.back_today:
                return AWAY
            return HOME if draw < (0.55 if self.outing or clock >= 84.0 else 0.14) else AWAY
        if clock >= self.bed_today:
            return ASLEEP if draw < 0.30 else HOME
        if self.outing and self.leave_today <= clock < self.back_today - 2.0:
            return AWAY if draw < 0.55 else HOME
        return AWAY if draw > 1.0 - (0.030 if 36.0 <= clock < 80.0 else 0.002) else HOME

    # ---- appliances ----

    def refrigerate(self) -> None:
        """Refrigerators and freezers cycle about the day's mean."""
        self.kw[FRIDGE] = self.fridge_mean_kw * (1.0 + 0.5 * (2.0 * self.dice.random() - 1.0))

    def run_pool_pump(self, now: SimpleNamespace) -> None:
        """On from its start for its length."""
        if self.fixed_kw > 0.0 and (now.quarter - self.fixed_start_quarter) % 96.0 < self.fixed_quarters:
            self.kw[POOL] = self.fixed_kw

    def cook(self, now: SimpleNamespace) -> None:
        """Kettles at any time, an evening meal, sometimes lunch."""
        draw, chance = self.dice.random(), 0.10 * self.mood
        if self.occupancy != HOME:
            return
        kw = self.kettle_kw * (0.5 + draw / chance) if draw < chance else 0.0
        if self.cooks and self.dinner_from <= now.quarter < self.dinner_to:
            kw += self.cook_kw * (0.5 + draw)
        elif self.lunches and self.lunch_from <= now.quarter < self.lunch_from + 2.0:
            kw += 0.5 * self.cook_kw * (0.5 + draw)
        self.kw[COOK] = kw

    def light(self, now: SimpleNamespace) -> None:
        """Lamps replace missing daylight while someone is up; the level changes every half-hour."""
        if now.i % 2 == 0:
            self.light_level = 0.6 + 0.8 * self.dice.random()
        if self.occupancy == HOME:
            dark = max(0.18, 1.0 - now.ghi / 180.0)
            self.kw[LIGHT] = self.light_kw * dark * self.light_level * (0.6 + 0.4 * self.mood) * (1.0 - self.cut_now)
        elif self.occupancy == ASLEEP:
            self.kw[LIGHT] = 0.10 * self.light_kw

    def use_electronics(self, now: SimpleNamespace) -> None:
        """Screens by the hour, and standby all day."""
        self.kw[STANDBY] = self.standby_kw
        if now.i % 4 == 0:
            self.screen_draw, self.screen_level = self.dice.random(), 0.6 + 0.8 * self.dice.random()
        chance = (0.66 if 64 <= now.quarter < 88 else 0.50) * self.mood
        if self.occupancy == HOME and self.screen_draw < chance:
            self.kw[MEDIA] = self.media_kw * self.screen_level * (1.0 - self.cut_now)

    def starts(self, due: int, quarter: int, habit: float) -> bool:
        """Whether a chore that is due starts now."""
        draw = self.dice.random()
        return due == 1 and self.occupancy == HOME and quarter >= habit and not self.waits and draw < 0.35

    def wash(self, now: SimpleNamespace) -> None:
        """A wash of five quarter-hours, then the dryer for four."""
        if self.washer_left == 0 and self.starts(self.washer_due, now.quarter, self.wash_from):
            self.washer_due, self.washer_left = 0, 5
        if self.washer_left > 0:
            self.kw[WASHER] = self.washer_kw
            self.washer_left -= 1
            if self.washer_left == 0 and self.dryer_kw > 0.0:
                self.dryer_left = 4
        elif self.dryer_left > 0 and not self.waits:
            self.kw[DRYER] = self.dryer_kw if self.dryer_left > 1 else 0.5 * self.dryer_kw
            self.dryer_left -= 1

    def wash_dishes(self, now: SimpleNamespace) -> None:
        """A run of six quarter-hours after the evening meal."""
        if self.dish_left == 0 and self.starts(self.dish_due, now.quarter, self.dish_from):
            self.dish_due, self.dish_left = 0, 6
        if self.dish_left > 0:
            self.kw[DISH] = self.dish_kw
            self.dish_left -= 1

    def heat_water(self, now: SimpleNamespace) -> None:
        """A storage tank with a thermostat, or an instantaneous shower."""
        if self.tank_litres <= 0.0 and self.shower_kw <= 0.0:
            return
        draw, litres, showering = self.dice.random(), 0.0, False
        if self.occupancy == HOME:
            weight = 0.08 if 24 <= now.quarter < 36 else (0.022 if 76 <= now.quarter < 90 else 0.004)
            showering = draw < weight * self.hot_litres * 0.55 / 42.0
            litres = self.hot_litres * 0.45 / 40.0 + (42.0 if showering else 0.0)
        if self.tank_litres > 0.0:
            kwh_per_k = self.tank_litres * 0.001163
            self.t_tank_degc += min(1.0, litres / self.tank_litres) * (15.0 - self.t_tank_degc)
            self.t_tank_degc += 0.0018 * (20.0 - self.t_tank_degc) * 0.25 / kwh_per_k
            may_heat = not self.tank_night or int(14 * self.trait_u) <= now.quarter < 28
            needs_kwh = (55.0 - self.t_tank_degc) * kwh_per_k if may_heat else 0.0
            self.kw[WATER] = min(max(needs_kwh / 0.25, 0.0), self.tank_kw)
            self.t_tank_degc += self.kw[WATER] * 0.25 / kwh_per_k
        elif showering:
            self.kw[WATER] = self.shower_kw * (0.35 + 0.35 * self.dice.random())

    def charge_vehicle(self, now: SimpleNamespace, previous: int) -> None:
        """The car comes home with its driver and charges until full."""
        if self.ev_kw <= 0.0:
            return
        if self.occupancy != AWAY and previous == AWAY and self.ev_plugged == 0:
            need = self.ev_need_kwh + self.ev_kwh_per_day * (0.4 + 1.2 * self.dice.random())
            self.ev_need_kwh = min(need, 60.0)
            self.ev_plugged = 1 if self.dice.random() < self.ev_plugs else 0
        elif self.occupancy == AWAY and previous != AWAY:
            self.ev_plugged = 0
        asleep_timer = self.ev_timer == 1 and not 1 <= now.quarter < 28
        if self.ev_plugged == 1 and self.ev_need_kwh > 0.0 and not asleep_timer and not self.waits:
            self.kw[EV] = min(self.ev_kw, self.ev_need_kwh / (0.25 * 0.90))
            self.ev_need_kwh = max(0.0, self.ev_need_kwh - self.kw[EV] * 0.25 * 0.90)
