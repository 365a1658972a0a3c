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

(AC, HEAT, WATER, EV, WASHER, DRYER, DISH, FRIDGE, COOK, LIGHT, MEDIA, STANDBY, POOL, FANS, PV, BATTERY, PLUG) = range(
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
        choices = ("out", "dinner", "lunch", "wash", "dish")
        self.weekly = [{what: self.dice.random() for what in choices} for _ in range(7)]
        self.plan = [(self.dice.random(), self.dice.random(), self.dice.random()) for _ in range(14)]
        self.fortnight, self.trip = -1, range(0)
        self.always_spell, self.mood_spell = -1, -1
        self.left_tonight_kw = self.what_is_left_on()
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
        self.refrigerate(now)
        self.run_pool_pump(now)
        self.cook(now)
        self.plan_session(now)
        self.light(now)
        self.use_electronics(now)
        self.plug_in_heater(now)
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
        self.live_on(now)
        spread, usual = self.jitter_quarters, self.weekly[now.weekday]
        self.outing = self.by_habit(usual["out"]) < (self.goes_out if now.workday else self.goes_out_weekend)
        late = 0.0 if now.workday else 5.0
        self.wake_today = self.wake_quarter + late + spread * dice.gauss(0.0, 1.0)
        leave = self.leave_quarter if now.workday else self.free_leave_quarter
        self.leave_today = leave + spread * dice.gauss(0.0, 1.0)
        back = self.return_quarter if now.workday else self.leave_today + 16.0
        self.back_today = back + spread * dice.gauss(0.0, 1.0)
        self.bed_today = max(78.0, self.bed_quarter + 0.6 * late + spread * dice.gauss(0.0, 1.0))
        self.start_compressors()
        self.dinner_from = self.dinner_quarter + spread * dice.gauss(0.0, 1.0)
        self.dinner_to = self.dinner_from + 1.5 + 3.5 * dice.random()
        self.dinner_size = math.exp(0.5 * dice.gauss(0.0, 1.0) - 0.125)
        self.cooks = self.by_habit(usual["dinner"]) < 0.75 * self.mood
        self.lunch_from = 47.0 + 5.0 * dice.random()
        self.lunches = self.by_habit(usual["lunch"]) < self.lunch_fraction * (1.0 if now.workday else 1.4)
        if self.by_habit(usual["wash"]) < self.washer_per_day * (0.86 if now.workday else 1.35) * self.mood:
            self.washer_due = 1
        self.wash_from = self.chore_quarter + 10.0 * (dice.random() - 0.5) - (0.0 if now.workday else 24.0)
        self.outdoors = dice.random() < self.line_dries * (1.0 if now.midday_degc > 13.0 else 0.5)
        if self.by_habit(usual["dish"]) < self.dish_per_day * self.mood:
            self.dish_due = 1
        self.dish_from = self.dinner_quarter + 3.0 + 4.0 * dice.random()
        self.left_last_night_kw, self.left_tonight_kw = self.left_tonight_kw, self.what_is_left_on()
        self.session = -1

    def by_habit(self, usual: float) -> float:
        """The household's usual draw, as often as it keeps to its habits, else a fresh one."""
        return usual if self.dice.random() < self.regularity else self.dice.random()

    def live_on(self, now: SimpleNamespace) -> None:
        """What lasts longer than a day: trips, busy times, what is always on."""
        dice = self.dice
        fortnight, day = divmod(now.ordinal + int(14 * self.trait_u), 14)
        if fortnight != self.fortnight:
            self.fortnight, self.trip = fortnight, range(0)
            if dice.random() < self.away_week_fraction * 14 / 5.2:
                days = 1 + int(13.99 * dice.random() ** 2)
                first = int(dice.random() * (15 - days))
                self.trip = range(first, first + days)
        self.on_trip = day in self.trip
        spell = (now.ordinal + int(9 * self.trait_u)) // 9
        if spell != self.mood_spell:
            self.mood_spell, self.mood_z = spell, dice.gauss(0.0, 1.0)
        z = (self.mood_z + dice.gauss(0.0, 1.0)) / math.sqrt(2.0)
        self.mood = math.exp(self.mood_sd * z - 0.5 * self.mood_sd**2)
        spell = (now.ordinal + int(38 * self.trait_u)) // 38
        if spell != self.always_spell:
            self.always_spell = spell
            self.always_kw = self.standby_kw * math.exp(self.spell_sd * dice.gauss(0.0, 1.0) - 0.5 * self.spell_sd**2)

    def what_is_left_on(self) -> float:
        """What runs on through a night [kW]."""
        return self.media_kw * (0.2 + 0.9 * self.dice.random()) if self.dice.random() < self.left_on else 0.0

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
        if self.on_trip:
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

    def start_compressors(self) -> None:
        """Each compressor: its power, how much of its cycle it runs, its cycle, and where in it midnight falls."""
        dice, warmth = self.dice, max(0.5, 1.0 + 0.02 * (self.t_air_degc - 21.0))
        cycle = self.fridge_cycle_quarters * (1.0 + 0.2 * (2.0 * dice.random() - 1.0))
        on_kw, runs = self.fridge_kw / self.fridge_duty, min(0.95, self.fridge_duty * warmth)
        first, second = (1.0 - self.fridge_second) * on_kw, self.fridge_second * on_kw
        self.compressors = [(first, runs, cycle, dice.random()), (second, runs, cycle / 0.73, dice.random())]

    def refrigerate(self, now: SimpleNamespace) -> None:
        """Compressors run for the first part of each of their cycles."""
        def has_run(cycles: float, runs: float) -> float:
            return runs * math.floor(cycles) + min(cycles - math.floor(cycles), runs)

        for on_kw, runs, cycle, phase in self.compressors:
            begin, end = phase + now.i / cycle, phase + (now.i + 1) / cycle
            self.kw[FRIDGE] += on_kw * cycle * (has_run(end, runs) - has_run(begin, runs))

    def run_pool_pump(self, now: SimpleNamespace) -> None:
        """On from its start for its length."""
        if self.fixed_kw > 0.0 and (now.quarter - self.fixed_start_quarter) % 96.0 < self.fixed_quarters:
            self.kw[POOL] = self.fixed_kw

    def cook(self, now: SimpleNamespace) -> None:
        """Kettles at any time, an evening meal, sometimes lunch."""
        draw, chance = self.dice.random(), 0.16 * self.mood
        if self.occupancy != HOME:
            return
        kw = -self.kettle_kw * math.log(1.0 - draw / chance) if draw < chance else 0.0
        if self.cooks and self.dinner_from <= now.quarter < self.dinner_to:
            kw += self.cook_kw * self.dinner_size * (0.5 + draw)
        elif self.lunches and self.lunch_from <= now.quarter < self.lunch_from + 2.0:
            kw += 0.6 * self.cook_kw * self.dinner_size * (0.5 + draw)
        self.kw[COOK] = kw

    def plan_session(self, now: SimpleNamespace) -> None:
        """Every two hours the household turns to something: its plan for that time of day, or anything."""
        session = (now.i + int(8 * self.trait_u)) // 8
        if session != self.session:
            self.session = session
            fresh = (self.dice.random(), self.dice.random(), self.dice.random())
            self.doing, self.screen_level, _ = self.plan[session] if self.dice.random() < self.regularity else fresh
            self.feels_cold = self.plan[session][2] if self.dice.random() < self.regularity else fresh[2]

    def plug_in_heater(self, now: SimpleNamespace) -> None:
        """Homes with a plug-in heater use it the more, the colder it is outdoors, most in the evening."""
        cold = min(max((14.0 - now.t_out) / 16.0, 0.0), 1.0)
        chance = cold * (1.0 if now.quarter >= 62 else 0.6)
        if self.plug_heater_kw > 0.0 and self.occupancy == HOME and self.feels_cold < chance:
            self.kw[PLUG] = self.plug_heater_kw * (0.3 + 0.7 * cold)

    def light(self, now: SimpleNamespace) -> None:
        """Lamps replace missing daylight while someone is up; fewer rooms late in the evening."""
        if self.occupancy == HOME:
            dark = max(0.22, 1.0 - now.ghi / 110.0) * (0.55 if now.quarter >= 82 or now.quarter < 16 else 1.0)
            level = (1.5 - self.doing) * (0.6 + 0.4 * self.mood)
            self.kw[LIGHT] = self.light_kw * dark * level * (1.0 - self.cut_now)
        elif self.occupancy == ASLEEP:
            self.kw[LIGHT] = 0.06 * self.light_kw

    def use_electronics(self, now: SimpleNamespace) -> None:
        """Screens by session, what is left on, and what is always on."""
        self.kw[STANDBY] = self.always_kw
        if self.occupancy != HOME:
            tonight = self.left_tonight_kw if self.occupancy == ASLEEP else 0.0
            self.kw[MEDIA] = self.left_last_night_kw if now.quarter < 48 else tonight
            return
        chance = 0.45 if now.quarter < 36 else (0.75 if now.quarter >= 66 else 0.72)
        if self.doing < chance * self.mood:
            self.kw[MEDIA] = self.media_kw * (0.5 + self.screen_level) * (1.0 - self.cut_now)

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
            if self.washer_left == 0 and self.dryer_kw > 0.0 and not self.outdoors:
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
            self.t_tank_degc -= min(litres / self.tank_litres * (55.0 - 15.0), max(self.t_tank_degc - 15.0, 0.0))
            self.t_tank_degc += 0.0018 * (20.0 - self.t_tank_degc) * 0.25 / kwh_per_k
            may_heat = not self.tank_night or int(14 * self.trait_u) <= now.quarter < 28
            gap = max(55.0 - self.t_tank_degc, 0.0) if may_heat else 0.0
            by_pump = min(gap, self.water_pump_kw * self.water_pump_cop * 0.25 / kwh_per_k)
            alone = 8.0 if self.water_pump_kw > 0.0 else 0.0
            by_element = min(max(gap - by_pump - alone, 0.0), self.tank_kw * 0.25 / kwh_per_k)
            self.kw[WATER] = (by_element + by_pump / self.water_pump_cop) * kwh_per_k / 0.25
            self.t_tank_degc += by_element + by_pump
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
